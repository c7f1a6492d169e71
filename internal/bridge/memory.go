package bridge

import (
	"maps"
	"slices"

	"evcc-discovery/discovery"
)

// restore gives a broker that comes back without its memory what only we still know: the registries, what is being
// removed, and the devices that nobody wants any more but that were not given up yet. Else Home Assistant, which
// remembers them, would keep them for ever. What is wanted is published again anyway.
func (c *Core) restore() {
	for _, s := range c.sites {
		registry := s.RegistryTopic()
		if c.before[registry] == "" || c.retained[registry] != "" {
			continue
		}
		s.remember(c)
		s.battery.forgotten()
		for _, topic := range slices.Sorted(maps.Keys(c.before)) {
			if _, ours := s.Owns(topic); ours && c.retained[topic] == "" && c.removal.graves[topic] == nil {
				c.outbox.want([]discovery.Retained{{Topic: topic, Payload: c.before[topic]}}, c.retained)
			}
		}
		for _, topic := range c.removal.order() {
			c.retain(discovery.TombstoneTopic(c.settings.Base, topic), c.removal.graves[topic].Encode())
		}
	}
	c.before = nil
	c.problems.unsent = true // a broker that has them gets nothing
}
