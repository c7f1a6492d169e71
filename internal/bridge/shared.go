package bridge

import (
	"cmp"
	"slices"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// spread is how long evcc may take to write a value to one loadpoint after the other; until then they differ.
const spread = 200 * time.Millisecond

// share notes that a value has changed which all loadpoints may have in common, or which is 0 when it is gone.
func (s *site) share(c *Core, path string) {
	if slices.ContainsFunc(s.wanted.States, func(state discovery.State) bool {
		return slices.Contains(state.Instance.Shares, path) || state.Reads() == entities.OrZero && state.Instance.State == path
	}) {
		s.shared = c.now.Add(spread)
	}
}

// showShared publishes what all loadpoints have in common, unknown where they differ, and 0 for what evcc does not publish
// then. In the first moment evcc may be about to empty everything.
func (s *site) showShared(c *Core) {
	s.shared = time.Time{}
	if c.phase != running || s.presence.blanked {
		return
	}
	for _, state := range s.wanted.States {
		switch state.Reads() {
		case entities.Shared:
			value, _ := state.Instance.Common(siblings{site: s, core: c})
			c.retain(state.Topic, value)
		case entities.OrZero:
			c.retain(state.Topic, cmp.Or(s.tree[state.Instance.State], "0"))
		}
	}
}
