package bridge

import (
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge/command"
	"evcc-discovery/internal/bridge/retained"
	"evcc-discovery/internal/bridge/step"
)

// dispatch gives a message to whom it concerns.
func (c *Core) dispatch(e step.Event) {
	c.clearing.Heard(e.Topic)
	switch c.phase {
	case down, removed:
		return
	case standing:
		c.idle(e)
		return
	}
	if c.phase == learning && e.Retained {
		c.offline.hear(c, e.Topic)
	}
	if s, path := c.routes.evcc(e.Topic); s != nil {
		c.fromEvcc(s, path, e)
		return
	}
	switch {
	case strings.HasPrefix(e.Topic, c.settings.Base+"/"):
		c.fromOwn(e)
	case e.Topic == c.settings.Prefix+"/status":
		c.fromHome(e)
	case strings.HasPrefix(e.Topic, c.settings.Prefix+"/device/"):
		c.fromDevice(e)
	case len(e.Payload) > 0:
		if root, ok := strings.CutSuffix(e.Topic, "/loadpoints"); ok && len(c.candidates) < mostOthers && !c.candidates[root] {
			c.candidates[root] = true
			c.touchAll()
		}
	}
}

// fromHome takes Home Assistant's birth message, or its will.
func (c *Core) fromHome(e step.Event) {
	if e.Retained {
		return // it says nothing about when
	}
	if string(e.Payload) != "online" {
		c.removal.Will()
		return
	}
	c.step.Note(step.Info, "Home Assistant started; publishing every device again")
	at := c.step.Now.Add(retained.BirthDelay(c.settings.Base))
	c.store.Repeat(at)
	c.removal.Birth(at)
}

// fromDevice takes what arrives on the config topic of a device: ours, or one of another base topic.
func (c *Core) fromDevice(e step.Event) {
	if discovery.IsConfig(c.settings.Prefix, c.settings.Base, e.Topic) {
		c.fromStore(e)
		if own, ok := discovery.OwnTopics(c.settings.Prefix, c.settings.Base, e.Topic); ok {
			if s := c.routes.own(own); s != nil {
				s.announceReady(c) // Home Assistant has it, too
				c.touch(s)
			}
		}
		return
	}
	for _, s := range c.sites {
		if base, other := s.OtherBase(e.Topic); other {
			c.others.see(c, s, base, len(e.Payload) > 0)
		}
	}
}

// fromStore takes what the broker has of ours: as it is read, as the answer to a question, or because somebody has written.
func (c *Core) fromStore(e step.Event) {
	switch {
	case c.phase != running:
		c.store.Read(e.Topic, string(e.Payload))
	case e.Retained:
		c.store.Replay(c.step, e.Topic, string(e.Payload))
	default:
		c.store.Live(c.step, e.Topic, string(e.Payload))
	}
}

// fromOwn takes what arrives under our base topic: commands, and what we retained there ourselves.
func (c *Core) fromOwn(e step.Event) {
	switch e.Topic {
	case discovery.PeerTopic(c.settings.Base):
		c.hearPeer(e)
		return
	case discovery.StatusTopic(c.settings.Base):
		c.ownStatus(e)
	}
	switch {
	case strings.HasSuffix(e.Topic, "/set"):
		if !c.clearing.Takes(c.step, e) && !c.adapter(e) {
			c.command(e)
		}
	case strings.HasSuffix(e.Topic, "/event"): // those are not retained
	default:
		c.fromStore(e)
	}
}

// ownStatus keeps our status right: another's will, or that of our own last connection, may come late, or be cleared.
func (c *Core) ownStatus(e step.Event) {
	switch {
	case c.phase != running || e.Retained:
	case string(e.Payload) != "online":
		c.step.Send(e.Topic, "online")
	default:
		c.rights.returned(c.step)
	}
}

// command gives a command to the site below whose topic it stands.
func (c *Core) command(e step.Event) {
	if s := c.routes.own(e.Topic); s != nil {
		c.touch(s)
		s.commands.Command(c.step, e)
		return
	}
	reason := "no such control"
	switch {
	case c.settings.ReadOnly:
		reason = command.ReadOnlyReason
	case c.phase != running:
		reason = "not ready yet"
	}
	c.step.Note(step.Warn, "command refused", "topic", e.Topic, "reason", reason)
}

// locate takes Home Assistant's time zone.
func (c *Core) locate(name string) {
	home, err := time.LoadLocation(name)
	if err != nil || name == "" {
		return // it is checked where it comes from; then the process's zone stays
	}
	for _, s := range c.sites {
		s.plans.Locate(c.step, home)
		c.touch(s)
	}
}
