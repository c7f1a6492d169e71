package bridge

import (
	"fmt"
	"hash/fnv"
	"strconv"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge/removal"
	"evcc-discovery/internal/bridge/standby"
	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/problem"
)

// phase is what the core does.
type phase uint8

const (
	down phase = iota
	learning
	running
	standing // by: another evcc-discovery works
	removed  // everything was taken off the broker: nothing is done until the next start
)

// noConnection are the problems that a connection ends.
var noConnection = []problem.Code{problem.BrokerUnreachable, problem.BrokerLogin, problem.BrokerTLS, problem.BrokerProtocol}

// unconnected says why there is no connection, "" when there is one.
func (c *Core) unconnected(why problem.Code, detail string) {
	for _, code := range noConnection {
		c.step.Problem(code, "", code == why, detail)
	}
}

// connect takes a new connection.
func (c *Core) connect() {
	c.unconnected("", "")
	c.rights.connected(c.step)
	c.step.Note(step.Info, "connected to the broker")
	if c.phase == removed {
		c.step.Send(discovery.StatusTopic(c.settings.Base), "") // our will
		return
	}
	c.learn()
}

// lost takes the end of a connection.
func (c *Core) lost(e step.Event) {
	if c.phase == running {
		c.store.Lost(c.step, e.Unacked, e.Acked)
	}
	if c.phase != removed {
		c.phase = down
	}
	for _, s := range c.sites {
		s.commands.Abandon(c.step)
	}
	c.unconnected(c.rights.lost(c.step, e), e.Detail)
}

// learn begins to read: what the broker retains replaces what was known before.
func (c *Core) learn() {
	c.phase = learning
	c.learned, c.learnLimit = c.step.Now.Add(quiet), c.step.Now.Add(learnAtMost)
	c.reconnect()
	filters := []string{c.settings.Base + "/#", c.settings.Prefix + "/status", discovery.ConfigFilter(c.settings.Prefix, c.settings.Base)}
	for _, s := range c.sites {
		for _, part := range []string{"/+", "/site/#", "/loadpoints/#", "/vehicles/#"} { // in portions: brokers limit what they replay at once
			filters = append(filters, s.Root+part)
		}
	}
	for _, s := range c.sites {
		filters = append(filters, s.OtherBasesFilter())
	}
	filters = append(filters, "+/loadpoints", "+/+/loadpoints", "+/+/+/loadpoints", "+/+/+/+/loadpoints") // other roots, to name them when ours has no evcc
	c.step.Subscribe(filters...)
	c.standby.Ask(c.step)
}

// reconnect makes everything begin anew. What another connection, or another program, has made of the world since is not
// known yet.
func (c *Core) reconnect() {
	c.candidates = make(map[string]bool)
	c.offline, c.others, c.untold = offlineDeletions{}, otherBases{}, true
	for _, m := range c.machines() {
		m.Reconnect(c.step)
	}
	for _, s := range c.sites {
		s.reconnect(c)
	}
}

// read reports whether the retained world has been read.
func (c *Core) read() bool {
	return !c.step.Now.Before(c.learned) || !c.step.Now.Before(c.learnLimit)
}

// ended reports whether it has, and whoever may work has had the time to say so.
func (c *Core) ended() bool {
	claimed := c.store.Have(discovery.StatusTopic(c.settings.Base)) == "online"
	return c.read() && (!claimed || c.standby.Answered(c.step.Now))
}

// start begins to work: the retained world has been read, and nobody else works.
func (c *Core) start() {
	c.phase = running
	c.offline.open(c)
	for _, s := range c.sites {
		if len(s.registry.Objects) > 0 {
			s.remember(c) // also for a broker that has forgotten it
		}
	}
	c.store.Start(c.step)
	c.removal.Keep(c.standby.Inherits())
	c.removal.Learn(c.step, c.lives)
	c.evictAt = c.step.Now.Add(evictWait)
	for _, s := range c.sites {
		s.learn(c)
	}
	c.step.Send(discovery.StatusTopic(c.settings.Base), "online") // after what is not available yet
	c.rights.sent(c.step)
	c.standby.Start(c.step)
	c.offline.respect(c)
	for _, s := range c.sites {
		c.others.show(c.step, s)
	}
	c.store.Want(c.removal.Compare(c.step, c.ownDevice())) // it tells what is wrong, also without an evcc
	c.touchAll()
}

// hearPeer takes what another program on our base topic says. Nothing of it is ever retained: what is says nothing about now.
func (c *Core) hearPeer(e step.Event) {
	if e.Retained {
		if len(e.Payload) > 0 {
			c.step.Note(step.Warn, "retained message on the peer topic cleared: programs never retain there", "topic", e.Topic)
			c.step.Send(e.Topic, "")
		}
		return
	}
	role := map[phase]standby.Phase{learning: standby.Reading, running: standby.Working, standing: standby.Standing}[c.phase]
	if c.standby.Hear(c.step, string(e.Payload), role) {
		c.stand()
	}
}

// stand stands by: another works. Nothing is published from here on, and what we wanted there is no more than what another
// has made of it by then.
func (c *Core) stand() {
	c.phase = standing
	for _, s := range c.sites {
		s.commands.Discard(c.step)
		s.wanted, s.places = discovery.Wanted{}, newPlaces()
		if registry, err := s.kept(c); err == nil {
			s.adopt(registry)
		}
	}
	c.removal.Leave()
	c.ids = removal.IDs{}
	c.store.Leave(c.step)
	c.standby.Stand(c.step)
}

// idle takes messages while another works. It keeps up with what the other remembers, for the day on which it ends together
// with the broker's memory.
func (c *Core) idle(e step.Event) {
	switch {
	case e.Topic == discovery.PeerTopic(c.settings.Base):
		c.hearPeer(e)
	case e.Retained:
	case e.Topic == discovery.StatusTopic(c.settings.Base) && string(e.Payload) == "offline":
		c.standby.Ask(c.step)
	default:
		var registry discovery.Registry
		if s := c.routes.own(e.Topic); s != nil && e.Topic == s.RegistryTopic() && registry.Decode(e.Payload) == nil {
			s.adopt(registry)
		}
	}
}

// Goodbye returns what an orderly end publishes. Home Assistant keeps reading evcc; only controls become
// unavailable. Where evcc's values are out of date, ready stays offline until we are back: nobody would take an old value
// back while we are away, and a dead entity misleads nobody.
func (c *Core) Goodbye() []step.Action {
	if c.phase != running {
		return nil // nobody hears it, or it would be said of another
	}
	c.step.Begin(step.Event{At: c.step.Now})
	for _, s := range c.sites {
		s.commands.Release(c.step)
	}
	c.store.Flush(c.step)
	c.step.Send(discovery.StatusTopic(c.settings.Base), "offline")
	return c.step.Actions
}

// fingerprint stands for the settings that make one program's devices differ from another's.
func (s Settings) fingerprint() string {
	h := fnv.New32a()
	fmt.Fprintf(h, "%q %q %t %t", s.Roots, s.Prefix, s.ReadOnly, s.Compatible)
	return strconv.FormatUint(uint64(h.Sum32()), 16)
}
