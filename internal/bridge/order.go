package bridge

import (
	"strconv"
	"strings"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/command"
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
		s.commands.Withdraw(s.wanted.Commands)
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
		c.step.Note(step.Info, "entities go with their titles", "root", s.Root)
		s.reconcile(c)
	}
}

// adapterButtons is what the program's own device can be told.
var adapterButtons = map[string]func(*Core){
	discovery.FollowTitles: (*Core).followTitles,
	discovery.Rediscover:   (*Core).rediscover,
	discovery.ResetIDs:     (*Core).resetIDs,
	discovery.RemoveAll:    (*Core).removeAll,
}

// adapter takes a command for the program itself, and reports whether it was one.
func (c *Core) adapter(e step.Event) bool {
	if !strings.HasPrefix(e.Topic, c.settings.Base+"/adapter/") {
		return false
	}
	for id, press := range adapterButtons {
		if e.Topic != discovery.AdapterCommand(c.settings.Base, id) {
			continue
		}
		switch {
		case len(e.Payload) == 0: // our own clearing, or nothing at all
		case e.Retained:
			c.step.Note(step.Warn, "command ignored and cleared: it was retained, and might be long past", "topic", e.Topic)
			c.step.Send(e.Topic, "")
		case c.settings.ReadOnly:
			c.step.Note(step.Warn, "command refused", "topic", e.Topic, "reason", command.ReadsOnly)
		case c.phase != running:
			c.step.Note(step.Warn, "command refused", "topic", e.Topic, "reason", "not ready yet")
		default:
			press(c)
		}
		return true
	}
	return false
}
