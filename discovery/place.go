package discovery

import (
	"slices"
	"strings"

	"evcc-discovery/entities"
)

// hold puts the device of an entry into w whose topics are another's now: what it had, all of it unavailable.
func (s Site) hold(w *Wanted, view *entities.View, key string, move Move) {
	id, _ := cutScope(key, move.Scope)
	b := s.builder(w, view, view.Place(move.Scope, move.Index), id, move.Was, w.Registry.Objects[key])
	b.held = true
	m := b.message()
	m.Availability = []Availability{{Topic: StatusTopic(s.Base), ValueTemplate: "{{ 'offline' }}"}}
	w.publish(b.config, m)
}

// InPlace reports whether every title that is remembered of a place stands there. A missing title is none that stands
// there while evcc fills its tree, and tells nothing otherwise.
func (r Registry) InPlace(tree entities.Tree, filling bool) bool {
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
