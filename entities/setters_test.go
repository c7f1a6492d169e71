package entities_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/entities"
	"evcc-discovery/internal/topicstest"
)

// needless lists setters that evcc accepts and no control uses, because of what the object is.
var needless = []struct {
	is      entities.Capability
	scope   entities.Scope
	setters []string
	reason  string
}{
	{entities.SwitchDevice, entities.Loadpoint, []string{"minCurrent", "maxCurrent"}, "a switch has no currents"},
	{entities.SwitchDevice, entities.Loadpoint, []string{"phases", "phasesConfigured"}, "a switch has no phases"},
	{entities.SwitchDevice, entities.Loadpoint, []string{"alwaysCharge"}, "evcc refuses it for a switch"},
	{entities.SinglePhase, entities.Loadpoint, []string{"phases", "phasesConfigured"}, "there is one phase"},
	{entities.Integrated, entities.Loadpoint, []string{"limitEnergy"}, "there is no session that ends"},
	{entities.Integrated, entities.Loadpoint, []string{"planEnergy", "planStrategy"}, "an integrated device is always there"},
	{entities.Integrated, entities.Loadpoint, []string{"vehicle"}, "an integrated device has no vehicle"},
	{entities.Offline, entities.Vehicle, []string{"minSoc", "limitSoc", "planSoc", "planStrategy"}, "nobody knows its SoC"},
}

// pointless lists those that no control uses where evcc tells that they make no sense.
var pointless = []struct {
	without entities.Capability
	setters []string
	reason  string
}{
	{entities.CheapPrices, []string{"smartCostLimit", "batteryGridChargeLimit"}, "the price is always the same"},
	{entities.FeedInPrices, []string{"smartFeedInPriorityLimit"}, "so is that of the feed-in"},
}

// without lists further exceptions, as object path and setter, with the reason.
var without = map[string]map[string]string{
	"0.123.0": {
		"loadpoints/1/phases": "a charger that cannot switch phases",
	},
}

// TestSetters: a control exists where evcc takes it. For each captured version the setters that the documented list
// says it accepts are exactly those that the catalogue uses, but for the exceptions above.
func TestSetters(t *testing.T) {
	for _, version := range versions(t) {
		tree := captured(t, version)
		testSetters(t, version, version, tree.View())
		if tree["site/smartCostAvailable"] != "" {
			tree["site/smartCostAvailable"], tree["site/smartFeedInPriorityAvailable"] = "true", "true"
			testSetters(t, version+", prices that change", version, tree.View())
		}
	}
}

func testSetters(t *testing.T, name, version string, view *entities.View) {
	t.Run(name, func(t *testing.T) {
		got := make(map[string]bool)
		for _, o := range view.Objects() {
			for _, in := range view.Instances(o, entities.Settings{}, nothing) {
				if in.Set != "" && in.Row.Write.Kind != entities.WriteOfVehicle { // that one sets the vehicle
					got[in.Set] = true
				}
			}
		}
		want := make(map[string]bool)
		for _, d := range documentedSetters(t, version) {
			name := strings.TrimSuffix(d.Set, "/set")
			for _, o := range view.Objects() {
				path := o.Prefix + "/" + name
				if _, excepted := without[version][path]; o.Scope.String() == d.Kind() && !excepted && !isNeedless(view, o, name) {
					want[path] = true
				}
			}
		}
		if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
			t.Errorf("(-evcc accepts +we use):\n%s", diff)
		}
		for path := range without[version] {
			if got[path] {
				t.Errorf("%s is an exception and is used", path)
			}
		}
	})
}

func isNeedless(view *entities.View, o entities.Object, setter string) bool {
	for _, n := range needless {
		if n.scope == o.Scope && view.Capabilities(o)&n.is != 0 && slices.Contains(n.setters, setter) {
			return true
		}
	}
	for _, p := range pointless {
		if view.Capabilities(o)&p.without == 0 && slices.Contains(p.setters, setter) {
			return true
		}
	}
	return false
}

// versions are those of which there is a tree.
func versions(t *testing.T) (list []string) {
	t.Helper()
	files, err := filepath.Glob("../internal/simulator/trees/evcc-*-demo.txt")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d trees: %v", len(files), err)
	}
	for _, file := range files {
		list = append(list, strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "evcc-"), "-demo.txt"))
	}
	return list
}

// documentedSetters are those that a version accepts.
func documentedSetters(t *testing.T, version string) []topicstest.Topic {
	t.Helper()
	return slices.DeleteFunc(topicstest.Read(t, documented), func(d topicstest.Topic) bool { return !d.Settable(version) })
}
