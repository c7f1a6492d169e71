package entities_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"evcc-discovery/entities"
	"evcc-discovery/internal/topicstest"
)

// documented is the list of what evcc is known to have had. It knows nothing of the catalogue.
const documented = "testdata/evcc-topics.tsv"

// concrete is a documented path as evcc would write it.
func concrete(d topicstest.Topic) string {
	return strings.NewReplacer("l*", "l1", "*", "1", "<period>", "total").Replace(topicstest.Objects(d.Path()))
}

// TestDocumented: every topic that evcc is known to have had is a row, ignored with a reason, a capability, or a setter
// that a control uses.
func TestDocumented(t *testing.T) {
	t.Parallel()
	patterns, setters := rowPatterns(), rowSetters()
	for _, d := range topicstest.Read(t, documented) {
		path := concrete(d)
		_, ignored := entities.Lookup(path)
		if set := topicstest.Objects(d.SetPath()); set != "" && !setters[set] {
			t.Errorf("no control uses %s/set", set)
		}
		if !matchesAny(patterns, path) && !ignored && !entities.IsCapability(path) && !d.Written {
			t.Errorf("evcc-topics.tsv has %s: add a row or an Ignored reason", d.Path())
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
		names := r.Write.Sets
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
