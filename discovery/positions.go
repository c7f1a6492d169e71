package discovery

import (
	"slices"

	"evcc-discovery/entities"
)

// position is one of a scope, as it is remembered and as it is now.
type position struct {
	index    int
	key      string // of the entry in the registry; "" = what stands there is new
	entry    Entry
	there    bool // something stands there
	object   entities.Object
	name     string // evcc's, of what stands there
	was, now string // titles
}

// positions are those of one scope that nothing else tells apart, in order.
type positions []position

// standing returns what evcc has of a scope and is not known by its name.
func (r Registry) standing(view *entities.View, scope entities.Scope, ids map[string]string, named map[string]bool) (list positions) {
	for _, o := range view.Objects() {
		if o.Scope != scope || o.Index() == 0 {
			continue
		}
		at := position{index: o.Index(), there: true, object: o, name: view.Name(o), now: remembered(view.Title(o))}
		if id := ids[o.Prefix]; id != "" {
			at.key = objectKey(scope, id)
			at.entry = r.Objects[at.key]
			at.was = at.entry.Title
		}
		if !named[at.key] {
			list = append(list, at)
		}
	}
	return list
}

// missing returns what is remembered of a scope and was not found. Where all that stands has names, what had one is
// not looked for by its position.
func (r Registry) missing(keys []string, scope entities.Scope, taken map[string]bool, nameless bool) (list positions) {
	for _, key := range keys {
		_, sameScope := cutScope(key, scope)
		if e := r.Objects[key]; sameScope && !taken[key] && e.Index > 0 && !e.Gone && (e.Name == "" || nameless) {
			list = append(list, position{index: e.Index, key: key, entry: e, was: e.Title})
		}
	}
	return list
}

// nameless reports whether evcc gives something no name.
func (p positions) nameless() bool {
	return slices.ContainsFunc(p, func(at position) bool { return at.name == "" })
}

// moved reports whether a title stands elsewhere than before, or a name came together with another title: then it is
// as likely that something was replaced.
func (p positions) moved() bool {
	return slices.ContainsFunc(p, func(at position) bool {
		if at.now == "" || at.now == at.was { // another's title that is the same tells nothing
			return false
		}
		if at.was != "" && at.name != "" && at.entry.Name == "" {
			return true
		}
		return slices.ContainsFunc(p, func(from position) bool {
			otherName := at.name != "" && from.entry.Name != ""
			return from.key != at.key && from.was == at.now && from.now != at.now && !otherName
		})
	})
}

// hold keeps back whatever is not where it was, or may not be.
func (p positions) hold(found *identities, scope entities.Scope, slid map[string]bool) {
	for _, at := range p {
		stays := at.there && !slid[at.key] && (at.was == "" || at.was == at.now)
		if at.key != "" && !stays {
			found.held[at.key] = Move{Scope: scope, Index: at.index, Was: at.was, Now: at.now}
			delete(found.ids, at.object.Prefix)
		}
		if at.there && found.ids[at.object.Prefix] == "" {
			found.waits[at.object.Prefix] = true
		}
	}
}

// slid returns the entries, by registry key, of which nobody can tell whether they are where they were: one of several
// with the same title, or without any, was removed, and those behind it may have taken its position. Which one it was is
// seen only where the titles between them allow no other: of A, B, A only the last can be missing when A, B are left.
//
// Two of the same title that merely change positions look as before; nothing tells of that.
func (p positions) slid(counted bool) map[string]bool {
	known := slices.DeleteFunc(slices.Clone(p), func(at position) bool { return at.key == "" })
	if !counted || !slices.ContainsFunc(known, func(at position) bool { return !at.there }) {
		return nil
	}
	slid := make(map[string]bool)
	last := len(known) - 1 // the hindmost entry that may stand where we look, if only removals have happened
	for _, at := range slices.Backward(p) {
		if !at.there {
			continue
		}
		if at.key == "" {
			return nil
		}
		title := known.stood(at)
		for last >= 0 && known[last].was != title {
			last--
		}
		if last < 0 {
			return slid
		}
		if known[last].key != at.key && at.was == title {
			slid[at.key] = true
		}
		last--
	}
	return slid
}

// stood is the title to look for: that of what stands there; where it has none yet, or a new one, that of its position.
func (p positions) stood(at position) string {
	if at.now != "" && slices.ContainsFunc(p, func(other position) bool { return other.was == at.now }) {
		return at.now
	}
	return at.was
}
