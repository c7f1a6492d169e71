package bridge

import (
	"maps"
	"slices"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/internal/bridge/step"
)

// removalRules decide which devices are gone for good. Emptiness says nothing, so it takes time and evcc's own counts: a
// device is gone when evcc has been believed for two full rounds and more, says how many of its kind it has, and the device
// has not been among them for all that time.
type removalRules struct {
	missing map[string]time.Time // config topics on the broker that are not wanted, since when
}

// compare finds devices on the broker that are not wanted.
func (r *removalRules) compare(c *Core, s *site) {
	wanted := make(map[string]bool, len(s.wanted.Configs))
	for _, config := range s.wanted.Configs {
		wanted[config.Topic] = true
	}
	for _, held := range s.places.Held() {
		wanted[s.ConfigTopic(held.Key)] = true
	}
	missing := make(map[string]time.Time)
	for topic := range c.store.All() {
		if _, ours := s.Owns(topic); !ours || c.removal.Going(topic) || wanted[topic] {
			continue
		}
		missing[topic] = c.step.Now
		if since, known := r.missing[topic]; known {
			missing[topic] = since
		}
	}
	r.missing = missing
}

// noneLeft is how long an evcc without any loadpoint is waited for: it may have lost its configuration for a moment.
const noneLeft = time.Hour

// patience is how long evcc may take to tell of everything that it has.
func (s *site) patience() time.Duration {
	patience := s.trust.Round() + max(s.trust.Round(), 2*s.trust.Interval()) + 10*time.Second
	if s.tree[entities.CountPath] == "0" {
		return max(patience, noneLeft)
	}
	return patience
}

// next returns when the next verdict is due.
func (r *removalRules) next(s *site) (next time.Time) {
	live := s.trust.LiveSince()
	if live.IsZero() || !s.changed.IsZero() {
		return next // first the shape settles
	}
	for _, since := range r.missing {
		if since.Before(live) {
			since = live
		}
		next = step.Earlier(next, since.Add(s.patience()))
	}
	return next
}

// tick removes what has been missing for long enough. Where evcc does not count, nothing is known.
func (r *removalRules) tick(c *Core, s *site) {
	if !c.step.Due(r.next(s)) {
		return
	}
	view := s.tree.View()
	for _, topic := range slices.Sorted(maps.Keys(r.missing)) {
		if since := r.missing[topic]; c.step.Now.Before(since.Add(s.patience())) {
			continue
		}
		scope, _ := s.Owns(topic)
		if c.standby.Inherits() || scope == entities.Site || s.wanted.Crowded || !view.Counted(scope) || len(s.wanted.Untitled) > 0 && scope == entities.Loadpoint {
			r.missing[topic] = c.step.Now // asked again later
			continue
		}
		delete(r.missing, topic)
		c.step.Note(step.Info, "removing device: evcc no longer has it", "root", s.Root, "device", topic)
		s.registry = s.registry.MarkGone(s.Site, topic)
		s.remember(c)
		c.removal.Device(c.step, topic)
	}
}

// respect takes off the broker what its user has deleted in Home Assistant: a broker that was thrown back in time has it
// again.
func (s *site) respect(c *Core) {
	for _, topic := range c.store.Topics() {
		if c.removal.Going(topic) || !discovery.IsConfig(s.Prefix, s.Base, topic) || !s.registry.Deleted(s.Site, topic) {
			continue
		}
		c.step.Note(step.Info, "removing device again: it was deleted in Home Assistant", "device", topic)
		c.removal.Device(c.step, topic)
	}
}

// lives reports whether the newest registry says of a device that evcc has it: a tombstone of it is older. What a broker had
// written down before it crashed may tell of one that has come back since.
func (c *Core) lives(config string) bool {
	return slices.ContainsFunc(c.sites, func(s *site) bool { return s.registry.Lives(s.Site, config) })
}

// evict removes the devices of sites that are not in the settings any more, and what was retained for them but their
// registry: should they come back, they come as they were. It waits: a slip of the pen is put right by then.
func (c *Core) evict() {
	if !c.step.Due(c.evictAt) {
		return
	}
	c.evictAt = zero
	if c.standby.Inherits() {
		return
	}
	for _, topic := range c.store.Topics() {
		own, ok := discovery.OwnTopics(c.settings.Prefix, c.settings.Base, topic)
		if !ok || c.removal.Going(topic) || c.configured(topic) {
			continue
		}
		c.step.Note(step.Info, "removing device: its root topic is no longer in the settings", "device", topic)
		c.removal.Device(c.step, topic)
		c.clear(own)
	}
}

// switched removes what READ_ONLY has replaced where the broker does not know of it any more: it has lost its memory before
// Home Assistant had seen the removal.
func (s *site) switched(c *Core) {
	if c.standby.Inherits() {
		return
	}
	var before map[string]string
	forgotten := func(config discovery.Retained) bool {
		if before == nil {
			before = s.OtherKind(s.tree, s.registry)
		}
		return c.removal.Replaced(c.step, config, discovery.DroppedComponents(before[config.Topic], config.Payload))
	}
	for _, config := range s.wanted.Configs {
		if !c.removal.Pending(config.Topic) && s.registry.Switched(s.Site, config.Topic) && !forgotten(config) {
			s.registry = s.registry.Settled(s.Site, config.Topic)
		}
	}
	if own := c.ownDevice()[0]; before != nil && !c.removal.Pending(own.Topic) {
		forgotten(own)
	}
}

// gone takes what is retained of a device that is gone for good off the broker.
func (c *Core) gone(config string, whole bool) {
	if !whole {
		for _, s := range c.sites {
			if s.registry.Switched(s.Site, config) {
				s.registry = s.registry.Settled(s.Site, config)
				s.remember(c)
			}
		}
		return
	}
	own, ok := discovery.ObjectTopics(c.settings.Prefix, c.settings.Base, config)
	if !ok {
		return
	}
	places := strings.TrimSuffix(own, "/") + "@"
	if s := c.routes.own(own); s != nil {
		maps.DeleteFunc(s.places.said, func(topic string, _ bool) bool { return strings.HasPrefix(topic, places) })
	}
	c.clear(own)
	c.clear(places)
}

// clear takes what is retained below a prefix of ours off the broker, but for a registry.
func (c *Core) clear(own string) {
	for _, topic := range c.store.Topics() {
		switch {
		case topic == own+"registry":
			c.withdraw(topic)
		case strings.HasPrefix(topic, own+"registry_"): // of a newer program
		case strings.HasPrefix(topic, own):
			c.step.Retain(topic, "")
		}
	}
}

// withdraw says in the registry of a site that is not in the settings any more that it is we who take its devices away.
func (c *Core) withdraw(topic string) {
	var registry discovery.Registry
	if registry.Decode([]byte(c.store.Have(topic))) != nil {
		return
	}
	if registry, announced := registry.Withdraw(); announced {
		c.step.Retain(topic, string(registry.Encode()))
	}
}

// configured reports whether a config topic belongs to a site of the settings.
func (c *Core) configured(config string) bool {
	return slices.ContainsFunc(c.sites, func(s *site) bool { _, ok := s.Owns(config); return ok })
}
