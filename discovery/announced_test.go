package discovery_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
)

// config is the config topic of an object of the site of these tests.
func config(object string) string {
	return "homeassistant/device/evcc-discovery/" + object + "/config"
}

// TestAbsent: what the user has deleted while nobody listened, and what may be missing for another reason.
func TestAbsent(t *testing.T) {
	t.Parallel()
	objects := []string{"evcc_site", "evcc_loadpoint_1", "evcc_loadpoint_2", "evcc_vehicle_zoe", "adapter"}
	for name, test := range map[string]struct {
		kept, going, never []string // objects
		deleted, gone      string
		prefix             string
		want               []string
	}{
		"nothing is missing":             {kept: objects},
		"a loadpoint":                    {kept: []string{"evcc_site", "evcc_loadpoint_2", "evcc_vehicle_zoe", "adapter"}, want: []string{"evcc_loadpoint_1"}},
		"two of five":                    {kept: []string{"evcc_site", "evcc_loadpoint_2", "adapter"}, want: []string{"evcc_loadpoint_1", "evcc_vehicle_zoe"}},
		"the program's own device":       {kept: objects[:4], want: []string{"adapter"}},
		"the site alone":                 {kept: objects[1:], want: []string{"evcc_site"}},
		"the site and another":           {kept: objects[2:]},
		"more than is there":             {kept: objects[:2]},
		"everything":                     {},
		"one that we are taking away":    {kept: objects[:4], going: []string{"adapter"}},
		"one that was never kept":        {kept: objects[:4], never: []string{"adapter"}},
		"one that is gone":               {kept: slices.Concat(objects[:1], objects[2:]), gone: "evcc_loadpoint_1"},
		"one that was deleted before":    {kept: slices.Concat(objects[:1], objects[2:]), deleted: "evcc_loadpoint_1"},
		"announced below another prefix": {prefix: "ha"},
	} {
		t.Run(name, func(t *testing.T) {
			s := site(t)
			tree := loadpoints("Garage", "Carport")
			tree["vehicles/zoe/title"] = "Zoe"
			r := s.Wanted(tree, discovery.Registry{}, true).Registry
			in := func(list []string) func(string) bool {
				return func(topic string) bool {
					return slices.ContainsFunc(list, func(object string) bool { return topic == config(object) })
				}
			}
			r = r.Announce(s, func(topic string) bool { return !in(test.never)(topic) })
			if test.gone != "" {
				r = r.MarkGone(s, config(test.gone))
			}
			if test.deleted != "" {
				r, _ = r.Delete(s, config(test.deleted))
			}
			if test.prefix != "" {
				s.Prefix = test.prefix
			}
			var want []string
			for _, object := range test.want {
				want = append(want, config(object))
			}
			if diff := cmp.Diff(want, r.Absent(s, in(test.kept), in(test.going))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestAnnounced: nothing is announced any more once we take it away, or once it was deleted; and a registry of a version
// that did not know of that says nothing.
func TestAnnounced(t *testing.T) {
	t.Parallel()
	s := site(t)
	all := func(string) bool { return true }
	first := s.Wanted(loadpoints("Garage"), discovery.Registry{}, true).Registry
	announced := first.Announce(s, all)
	restored := func() discovery.Registry {
		r, _ := announced.Delete(s, config("evcc_loadpoint_1"))
		return r.Restore()
	}
	withdrawn, changed := announced.Withdraw()
	if _, again := withdrawn.Withdraw(); !changed || again || withdrawn.Changes <= announced.Changes {
		t.Error("what is withdrawn is withdrawn once, and newer")
	}
	for name, test := range map[string]struct {
		registry discovery.Registry
		want     bool
	}{
		"before":               {first, false},
		"announced":            {announced, true},
		"gone":                 {announced.MarkGone(s, config("evcc_loadpoint_1")), false},
		"deleted and restored": {restored(), false},
		"withdrawn":            {withdrawn, false},
		"not kept any more":    {announced.Announce(s, func(string) bool { return false }), false},
		"looked at once more":  {s.Wanted(loadpoints("Garage"), announced, true).Registry, true},
		"gone and there again": {s.Wanted(loadpoints("Garage"), announced.MarkGone(s, config("evcc_loadpoint_1")), true).Registry, false},
	} {
		if got := test.registry.Announced(s, config("evcc_loadpoint_1")); got != test.want {
			t.Errorf("%s: announced %t, want %t", name, got, test.want)
		}
	}
	if diff := cmp.Diff(string(first.Encode()), string(announced.Announce(s, func(string) bool { return false }).Encode())); diff != "" {
		t.Errorf("something is left of what was announced (-want +got):\n%s", diff)
	}
}
