package entities_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/entities"
)

// captured reads a tree that a real evcc published.
func captured(t *testing.T, version string) entities.Tree {
	t.Helper()
	tree := make(entities.Tree)
	for line := range strings.Lines(read(t, "../internal/simulator/trees/evcc-"+version+"-demo.txt")) {
		topic, payload, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		if payload != "" {
			tree[strings.TrimPrefix(topic, "evcc/")] = payload
		}
	}
	return tree
}

// with returns a copy of the tree with other payloads; empty ones take the topic away.
func with(tree entities.Tree, changes entities.Tree) entities.Tree {
	changed := tree.Clone()
	maps.Copy(changed, changes)
	maps.DeleteFunc(changed, func(_, payload string) bool { return payload == "" })
	return changed
}

func nothing(string) bool { return false }

// instances lists what exists under a prefix: component key, where it is read, and after ">" where it is set.
func instances(t *testing.T, tree entities.Tree, prefix string, s entities.Settings, keep func(string) bool) []string {
	t.Helper()
	view := tree.View()
	var list []string
	for _, o := range view.Objects() {
		if o.Prefix != prefix {
			continue
		}
		for _, in := range view.Instances(o, s, keep) {
			entry := in.Row.ComponentKey() + " " + strings.TrimPrefix(in.State, prefix+"/")
			if in.Set != "" {
				entry += " > " + strings.TrimPrefix(in.Set, prefix+"/")
			}
			list = append(list, entry)
		}
	}
	return list
}

// about narrows a list of instances to some component keys.
func about(list []string, ids ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(entry string) bool {
		key, _, _ := strings.Cut(entry, " ")
		return !slices.ContainsFunc(ids, func(id string) bool {
			return slices.Contains([]string{"sensor_", "binary_sensor_", "number_", "select_", "switch_", "command_"}, strings.TrimSuffix(key, id)) && strings.HasSuffix(key, id)
		})
	})
}

func TestObjectsOfCapturedTrees(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"0.123.0": {"site", "loadpoints/1", "loadpoints/2", "vehicles/vehicle_1", "vehicles/vehicle_2", "vehicles/vehicle_3",
			"vehicles/vehicle_4", "vehicles/vehicle_5", "site/pv/1", "site/battery/1"},
		"0.313.2": {"site", "loadpoints/1", "loadpoints/2", "loadpoints/3", "vehicles/vehicle_1", "vehicles/vehicle_2", "vehicles/vehicle_3",
			"vehicles/vehicle_4", "site/pv/1", "site/battery/devices/1"},
	}
	for version, prefixes := range want {
		if diff := cmp.Diff(prefixes, prefixesOf(captured(t, version))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", version, diff)
		}
	}
}

func prefixesOf(tree entities.Tree) []string {
	var prefixes []string
	for _, o := range tree.View().Objects() {
		prefixes = append(prefixes, o.Prefix)
	}
	return prefixes
}

func TestObjects(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tree entities.Tree
		want []string
	}{
		"empty":               {nil, []string{"site"}},
		"in evcc's order":     {entities.Tree{"loadpoints/10/connected": "true", "loadpoints/9/connected": "true"}, []string{"site", "loadpoints/9", "loadpoints/10"}},
		"no cycle yet":        {entities.Tree{"loadpoints": "1", "loadpoints/1/title": "Garage", "loadpoints/1/mode": "pv"}, []string{"site"}},
		"stale loadpoint":     {entities.Tree{"loadpoints": "1", "loadpoints/1/connected": "true", "loadpoints/2/connected": "true"}, []string{"site", "loadpoints/1"}},
		"stale PV system":     {entities.Tree{"site/pv": "1", "site/pv/1/power": "1", "site/pv/2/power": "1"}, []string{"site", "site/pv/1"}},
		"none left":           {entities.Tree{"loadpoints": "0", "loadpoints/1/connected": "true"}, []string{"site"}},
		"count unreadable":    {entities.Tree{"loadpoints": "many", "loadpoints/1/connected": "true"}, []string{"site", "loadpoints/1"}},
		"no such numbers":     {entities.Tree{"loadpoints/0/connected": "1", "loadpoints/01/connected": "1", "loadpoints/-1/connected": "1", "loadpoints/x/connected": "1"}, []string{"site"}},
		"vehicles by name":    {entities.Tree{"vehicles/b/title": "B", "vehicles/a/title": "A", "vehicles/db:7/title": "C", "vehicles/x/capacity": "1"}, []string{"site", "vehicles/a", "vehicles/b", "vehicles/db:7"}},
		"batteries, old":      {entities.Tree{"site/battery": "2", "site/battery/1/power": "1", "site/battery/2/power": "1", "site/battery/3/power": "1"}, []string{"site", "site/battery/1", "site/battery/2"}},
		"batteries, new":      {entities.Tree{"site/battery/power": "1", "site/battery/devices": "1", "site/battery/devices/1/power": "1", "site/battery/devices/2/power": "1"}, []string{"site", "site/battery/devices/1"}},
		"batteries, old left": {entities.Tree{"site/battery": "1", "site/battery/1/power": "1", "site/battery/devices": "1", "site/battery/devices/1/power": "1"}, []string{"site", "site/battery/devices/1"}},
		"more meters": {entities.Tree{"site/aux": "1", "site/aux/1/power": "1", "site/aux/2/power": "1", "site/ext": "2", "site/ext/1/power": "1", "site/ext/2/power": "1", "site/consumers/1/power": "1"},
			[]string{"site", "site/aux/1", "site/ext/1", "site/ext/2", "site/consumers/1"}},
		"circuits by name": {entities.Tree{"site/circuits/main/power": "1", "site/circuits/db:4/power": "1", "site/circuits/x/title": "X", "site/circuits/a/b/power": "1"}, []string{"site", "site/circuits/db:4", "site/circuits/main"}},
		"out of operation": {entities.Tree{"loadpoints": "3", "loadpoints/1/disabled": "true", "loadpoints/2/disabled": "false", "loadpoints/3/disabled": "true", "loadpoints/3/connected": "false"}, []string{"site", "loadpoints/1", "loadpoints/3"}},
	} {
		if diff := cmp.Diff(test.want, prefixesOf(test.tree)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestNamesOfObjects(t *testing.T) {
	t.Parallel()
	tree := entities.Tree{
		"site/siteTitle": "Home", "site/name": "no",
		"loadpoints/1/connected": "true", "loadpoints/1/name": "lp-1", "loadpoints/1/title": "Garage",
		"loadpoints/2/connected": "true", "loadpoints/2/name": "db:7",
		"vehicles/db:9/title": "Zoe", "vehicles/db:9/name": "no",
		"site/pv/1/power": "1", "site/pv/1/name": "roof",
		"site/ext/1/power": "1", "site/ext/1/name": "db:12", "site/ext/1/title": "Sauna",
		"site/circuits/main/power": "1", "site/circuits/main/title": "House",
	}
	var got []string
	for _, o := range tree.View().Objects() {
		got = append(got, strings.Join([]string{o.Scope.String(), o.Ref, tree.Name(o), tree.Title(o)}, "|"))
	}
	want := []string{"site|||Home", "loadpoint|1||Garage", "loadpoint|2|db:7|", "vehicle|db:9|db:9|Zoe", "pv|1|roof|",
		"ext|1|db:12|Sauna", "circuit|main|main|House"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("scope, ref, name and title (-want +got):\n%s", diff)
	}
}

func TestInstancesOfSmallObjects(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		version, prefix string
		want            []string
	}{
		{"0.123.0", "site/pv/1", []string{"sensor_energy energy"}}, // the site has a sum of 0
		{"0.313.2", "site/pv/1", nil},
		{"0.123.0", "site/battery/1", []string{"binary_sensor_controllable controllable", "sensor_energy energy"}},
		{"0.313.2", "site/battery/devices/1", []string{"binary_sensor_controllable controllable"}},
		{"0.123.0", "vehicles/vehicle_1", []string{"number_limit_soc limitSoc > limitSoc", "number_min_soc minSoc > minSoc", "switch_plan plans/1/time > planSoc", "number_plan_soc plans/1/soc > planSoc",
			"sensor_plan_soc plans/1/soc", "datetime_plan_time plans/1/time > planSoc", "sensor_plan_time plans/1/time", "sensor_plans plans"}},
		{"0.313.2", "vehicles/vehicle_1", []string{"sensor_capacity capacity", "number_limit_soc limitSoc > limitSoc", "number_min_soc minSoc > minSoc", "switch_plan plan/time > planSoc", "number_plan_soc plan/soc > planSoc",
			"sensor_plan_soc plan/soc", "switch_plan_strategy_continuous planStrategy/continuous > planStrategy",
			"select_plan_strategy_precondition planStrategy/precondition > planStrategy", "datetime_plan_time plan/time > planSoc", "sensor_plan_time plan/time", "sensor_repeating_plans repeatingPlans"}},
		{"0.313.2", "vehicles/vehicle_3", []string{"sensor_capacity capacity", "sensor_repeating_plans repeatingPlans"}}, // offline: no SoC
	} {
		got := instances(t, captured(t, test.version), test.prefix, entities.Settings{}, nothing)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s of %s (-want +got):\n%s", test.prefix, test.version, diff)
		}
	}
}

// evcc renamed these; rows and ids are the same, topics and setters are each version's own.
func TestRenamedKeys(t *testing.T) {
	t.Parallel()
	ids := []string{"grid_power", "battery_power", "battery_soc", "battery_capacity"}
	for version, want := range map[string][]string{
		"0.123.0": {"sensor_battery_capacity batteryCapacity", "sensor_battery_power batteryPower", "sensor_battery_soc batterySoc", "sensor_grid_power gridPower"},
		"0.313.2": {"sensor_battery_capacity battery/capacity", "sensor_battery_power battery/power", "sensor_battery_soc battery/soc", "sensor_grid_power grid/power"},
	} {
		if diff := cmp.Diff(want, about(instances(t, captured(t, version), "site", entities.Settings{}, nothing), ids...)); diff != "" {
			t.Errorf("site of %s (-want +got):\n%s", version, diff)
		}
	}
	// Names that lived for a few versions: a strategy that can only be read, values of batteries that stood elsewhere.
	tree := entities.Tree{"loadpoints/1/connected": "true", "loadpoints/1/planPrecondition": "0", "loadpoints/1/effectivePlanContinuous": "true",
		"site/battery/devices/2/power": "1", "site/evopt-batteries/2/full": "1795417200"} // which battery that is, nothing tells
	for prefix, want := range map[string][]string{
		"loadpoints/1":           {"binary_sensor_effective_plan_strategy_continuous effectivePlanContinuous", "sensor_plan_strategy_precondition planPrecondition"},
		"site/battery/devices/2": {"sensor_power power"},
	} {
		if diff := cmp.Diff(want, instances(t, tree, prefix, entities.Settings{}, nothing)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", prefix, diff)
		}
	}
	ids = []string{"charge_current", "phases_configured", "vehicle_limit_soc"}
	for version, want := range map[string][]string{
		"0.123.0": {"sensor_charge_current chargeCurrent", "select_phases_configured phasesConfigured > phases", "sensor_vehicle_limit_soc vehicleTargetSoc"},
		"0.313.2": {"sensor_charge_current offeredCurrent", "select_phases_configured phasesConfigured > phasesConfigured", "sensor_vehicle_limit_soc vehicleLimitSoc"},
	} {
		if diff := cmp.Diff(want, about(instances(t, captured(t, version), "loadpoints/2", entities.Settings{}, nothing), ids...)); diff != "" {
			t.Errorf("loadpoint of %s (-want +got):\n%s", version, diff)
		}
	}
}

// A newer name beside the older one that evcc left on the broker: the newer one counts.
func TestNewerNameWins(t *testing.T) {
	t.Parallel()
	tree := with(captured(t, "0.123.0"), entities.Tree{"site/grid/power": "1"})
	want := []string{"sensor_grid_power grid/power"}
	if diff := cmp.Diff(want, about(instances(t, tree, "site", entities.Settings{}, nothing), "grid_power")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// 0.123 publishes some values before it accepts them: they are shown, and nothing of that is left in 0.313.
func TestReadOnlyTwins(t *testing.T) {
	t.Parallel()
	twins := func(version string) []string {
		view := captured(t, version).View()
		var list []string
		for _, o := range view.Objects() {
			for _, in := range view.Instances(o, entities.Settings{}, nothing) {
				if !slices.Contains(entities.ByScope(o.Scope), in.Row) {
					list = append(list, o.Prefix+" "+in.Row.ComponentKey()+" "+in.Row.Category.String()+in.Row.Quantity(in.Context).StateClass)
				}
			}
		}
		return list
	}
	want := []string{"site binary_sensor_battery_discharge_control ", "loadpoints/1 sensor_limit_energy ", "loadpoints/1 sensor_priority diagnostic",
		"loadpoints/2 sensor_limit_energy ", "loadpoints/2 sensor_priority diagnostic"}
	if diff := cmp.Diff(want, twins("0.123.0")); diff != "" {
		t.Errorf("0.123.0 (-want +got):\n%s", diff)
	}
	if got := twins("0.313.2"); got != nil {
		t.Errorf("0.313.2: got %q, want none", got)
	}
}
