package bridge

import (
	"slices"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// spread is how long evcc may take to write a value to one loadpoint after the other; until then they differ.
const spread = 200 * time.Millisecond

// share notes that a value has changed which all loadpoints may have in common.
func (s *site) share(c *Core, path string) {
	if slices.ContainsFunc(s.wanted.States, func(state discovery.State) bool {
		return slices.Contains(state.Instance.Shares, path)
	}) {
		s.shared = c.step.Now.Add(spread)
	}
}

// showShared publishes what all loadpoints have in common, unknown where they differ. In the first moment evcc may be about
// to empty everything, and what a crash has left says nothing.
func (s *site) showShared(c *Core) {
	s.shared = time.Time{}
	if !s.believed(c) {
		return
	}
	for _, state := range s.wanted.States {
		if state.Reads() == entities.Shared {
			value, _ := state.Instance.Common(siblings{site: s, core: c})
			c.step.Retain(state.Topic, value)
		}
	}
}

// believed reports whether it means something that evcc publishes nothing on a topic.
func (s *site) believed(c *Core) bool {
	return c.phase == running && !s.presence.blanked && !s.presence.stale && !s.presence.silent
}

// lookAgain shows soon what has waited for evcc to be believed.
func (s *site) lookAgain(now time.Time) {
	if !s.presence.stale && !s.presence.silent {
		s.shared, s.emptied = now.Add(spread), now.Add(spread)
	}
}
