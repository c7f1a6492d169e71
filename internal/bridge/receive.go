package bridge

import (
	"slices"
	"strings"

	"evcc-discovery/discovery"

	"evcc-discovery/internal/bridge/command"
	"evcc-discovery/internal/bridge/step"
)

func (c *Core) receive(e step.Event) {
	switch c.phase {
	case down, removed:
		return
	case standing:
		c.idle(e)
		return
	}
	if c.phase == learning && e.Retained {
		c.away.hear(c, e.Topic)
	}
	for _, s := range c.sites {
		if path, ok := below(e.Topic, s.Root); ok {
			c.fromEvcc(s, path, e)
			return
		}
	}
	switch {
	case strings.HasPrefix(e.Topic, c.settings.Base+"/"):
		c.fromOwn(e)
	case e.Topic == c.settings.Prefix+"/status":
		c.fromHome(e)
	case strings.HasPrefix(e.Topic, c.settings.Prefix+"/device/") && !discovery.IsConfig(c.settings.Prefix, c.settings.Base, e.Topic):
		c.others.config(c, e)
	case strings.HasPrefix(e.Topic, c.settings.Prefix+"/device/"):
		c.foreign.config(c, e)
	case len(e.Payload) > 0:
		if root, ok := strings.CutSuffix(e.Topic, "/loadpoints"); ok && len(c.candidates) < mostOthers {
			c.candidates[root] = true
		}
	}
}

// fromHome takes Home Assistant's birth message, or its will.
func (c *Core) fromHome(e step.Event) {
	if e.Retained {
		return // it says nothing about when
	}
	if string(e.Payload) != "online" {
		c.removal.death()
		return
	}
	c.step.Note(step.Info, "Home Assistant has started: every device is announced once more")
	at := c.step.Now.Add(birthDelay(c.settings.Base))
	c.outbox.again(at)
	c.removal.birth(at)
}

// fromOwn handles what arrives under our base topic: commands, and what we retained there ourselves.
func (c *Core) fromOwn(e step.Event) {
	switch e.Topic {
	case discovery.PeerTopic(c.settings.Base):
		c.hearPeer(string(e.Payload))
		return
	case discovery.StatusTopic(c.settings.Base):
		c.ownStatus(e)
	}
	if c.adapter(e) {
		return
	}
	if strings.HasSuffix(e.Topic, "/set") {
		c.command(e)
		return
	}
	payload := string(e.Payload)
	switch {
	case strings.HasSuffix(e.Topic, "/event"): // those are not retained
	case !e.Retained && c.phase == running && c.ledger.heard(c, e.Topic, payload):
	default:
		if payload == "" && !e.Retained {
			c.foreign.emptied(c, e.Topic)
		}
		c.remember(e.Topic, payload)
	}
}

// command gives a command to the site below whose topic it stands.
func (c *Core) command(e step.Event) {
	for _, s := range c.sites {
		if _, ours := below(e.Topic, s.Topic()); ours {
			s.commands.Command(c.step, e)
			return
		}
	}
	if command.Ignored(c.step, e) {
		return
	}
	reason := "there is no such control"
	switch {
	case c.settings.ReadOnly:
		reason = command.ReadsOnly
	case c.phase != running:
		reason = "not ready yet"
	}
	c.step.Note(step.Warn, "command refused", "topic", e.Topic, "reason", reason)
}

func (c *Core) remember(topic, payload string) {
	if s := c.own(topic); s != nil {
		s.states.Changed(topic, payload, c.step.Now)
	}
	if payload == "" {
		delete(c.retained, topic)
		return
	}
	if _, known := c.retained[topic]; !known && len(c.retained) >= mostTopics && !c.vital(topic) {
		c.flooded = true // rubbish of others: ours are a few hundred
		return
	}
	c.retained[topic] = payload
}

// own returns the site to which one of our own topics belongs, nil for every other topic.
func (c *Core) own(topic string) *site {
	rest, ok := below(topic, c.settings.Base)
	if !ok {
		return nil
	}
	id, _, _ := strings.Cut(rest, "/")
	return c.ids[id]
}

// vital reports whether a topic must be remembered whatever else there is: without its registry and devices, and what it
// said of itself, a site would begin anew, and what is not remembered is sent again and again. Half of the room is theirs.
func (c *Core) vital(topic string) bool {
	base := c.settings.Base
	switch {
	case len(c.retained) >= 2*mostTopics:
		return false
	case discovery.IsConfig(c.settings.Prefix, base, topic), strings.HasPrefix(topic, base+"/adapter/"), strings.HasPrefix(topic, base+"/removal/"):
		return true
	}
	return topic == discovery.StatusTopic(base) || slices.ContainsFunc(c.sites, func(s *site) bool {
		return strings.HasPrefix(topic, strings.TrimSuffix(s.RegistryTopic(), "registry"))
	})
}

// below returns the topic's path below the root.
func below(topic, root string) (string, bool) {
	if len(topic) <= len(root) || topic[len(root)] != '/' || topic[:len(root)] != root {
		return "", false
	}
	return topic[len(root)+1:], true
}
