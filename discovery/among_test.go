package discovery_test

import (
	"slices"
	"testing"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// TestAmong: what was left out when the others were published first, because it had no title or had not reported, does not make
// them doubtful: there are as many as there were.
func TestAmong(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		tree     entities.Tree
		untitled bool
	}{
		{"twins, and one without a title", entities.Tree{
			"loadpoints": "3", "loadpoints/1/title": "A", "loadpoints/2/title": "A",
			"loadpoints/1/connected": "true", "loadpoints/2/connected": "true", "loadpoints/3/connected": "true",
			"loadpoints/1/charging": "true", "loadpoints/2/charging": "true", "loadpoints/3/charging": "true",
		}, false},
		{"two without titles, of which one has not reported", entities.Tree{
			"loadpoints": "2", "loadpoints/2/connected": "true", "loadpoints/2/charging": "true",
		}, true},
	} {
		name, tree := test.name, test.tree
		first := site(t).Wanted(tree, discovery.Registry{}, test.untitled)
		again := site(t).Wanted(tree, first.Registry, true)
		if held := again.Places.Held(); len(held) > 0 {
			t.Errorf("%s: held %+v", name, held)
		}
		for _, c := range first.Configs {
			if !slices.ContainsFunc(again.Configs, func(o discovery.Retained) bool { return o.Topic == c.Topic }) {
				t.Errorf("%s: another look takes %s away", name, c.Topic)
			}
		}
		tree["loadpoints/3/title"], tree["loadpoints"] = "A", "4" // another one: now nobody can tell
		if more := site(t).Wanted(tree, first.Registry, true); len(more.Places.Held()) == 0 {
			t.Errorf("%s: nothing is held when there is one more", name)
		}
	}
}
