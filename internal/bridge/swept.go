package bridge

import (
	"maps"
	"slices"

	"evcc-discovery/discovery"

	"evcc-discovery/internal/bridge/step"
)

// emptied takes a topic under our base that others have emptied. Only registries tell: those nobody empties who does not
// mean everything.
func (f *foreign) emptied(c *Core, topic string) {
	registry := slices.ContainsFunc(c.sites, func(s *site) bool { return topic == s.RegistryTopic() })
	if !registry || c.retained[topic] == "" {
		return
	}
	if f.swept.IsZero() {
		f.before = maps.Clone(c.retained)
		c.step.Note(step.Warn, "another program has emptied what this one keeps on the broker: everything is published again", "topic", topic)
	}
	f.swept = c.step.Now.Add(spacing << min(f.round(c, topic)-1, longHold))
}

// sweeps reports whether a topic is empty because another program empties everything.
func (f *foreign) sweeps(c *Core) bool {
	if f.swept.IsZero() {
		return false
	}
	if quiet := c.step.Now.Add(spacing); quiet.After(f.swept) {
		f.swept = quiet
	}
	return true
}

// restore publishes everything again.
func (f *foreign) restore(c *Core) {
	if f.swept.IsZero() || c.step.Now.Before(f.swept) {
		return
	}
	before := f.before
	f.swept, f.before = zero, nil
	c.step.Send(discovery.StatusTopic(c.settings.Base), "online")
	c.untold = true
	for _, topic := range c.removal.order() {
		c.step.Retain(discovery.TombstoneTopic(c.settings.Base, topic), c.removal.graves[topic].Encode())
	}
	for _, topic := range slices.Sorted(maps.Keys(before)) { // also what is not wanted any more and was not given up yet
		_, wanted := c.outbox.at[topic]
		if !wanted && c.removal.graves[topic] == nil && discovery.IsConfig(c.settings.Prefix, c.settings.Base, topic) {
			c.outbox.want([]discovery.Retained{{Topic: topic, Payload: before[topic]}}, c.retained)
		}
	}
	c.wantAgain()
	for _, s := range c.sites {
		s.remember(c)
		s.announceReady(c)
		s.commands.Show(c.step)
		if s.complete() {
			s.dirty(c.step.Now)
		}
	}
}
