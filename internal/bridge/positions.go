package bridge

import (
	"strconv"
	"strings"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/step"
)

// refill holds the site's values back when evcc has emptied its tree: until its titles tell that loadpoints are where
// they were, or what is elsewhere has been published as unavailable. evcc's first values come with its titles, and a
// counter of another loadpoint would spoil a history for good.
func (s *site) refill() { s.unsure = !s.registry.InPosition(nil, true) }

// compare does the same when a title stands elsewhere after we were away, or evcc has emptied its tree and not filled it.
func (s *site) compare() { s.unsure = !s.registry.InPosition(s.tree, s.tree["loadpoints"] == "") }

// titled takes a title: the one that was waited for may be the last.
func (s *site) titled(c *Core, path string) {
	if s.unsure && strings.HasSuffix(path, "/title") {
		s.inPlace()
		s.announceReady(c)
	}
}

// inPlace ends the wait when every title stands where it did. Those that are there while evcc empties its tree are the
// old ones; where they come before the count of loadpoints, that ends it.
func (s *site) inPlace() {
	if s.unsure && s.tree["loadpoints"] != "" && s.registry.InPosition(s.tree, true) {
		s.unsure = false
	}
}

// order follows what a look at the topics found about places. Controls of what has moved are taken back.
func (s *site) order(c *Core) {
	moved := places(s.wanted.Moved)
	if moved != "" {
		s.commands.KeepOnly(s.wanted.Commands)
	}
	c.step.Problem(problem.OrderChanged, s.Root, moved != "", moved)
	s.moved = moved
	if s.unsure {
		s.unsure = false
		s.announceReady(c)
	}
}

// places puts moves into words that fit a log line.
func places(moves []discovery.Move) string {
	var list []string
	for _, m := range moves {
		now := "nothing"
		if m.Now != "" {
			now = strconv.Quote(m.Now)
		}
		list = append(list, m.Scope.String()+" "+strconv.Itoa(m.Index)+": "+strconv.Quote(m.Was)+", now "+now)
	}
	return strings.Join(list, "; ")
}

// followTitles is the user's word that entities shall go with their titles.
func (c *Core) followTitles() {
	for _, s := range c.sites {
		if len(s.wanted.Moved) == 0 || !s.complete() {
			continue
		}
		s.registry = s.registry.Follow(s.tree)
		c.step.Note(step.Info, "entities now follow their titles", "root", s.Root)
		s.reconcile(c)
	}
}
