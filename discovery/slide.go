package discovery

import (
	"maps"
	"slices"

	"evcc-discovery/entities"
)

// slid returns the entries, by registry key, of which nobody can tell whether they are where they were: one of several
// with the same title, or without any, was removed, and those behind it may have taken its place. Which one it was is
// seen only where the titles between them allow no other: of A, B, A only the last can be missing when A, B are left.
//
// Two of the same title that merely change places look as before; nothing tells of that.
func (p places) slid() map[string]bool {
	entries := p.entries()
	order := slices.SortedFunc(maps.Keys(entries), func(a, b string) int { return entries[a].Index - entries[b].Index })
	if !p.view.Counted(p.scope) || !slices.ContainsFunc(order, func(key string) bool { _, there := p.taken[key]; return !there }) {
		return nil
	}
	now := p.objects()
	slid := make(map[string]bool)
	last := len(order) - 1 // the hindmost entry that may stand where we look, if only removals have happened
	for i := len(now) - 1; i >= 0; i-- {
		key, known := p.keyOf(now[i])
		if !known {
			return nil
		}
		title := p.stood(now[i], entries, key)
		for last >= 0 && entries[order[last]].Title != title {
			last--
		}
		if last < 0 {
			return slid
		}
		if order[last] != key && entries[key].Title == title {
			slid[key] = true
		}
		last--
	}
	return slid
}

// keyOf returns the registry key of what was found at an object's place.
func (p places) keyOf(o entities.Object) (key string, known bool) {
	for key, other := range p.taken {
		if other == o {
			return key, true
		}
	}
	return "", false
}

// stood is the title to look for: that of the object; where it has none yet, or a new one, that of its place.
func (p places) stood(o entities.Object, entries map[string]Entry, key string) string {
	title := p.title(o)
	for _, e := range entries {
		if title != "" && e.Title == title {
			return title
		}
	}
	return entries[key].Title
}
