package bridge

// mode remembers what evcc says of a loadpoint's mode, for the controls that return to the one before.
func (s *site) mode(c *Core, path, value string) {
	if object, kept := s.wanted.Modes[path]; kept && c.phase == running && s.enter(object, value) {
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
