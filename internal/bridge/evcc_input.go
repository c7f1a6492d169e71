package bridge

import (
	"slices"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// fromEvcc takes one of evcc's topics. Most messages repeat what is known: that must cost nothing, not even a tick of the site.
func (c *Core) fromEvcc(s *site, path string, e step.Event) {
	if strings.HasSuffix(path, "/set") {
		switch {
		case e.Retained:
		case len(e.Payload) == 0:
			c.touch(s)
			s.commands.Acknowledge(c.step, e.Topic)
		default:
			s.commands.Returned(e.Topic)
		}
		return
	}
	switch {
	case e.Retained && path == entities.UpdatedPath:
		s.trust.Replay(e.Payload)
	case e.Retained:
	default:
		if len(e.Payload) > 0 && s.trust.Hear(c.step, path, e.Payload) {
			s.announceReady(c)
			c.touch(s)
		}
		if len(e.Payload) > 0 && path != entities.StatusPath && s.states.Lives(c.step.Now) {
			c.touch(s)
		}
		if _, cycle := entities.CompletesCycle(path); cycle && s.places.unsure[entities.Loadpoint] && s.changed.IsZero() {
			s.dirty(c.step.Now) // all titles came with it, should evcc have started without emptying its topics
			c.touch(s)
		}
		if s.plans.Live(c.step, path, len(e.Payload) == 0) {
			c.touch(s)
			s.commands.Value(c.step, path) // it may repeat what is known
		}
	}
	old, known := s.tree[path]
	if known && old == string(e.Payload) || !known && len(e.Payload) == 0 {
		if path == entities.StatusPath && !e.Retained {
			s.status(c, string(e.Payload) == "online")
			c.touch(s)
		}
		return
	}
	c.touch(s)
	s.change(c, path, e.Payload, known)
}

// change takes a value that is new.
func (s *site) change(c *Core, path string, payload []byte, known bool) {
	s.plans.Value(c.step, path, payload)
	if len(payload) > longest {
		payload = payload[:0:0]
		payload = append(payload, "(long)"...)
		if known {
			return
		}
	}
	old, value := s.tree[path], string(payload)
	switch {
	case value == "":
		delete(s.tree, path)
	case !known && len(s.tree) >= mostTopics:
		return
	default:
		s.tree[path] = value
	}
	switch path {
	case entities.StatusPath:
		s.status(c, value == "online")
		s.plans.Recheck(c.step)
	case entities.CountPath:
		s.count(c, value == "")
	}
	if value != "" && entities.ConcernsPlaces(path) {
		s.judge(c, false)
	}
	if value != "" && (!known || s.shapes(path, old, value)) {
		s.dirty(c.step.Now)
	}
	s.states.Changed(s.Root+"/"+path, value, c.step.Now)
	s.mode(c, path, value)
	s.ranges.value(s, path, value, c.step.Now)
	s.commands.Value(c.step, path)
}

func word(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// count takes another count of loadpoints, which evcc empties first when it starts and stops.
func (s *site) count(c *Core, empty bool) {
	if empty {
		s.unsettle(true)
	}
	s.trust.Count(c.step)
	s.announceReady(c)
	s.plans.Recheck(c.step)
	if empty {
		s.plans.TreeBlanked()
		s.commands.TreeBlanked(c.step)
		s.changed, s.first = time.Time{}, time.Time{} // what is half gone is not looked at
		return
	}
	s.dirty(c.step.Now)
}

// status takes evcc's status. Where that leaves doubt, another evcc may be about to start.
func (s *site) status(c *Core, online bool) {
	before := s.trust.Live()
	if s.trust.Status(c.step, online); before && !s.trust.Live() && s.tree[entities.CountPath] != "" {
		s.unsettle(false)
	}
	s.announceReady(c)
}

// shapes reports whether another value of a topic can change what is wanted.
func (s *site) shapes(path, before, value string) bool {
	if entities.NamesOrCounts(path) || s.wanted.Bounds[path] {
		return true
	}
	if codes, closed := s.wanted.Codes[path]; closed {
		return !slices.Contains(codes, value)
	}
	if slices.ContainsFunc(s.wanted.Ranges[path], func(r discovery.Ranged) bool { return r.Widens(value) }) {
		return true
	}
	return entities.ChangesCapability(path, before, value)
}
