package discovery

import (
	"maps"
	"slices"
	"strings"

	"evcc-discovery/entities"
)

// Loadpoints and meters of which evcc gives only the position change places when one of them is removed or written
// elsewhere in evcc.yaml. Then the topics of one would feed the entities of another, and its history would end in the
// other's. The titles tell: the registry remembers the last one of each. A title that is new is a rename; one that
// stood elsewhere, where it stands no more, is a move.
//
// A move is never followed by guess. What is affected is published as unavailable, without controls, and nothing new
// of that scope is published, until the titles are where they were, or the user has said that the entities shall go
// with their titles ([Registry.Follow]).

// Move is a place of loadpoints or meters where another one stands than before.
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
	taken := make(map[string]entities.Object)
	claim := func(fits func(entities.Object, string, Entry) bool) {
		for _, o := range view.Objects() {
			for _, key := range slices.Sorted(maps.Keys(r.Objects)) {
				id, sameScope := cutScope(key, o.Scope)
				if !sameScope || found.ids[o.Prefix] != "" {
					continue
				}
				if _, given := taken[key]; !given && fits(o, view.Name(o), r.Objects[key]) {
					found.ids[o.Prefix], taken[key] = id, o
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
		p := places{registry: r, view: view, scope: scope, named: named, taken: taken}
		if slid := p.slid(); p.moved() || len(slid) > 0 {
			p.hold(&found, slid)
		}
	}
	return found
}

// places compares one scope's titles with those that are remembered.
type places struct {
	registry Registry
	view     *entities.View
	scope    entities.Scope
	named    map[string]entities.Object // by registry key: found by name, which nothing moves
	taken    map[string]entities.Object // by registry key: found at all
}

// entries returns what is known by its place only.
func (p places) entries() map[string]Entry {
	list := make(map[string]Entry)
	nameless := slices.ContainsFunc(p.objects(), func(o entities.Object) bool { return p.view.Name(o) == "" })
	for key, e := range p.registry.Objects {
		_, sameScope := cutScope(key, p.scope)
		_, byName := p.named[key]
		_, there := p.taken[key]
		if sameScope && !byName && e.Index > 0 && (there || !e.Gone && (e.Name == "" || nameless)) {
			list[key] = e
		}
	}
	return list
}

// objects returns what evcc has there and is not known by name.
func (p places) objects() []entities.Object {
	return slices.DeleteFunc(slices.Clone(p.view.Objects()), func(o entities.Object) bool {
		byName := false
		for _, n := range p.named {
			byName = byName || n == o
		}
		return o.Scope != p.scope || o.Index() == 0 || byName
	})
}

func (p places) title(o entities.Object) string { return remembered(p.view.Title(o)) }

// now is the title that stands at an entry's place; "" where nothing does.
func (p places) now(key string) string {
	if o, there := p.taken[key]; there {
		return p.title(o)
	}
	return ""
}

// moved reports whether a title stands elsewhere than before, or a name came together with another title: then it is
// as likely that something was replaced.
func (p places) moved() bool {
	entries := p.entries()
	for _, o := range p.objects() {
		title, name := p.title(o), p.view.Name(o)
		if title == "" {
			continue
		}
		for key, e := range entries {
			here := p.taken[key] == o
			switch {
			case e.Title == "" || (name != "" && e.Name != "" && !here):
			case here && e.Title != title && name != "" && e.Name == "":
				return true
			case !here && e.Title == title && p.now(key) != title && !p.settled(o, title):
				return true
			}
		}
	}
	return false
}

// settled reports whether the object has had this title before: another's that is the same tells nothing.
func (p places) settled(o entities.Object, title string) bool {
	for key, e := range p.registry.Objects {
		if p.taken[key] == o && e.Title == title {
			return true
		}
	}
	return false
}

// hold keeps back whatever is not where it was, or may not be.
func (p places) hold(found *identities, slid map[string]bool) {
	for key, e := range p.entries() {
		o, there := p.taken[key]
		if there && !slid[key] && (e.Title == "" || p.title(o) == e.Title) {
			continue
		}
		found.held[key] = Move{Scope: p.scope, Index: e.Index, Was: e.Title, Now: p.now(key)}
		if there {
			delete(found.ids, o.Prefix)
		}
	}
	for _, o := range p.objects() {
		if found.ids[o.Prefix] == "" {
			found.waits[o.Prefix] = true
		}
	}
}

// Follow returns the registry as it is when entities go with their titles: what the user says after loadpoints or
// meters have changed places. An entry whose title is gone, or there more than once, is left without a place.
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

// sharesTitle reports whether another entry with a place had the same title.
func (r Registry) sharesTitle(key string, scope entities.Scope) bool {
	for other, e := range r.Objects {
		_, sameScope := cutScope(other, scope)
		if other != key && sameScope && e.Index > 0 && e.Title == r.Objects[key].Title {
			return true
		}
	}
	return false
}

// moves lists what is held, in the order of scopes and places.
func (f identities) moves() []Move {
	return slices.SortedFunc(maps.Values(f.held), func(a, b Move) int {
		if a.Scope != b.Scope {
			return int(a.Scope) - int(b.Scope)
		}
		return a.Index - b.Index
	})
}
