package bridge

import (
	"fmt"
	"hash/fnv"
	"strconv"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge/standby"
	"evcc-discovery/internal/bridge/step"
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

// fingerprint stands for the settings that make one program's devices differ from another's.
func (s Settings) fingerprint() string {
	h := fnv.New32a()
	fmt.Fprintf(h, "%q %q %t %t", s.Roots, s.Prefix, s.ReadOnly, s.Compatible)
	return strconv.FormatUint(uint64(h.Sum32()), 16)
}

// hearPeer takes what another program on our base topic says.
func (c *Core) hearPeer(payload string) {
	role := map[phase]standby.Phase{learning: standby.Reading, running: standby.Working, standing: standby.Standing}[c.phase]
	if c.standby.Hear(c.step, payload, role) {
		c.stand()
	}
}

// stand stands by: another works. Nothing is published from here on, and what we wanted there is no more than what another
// has made of it by then.
func (c *Core) stand() {
	c.phase = standing
	for _, s := range c.sites {
		s.commands.Leave(c.step)
		s.wanted = discovery.Wanted{}
		if registry, err := s.kept(c); err == nil {
			s.adopt(registry)
		}
	}
	sent := c.outbox.sent
	c.outbox, c.removal, c.reset = newOutbox(), newRemoval(), reset{}
	c.outbox.sent = sent // Home Assistant has them, whoever works
	c.before = nil
	c.ledger.leave(c)
	c.standby.Stand(c.step)
}

// idle takes messages while another works. It keeps up with what the other remembers, for the day on which it ends together
// with the broker's memory.
func (c *Core) idle(e step.Event) {
	switch {
	case e.Retained:
	case e.Topic == discovery.PeerTopic(c.settings.Base):
		c.hearPeer(string(e.Payload))
	case e.Topic == discovery.StatusTopic(c.settings.Base) && string(e.Payload) == "offline":
		c.standby.Ask(c.step)
	default:
		var registry discovery.Registry
		if s := c.own(e.Topic); s != nil && e.Topic == s.RegistryTopic() && registry.Decode(e.Payload) == nil {
			s.adopt(registry)
		}
	}
}

// ended reports whether the retained world has been read, and whoever may work has had the time to say so.
func (c *Core) ended() bool {
	read := !c.step.Now.Before(c.learned) || !c.step.Now.Before(c.learnLimit)
	claimed := c.retained[discovery.StatusTopic(c.settings.Base)] == "online"
	return read && (!claimed || c.standby.Answered(c.step.Now))
}

// ownStatus keeps our status right: another's will, or that of our own last connection, may come late, or be cleared.
func (c *Core) ownStatus(e step.Event) {
	if c.phase == running && !e.Retained && string(e.Payload) != "online" {
		c.step.Send(e.Topic, "online")
	}
}
