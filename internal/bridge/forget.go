package bridge

import (
	"time"

	"evcc-discovery/internal/bridge/state"
	"evcc-discovery/internal/bridge/step"
)

// forgetter is a machine. Forget drops what it has begun over an earlier connection, or in an earlier phase: what was
// under way is not under way any more, and what was seen is read again. What it knows for good stays.
type forgetter interface{ forget(c *Core) }

// machines lists every machine of the core; a site has some of its own. A test finds one that is missing.
func (c *Core) machines() []forgetter {
	list := []forgetter{&c.outbox, &c.removal, &c.reset, &c.foreign, &c.others, &c.away, &c.rollcall, &c.ledger}
	for _, s := range c.sites {
		list = append(list, s)
	}
	return list
}

func (s *site) machines() []forgetter {
	return []forgetter{&s.judge}
}

// machine is one that has a package of its own.
type machine interface {
	// Next returns when a tick is due; zero means never.
	Next() time.Time
	// Tick does what time has made due.
	Tick(s *step.Step)
	// Reconnect drops what the machine has begun over an earlier connection.
	Reconnect(s *step.Step)
}

// packaged lists the site's machines that have packages of their own.
func (s *site) packaged() []machine { return []machine{s.commands, s.plans} }

// forget makes the core begin anew. What another connection, or another program, has made of the world since is not known
// yet.
func (c *Core) forget() {
	c.retained, c.candidates = make(map[string]string), make(map[string]bool)
	c.flooded = false
	for _, m := range c.machines() {
		m.forget(c)
	}
}

// forget keeps the ids that were chosen, and what was wanted last: its controls are known until it is looked at anew.
func (s *site) forget(c *Core) {
	s.trust.Reconnect(c.step) // it looks at the tree of the connection before
	clear(s.tree)
	s.states, s.live = state.Machine{}, false
	s.titles, s.changed, s.first = zero, zero, zero
	for _, m := range s.machines() {
		m.forget(c)
	}
	for _, m := range s.packaged() {
		m.Reconnect(c.step)
	}
}
