package bridge

import (
	"maps"
	"slices"

	"evcc-discovery/discovery"
)

// kept is the registry that the broker has.
func (s *site) kept(c *Core) (registry discovery.Registry, err error) {
	err = registry.Decode([]byte(c.retained[s.RegistryTopic()]))
	return registry, err
}

// adopt takes a registry that is at least as new as the one that is known.
func (s *site) adopt(registry discovery.Registry) {
	if len(registry.Objects) > 0 && registry.Changes >= s.registry.Changes {
		s.registry, s.counted = registry, string(registry.Encode())
	}
}

// robbed reports whether the broker has forgotten what it has kept for us: all of it, or what came after it wrote its
// memory down for the last time before it crashed.
func (s *site) robbed(c *Core) bool {
	if c.ledger.refuses(s.RegistryTopic(), string(s.registry.Encode())) { // the broker has an older one at most
		return c.before[s.ReadyTopic()] != "" && c.retained[s.ReadyTopic()] == ""
	}
	if c.before[s.RegistryTopic()] == "" {
		return false
	}
	registry, err := s.kept(c)
	return c.retained[s.RegistryTopic()] == "" || err == nil && registry.Changes < s.registry.Changes
}

// restoreOthers does the same for devices of roots that were taken out of the settings: they have not been removed yet.
func (c *Core) restoreOthers() {
	for _, topic := range slices.Sorted(maps.Keys(c.before)) {
		own, ours := discovery.OwnTopics(c.settings.Prefix, c.settings.Base, topic)
		if !ours || c.configured(topic) || c.retained[topic] != "" || c.retained[own+"registry"] == c.before[own+"registry"] {
			continue
		}
		c.outbox.want([]discovery.Retained{{Topic: topic, Payload: c.before[topic]}}, c.retained)
	}
}

// wantAgain makes what was wanted over the connection before wanted anew: a broker without memory has lost it, and one that
// was thrown back in time may have entities that are gone since, which go again.
func (c *Core) wantAgain() {
	var messages []discovery.Retained
	for _, m := range c.outbox.wanted {
		g := c.removal.graves[m.Topic]
		switch {
		case g != nil && g.whole():
			continue
		case g != nil && g.plain != "":
			m.Payload = g.plain
		}
		messages = append(messages, m)
	}
	c.outbox.want(c.removal.compare(c, messages), c.retained)
}

// restore gives a broker that comes back without its memory, or with an old one, what only we still know: the registries, what is being
// removed, and the devices that nobody wants any more but that were not given up yet. Else Home Assistant, which
// remembers them, would keep them for ever. What is wanted is published again anyway.
func (c *Core) restore() {
	for _, s := range c.sites {
		if !s.robbed(c) {
			continue
		}
		s.remember(c)
		s.commands.Forgotten()
		for _, topic := range slices.Sorted(maps.Keys(c.before)) {
			if _, ours := s.Owns(topic); ours && c.retained[topic] == "" && c.removal.graves[topic] == nil {
				c.outbox.want([]discovery.Retained{{Topic: topic, Payload: c.before[topic]}}, c.retained)
			}
		}
		for _, topic := range c.removal.order() {
			c.step.Retain(discovery.TombstoneTopic(c.settings.Base, topic), c.removal.graves[topic].Encode())
		}
	}
	c.restoreOthers()
	c.before = nil
	c.untold = true // a broker that has them gets nothing
}
