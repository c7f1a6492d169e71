package discovery_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// histories says for each loadpoint device which topics feed it: "garage ← 1", or "garage held" where nobody can tell.
// Every message is checked on the way.
func histories(t *testing.T, w discovery.Wanted) []string {
	t.Helper()
	var list []string
	devices := decode(t, w)
	for i, c := range w.Configs {
		object := strings.Split(c.Topic, "/")[3]
		mode, has := devices[object].Components["select_mode"]
		if !has {
			continue
		}
		feed := strings.Split(mode.StateTopic, "/")[2]
		if w.Commands[mode.CommandTopic].Instance.Object.Ref != feed {
			t.Errorf("%s: read from loadpoint %s, steers %s", c.Topic, feed, w.Commands[mode.CommandTopic].Instance.Object.Ref)
		}
		_, id, _ := strings.Cut(object, "loadpoint_")
		want := []discovery.Availability{{Topic: "evcc/status"}, {Topic: "evcc-discovery/evcc/loadpoint/" + id + "@" + feed + "/ready"}}
		if diff := cmp.Diff(want, w.Messages()[i].Availability); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.Topic, diff)
		}
		slug := strings.TrimSuffix(strings.TrimPrefix(mode.EntityID, "select.evcc_"), "_mode")
		list = append(list, slug+" ← "+feed)
	}
	for _, p := range w.Places.Held() {
		list = append(list, w.Registry.Objects[p.Key].Slug+" held")
	}
	slices.Sort(list)
	return list
}

// Loadpoints that change places: nobody's history gets another's values, and with the user's word each follows its title.
func TestLoadpointsFollowTitles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after     []string // titles, "name=title" with evcc's name
		want, afterFollow []string
	}{
		"as before":               {[]string{"A", "B"}, []string{"A", "B"}, []string{"a ← 1", "b ← 2"}, nil},
		"one renamed":             {[]string{"A", "B"}, []string{"A", "C"}, []string{"a ← 1", "b ← 2"}, nil},
		"both renamed":            {[]string{"A", "B"}, []string{"C", "D"}, []string{"a ← 1", "b ← 2"}, nil},
		"renamed like the other":  {[]string{"A", "B"}, []string{"B", "B"}, []string{"a held", "b held"}, []string{"b_1 ← 1", "b_2 ← 2"}},
		"one more at the end":     {[]string{"A"}, []string{"A", "B"}, []string{"a ← 1", "b ← 2"}, nil},
		"the last one removed":    {[]string{"A", "B"}, []string{"A"}, []string{"a ← 1"}, nil},
		"titles not come yet":     {[]string{"A", "B"}, []string{"", ""}, []string{"a ← 1", "b ← 2"}, nil},
		"swapped":                 {[]string{"A", "B"}, []string{"B", "A"}, []string{"a ← 2", "b ← 1"}, nil},
		"the first one removed":   {[]string{"A", "B", "C"}, []string{"B", "C"}, []string{"b ← 1", "c ← 2"}, nil},
		"one more in front":       {[]string{"A", "B"}, []string{"X", "A", "B"}, []string{"a ← 2", "b ← 3", "x ← 1"}, nil},
		"moved and renamed":       {[]string{"A", "B"}, []string{"B", "C"}, []string{"a held", "b ← 1"}, []string{"b ← 1", "c ← 2"}},
		"moved around a new one":  {[]string{"A", "B", "C"}, []string{"C", "X", "A"}, []string{"a ← 3", "b held", "c ← 1"}, []string{"a ← 3", "c ← 1", "x ← 2"}},
		"twins, one before gone":  {[]string{"A", "B", "B"}, []string{"B", "B"}, []string{"a held", "b held", "b_3 held"}, []string{"b_1 ← 1", "b_2 ← 2"}},
		"untitled, titled now":    {[]string{"", ""}, []string{"A"}, []string{"loadpoint_1 held", "loadpoint_2 held"}, []string{"a ← 1"}},
		"untitled, one left":      {[]string{"", ""}, []string{""}, []string{"loadpoint_1 held", "loadpoint_2 held"}, []string{"loadpoint_1_1 ← 1"}},
		"a name and another":      {[]string{"A"}, []string{"db:9=X"}, []string{"a held"}, []string{"x ← 1"}},
		"names came and a swap":   {[]string{"A", "B"}, []string{"db:9=B", "db:8=A"}, []string{"a ← 2", "b ← 1"}, nil},
		"moved from yaml to UI":   {[]string{"lp-1=A", "lp-2=B", "db:9=C"}, []string{"lp-1=B", "db:9=C", "db:11=A"}, []string{"a ← 3", "b ← 1", "c ← 2"}, nil},
		"named ones swap":         {[]string{"db:1=A", "db:2=B"}, []string{"db:2=B", "db:1=A"}, []string{"a ← 2", "b ← 1"}, nil},
		"named ones swap titles":  {[]string{"db:1=A", "db:2=B"}, []string{"db:1=B", "db:2=A"}, []string{"a ← 1", "b ← 2"}, nil},
		"names vanish and a swap": {[]string{"db:1=A", "db:2=B"}, []string{"B", "A"}, []string{"a ← 2", "b ← 1"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			first := site(t).Wanted(counted(test.before), discovery.Registry{}, true)
			tree := counted(test.after)
			second := site(t).Wanted(tree, first.Registry, true)
			if diff := cmp.Diff(test.want, histories(t, second)); diff != "" {
				t.Errorf("who is fed by whom (-want +got):\n%s", diff)
			}
			again := site(t).Wanted(tree, second.Registry, true)
			if diff := cmp.Diff(second.Configs, again.Configs); diff != "" {
				t.Errorf("another look changes (-first +second):\n%s", diff)
			}
			back := site(t).Wanted(counted(test.before), again.Registry, true)
			if got, want := histories(t, back), histories(t, first); test.afterFollow != nil && !slices.Equal(want, got) {
				t.Errorf("put back: %q, want %q", got, want)
			}
			followed := site(t).Wanted(tree, second.Registry.Follow(tree.View()), true)
			want := test.want
			if test.afterFollow != nil {
				want = test.afterFollow
			}
			if diff := cmp.Diff(want, histories(t, followed)); diff != "" {
				t.Errorf("with the user's word (-want +got):\n%s", diff)
			}
		})
	}
}

// counted are loadpoints as evcc counts them.
func counted(titles []string) entities.Tree {
	tree := loadpoints(titles...)
	tree["loadpoints"] = strconv.Itoa(len(titles))
	return tree
}

// {Einfahrt, Carport} → {Carport} → {Einfahrt, Carport}: whether it is gone already or not, it comes back as it was.
func TestComesBackUnderItsTitle(t *testing.T) {
	t.Parallel()
	s, both, one := site(t), counted([]string{"Einfahrt", "Carport"}), counted([]string{"Carport"})
	first := s.Wanted(both, discovery.Registry{}, true)
	want := []string{"carport ← 2", "einfahrt ← 1"}
	without := s.Wanted(one, first.Registry, true).Registry
	for name, registry := range map[string]discovery.Registry{
		"at once": without, "followed": without.Follow(one.View()),
		"removed": without.MarkGone(s, "homeassistant/device/evcc-discovery/evcc_loadpoint_1/config"),
	} {
		if got := histories(t, s.Wanted(both, registry, true)); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// Two of one title can be told apart in ids and names.
func TestTwinsHaveNumbers(t *testing.T) {
	t.Parallel()
	var names []string
	for _, m := range site(t).Wanted(counted([]string{"Carport", "Garage", "Carport"}), discovery.Registry{}, true).Messages() {
		names = append(names, m.Device.Name)
	}
	if want := []string{"Home", "Carport 1", "Garage", "Carport 3"}; !slices.Equal(names[len(names)-3:], want[1:]) {
		t.Errorf("devices are called %q, want %q", names, want)
	}
}

// Meters had no names before evcc 0.307.
func TestPlacesOfMeters(t *testing.T) {
	t.Parallel()
	meters := func(titles ...string) entities.Tree {
		tree := loadpoints("Garage")
		for i, title := range titles {
			tree[fmt.Sprintf("site/pv/%d/power", i+1)] = "1"
			tree[fmt.Sprintf("site/pv/%d/title", i+1)] = title
		}
		return tree
	}
	first := site(t).Wanted(meters("South", "East"), discovery.Registry{}, true)
	second := site(t).Wanted(meters("East", "South"), first.Registry, true)
	want := []discovery.Place{
		{Scope: entities.PV, Key: "pv/2", Index: 1, Verdict: discovery.Followed, Was: "East", Now: "East"},
		{Scope: entities.PV, Key: "pv/1", Index: 2, Verdict: discovery.Followed, Was: "South", Now: "South"},
	}
	if diff := cmp.Diff(want, second.Places.List[1:]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := histories(t, second); !slices.Equal(got, []string{"garage ← 1"}) {
		t.Errorf("the loadpoint did not move: %v", got)
	}
}

// Of two meters without titles one is removed: nobody can tell which. While evcc fills its tree that is not said.
func TestUntitledMeterRemoved(t *testing.T) {
	t.Parallel()
	tree := loadpoints("Garage")
	maps.Copy(tree, entities.Tree{"site/pv": "2", "site/pv/1/power": "1", "site/pv/2/power": "2"})
	before := site(t).Wanted(tree, discovery.Registry{}, true).Registry
	delete(tree, "site/pv/2/power")
	if w := site(t).Wanted(tree, before, true); w.Places.Held() != nil {
		t.Errorf("the second has not come yet: %v", w.Places)
	}
	tree["site/pv"] = "1"
	w := site(t).Wanted(tree, before, true)
	want := []discovery.Place{
		{Scope: entities.PV, Key: "pv/1", Index: 1, Verdict: discovery.Held}, {Scope: entities.PV, Key: "pv/2", Index: 2, Verdict: discovery.Held},
	}
	if diff := cmp.Diff(want, w.Places.Held()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A loadpoint that was removed comes back as it was; another one at its place is another one.
func TestPlaceOfOneThatIsGone(t *testing.T) {
	t.Parallel()
	s := site(t)
	first := s.Wanted(loadpoints("A", "B"), discovery.Registry{}, true)
	gone := first.Registry.MarkGone(s, "homeassistant/device/evcc-discovery/evcc_loadpoint_2/config")
	for title, want := range map[string][]string{
		"B": {"a ← 1", "b ← 2"},
		"C": {"a ← 1", "c ← 2"},
		"":  {"a ← 1", "loadpoint_2 ← 2"},
	} {
		if diff := cmp.Diff(want, histories(t, s.Wanted(loadpoints("A", title), gone, true))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", title, diff)
		}
	}
}

// READ_ONLY ends while a loadpoint is held: what is held stays as it was, and the controls come when everything
// has its place again.
func TestReadOnlyEndsWhilePlacesAreHeld(t *testing.T) {
	t.Parallel()
	controls := site(t)
	reads := controls
	reads.ReadOnly = true
	first := reads.Wanted(loadpoints("Garage", "Carport"), discovery.Registry{}, true)
	moved := controls.Wanted(loadpoints("Carport", "X"), first.Registry, true)
	if len(moved.Places.Held()) != 1 {
		t.Fatalf("%v", moved.Places)
	}
	if _, there := decode(t, moved)["evcc_loadpoint_1"]; there {
		t.Error("there is a message for what is held")
	}
	back := controls.Wanted(loadpoints("Garage", "Carport"), moved.Registry, true)
	for _, object := range []string{"evcc_loadpoint_1", "evcc_loadpoint_2"} {
		device := decode(t, back)[object]
		_, control := device.Components["select_mode"]
		_, value := device.Components["sensor_mode"]
		if !control || value {
			t.Errorf("%s: a control %t, a value %t, want the control alone", object, control, value)
		}
	}
}
