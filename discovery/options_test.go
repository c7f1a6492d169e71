package discovery_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// A word that the catalogue does not know becomes an option and stays one; each new word flips the quality of
// service, because Home Assistant reads the retained state anew only then.
func TestOptionsGrow(t *testing.T) {
	t.Parallel()
	type seen struct {
		Options []string
		QoS     int
	}
	base := []string{"off", "pv", "minpv", "now"}
	var w discovery.Wanted
	for i, step := range []struct {
		mode string
		want seen
	}{
		{"pv", seen{base, 0}},
		{"eco", seen{append(slices.Clip(base), "eco"), 1}},
		{"pv", seen{append(slices.Clip(base), "eco"), 1}},
		{"turbo_2", seen{append(slices.Clip(base), "eco", "turbo_2"), 0}},
		{"eco", seen{append(slices.Clip(base), "eco", "turbo_2"), 0}},
		{"", seen{append(slices.Clip(base), "eco", "turbo_2"), 0}},
	} {
		tree := loadpoints("Garage")
		if tree["loadpoints/1/mode"] = step.mode; step.mode == "" {
			delete(tree, "loadpoints/1/mode")
		}
		w = site(t).Wanted(tree, w.Registry, false)
		c := decode(t, w)["evcc_loadpoint_1"].Components["select_mode"]
		if diff := cmp.Diff(step.want, seen{c.Options, c.QoS}); diff != "" {
			t.Errorf("step %d, mode %q (-want +got):\n%s", i, step.mode, diff)
		}
		if diff := cmp.Diff(step.want.Options, w.Codes["loadpoints/1/mode"]); diff != "" {
			t.Errorf("step %d: codes (-want +got):\n%s", i, diff)
		}
		for _, option := range c.Options {
			if !strings.Contains(c.ValueTemplate, "'"+option+"'") {
				t.Errorf("step %d: %s does not show %s", i, c.ValueTemplate, option)
			}
		}
	}
}

// The words grow per entity: another loadpoint's select stays as it was.
func TestOptionsGrowOnOneObject(t *testing.T) {
	t.Parallel()
	tree := loadpoints("Garage", "Carport")
	tree["loadpoints/2/mode"] = "eco"
	devices := decode(t, site(t).Wanted(tree, discovery.Registry{}, false))
	got := [][]string{devices["evcc_loadpoint_1"].Components["select_mode"].Options, devices["evcc_loadpoint_2"].Components["select_mode"].Options}
	want := [][]string{{"off", "pv", "minpv", "now"}, {"off", "pv", "minpv", "now", "eco"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUnsafeWordsAreNoOptions(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"PV", "a b", "a'b", "a\"b", "{{x}}", "é", "-", "_a", "a-b", "1.5", " eco", "eco\n", "%s", strings.Repeat("a", 33)} {
		if discovery.SafeCode(word) {
			t.Errorf("%q counts as safe", word)
		}
		tree := loadpoints("Garage")
		tree["loadpoints/1/mode"], tree["loadpoints/1/pvAction"] = word, word
		w := site(t).Wanted(tree, discovery.Registry{}, false)
		c := decode(t, w)["evcc_loadpoint_1"].Components
		if got := len(c["select_mode"].Options) + len(c["sensor_pv_action"].Options); got != 4+3 {
			t.Errorf("%q became an option: %v %v", word, c["select_mode"].Options, c["sensor_pv_action"].Options)
		}
	}
	for _, word := range []string{"eco", "0", "holdcharge", "turbo_2", strings.Repeat("a", 32)} {
		if !discovery.SafeCode(word) {
			t.Errorf("%q counts as unsafe", word)
		}
	}
}

// Whatever makes other values readable makes Home Assistant read the retained one anew, and nothing else does.
func TestReadAnew(t *testing.T) {
	t.Parallel()
	tree := loadpoints("Garage")
	tree["loadpoints/1/chargePower"], tree["loadpoints/1/smartCostActive"], tree["loadpoints/1/limitSoc"] = "0", "false", "0"
	tree["site/gridConfigured"] = "true"
	var w discovery.Wanted
	for i, step := range []struct {
		change               entities.Tree
		mode, price, soc     int
		offersPV, offersMore bool
	}{
		{change: nil, offersPV: true},
		{change: entities.Tree{"loadpoints/1/alwaysCharge": "off", "loadpoints/1/mode": "smart"}, mode: 1}, // evcc 0.316
		{change: entities.Tree{"site/currency": "CHF"}, mode: 1},
		{change: entities.Tree{"site/currency": "SEK"}, mode: 1, price: 1}, // prices have other numbers
		{change: entities.Tree{"site/smartCostType": "co2"}, mode: 1},
		{change: entities.Tree{"loadpoints/1/mode": "eco"}, offersMore: true},
		{change: entities.Tree{"loadpoints/1/title": "Carport"}, offersMore: true},
	} {
		for key, value := range step.change {
			tree[key] = value
		}
		w = site(t).Wanted(tree, w.Registry, false)
		c := decode(t, w)["evcc_loadpoint_1"].Components
		got := []int{c["select_mode"].QoS, c["number_smart_cost_limit"].QoS, c["number_limit_soc"].QoS}
		if diff := cmp.Diff([]int{step.mode, step.price, step.soc}, got); diff != "" {
			t.Errorf("step %d: quality of mode, price limit and SoC limit (-want +got):\n%s", i, diff)
		}
		options := c["select_mode"].Options
		if slices.Contains(options, "pv") != step.offersPV || slices.Contains(options, "eco") != step.offersMore {
			t.Errorf("step %d offers %v", i, options)
		}
	}
}

// A temperature that was set above the end of evcc's slider is seen: the range of that number reaches up to it, is read again,
// and stays. Beyond 100 °C nothing follows but the slider.
func TestWarmerThanTheSlider(t *testing.T) {
	t.Parallel()
	tree := loadpoints("Heat pump")
	for _, key := range []string{"chargerFeatureHeating", "chargerFeatureIntegratedDevice"} {
		tree["loadpoints/1/"+key] = "true"
	}
	tree["loadpoints/1/ui/maxTemp"] = "70"
	var w discovery.Wanted
	for _, step := range []struct {
		key, value string
		most       float64
		qos        int
	}{
		{"limitSoc", "60", 70, 0},
		{"limitSoc", "85", 85, 1},
		{"minSoc", "90", 85, 1},
		{"limitSoc", "60", 85, 1},
		{"limitSoc", "101", 85, 1},
		{"ui/maxTemp", "0", 100, 0},
		{"ui/maxTemp", "120", 120, 1},
	} {
		tree["loadpoints/1/"+step.key] = step.value
		w = site(t).Wanted(tree, w.Registry, false)
		limit := decode(t, w)["evcc_loadpoint_1"].Components["number_limit_soc"]
		if limit.Max != step.most || limit.QoS != step.qos {
			t.Errorf("%s %s: up to %g with quality %d, want %g and %d", step.key, step.value, limit.Max, limit.QoS, step.most, step.qos)
		}
		if !w.Bounds["loadpoints/1/ui/maxTemp"] {
			t.Error("another end of the slider changes no range")
		}
		if below := slices.ContainsFunc(w.Ranges["loadpoints/1/limitSoc"], func(r discovery.Ranged) bool { return r.Widens("99") }); below != (step.most < 99) {
			t.Errorf("up to %g: a limit of 99 changes the range: %v", step.most, below)
		}
	}
}

// A broker that anybody may write to cannot make options grow for ever.
func TestOptionsAreBounded(t *testing.T) {
	t.Parallel()
	var w discovery.Wanted
	for i := range 100 {
		tree := loadpoints("Garage")
		tree["loadpoints/1/mode"] = fmt.Sprintf("word%d", i)
		w = site(t).Wanted(tree, w.Registry, false)
	}
	options := decode(t, w)["evcc_loadpoint_1"].Components["select_mode"].Options
	if got, want := len(options), 4+16; got != want {
		t.Errorf("got %d options, want %d", got, want)
	}
	if !slices.Contains(options, "word15") || slices.Contains(options, "word16") {
		t.Errorf("not the first 16 words: %v", options)
	}
}

// The registry that goes in is never changed: it is what the broker has.
func TestWantedChangesNoRegistry(t *testing.T) {
	t.Parallel()
	tree := loadpoints("Garage", "Carport")
	tree["loadpoints/1/mode"] = "eco"
	given := site(t).Wanted(tree, discovery.Registry{}, false).Registry
	before := string(given.Encode())
	tree["loadpoints/1/mode"], tree["loadpoints/1/chargePower"], tree["loadpoints/3/connected"] = "turbo", "1", "true"
	site(t).Wanted(tree, given, true)
	if diff := cmp.Diff(before, string(given.Encode())); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// Without a title a new loadpoint or vehicle waits; one that is known does not.
func TestUntitledWait(t *testing.T) {
	t.Parallel()
	tree := loadpoints("Garage", "")
	tree["site/pv/1/power"] = "1" // PV systems have none
	devices := func(w discovery.Wanted) []string { return slices.Sorted(maps.Keys(decode(t, w))) }
	w := site(t).Wanted(tree, discovery.Registry{}, false)
	if diff := cmp.Diff([]string{"evcc_loadpoint_1", "evcc_pv_1", "evcc_site"}, devices(w)); diff != "" {
		t.Errorf("waiting (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"loadpoints/2"}, w.Untitled); diff != "" {
		t.Errorf("who waits (-want +got):\n%s", diff)
	}
	w = site(t).Wanted(tree, w.Registry, true)
	w = site(t).Wanted(tree, w.Registry, false)
	if diff := cmp.Diff([]string{"evcc_loadpoint_1", "evcc_loadpoint_2", "evcc_pv_1", "evcc_site"}, devices(w)); diff != "" {
		t.Errorf("after the wait (-want +got):\n%s", diff)
	}
	if w.Untitled != nil {
		t.Errorf("%v still wait", w.Untitled)
	}
}

// Equal messages are not sent again, other ones are, and nothing is ever taken away.
func TestMissing(t *testing.T) {
	t.Parallel()
	wanted := []discovery.Retained{{Topic: "c", Payload: "3"}, {Topic: "a", Payload: "1"}, {Topic: "b", Payload: "2"}, {Topic: "d", Payload: ""}}
	got := discovery.Missing(wanted, map[string]string{"a": "1", "b": "old", "x": "not ours"})
	want := []discovery.Retained{{Topic: "c", Payload: "3"}, {Topic: "b", Payload: "2"}, {Topic: "d", Payload: ""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
