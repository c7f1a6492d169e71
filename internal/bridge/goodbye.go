package bridge

import "evcc-discovery/discovery"

// Goodbye returns what an orderly end publishes. Home Assistant keeps reading evcc; only controls become
// unavailable. Where evcc's values are out of date, ready stays offline until we are back: nobody would take an old value
// back while we are away, and a dead entity misleads nobody.
func (c *Core) Goodbye() []Action {
	if c.phase != running {
		return nil // nobody hears it, or it would be said of another
	}
	c.actions = c.actions[:0]
	for _, s := range c.sites {
		s.battery.release(c)
		if s.unsure { // nobody would lift that
			s.unsure = false
			s.announceReady(c)
		}
	}
	c.publish(discovery.StatusTopic(c.settings.Base), "offline", true)
	return c.actions
}
