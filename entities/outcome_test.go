package entities_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/entities"
)

// on puts a control on an object, as evcc 0.313 has it.
func on(t *testing.T, key string, o entities.Object) entities.Instance {
	t.Helper()
	in := control(t, key, entities.Context{Capabilities: entities.ControllableBattery})
	in.Object = o
	set := in.Row.Write.Sets
	if len(in.Row.Keys) > 0 {
		in.State = o.Path(in.Row.Keys[0].Path)
		if len(set) == 0 {
			set = in.Row.Keys
		}
	}
	in.Set = o.Path(set[0].Path)
	return in
}

var (
	lp1 = entities.Object{Scope: entities.Loadpoint, Ref: "1", Prefix: "loadpoints/1"}
	car = entities.Object{Scope: entities.Vehicle, Ref: "db:1", Prefix: "vehicles/db:1"}
)

func TestFulfilled(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		control, command, payload string
		value                     string // of the topic that tells
		want                      bool
	}{
		{"loadpoint.number_limit_soc", "80", "80", "80", true},
		{"loadpoint.number_limit_soc", "80", "80", "8", false},
		{"loadpoint.number_solar_share", "80", "0.8", "0.8", true},
		{"loadpoint.number_solar_share", "80", "0.8", "80", false},
		{"loadpoint.number_limit_soc", "0", "0", "", true}, // evcc empties some limits of 0
		{"loadpoint.number_limit_soc", "80", "80", "", false},
		{"loadpoint.number_enable_threshold", "12345.6", "12345.6", "12346", true}, // five significant digits
		{"loadpoint.number_enable_threshold", "12300", "12300", "1.23e+04", true},
		{"loadpoint.number_enable_threshold", "12345", "12345", "12355", false},
		{"loadpoint.number_smart_cost_limit", "0.155", "0.155", "0.1550", true},
		{"loadpoint.number_smart_cost_limit", "0.155", "0.155", "0.156", false},
		{"loadpoint.number_smart_cost_limit", "0.155", "0.155", "rubbish", false},
		{"loadpoint.number_smart_cost_limit", "none", "-", "", true},
		{"loadpoint.number_smart_cost_limit", "none", "-", "0.2", false},
		{"loadpoint.button_smart_cost_limit", "-", "-", "", true},
		{"loadpoint.button_smart_cost_limit", "-", "-", "0.2", false},
		{"loadpoint.select_mode", "now", "now", "now", true},
		{"loadpoint.select_mode", "now", "now", "pv", false},
		{"loadpoint.select_vehicle", "e-Golf", "db:1", "db:1", true},
		{"loadpoint.select_vehicle", "-", "-", "", true},
		{"loadpoint.select_vehicle", "-", "-", "db:1", false},
		{"loadpoint.switch_plan_strategy_continuous", " true", `{"continuous":true,"precondition":0}`, "true", true},
		{"loadpoint.switch_plan_strategy_continuous", "1", `{"continuous":true,"precondition":0}`, "true", true},
		{"loadpoint.select_plan_strategy_precondition", "900", `{"continuous":true,"precondition":900}`, "0", false},
	} {
		in := on(t, test.control, lp1)
		watched := in.Watches()
		if len(watched) != 1 && test.control != "loadpoint.select_mode" {
			t.Fatalf("%s watches %v", test.control, watched)
		}
		s := garage(map[string]string{"/" + watched[0]: test.value})
		if got := in.Fulfilled(test.command, test.payload, s); got != test.want {
			t.Errorf("%s: wanted %s, evcc shows %q: got %v", test.control, test.payload, test.value, got)
		}
	}
}

func TestConflict(t *testing.T) {
	t.Parallel()
	currents := map[string]string{"minCurrent": "6", "maxCurrent": "16"}
	levels := map[string]string{"prioritySoc": "10", "bufferSoc": "50", "bufferStartSoc": "80"}
	unset := map[string]string{"prioritySoc": "10", "bufferSoc": "0", "bufferStartSoc": "5"}
	for _, test := range []struct {
		control, payload string
		values           map[string]string
		want             string
	}{
		{"loadpoint.number_min_current", "16", currents, ""},
		{"loadpoint.number_min_current", "16.1", currents, "the minimum current of 16.1 would be above the maximum current of 16"},
		{"loadpoint.number_max_current", "6", currents, ""},
		{"loadpoint.number_max_current", "0", currents, "the maximum current of 0 would be below the minimum current of 6"},
		{"loadpoint.number_max_current", "3", nil, ""}, // evcc has not told the other
		{"loadpoint.number_limit_soc", "3", currents, ""},
		{"loadpoint.select_mode", "now", currents, ""},
		{"site.number_priority_soc", "50", levels, ""},
		{"site.number_priority_soc", "51", levels, "the priority level of 51 would be above the buffer level of 50"},
		{"site.number_buffer_soc", "0", levels, ""},
		{"site.number_buffer_soc", "9", levels, "the buffer level of 9 would be below the priority level of 10"},
		{"site.number_buffer_soc", "81", levels, "the buffer level of 81 would be above the buffer's start level of 80"},
		{"site.number_buffer_start_soc", "0", levels, ""},
		{"site.number_buffer_start_soc", "49", levels, "the buffer's start level of 49 would be below the buffer level of 50"},
		{"site.number_priority_soc", "90", unset, ""},
		{"site.number_buffer_start_soc", "1", unset, ""},
	} {
		o := lp1
		if test.control[:4] == "site" {
			o = entities.SiteObject
		}
		in := on(t, test.control, o)
		if diff := cmp.Diff(test.want, in.Conflict(test.payload, garage(test.values))); diff != "" {
			t.Errorf("%s = %s (-want +got):\n%s", test.control, test.payload, diff)
		}
	}
}

func TestRefusal(t *testing.T) {
	t.Parallel()
	const solar = "this needs solar charging, and the mode is now"
	for _, test := range []struct {
		control, payload string
		values           map[string]string
		want             string
	}{
		{"loadpoint.switch_battery_boost", "true", map[string]string{"mode": "now"}, solar},
		{"loadpoint.switch_battery_boost", "false", map[string]string{"mode": "now"}, ""},
		{"loadpoint.switch_battery_boost", "true", map[string]string{"mode": "smart"}, ""},
		{"loadpoint.select_phases_configured", "3", map[string]string{"chargerPhysicalPhases": "1"}, "the charger is wired to fewer phases"},
		{"loadpoint.select_phases_configured", "3", map[string]string{"chargerPhysicalPhases": "3"}, ""},
		{"loadpoint.select_phases_configured", "3", nil, ""},
		{"loadpoint.number_min_current", "20", map[string]string{"maxCurrent": "16"}, "the minimum current of 20 would be above the maximum current of 16"},
		{"loadpoint.number_limit_soc", "80", nil, ""},
	} {
		in := on(t, test.control, lp1)
		if got := in.Refusal(test.payload, garage(test.values)); got != test.want {
			t.Errorf("%s = %s: got %q, want %q", test.control, test.payload, got, test.want)
		}
	}
	discharge := on(t, "site.switch_battery_discharge_control", entities.SiteObject)
	if got := discharge.Refusal("true", garage(nil)); got != "" {
		t.Errorf("with a battery that evcc can control: %q", got)
	}
	discharge.Context.Capabilities = entities.HomeBattery
	if got, want := discharge.Refusal("true", garage(nil)), "evcc has no controllable battery"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	vehicle, loadpoint := on(t, "vehicle.number_limit_soc", car), on(t, "loadpoint.number_limit_soc", lp1)
	if vehicle.Silence() == loadpoint.Silence() {
		t.Error("a vehicle may have been added after evcc's start: that is worth its own words")
	}
}

// Controls of one setter are in one group, or their commands could overtake each other inside evcc.
func TestSetterGroups(t *testing.T) {
	t.Parallel()
	groups := make(map[string]entities.Group)
	for _, r := range entities.All {
		if r.Write == nil {
			continue
		}
		names := r.Write.Sets
		if len(names) == 0 {
			names = r.Keys
		}
		for _, name := range names {
			setter := r.Scope.String() + " " + name.Path
			if g, known := groups[setter]; known && g != r.Write.Group {
				t.Errorf("%s.%s: another control of %s is in another group", r.Scope, r.ComponentKey(), setter)
			}
			groups[setter] = r.Write.Group
		}
	}
}
