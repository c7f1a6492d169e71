package discovery

import (
	"slices"

	"evcc-discovery/entities"
)

// place is a position of a scope, as it is remembered and as it is now.
type place struct {
	index    int
	key      string // of the entry in the registry; "" = what stands there is new
	entry    Entry
	there    bool // something stands there
	object   entities.Object
	name     string // evcc's, of what stands there
	was, now string // titles
}

// places are those of one scope that nothing but the position tells apart, in order.
type places []place

// standing returns what evcc has of a scope and is not known by its name.
func (r Registry) standing(view *entities.View, scope entities.Scope, ids map[string]string, named map[string]bool) (list places) {
	for _, o := range view.Objects() {
		if o.Scope != scope || o.Index() == 0 {
			continue
		}
		at := place{index: o.Index(), there: true, object: o, name: view.Name(o), now: remembered(view.Title(o))}
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
// not looked for by its place.
func (r Registry) missing(keys []string, scope entities.Scope, taken map[string]bool, nameless bool) (list places) {
	for _, key := range keys {
		_, sameScope := cutScope(key, scope)
		if e := r.Objects[key]; sameScope && !taken[key] && e.Index > 0 && !e.Gone && (e.Name == "" || nameless) {
			list = append(list, place{index: e.Index, key: key, entry: e, was: e.Title})
		}
	}
	return list
}

// nameless reports whether evcc gives something no name.
func (p places) nameless() bool {
	return slices.ContainsFunc(p, func(at place) bool { return at.name == "" })
}

// moved reports whether a title stands elsewhere than before, or a name came together with another title: then it is
// as likely that something was replaced.
func (p places) moved() bool {
	return slices.ContainsFunc(p, func(at place) bool {
		if at.now == "" || at.now == at.was { // another's title that is the same tells nothing
			return false
		}
		if at.was != "" && at.name != "" && at.entry.Name == "" {
			return true
		}
		return slices.ContainsFunc(p, func(from place) bool {
			otherName := at.name != "" && from.entry.Name != ""
			return from.key != at.key && from.was == at.now && from.now != at.now && !otherName
		})
	})
}

// hold keeps back whatever is not where it was, or may not be.
func (p places) hold(found *identities, scope entities.Scope, slid map[string]bool) {
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
