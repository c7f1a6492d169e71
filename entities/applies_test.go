package entities_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"evcc-discovery/entities"
)

// READ_ONLY turns every control into a value, whatever the version; buttons are nothing then.
func TestReadOnlySetting(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"0.123.0", "0.313.2"} {
		view := captured(t, version).View()
		for _, o := range view.Objects() {
			readable := make(map[string]bool) // by ID and by topic path
			for _, in := range view.Instances(o, entities.Settings{ReadOnly: true}, nothing) {
				readable[in.Row.ID], readable[in.State] = true, true
				if in.Set != "" || in.Row.Write != nil {
					t.Errorf("%s: %s of %s can still be set", version, in.Row.ComponentKey(), o.Prefix)
				}
				if in.Row.Category == entities.Config {
					t.Errorf("%s: %s of %s: Home Assistant takes no config sensors", version, in.Row.ComponentKey(), o.Prefix)
				}
			}
			for _, in := range view.Instances(o, entities.Settings{}, nothing) {
				shown := readable[in.Row.ID]
				switch {
				case in.Row.Reading == entities.Among:
					shown = readable[in.State] // the word behind the switch is enough
				case in.Row.Own == entities.Held:
					shown = readable["battery_mode"] // as is the mode that comes of it
				}
				if in.State != "" && !shown {
					t.Errorf("%s: %s of %s is not shown at all", version, in.Row.ComponentKey(), o.Prefix)
				}
			}
		}
	}
	want := []string{"sensor_limit_soc limitSoc", "sensor_mode mode", "binary_sensor_plan planTime", "binary_sensor_plan_strategy_continuous planStrategy/continuous", "sensor_vehicle vehicleName"}
	got := instances(t, captured(t, "0.313.2"), "loadpoints/1", entities.Settings{ReadOnly: true}, nothing)
	if diff := cmp.Diff(want, about(got, "limit_soc", "mode", "plan_strategy_continuous", "vehicle", "plan")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What was published stays as long as the object is there, also when this evcc shows nothing of it.
func TestKeep(t *testing.T) {
	t.Parallel()
	tree := entities.Tree{"loadpoints/1/connected": "true"}
	keep := func(keys ...string) func(string) bool {
		return func(key string) bool { return slices.Contains(keys, key) }
	}
	for name, test := range map[string]struct {
		keep     func(string) bool
		settings entities.Settings
		want     []string
	}{
		"nothing":          {keep: nothing},
		"a value":          {keep: keep("sensor_today_energy"), want: []string{"sensor_today_energy todayEnergy"}},
		"a renamed value":  {keep: keep("sensor_charge_current"), want: []string{"sensor_charge_current offeredCurrent"}},
		"a control":        {keep: keep("select_mode"), want: []string{"select_mode mode > mode"}},
		"without setter":   {keep: keep("number_priority"), want: []string{"number_priority priority > priority"}},
		"its twin":         {keep: keep("sensor_priority"), want: []string{"sensor_priority priority"}},
		"in READ_ONLY":     {keep: keep("select_mode"), settings: entities.Settings{ReadOnly: true}, want: []string{"sensor_mode mode"}},
		"after READ_ONLY":  {keep: keep("sensor_mode"), settings: entities.Settings{Released: true}, want: []string{"select_mode mode > mode"}},
		"no setter then":   {keep: keep("sensor_priority"), settings: entities.Settings{Released: true}, want: []string{"sensor_priority priority"}},
		"twin and control": {keep: keep("select_mode", "sensor_mode"), want: []string{"select_mode mode > mode", "sensor_mode mode"}},
		"no such key":      {keep: keep("sensor_nonsense")},
	} {
		got := instances(t, tree, "loadpoints/1", test.settings, test.keep)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Markers and capabilities: which rows come and go with one topic.
func TestApplies(t *testing.T) {
	t.Parallel()
	newest, oldest := captured(t, "0.313.2"), captured(t, "0.123.0")
	for name, test := range map[string]struct {
		tree   entities.Tree
		prefix string
		more   entities.Tree
		want   map[string]string // entry → "+" or "-"
	}{
		"an empty limit has its marker on any loadpoint": {newest, "loadpoints/1", entities.Tree{"loadpoints/1/smartCostActive": ""},
			map[string]string{"binary_sensor_smart_cost_active smartCostActive": "-"}},
		"without the marker on all it is gone": {newest, "loadpoints/1", entities.Tree{"loadpoints/1/smartCostActive": "", "loadpoints/2/smartCostActive": "", "loadpoints/3/smartCostActive": ""},
			map[string]string{"binary_sensor_smart_cost_active smartCostActive": "-", "number_smart_cost_limit smartCostLimit > smartCostLimit": "-",
				"number_limit_energy limitEnergy > limitEnergy": "-", "sensor_limit_energy limitEnergy": "+"}},
		"a marker that came turns a value into a control": {oldest, "loadpoints/1", entities.Tree{"loadpoints/2/chargerSinglePhase": "false"},
			map[string]string{"sensor_priority priority": "-", "number_priority priority > priority": "+"}},
		"a marker of the site": {oldest, "loadpoints/1", entities.Tree{"site/tariffCo2": "392"},
			map[string]string{"sensor_session_co2_per_kwh sessionCo2PerKWh": "+"}},
		"a marker of the vehicle is its own": {oldest, "vehicles/vehicle_1", entities.Tree{"vehicles/vehicle_2/title": ""}, nil},
		"one phase": {newest, "loadpoints/2", entities.Tree{"loadpoints/2/chargerSinglePhase": "true"},
			map[string]string{"select_phases_configured phasesConfigured > phasesConfigured": "-",
				"sensor_phase_action phaseAction": "-", "sensor_phase_remaining phaseRemaining": "-"}},
		"a switch has no currents": {newest, "loadpoints/1", entities.Tree{"loadpoints/1/chargerFeatureSwitchDevice": "true"},
			map[string]string{"number_max_current maxCurrent > maxCurrent": "-", "number_min_current minCurrent > minCurrent": "-",
				"sensor_effective_max_current effectiveMaxCurrent": "-", "sensor_effective_min_current effectiveMinCurrent": "-",
				"select_phases_configured phasesConfigured > phasesConfigured": "-"}},
		"a battery that cannot be steered": {newest, "site", entities.Tree{"site/battery/devices/1/controllable": "false"},
			map[string]string{"select_battery_mode batteryModeExternal > batteryMode": "-",
				"switch_hold_battery batteryModeExternal > batteryMode":                              "-",
				"switch_battery_discharge_control batteryDischargeControl > batteryDischargeControl": "-",
				"binary_sensor_battery_discharge_control batteryDischargeControl":                    "+",
				"switch_battery_grid_discharge batteryGridDischarge > batteryGridDischarge":          "-",
				"binary_sensor_battery_grid_discharge batteryGridDischarge":                          "+",
				"number_battery_grid_charge_limit batteryGridChargeLimit > batteryGridChargeLimit":   "-",
				"button_battery_grid_charge_limit  > batteryGridChargeLimit":                         "-",
				"sensor_battery_mode batteryMode":                                                    "-",
				"sensor_battery_grid_charge_limit batteryGridChargeLimit":                            "+"}},
		"prices that do not change": {newest, "loadpoints/1", entities.Tree{"site/smartCostAvailable": "false"},
			map[string]string{"binary_sensor_smart_cost_active smartCostActive": "-", "number_smart_cost_limit smartCostLimit > smartCostLimit": "-",
				"button_smart_cost_limit  > smartCostLimit": "-", "sensor_smart_cost_next_start smartCostNextStart": "-"}},
		"prices that do not change, for all": {newest, "site", entities.Tree{"site/smartCostAvailable": "false"},
			map[string]string{"number_battery_grid_charge_limit batteryGridChargeLimit > batteryGridChargeLimit": "-",
				"button_battery_grid_charge_limit  > batteryGridChargeLimit": "-",
				"number_smart_cost_limit smartCostLimit > smartCostLimit":    "-", "button_smart_cost_limit  > smartCostLimit": "-"}},
	} {
		t.Run(name, func(t *testing.T) {
			before := instances(t, test.tree, test.prefix, entities.Settings{}, nothing)
			after := instances(t, with(test.tree, test.more), test.prefix, entities.Settings{}, nothing)
			got := make(map[string]string)
			for _, entry := range before {
				if !slices.Contains(after, entry) {
					got[entry] = "-"
				}
			}
			for _, entry := range after {
				if !slices.Contains(before, entry) {
					got[entry] = "+"
				}
			}
			if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
