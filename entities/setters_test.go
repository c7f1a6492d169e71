package entities_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/entities"
)

// without lists setters that a version accepts and no control uses, as object path and setter, with the reason.
var without = map[string]map[string]string{
	"0.313.2": {
		"loadpoints/1/phases":             "the name before 0.301.2",
		"loadpoints/3/minCurrent":         "a switch has no currents",
		"loadpoints/3/maxCurrent":         "a switch has no currents",
		"loadpoints/3/phasesConfigured":   "a switch has no phases",
		"loadpoints/3/limitEnergy":        "an integrated device has no session that ends",
		"loadpoints/3/planEnergy":         "an integrated device is always there",
		"loadpoints/3/planStrategy":       "an integrated device is always there",
		"loadpoints/3/vehicle":            "an integrated device has no vehicle",
		"vehicles/vehicle_3/minSoc":       "offline: nobody knows its SoC",
		"vehicles/vehicle_3/limitSoc":     "offline: nobody knows its SoC",
		"vehicles/vehicle_3/planSoc":      "offline: nobody knows its SoC",
		"vehicles/vehicle_3/planStrategy": "offline: it has no plan of its own",
		"vehicles/vehicle_4/minSoc":       "offline: nobody knows its SoC",
		"vehicles/vehicle_4/limitSoc":     "offline: nobody knows its SoC",
		"vehicles/vehicle_4/planSoc":      "offline: nobody knows its SoC",
		"vehicles/vehicle_4/planStrategy": "offline: it has no plan of its own",
	},
	"0.123.0": {
		"loadpoints/1/phases": "a charger that cannot switch phases",
	},
}

// TestSetters: a control exists where evcc takes it. For each captured version the setters that the documented list
// says it accepts are exactly those that the catalogue uses, but for the exceptions above.
func TestSetters(t *testing.T) {
	for version, exceptions := range without {
		t.Run(version, func(t *testing.T) {
			view := captured(t, version).View()
			got := make(map[string]bool)
			for _, o := range view.Objects() {
				for _, in := range view.Instances(o, entities.Settings{}, nothing) {
					if in.Set != "" && in.Row.Write.Kind != entities.WriteOfVehicle { // that one sets the vehicle
						got[in.Set] = true
					}
				}
			}
			want := make(map[string]bool)
			for _, s := range documentedSetters(t, version) {
				for _, o := range view.Objects() {
					path := o.Prefix + "/" + s.name
					if _, excepted := exceptions[path]; o.Scope.String() == s.scope && !excepted {
						want[path] = true
					}
				}
			}
			if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
				t.Errorf("(-evcc accepts +we use):\n%s", diff)
			}
			for path := range exceptions {
				if got[path] {
					t.Errorf("%s is an exception and is used", path)
				}
			}
		})
	}
}

// setter is one that a version accepts.
type setter struct{ scope, name string }

func documentedSetters(t *testing.T, version string) []setter {
	t.Helper()
	scopes := map[string]string{"site": "site", "loadpoints/<id>": "loadpoint", "vehicles/<name>": "vehicle"}
	var list []setter
	for line := range strings.Lines(read(t, "testdata/evcc-topics.tsv")) {
		f := strings.Split(line, "\t")
		name, ok := strings.CutSuffix(f[8], "/set")
		since, until, gap := f[10], f[11], strings.HasPrefix(f[11], "gap")
		if !ok || number(version) < number(since) || (!gap && until != "" && number(version) >= number(until)) {
			continue
		}
		list = append(list, setter{scopes[f[0]], name})
	}
	return list
}

// number makes versions comparable: "0.124.5" is 124005.
func number(version string) int {
	parts := strings.Split(version, ".")
	minor, _ := strconv.Atoi(parts[1])
	patch, _ := strconv.Atoi(parts[2])
	return 1000*minor + patch
}
