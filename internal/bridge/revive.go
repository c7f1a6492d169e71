package bridge

import (
	"slices"

	"evcc-discovery/discovery"
)

// lives reports whether the newest registry says of a device that evcc has it: a tombstone of it is older. What a broker had
// written down before it crashed may tell of one that has come back since.
func (c *Core) lives(config string) bool {
	return slices.ContainsFunc(c.sites, func(s *site) bool { return s.registry.Lives(s.Site, config) })
}

// revive brings such a device back as it was. Should evcc have lost it since, it goes again.
func (r *removal) revive(c *Core, config string) {
	message := string(r.graves[config].Message)
	r.drop(c, config)
	if _, wanted := c.outbox.at[config]; !wanted && c.retained[config] == "" {
		c.outbox.want([]discovery.Retained{{Topic: config, Payload: message}}, c.retained)
	}
}
