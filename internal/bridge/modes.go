package bridge

import (
	"strings"

	"evcc-discovery/entities"
)

// mode remembers what evcc says of a loadpoint's mode, for the controls that return to the one before.
func (s *site) mode(c *Core, path, value string) {
	object, kept := s.wanted.Modes[path]
	if !kept || c.phase != running {
		return
	}
	scope, prefix, _ := entities.SplitPath(path)
	_, ref, _ := strings.Cut(prefix, "/")
	if s.displaced(object, entities.Object{Scope: scope, Ref: ref, Prefix: prefix}) == "" && s.enter(object, value) {
		s.remember(c)
	}
}

// modes remembers what evcc says now.
func (s *site) modes() {
	for path, object := range s.wanted.Modes {
		s.enter(object, s.tree[path])
	}
}

func (s *site) enter(object, mode string) (news bool) {
	s.registry, news = s.registry.RecordMode(object, mode)
	return news
}
