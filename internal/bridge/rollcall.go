package bridge

import (
	"slices"
	"time"

	"evcc-discovery/discovery"
)

// rollcall asks the broker once more which device messages it keeps, some time after one was announced for the first time.
// That they come back when they are sent does not tell: there are brokers that hand on what they do not keep. Registries
// say announced of what was heard.
type rollcall struct {
	due   time.Time       // when the broker is asked; zero = there is nothing to ask
	tries int             // how often it was since the last new device
	ends  time.Time       // when its answer has come; zero = nothing has come
	heard map[string]bool // config topics that it keeps
}

const (
	rollWait  = 10 * time.Second // after a device was sent
	rollAgain = 10 * time.Minute // after an answer that lacked one
	mostCalls = 3                // then what it does not keep is left alone
)

// forget: the retained world is read again.
func (r *rollcall) forget(*Core) { *r = rollcall{} }

// sent takes a device message that is on its way.
func (r *rollcall) sent(c *Core, config string) {
	if !c.announced(config) {
		r.due, r.tries = c.step.Now.Add(rollWait), 0
	}
}

// look finds devices that were there already, and of which the registry did not know.
func (r *rollcall) look(c *Core) {
	if r.due.IsZero() && c.unannounced() {
		r.due, r.tries = c.step.Now.Add(rollWait), 0
	}
}

// hear takes a device message that the broker has kept, and reports whether what is in it is of no interest: what we have sent
// on that topic may be newer, and on its way to the broker.
func (r *rollcall) hear(c *Core, config string) bool {
	if _, wanted := c.outbox.at[config]; wanted {
		if r.heard == nil {
			r.heard = make(map[string]bool)
		}
		r.heard[config], r.ends = true, c.step.Now.Add(quiet)
	}
	_, sent := c.outbox.sent[config]
	return sent
}

func (r *rollcall) next() time.Time {
	if r.ends.IsZero() || !r.due.IsZero() && r.due.Before(r.ends) {
		return r.due
	}
	return r.ends
}

func (r *rollcall) tick(c *Core) {
	if next := r.next(); next.IsZero() || c.step.Now.Before(next) {
		return
	}
	if !r.ends.IsZero() && !c.step.Now.Before(r.ends) {
		r.note(c)
	}
	if r.due.IsZero() || c.step.Now.Before(r.due) {
		return
	}
	r.due = c.step.Now.Add(rollAgain)
	if r.tries++; r.tries >= mostCalls {
		r.due = zero
	}
	c.step.Subscribe(discovery.ConfigFilter(c.settings.Prefix, c.settings.Base))
}

// note puts into the registries what was heard.
func (r *rollcall) note(c *Core) {
	for _, s := range c.sites {
		s.registry = s.registry.Announce(s.Site, func(config string) bool {
			return s.registry.Announced(s.Site, config) || r.heard[config] && c.retained[config] != "" && c.tells(s, config)
		})
		s.remember(c)
	}
	r.ends, r.heard = zero, nil
	if !c.unannounced() {
		r.due = zero
	}
}

// unannounced reports whether there is a device of ours that the broker was not seen to keep.
func (c *Core) unannounced() bool {
	return slices.ContainsFunc(c.outbox.wanted, func(m discovery.Retained) bool { return !c.announced(m.Topic) })
}

// announced reports whether the broker was seen to keep the message of a config topic.
func (c *Core) announced(config string) bool {
	return slices.ContainsFunc(c.sites, func(s *site) bool { return s.registry.Announced(s.Site, config) })
}
