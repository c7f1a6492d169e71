package discovery_test

import (
	"bufio"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// readSite reads a site of testdata/sites: what a real evcc published there.
func readSite(t *testing.T, name string) entities.Tree {
	t.Helper()
	f, err := os.Open("testdata/sites/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tree := make(entities.Tree)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		topic, payload, _ := strings.Cut(lines.Text(), " ")
		tree[strings.TrimPrefix(topic, "evcc/")] = payload
	}
	return tree
}

// entityIDs are the entity ids of the devices, but those of unknown topics.
func entityIDs(t *testing.T, w discovery.Wanted) []string {
	t.Helper()
	all := make(map[string]bool)
	for _, c := range w.Configs {
		for _, e := range actual(t, c.Payload) {
			all[e.EntityID] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// more returns what the second list has and the first has not.
func more(before, after []string) []string {
	return slices.DeleteFunc(slices.Clone(after), func(id string) bool { return slices.Contains(before, id) })
}

var cheap = []string{
	"binary_sensor.evcc_carport_smart_cost_active", "button.evcc_carport_smart_cost_limit", "button.evcc_smart_cost_limit",
	"number.evcc_carport_smart_cost_limit", "number.evcc_smart_cost_limit", "sensor.evcc_carport_smart_cost_next_start",
}

var feedIn = []string{
	"binary_sensor.evcc_carport_smart_feed_in_priority_active", "button.evcc_carport_smart_feed_in_priority_limit",
	"button.evcc_smart_feed_in_priority_limit", "number.evcc_carport_smart_feed_in_priority_limit", "number.evcc_smart_feed_in_priority_limit",
	"sensor.evcc_carport_smart_feed_in_priority_next_start",
}

var ofVehicles = []string{
	"button.evcc_carport_vehicle_plans_delete", "select.evcc_carport_vehicle", "sensor.evcc_carport_vehicle_plans_soc",
	"sensor.evcc_carport_vehicle_plans_time", "sensor.evcc_carport_vehicle_title",
}

var ofLevels = []string{
	"sensor.evcc_carport_vehicle_limit_soc", "sensor.evcc_carport_vehicle_odometer", "sensor.evcc_carport_vehicle_range", "sensor.evcc_carport_vehicle_soc",
}

// TestOnlyWhatMakesSense: what evcc says to make no sense on a site is absent until it does, and then stays. The rest is there.
func TestOnlyWhatMakesSense(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		site         string
		topic, value string // what makes sense of it
		come         []string
	}{
		{"fixed-price", "site/smartCostAvailable", "true", cheap},
		{"fixed-price", "site/smartFeedInPriorityAvailable", "true", feedIn},
		{"no-vehicles", "loadpoints/1/vehicleSoc", "55", ofLevels},
		{"no-vehicles", "vehicles/ev1/title", "Zoe", slices.Concat(ofVehicles, ofLevels)},
	} {
		tree, s := readSite(t, test.site), site(t)
		first := s.Wanted(tree, discovery.Registry{}, false)
		was := tree[test.topic]
		tree[test.topic] = test.value
		second := s.Wanted(tree, first.Registry, false)
		coming := slices.DeleteFunc(more(entityIDs(t, first), entityIDs(t, second)), func(id string) bool { return strings.Contains(id, "evcc_zoe") })
		slices.Sort(test.come)
		if diff := cmp.Diff(test.come, coming); diff != "" {
			t.Errorf("%s, with %s = %s there is more (-want +got):\n%s", test.site, test.topic, test.value, diff)
		}
		if tree[test.topic] = was; was == "" {
			delete(tree, test.topic)
		}
		third := s.Wanted(tree, second.Registry, false)
		if lost := more(entityIDs(t, third), coming); len(lost) > 0 {
			t.Errorf("%s, when %s is %q again: lost %q", test.site, test.topic, was, lost)
		}
		if adopted, ok := s.Wanted(tree, discovery.Registry{}, false).Adopt(retained(second)); !ok {
			t.Errorf("%s, %s: a lost registry is not adopted", test.site, test.topic)
		} else if lost := more(entityIDs(t, s.Wanted(tree, adopted, false)), coming); len(lost) > 0 {
			t.Errorf("%s, after the registry was lost: lost %q", test.site, lost)
		}
	}
}

// Where an evcc does not tell, everything is there, and so it is for dashboards of the ha-evcc integration.
func TestAllWhereNothingTells(t *testing.T) {
	t.Parallel()
	s := site(t)
	s.Compatible = true
	if lost := more(entityIDs(t, s.Wanted(readSite(t, "fixed-price"), discovery.Registry{}, false)), slices.Concat(cheap, feedIn, ofVehicles, ofLevels)); len(lost) > 0 {
		t.Errorf("in compatibility mode there is no %q", lost)
	}
	old := readTree(t, "0.203.6")
	if got := entityIDs(t, site(t).Wanted(old, discovery.Registry{}, false)); !slices.Contains(got, "number.evcc_carport_smart_cost_limit") {
		t.Error("evcc 0.203.6 does not tell whether prices change, and there is no limit")
	}
}

func retained(w discovery.Wanted) map[string]string {
	all := make(map[string]string)
	for _, c := range w.Configs {
		all[c.Topic] = c.Payload
	}
	return all
}
