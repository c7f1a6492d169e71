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
	if slices.ContainsFunc(s.wanted.States, func(state discovery.State) bool { return slices.Contains(state.Instance.Shares, path) }) {
		s.shared = c.now.Add(spread)
	}
}

// showShared publishes what all loadpoints have in common; unknown where they differ.
func (s *site) showShared(c *Core) {
	s.shared = time.Time{}
	if c.phase != running || s.presence.blanked {
		return
	}
	for _, state := range s.wanted.States {
		if state.Reads() == entities.Shared {
			value, _ := state.Instance.Common(siblings{site: s, core: c})
			c.retain(state.Topic, value)
		}
	}
}
