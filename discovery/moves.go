package discovery

import (
	"maps"
	"slices"
	"strings"

	"evcc-discovery/entities"
)

// Loadpoints and meters that evcc tells apart by position alone change positions when one of them is removed or written
// elsewhere in evcc.yaml. Then the topics of one would feed the entities of another, and its history would end in the
// other's. The titles tell: the registry remembers the last one of each. A title that is new is a rename; one that
// stood elsewhere, where it stands no more, is a move.
//
// A move is never followed by guess. What is affected is published as unavailable, without controls, and nothing new
// of that scope is published, until the titles are where they were, or the user has said that the entities shall go
// with their titles ([Registry.Follow]).

// Move is a position of loadpoints or meters where another one stands than before.
type Move struct {
	Scope    entities.Scope
	Index    int    // counted from 1
	Was, Now string // titles; Now is "" where nothing stands any more
}

// identities says under which ids the objects of a site are known.
type identities struct {
	ids   map[string]string // by topic prefix; those that wait have none
	waits map[string]bool   // by topic prefix: objects that are not published
	held  map[string]Move   // by registry key: entries that somebody else's topics would feed
}

// longestTitle bounds what is remembered of a title, in bytes.
const longestTitle = 200

// remembered is a title as the registry keeps it: JSON has no broken UTF-8.
func remembered(title string) string {
	title = strings.ToValidUTF8(title, "")
	if len(title) > longestTitle {
		title = strings.ToValidUTF8(title[:longestTitle], "")
	}
	return title
}

// identify finds the entries of what there is: by evcc's stable name first, then, where evcc gives none, by position.
// No entry is given out twice.
func (r Registry) identify(view *entities.View) identities {
	found := identities{ids: make(map[string]string), waits: make(map[string]bool), held: make(map[string]Move)}
	keys, taken := slices.Sorted(maps.Keys(r.Objects)), make(map[string]bool)
	claim := func(fits func(entities.Object, string, Entry) bool) {
		for _, o := range view.Objects() {
			for _, key := range keys {
				id, sameScope := cutScope(key, o.Scope)
				if sameScope && !taken[key] && found.ids[o.Prefix] == "" && fits(o, view.Name(o), r.Objects[key]) {
					found.ids[o.Prefix], taken[key] = id, true
				}
			}
		}
	}
	claim(func(_ entities.Object, name string, e Entry) bool { return name != "" && e.Name == name })
	named := maps.Clone(taken)
	claim(func(o entities.Object, name string, e Entry) bool {
		another := e.Gone && e.Title != "" && remembered(view.Title(o)) != e.Title // not the one that was removed
		return e.Index == o.Index() && o.Index() > 0 && (name == "" || e.Name == "") && !another
	})
	for _, scope := range entities.Scopes {
		there := r.standing(view, scope, found.ids, named)
		all := append(there, r.missing(keys, scope, taken, there.nameless())...)
		slices.SortStableFunc(all, func(a, b position) int { return a.index - b.index })
		if slid := all.slid(view.Counted(scope)); all.moved() || len(slid) > 0 {
			all.hold(&found, scope, slid)
		}
	}
	return found
}

// Follow returns the registry as it is when entities go with their titles: what the user says after loadpoints or
// meters have changed positions. An entry whose title is gone, or there more than once, is left without a position.
func (r Registry) Follow(tree entities.Tree) Registry {
	view, after := tree.View(), r.clone()
	found := r.identify(view)
	for _, key := range slices.Sorted(maps.Keys(found.held)) {
		e, move := r.Objects[key], found.held[key]
		e.Index = 0
		var to []entities.Object
		for _, o := range view.Objects() {
			if o.Scope == move.Scope && found.waits[o.Prefix] && remembered(view.Title(o)) == move.Was {
				to = append(to, o)
			}
		}
		if len(to) == 1 && !r.sharesTitle(key, move.Scope) {
			e.Index = to[0].Index()
			if name := view.Name(to[0]); name != "" {
				e.Name = name
			}
		}
		after.Objects[key] = e
	}
	return after
}

// sharesTitle reports whether another entry with a position had the same title.
func (r Registry) sharesTitle(key string, scope entities.Scope) bool {
	for other, e := range r.Objects {
		_, sameScope := cutScope(other, scope)
		if other != key && sameScope && e.Index > 0 && e.Title == r.Objects[key].Title {
			return true
		}
	}
	return false
}

// moves lists what is held, in the order of scopes and positions.
func (f identities) moves() []Move {
	return slices.SortedFunc(maps.Values(f.held), func(a, b Move) int {
		if a.Scope != b.Scope {
			return int(a.Scope) - int(b.Scope)
		}
		return a.Index - b.Index
	})
}

// hold puts the device of an entry into w whose topics are another's now: what it had, all of it unavailable.
func (s Site) hold(w *Wanted, view *entities.View, key string, move Move) {
	id, _ := cutScope(key, move.Scope)
	b := s.builder(w, view, view.ObjectAt(move.Scope, move.Index), id, move.Was, w.Registry.Objects[key])
	b.held = true
	m := b.message()
	m.Availability = []Availability{{Topic: StatusTopic(s.Base), ValueTemplate: "{{ 'offline' }}"}}
	w.publish(b.config, m)
}

// InPosition reports whether every title that is remembered of a position stands there. A missing title is none that stands
// there while evcc fills its tree, and tells nothing otherwise.
func (r Registry) InPosition(tree entities.Tree, filling bool) bool {
	for key, e := range r.Objects {
		if e.Title == "" || e.Name != "" || e.Index == 0 || e.Gone {
			continue
		}
		scope, _, _ := strings.Cut(key, "/")
		for _, s := range entities.Scopes {
			if s.String() != scope {
				continue
			}
			titles := tree.TitlesAt(s, e.Index)
			same := slices.ContainsFunc(titles, func(title string) bool { return remembered(title) == e.Title })
			if !same && (filling || len(titles) > 0) {
				return false
			}
		}
	}
	return true
}
