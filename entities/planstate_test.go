package entities_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/entities"
)

func TestConcernsPlans(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"vehicles/db:7/plan":             true,
		"vehicles/db:7/plan/soc":         true,
		"vehicles/db:7/plans/1/time":     true,
		"vehicles/db:7/repeatingPlans":   true,
		"vehicles/db:7/limitSoc":         true,
		"vehicles/db:7/title":            false,
		"loadpoints/1/planTime":          true,
		"loadpoints/1/planEnergy":        true,
		"loadpoints/1/plan":              false, // hours
		"loadpoints/1/effectivePlanTime": true,
		"loadpoints/1/effectivePlanSoc":  false,
		"loadpoints/1/vehicleName":       true,
		"loadpoints/1/chargePower":       false,
		"loadpoints/1/chargedEnergy":     false,
		"site/timezone":                  true,
		"site/planTime":                  false,
		"loadpoints":                     false,
	} {
		if got := entities.ConcernsPlans(path); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
	for path, want := range map[string]string{"loadpoints/12/plan": "loadpoints/12", "loadpoints/1/plan/x": "", "vehicles/a/plan": "", "plan": ""} {
		if prefix, ok := entities.PlanHours(path); ok != (want != "") || ok && prefix != want {
			t.Errorf("%s holds the hours of %q, %v", path, prefix, ok)
		}
	}
}

// Where evcc knows a vehicle's state of charge it ignores plans of energy.
func TestVehicleWithSoC(t *testing.T) {
	t.Parallel()
	lp := entities.Object{Scope: entities.Loadpoint, Ref: "1", Prefix: "loadpoints/1"}
	told := entities.Tree{"loadpoints/1/vehicleName": "db:7", "vehicles/db:7/title": "Golf", "vehicles/db:7/capacity": "44"}
	for name, test := range map[string]struct {
		change entities.Tree
		want   bool
	}{
		"it tells":                             {nil, true},
		"no vehicle":                           {entities.Tree{"loadpoints/1/vehicleName": ""}, false},
		"no capacity":                          {entities.Tree{"vehicles/db:7/capacity": "0"}, false},
		"the loadpoint knows the capacity":     {entities.Tree{"vehicles/db:7/capacity": "", "loadpoints/1/vehicleCapacity": "44"}, true},
		"it is offline":                        {entities.Tree{"loadpoints/1/vehicleFeatureOffline": "true"}, false},
		"it is offline, and the charger tells": {entities.Tree{"loadpoints/1/vehicleFeatureOffline": "true", "loadpoints/1/vehicleSoc": "50"}, true},
	} {
		vehicle, got := with(told, test.change).VehicleWithSoC(lp)
		if got != test.want || got && vehicle.Prefix != "vehicles/db:7" {
			t.Errorf("%s: %v, %+v", name, got, vehicle)
		}
	}
}

func TestPrecondition(t *testing.T) {
	t.Parallel()
	lp := entities.Object{Scope: entities.Loadpoint, Ref: "1", Prefix: "loadpoints/1"}
	vehicle := entities.Object{Scope: entities.Vehicle, Ref: "golf", Prefix: "vehicles/golf"}
	tree := entities.Tree{"loadpoints/1/planPrecondition": "900", "vehicles/golf/plan/precondition": "600"}
	if got := []int64{tree.Precondition(lp), tree.Precondition(vehicle)}; !cmp.Equal(got, []int64{900, 600}) || !tree.PreconditionInPlan() {
		t.Errorf("got %v, part of the plan %v", got, tree.PreconditionInPlan())
	}
	newer := with(tree, entities.Tree{"loadpoints/1/planContinuous": "false", "loadpoints/1/planStrategy/precondition": "0"})
	if newer.PreconditionInPlan() || !newer.HasStrategy(lp, entities.WritePrecondition) || newer.HasStrategy(lp, entities.WriteContinuous) {
		t.Error("an evcc with continuous plans has setters for them")
	}
}

// Loadpoints are those that evcc counts and has in operation, whatever it has told of them.
func TestLoadpoints(t *testing.T) {
	t.Parallel()
	for count, want := range map[string]int{"": 0, "0": 0, "-1": 0, "x": 0, "3": 3, "5000": 100} {
		if got := (entities.Tree{"loadpoints": count}).LoadpointCount(); got != want {
			t.Errorf("%q: %d loadpoints, want %d", count, got, want)
		}
	}
	var got []string
	for _, o := range (entities.Tree{"loadpoints": "3", "loadpoints/2/disabled": "true", "loadpoints/3/disabled": "false", "loadpoints/4/title": "x"}).Loadpoints() {
		got = append(got, o.Ref+" "+o.Prefix)
	}
	if diff := cmp.Diff([]string{"1 loadpoints/1", "3 loadpoints/3"}, got); diff != "" {
		t.Error(diff)
	}
}
