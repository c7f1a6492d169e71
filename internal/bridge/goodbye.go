package bridge

import (
	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge/step"
)

// Goodbye returns what an orderly end publishes. Home Assistant keeps reading evcc; only controls become
// unavailable. Where evcc's values are out of date, ready stays offline until we are back: nobody would take an old value
// back while we are away, and a dead entity misleads nobody.
func (c *Core) Goodbye() []step.Action {
	if c.phase != running {
		return nil // nobody hears it, or it would be said of another
	}
	c.step.Begin(c.step.Now)
	for _, s := range c.sites {
		s.commands.Release(c.step)
		if s.unsure { // nobody would lift that
			s.unsure = false
			s.announceReady(c)
		}
	}
	c.step.Send(discovery.StatusTopic(c.settings.Base), "offline")
	return c.step.Actions
}
