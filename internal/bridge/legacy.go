package bridge

import (
	"strings"

	"evcc-discovery/entities"
)

// legacy takes a value that a sensor of the old mode words may follow.
func (s *site) legacy(c *Core, path string) {
	if strings.HasSuffix(path, "/mode") || strings.HasSuffix(path, "/alwaysCharge") {
		s.showLegacy(c)
	}
}

// showLegacy publishes the mode of each loadpoint in the words before evcc 0.316. While evcc starts, and until it is
// settled which loadpoint is which, the old one stays.
func (s *site) showLegacy(c *Core) {
	if c.phase != running || s.presence.blanked || !s.changed.IsZero() {
		return
	}
	for _, state := range s.wanted.States {
		if state.Reads() != entities.Legacy || c.outbox.due[state.Config] {
			continue
		}
		word, ok := entities.LegacyMode(siblings{site: s, object: state.Instance.Object, core: c})
		if ok {
			c.step.Retain(state.Topic, word)
		}
	}
}
