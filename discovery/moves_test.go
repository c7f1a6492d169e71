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

// histories says for each loadpoint device which topics feed it: "garage ← 1", or "garage ← nothing" where all of it is
// unavailable. Every message is checked on the way.
func histories(t *testing.T, w discovery.Wanted) []string {
	t.Helper()
	var list []string
	devices := decode(t, w)
	for i, c := range w.Configs {
		p := devices[strings.Split(c.Topic, "/")[3]]
		mode, has := p.Components["select_mode"]
		if !has {
			continue
		}
		feed := strings.Split(mode.StateTopic, "/")[2]
		if w.Messages()[i].Availability[0].ValueTemplate == "{{ 'offline' }}" {
			feed = "nothing"
			for key, component := range w.Messages()[i].Components {
				if own := discovery.OwnAvailability(component); own != nil {
					t.Errorf("%s: %s is available by its own: %v", c.Topic, key, *own)
				}
			}
		} else if w.Commands[mode.CommandTopic].Instance.Object.Ref != feed {
			t.Errorf("%s: read from loadpoint %s, steers %s", c.Topic, feed, w.Commands[mode.CommandTopic].Instance.Object.Ref)
		}
		slug := strings.TrimSuffix(strings.TrimPrefix(mode.EntityID, "select.evcc_"), "_mode")
		list = append(list, slug+" ← "+feed)
	}
	slices.Sort(list)
	return list
}

// Loadpoints that change positions: nobody's history gets another's values, and with the user's word each follows its
// title.
func TestPositions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after     []string // titles, "name=title" with evcc's name
		want, afterFollow []string
	}{
		"as before":               {[]string{"A", "B"}, []string{"A", "B"}, []string{"a ← 1", "b ← 2"}, nil},
		"one renamed":             {[]string{"A", "B"}, []string{"A", "C"}, []string{"a ← 1", "b ← 2"}, nil},
		"both renamed":            {[]string{"A", "B"}, []string{"C", "D"}, []string{"a ← 1", "b ← 2"}, nil},
		"renamed like the other":  {[]string{"A", "B"}, []string{"B", "B"}, []string{"a ← 1", "b ← 2"}, nil},
		"one more at the end":     {[]string{"A"}, []string{"A", "B"}, []string{"a ← 1", "b ← 2"}, nil},
		"the last one removed":    {[]string{"A", "B"}, []string{"A"}, []string{"a ← 1"}, nil},
		"titles not come yet":     {[]string{"A", "B"}, []string{"", ""}, []string{"a ← 1", "b ← 2"}, nil},
		"swapped":                 {[]string{"A", "B"}, []string{"B", "A"}, []string{"a ← nothing", "b ← nothing"}, []string{"a ← 2", "b ← 1"}},
		"the first one removed":   {[]string{"A", "B", "C"}, []string{"B", "C"}, []string{"a ← nothing", "b ← nothing", "c ← nothing"}, []string{"b ← 1", "c ← 2"}},
		"the second one removed":  {[]string{"A", "B", "C"}, []string{"A", "C"}, []string{"a ← 1", "b ← nothing", "c ← nothing"}, []string{"a ← 1", "c ← 2"}},
		"one more in front":       {[]string{"A", "B"}, []string{"X", "A", "B"}, []string{"a ← nothing", "b ← nothing"}, []string{"a ← 2", "b ← 3", "x ← 1"}},
		"moved and renamed":       {[]string{"A", "B"}, []string{"B", "C"}, []string{"a ← nothing", "b ← nothing"}, []string{"b ← 1", "c ← 2"}},
		"twins, one before gone":  {[]string{"A", "B", "B"}, []string{"B", "B"}, []string{"a ← nothing", "b ← nothing", "b_3 ← nothing"}, []string{"b_1 ← 1", "b_2 ← 2"}},
		"twins, one of them gone": {[]string{"A", "A", "A"}, []string{"A", "A"}, []string{"a ← nothing", "a_2 ← nothing", "a_3 ← nothing"}, []string{"a_1 ← 1", "a_2_2 ← 2"}},
		"twins around another":    {[]string{"A", "B", "A"}, []string{"A", "B"}, []string{"a ← 1", "b ← 2"}, nil},
		"twins before another":    {[]string{"A", "A", "B"}, []string{"A", "A"}, []string{"a ← 1", "a_2 ← 2"}, nil},
		"a twin before another":   {[]string{"A", "A", "B"}, []string{"A", "B"}, []string{"a ← nothing", "a_2 ← nothing", "b ← nothing"}, []string{"a_1 ← 1", "b ← 2"}},
		"twins, one renamed":      {[]string{"A", "A", "A"}, []string{"X", "A"}, []string{"a ← nothing", "a_2 ← nothing", "a_3 ← nothing"}, []string{"a_2_2 ← 2", "x ← 1"}},
		"untitled ones":           {[]string{"", "", ""}, []string{"", ""}, []string{"loadpoint_1 ← nothing", "loadpoint_2 ← nothing", "loadpoint_3 ← nothing"}, []string{"loadpoint_1_1 ← 1", "loadpoint_2_2 ← 2"}},
		"untitled, titled now":    {[]string{"", ""}, []string{"A"}, []string{"loadpoint_1 ← nothing", "loadpoint_2 ← nothing"}, []string{"a ← 1"}},
		"a name and another":      {[]string{"A"}, []string{"db:9=X"}, []string{"a ← nothing"}, []string{"x ← 1"}},
		"a name came":             {[]string{"A", "B"}, []string{"db:9=A", "db:8=B"}, []string{"a ← 1", "b ← 2"}, nil},
		"names came and a swap":   {[]string{"A", "B"}, []string{"db:9=B", "db:8=A"}, []string{"a ← nothing", "b ← nothing"}, []string{"a ← 2", "b ← 1"}},
		"moved from yaml to UI":   {[]string{"lp-1=A", "lp-2=B", "db:9=C"}, []string{"lp-1=B", "db:9=C", "db:11=A"}, []string{"a ← nothing", "b ← nothing", "c ← 2"}, []string{"a ← 3", "b ← 1", "c ← 2"}},
		"named ones swap":         {[]string{"db:1=A", "db:2=B"}, []string{"db:2=B", "db:1=A"}, []string{"a ← 2", "b ← 1"}, nil},
		"named ones swap titles":  {[]string{"db:1=A", "db:2=B"}, []string{"db:1=B", "db:2=A"}, []string{"a ← 1", "b ← 2"}, nil},
		"a named one removed":     {[]string{"db:1=A", "db:2=B"}, []string{"db:2=B"}, []string{"b ← 1"}, nil},
		"names vanish":            {[]string{"db:1=A", "db:2=B"}, []string{"A", "B"}, []string{"a ← 1", "b ← 2"}, nil},
		"names vanish and a swap": {[]string{"db:1=A", "db:2=B"}, []string{"B", "A"}, []string{"a ← nothing", "b ← nothing"}, []string{"a ← 2", "b ← 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			first := site(t).Wanted(loadpoints(test.before...), discovery.Registry{}, true)
			tree := loadpoints(test.after...)
			tree["loadpoints"] = strconv.Itoa(len(test.after))
			second := site(t).Wanted(tree, first.Registry, true)
			if diff := cmp.Diff(test.want, histories(t, second)); diff != "" {
				t.Errorf("who is fed by whom (-want +got):\n%s", diff)
			}
			if (len(second.Moved) > 0) != (test.afterFollow != nil) {
				t.Errorf("moved: %v", second.Moved)
			}
			back := site(t).Wanted(loadpoints(test.before...), second.Registry, true)
			if test.afterFollow != nil {
				if diff := cmp.Diff(histories(t, first), histories(t, back)); diff != "" {
					t.Errorf("put back (-want +got):\n%s", diff)
				}
			}
			followed := site(t).Wanted(tree, second.Registry.Follow(tree), true)
			want := test.want
			if test.afterFollow != nil {
				want = test.afterFollow
			}
			if diff := cmp.Diff(want, histories(t, followed)); diff != "" || followed.Moved != nil {
				t.Errorf("with the user's word (-want +got):\n%s\n%v", diff, followed.Moved)
			}
			again := site(t).Wanted(tree, followed.Registry, true)
			if diff := cmp.Diff(followed.Configs, again.Configs); diff != "" {
				t.Errorf("another look changes (-first +second):\n%s", diff)
			}
		})
	}
}

// Meters had no names before evcc 0.307.
func TestPositionsOfMeters(t *testing.T) {
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
	want := []discovery.Move{{Scope: entities.PV, Index: 1, Was: "South", Now: "East"}, {Scope: entities.PV, Index: 2, Was: "East", Now: "South"}}
	if diff := cmp.Diff(want, second.Moved); diff != "" {
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
	if moved := site(t).Wanted(tree, before, true).Moved; moved != nil {
		t.Errorf("the second has not come yet: %v", moved)
	}
	tree["site/pv"] = "1"
	want := []discovery.Move{{Scope: entities.PV, Index: 1}, {Scope: entities.PV, Index: 2}}
	if diff := cmp.Diff(want, site(t).Wanted(tree, before, true).Moved); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What titles tell before anything is published: whether all stand where they stood.
func TestInPosition(t *testing.T) {
	t.Parallel()
	r := site(t).Wanted(loadpoints("A", "B", "db:7=C"), discovery.Registry{}, true).Registry
	for name, test := range map[string]struct {
		tree          entities.Tree
		filling, away bool // what is said of it
	}{
		"all":                    {loadpoints("A", "B", "db:7=C"), true, true},
		"nothing yet":            {entities.Tree{}, false, true},
		"one is missing":         {loadpoints("A"), false, true},
		"swapped":                {loadpoints("B", "A"), false, false},
		"the named one does not": {loadpoints("A", "B", "X"), true, true},
	} {
		if filling, away := r.InPosition(test.tree, true), r.InPosition(test.tree, false); filling != test.filling || away != test.away {
			t.Errorf("%s: %v while evcc fills its tree, %v otherwise; want %v, %v", name, filling, away, test.filling, test.away)
		}
	}
}

// A loadpoint that was removed comes back as it was; another one at its position is another one.
func TestPositionOfOneThatIsGone(t *testing.T) {
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
	if w := s.Wanted(loadpoints("B"), gone, true); w.Moved != nil || !gone.InPosition(loadpoints("A"), true) {
		t.Errorf("what is gone has no position: %v", w.Moved)
	}
}

// READ_ONLY ends while loadpoints have changed positions: what is held stays as it was, and the controls come when everything
// has its position again.
func TestReadOnlyEndsWhilePositionsAreMoved(t *testing.T) {
	t.Parallel()
	controls := site(t)
	reads := controls
	reads.ReadOnly = true
	first := reads.Wanted(loadpoints("Garage", "Carport"), discovery.Registry{}, true)
	moved := controls.Wanted(loadpoints("Carport", "Garage"), first.Registry, true)
	if len(moved.Moved) != 2 {
		t.Fatalf("%d have moved, want 2", len(moved.Moved))
	}
	for object, device := range decode(t, moved) {
		if _, there := device.Components["select_mode"]; there {
			t.Errorf("%s has a control while its position is another's", object)
		}
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
