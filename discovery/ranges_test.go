package discovery_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// home is a tree with a number of each kind.
func home(change entities.Tree) entities.Tree {
	tree := loadpoints("Garage")
	for key, value := range map[string]string{
		"loadpoints/1/chargePower": "0", "loadpoints/1/smartCostActive": "false", "loadpoints/1/vehicleWelcomeActive": "false", "loadpoints/1/disableDelay": "180",
		"loadpoints/1/enableThreshold": "0", "loadpoints/1/maxCurrent": "16", "loadpoints/1/limitSoc": "0", "loadpoints/1/priority": "0",
		"loadpoints/1/chargerSinglePhase": "false", "site/residualPower": "100", "site/batteryGridChargeActive": "false", "site/battery/power": "0",
		"site/battery/devices/1/controllable": "true", "vehicles/vehicle_1/title": "e-Golf", "vehicles/vehicle_1/minSoc": "20",
	} {
		tree[key] = value
	}
	for key, value := range change {
		tree[key] = value
	}
	return tree
}

// What evcc has is shown: a number's range reaches to the next round step beyond it, where a number of the measure can be.
func TestRangesWiden(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		path, value, currency string
		device, number        string
		least, most           float64
		shown                 bool
	}{
		{"loadpoints/1/disableDelay", "7200", "", "evcc_loadpoint_1", "disable_delay", 0, 7200, true},
		{"loadpoints/1/disableDelay", "7250", "", "evcc_loadpoint_1", "disable_delay", 0, 7300, true},
		{"loadpoints/1/disableDelay", "1e9", "", "evcc_loadpoint_1", "disable_delay", 0, 6000, false},
		{"loadpoints/1/enableThreshold", "-45000", "", "evcc_loadpoint_1", "enable_threshold", -45000, 25000, true},
		{"loadpoints/1/enableThreshold", "-45001", "", "evcc_loadpoint_1", "enable_threshold", -46000, 25000, true},
		{"loadpoints/1/maxCurrent", "125", "", "evcc_loadpoint_1", "max_current", 0, 130, true},
		{"loadpoints/1/maxCurrent", "64", "", "evcc_loadpoint_1", "max_current", 0, 64, true},
		{"loadpoints/1/maxCurrent", "-3", "", "evcc_loadpoint_1", "max_current", 0, 64, false},
		{"loadpoints/1/maxCurrent", "16000", "", "evcc_loadpoint_1", "max_current", 0, 64, false},
		{"loadpoints/1/maxCurrent", "NaN", "", "evcc_loadpoint_1", "max_current", 0, 64, false},
		{"loadpoints/1/maxCurrent", "Inf", "", "evcc_loadpoint_1", "max_current", 0, 64, false},
		{"loadpoints/1/maxCurrent", "0x7d", "", "evcc_loadpoint_1", "max_current", 0, 64, false},
		{"loadpoints/1/limitSoc", "500", "", "evcc_loadpoint_1", "limit_soc", 0, 500, true},
		{"loadpoints/1/priority", "-200", "", "evcc_loadpoint_1", "priority", -200, 100, true},
		{"loadpoints/1/smartCostLimit", "-0.6", "", "evcc_loadpoint_1", "smart_cost_limit", -0.6, 2.5, true},
		{"loadpoints/1/smartCostLimit", "-0.6", "", "evcc_site", "smart_cost_limit", -0.6, 2.5, true},
		{"loadpoints/1/smartCostLimit", "480", "HUF", "evcc_loadpoint_1", "smart_cost_limit", -50, 480, true},
		{"loadpoints/1/smartCostLimit", "480", "EUR", "evcc_loadpoint_1", "smart_cost_limit", -0.5, 2.5, false},
		{"site/batteryGridChargeLimit", "3.5", "", "evcc_site", "battery_grid_charge_limit", -0.5, 3.5, true},
		{"site/residualPower", "60000", "", "evcc_site", "residual_power", -25000, 60000, true},
		{"vehicles/vehicle_1/minSoc", "130", "", "evcc_vehicle_vehicle_5f1", "min_soc", 0, 130, true},
	} {
		tree := home(entities.Tree{test.path: test.value})
		if test.currency != "" {
			tree["site/currency"] = test.currency
		}
		w := site(t).Wanted(tree, discovery.Registry{}, true)
		c := decode(t, w)[test.device].Components["number_"+test.number]
		if c.Min != test.least || c.Max != test.most {
			t.Errorf("%s %s: %s %s has %v to %v, want %v to %v", test.path, test.value, test.device, test.number, c.Min, c.Max, test.least, test.most)
		}
		v, err := strconv.ParseFloat(test.value, 64)
		if shown := err == nil && v >= c.Min && v <= c.Max; shown != test.shown {
			t.Errorf("%s %s: shown %v, want %v", test.path, test.value, shown, test.shown)
		}
		for _, end := range []float64{c.Min, c.Max} {
			if !strings.Contains(c.ValueTemplate, strconv.FormatFloat(end, 'f', -1, 64)) {
				t.Errorf("%s %s: %s does not end at %v", test.path, test.value, c.ValueTemplate, end)
			}
		}
	}
}

// A range never shrinks by itself, each wider one makes Home Assistant read the retained value anew, and a slider that would
// be more than twice as wide is a box. Another unit is another number.
func TestWidenedRangesStay(t *testing.T) {
	t.Parallel()
	type seen struct {
		Min, Max float64
		QoS      int
		Mode     string
	}
	var w discovery.Wanted
	for i, step := range []struct {
		key, value string
		want       seen
	}{
		{"limitSoc", "80", seen{0, 100, 0, "slider"}},
		{"limitSoc", "130", seen{0, 130, 1, "slider"}},
		{"limitSoc", "50", seen{0, 130, 1, "slider"}},
		{"limitSoc", "", seen{0, 130, 1, "slider"}},
		{"limitSoc", "126", seen{0, 130, 1, "slider"}},
		{"limitSoc", "200", seen{0, 200, 0, "slider"}},
		{"limitSoc", "201", seen{0, 210, 1, "box"}},
		{"limitSoc", "2000", seen{0, 210, 1, "box"}},
		{"chargerFeatureHeating", "true", seen{0, 100, 0, "slider"}},
	} {
		tree := home(entities.Tree{"loadpoints/1/" + step.key: step.value})
		if step.value == "" {
			delete(tree, "loadpoints/1/"+step.key)
		}
		w = site(t).Wanted(tree, w.Registry, false)
		c := decode(t, w)["evcc_loadpoint_1"].Components["number_limit_soc"]
		if diff := cmp.Diff(step.want, seen{c.Min, c.Max, c.QoS, c.Mode}); diff != "" {
			t.Errorf("step %d, %s %q (-want +got):\n%s", i, step.key, step.value, diff)
		}
	}
	w = site(t).Wanted(home(entities.Tree{"loadpoints/1/limitSoc": "130"}), discovery.Registry{}, false)
	if got := decode(t, site(t).Wanted(home(nil), w.Registry.Restore(), false))["evcc_loadpoint_1"].Components["number_limit_soc"].Max; got != 100 {
		t.Errorf("after Rediscover it ends at %v", got)
	}
}

// The next start finds the widened range in the registry, and nobody can write there what no number of the measure can be.
func TestWidenedRangesAreRemembered(t *testing.T) {
	t.Parallel()
	w := site(t).Wanted(home(entities.Tree{"loadpoints/1/maxCurrent": "125"}), discovery.Registry{}, false)
	stored := string(w.Registry.Encode())
	for _, test := range []struct {
		old, new string
		want     float64
	}{
		{"", "", 130},
		{`"most":130`, `"most":16000`, 64},
		{`"most":130`, `"most":-125`, 64},
		{`"taken":{}`, `"taken":{"most":128}`, 130},
		{`"taken":{}`, `"taken":{"most":131}`, 64},
		{`"unit":"A"`, `"unit":"W"`, 64},
		{`"number_max_current":{`, `"{{ number }}":{`, 64},
	} {
		if !strings.Contains(stored, test.old) {
			t.Fatalf("no %s in %s", test.old, stored)
		}
		var r discovery.Registry
		if err := r.Decode([]byte(strings.ReplaceAll(stored, test.old, test.new))); err != nil {
			t.Fatal(err)
		}
		c := decode(t, site(t).Wanted(home(nil), r, false))["evcc_loadpoint_1"].Components["number_max_current"]
		if c.Max != test.want {
			t.Errorf("%s for %s: up to %v, want %v", test.new, test.old, c.Max, test.want)
		}
		in := site(t).Wanted(home(nil), r, false).Commands["evcc-discovery/evcc/loadpoint/1/max_current/set"].Instance
		if most := in.Takes().Max; most != 64 && most != 128 || most > c.Max {
			t.Errorf("%s for %s: commands up to %v", test.new, test.old, most)
		}
	}
}
