package entities_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/entities"
)

// What the only unit of a kind says is left out where the site says the same, in the same unit, as prominently.
func TestRepeatsAreTheSame(t *testing.T) {
	t.Parallel()
	for unit, site := range entities.Repeats() {
		if unit == nil || site == nil {
			t.Fatal("a row of the table is not in the catalogue")
		}
		if diff := cmp.Diff(site.Quantity(entities.Context{}), unit.Quantity(entities.Context{})); diff != "" || unit.Reading != site.Reading {
			t.Errorf("%s.%s is not %s (-site +unit):\n%s", unit.Scope, unit.ID, site.ID, diff)
		}
		if unit.Enabled() && !site.Enabled() || unit.Category < site.Category {
			t.Errorf("%s.%s is more prominent than %s", unit.Scope, unit.ID, site.ID)
		}
		if unit.ID == "return_energy" {
			t.Error("the energy dashboard needs what was charged into a battery")
		}
	}
}

// One PV system and one battery: table of what is left of them.
func TestOnlyUnits(t *testing.T) {
	t.Parallel()
	all := map[string]string{ // of 0.313
		"site/pvPower": "6000", "site/pvEnergy": "26913.4", "site/pv": "1", "site/pv/1/power": "6000", "site/pv/1/energy": "26913.4",
		"site/battery/power": "-1250", "site/battery/soc": "43", "site/battery/capacity": "13.4", "site/battery/energy": "345.6", "site/battery/devices": "1",
		"site/battery/devices/1/power": "-1250", "site/battery/devices/1/soc": "43", "site/battery/devices/1/capacity": "13.4",
		"site/battery/devices/1/energy": "345.6", "site/battery/devices/1/returnEnergy": "412.5", "site/battery/devices/1/controllable": "true",
	}
	old := map[string]string{ // of 0.123
		"site/pvPower": "6000", "site/pvEnergy": "0", "site/pv": "1", "site/pv/1/power": "6000", "site/pv/1/energy": "0",
		"site/batteryPower": "0", "site/batterySoc": "43", "site/batteryCapacity": "1", "site/batteryEnergy": "0", "site/battery": "1",
		"site/battery/1/power": "0", "site/battery/1/soc": "43", "site/battery/1/capacity": "0", "site/battery/1/energy": "0",
	}
	for name, test := range map[string]struct {
		base        map[string]string
		change      map[string]string // "" = without
		settings    entities.Settings
		keep        []string
		pv, battery []string
	}{
		"one of each":                  {base: all, battery: []string{"binary_sensor_controllable", "sensor_return_energy"}},
		"before 0.133, no counters":    {base: old, pv: []string{"sensor_energy"}, battery: []string{"sensor_capacity", "sensor_energy"}},
		"before 0.133, with counters":  {base: old, change: map[string]string{"site/pvEnergy": "7", "site/pv/1/energy": "7", "site/batteryEnergy": "5", "site/battery/1/energy": "5"}, battery: []string{"sensor_capacity"}},
		"no sum of energies":           {base: all, change: map[string]string{"site/pvEnergy": "0"}, pv: []string{"sensor_energy"}, battery: []string{"binary_sensor_controllable", "sensor_return_energy"}},
		"no sums at all":               {base: all, change: map[string]string{"site/pvPower": "", "site/pvEnergy": ""}, pv: []string{"sensor_energy", "sensor_power"}, battery: []string{"binary_sensor_controllable", "sensor_return_energy"}},
		"another capacity":             {base: all, change: map[string]string{"site/battery/capacity": "1"}, battery: []string{"binary_sensor_controllable", "sensor_capacity", "sensor_return_energy"}},
		"values that are on their way": {base: all, change: map[string]string{"site/pv/1/power": "5000", "site/battery/devices/1/soc": "42", "site/pv/1/energy": "26913.5"}, battery: []string{"binary_sensor_controllable", "sensor_return_energy"}},
		"two PV systems":               {base: all, change: map[string]string{"site/pv": "2", "site/pv/2/power": "1"}, pv: []string{"sensor_energy", "sensor_power"}, battery: []string{"binary_sensor_controllable", "sensor_return_energy"}},
		"two batteries": {base: all, change: map[string]string{"site/battery/devices": "2", "site/battery/devices/2/power": "1"},
			battery: []string{"binary_sensor_controllable", "sensor_capacity", "sensor_energy", "sensor_power", "sensor_return_energy", "sensor_soc"}},
		"what was published": {base: all, keep: []string{"sensor_power"}, pv: []string{"sensor_power"}, battery: []string{"binary_sensor_controllable", "sensor_power", "sensor_return_energy"}},
		"ha-evcc": {base: all, settings: entities.Settings{Compatible: true}, pv: []string{"sensor_energy", "sensor_power"},
			battery: []string{"binary_sensor_controllable", "sensor_capacity", "sensor_energy", "sensor_power", "sensor_return_energy", "sensor_soc"}},
	} {
		tree := make(entities.Tree)
		for _, values := range []map[string]string{test.base, test.change} {
			for path, value := range values {
				if tree[path] = value; value == "" {
					delete(tree, path)
				}
			}
		}
		view := tree.View()
		got := map[entities.Scope][]string{}
		for _, o := range view.Objects() {
			if o.Index() == 1 {
				for _, in := range view.Instances(o, test.settings, func(key string) bool { return slices.Contains(test.keep, key) }) {
					got[o.Scope] = append(got[o.Scope], in.Row.ComponentKey())
				}
				slices.Sort(got[o.Scope])
			}
		}
		want := map[entities.Scope][]string{entities.PV: test.pv, entities.Battery: test.battery}
		if diff := cmp.Diff(want, map[entities.Scope][]string{entities.PV: got[entities.PV], entities.Battery: got[entities.Battery]}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
