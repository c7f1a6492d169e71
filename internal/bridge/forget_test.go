package bridge

import (
	"reflect"
	"slices"
	"testing"
)

// notMachines are parts of the core that begin nothing.
var notMachines = map[string]string{
	"Settings": "they do not change",
	"reporter": "what was said is said",
}

// TestEveryMachineForgets: a machine that is not in the list would go on with what another connection has begun.
func TestEveryMachineForgets(t *testing.T) {
	t.Parallel()
	c := New(settingsFor(t, "evcc", "haus"))
	listed := map[any][]forgetter{c: c.machines()}
	for _, s := range c.sites {
		listed[s] = s.machines()
		if !slices.Contains(c.machines(), forgetter(s)) {
			t.Errorf("the site %s does not forget", s.Root)
		}
	}
	found := 0
	for whole, machines := range listed {
		v := reflect.ValueOf(whole).Elem()
		for i := range v.NumField() {
			part := v.Type().Field(i)
			if part.Type.Implements(reflect.TypeFor[machine]()) { // it has a package of its own
				found++
				if s, ok := whole.(*site); !ok || !slices.ContainsFunc(s.packaged(), func(m machine) bool {
					return reflect.ValueOf(m).Pointer() == v.Field(i).Pointer()
				}) {
					t.Errorf("%s.%s is not in the list of machines that reconnect", v.Type().Name(), part.Name)
				}
			}
			if part.Type.Kind() != reflect.Struct || part.Type.PkgPath() != v.Type().PkgPath() || notMachines[part.Type.Name()] != "" {
				continue
			}
			found++
			if !slices.ContainsFunc(machines, func(m forgetter) bool {
				return reflect.ValueOf(m).Pointer() == v.Field(i).Addr().Pointer() && reflect.TypeOf(m).Elem() == part.Type
			}) {
				t.Errorf("%s.%s is not in the list of machines that forget", v.Type().Name(), part.Name)
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d machines were found", found)
	}
}
