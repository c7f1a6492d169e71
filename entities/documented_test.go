package entities_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"evcc-discovery/entities"
)

// topic is a line of the documented list: one topic of evcc in every version from Since up to, but without, Until.
type topic struct {
	Path         string // below the root, with "*" for objects and for parts of a list
	Since, Until string // version of evcc; Until is empty while it is there
	Set          string // path of the setter without "/set", "" for none
	Written      bool   // only a setter: nothing is published there
	Type, Unit   string
}

// concrete is a path as evcc would write it.
func (d topic) concrete() string {
	return strings.NewReplacer("l*", "l1", "*", "1", "<period>", "total").Replace(d.Path)
}

func documentedTopics(t *testing.T) []topic {
	t.Helper()
	var list []topic
	for i, line := range strings.Split(strings.TrimSpace(read(t, "testdata/evcc-topics.tsv")), "\n") {
		f := strings.Split(line, "\t")
		if i == 0 { // the heading
			continue
		}
		prefix := strings.NewReplacer("<id>", "*", "<n>", "*", "<name>", "*").Replace(f[0]) + "/"
		if f[0] == "root" {
			prefix = ""
		}
		d := topic{Path: prefix + f[1], Type: f[2], Unit: f[3], Since: f[4], Until: f[5], Written: strings.Contains(f[7], "write-only")}
		if name, ok := strings.CutSuffix(f[8], "/set"); ok {
			d.Set = prefix + name
		}
		list = append(list, d)
	}
	return list
}

// TestDocumented: every topic that evcc is known to have had is a row, ignored with a reason, a capability, or a setter
// that a control uses.
func TestDocumented(t *testing.T) {
	t.Parallel()
	patterns, setters := rowPatterns(), rowSetters()
	for _, d := range documentedTopics(t) {
		path := d.concrete()
		_, ignored := entities.Lookup(path)
		if d.Set != "" && !setters[d.Set] {
			t.Errorf("no control uses %s/set", d.Set)
		}
		if !matchesAny(patterns, path) && !ignored && !entities.IsCapability(path) && !d.Written {
			t.Errorf("evcc-topics.tsv has %s: add a row or an Ignored reason", d.Path)
		}
	}
}

// rowSetters returns the paths of all setters, with "*" for the object.
func rowSetters() map[string]bool {
	setters := make(map[string]bool)
	for _, r := range entities.All {
		if r.Write == nil {
			continue
		}
		names := r.Write.Set
		if len(names) == 0 {
			names = r.Keys
		}
		for _, k := range names {
			for _, p := range paths(r, k) {
				setters[p] = true
			}
		}
	}
	return setters
}

// A row that only ignored topics feed would never exist.
func TestIgnoredIsNoRow(t *testing.T) {
	t.Parallel()
	for _, p := range slices.Sorted(maps.Keys(rowPatterns())) {
		path := strings.ReplaceAll(p, "*", "1")
		if ig, ignored := entities.Lookup(path); ignored {
			t.Errorf("%s is a row and ignored as well: %s", path, ig.Reason)
		}
	}
}
