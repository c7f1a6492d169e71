package discovery

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"evcc-discovery/entities"
)

const (
	mostRemembered = 2 * entities.MostObjects // of a kind: as many as are looked at, and as many that are gone
	mostComponents = 500                      // of an object, more than any has
	longestKey     = 120                      // of a component
)

// shed forgets what is more of a kind than can be remembered: first what is gone, then what comes last.
func (r *Registry) shed() {
	if len(r.Objects) <= mostRemembered {
		return
	}
	kept := make(map[string]int)
	for _, key := range slices.SortedFunc(maps.Keys(r.Objects), r.byWorth) {
		scope, _, _ := strings.Cut(key, "/")
		if kept[scope]++; kept[scope] > mostRemembered {
			delete(r.Objects, key)
		}
	}
}

// byWorth orders keys: what is gone comes last.
func (r *Registry) byWorth(a, b string) int {
	gone := func(key string) int {
		if r.Objects[key].Gone {
			return 1
		}
		return 0
	}
	return cmp.Or(gone(a)-gone(b), strings.Compare(a, b))
}

// excessive reports whether an entry holds more than this program would have written.
func (e *Entry) excessive() bool {
	long := func(component string) bool { return len(component) > longestKey }
	return len(e.Rows) > mostComponents || len(e.Options) > mostComponents || len(e.Ranges) > mostComponents || len(e.Reads) > mostComponents || len(e.Unknown) > mostComponents ||
		len(e.Title) > longestTitle || slices.ContainsFunc(e.Rows, long)
}
