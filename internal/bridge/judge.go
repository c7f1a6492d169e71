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

// judge decides which devices are gone for good. Emptiness says nothing, so it takes time and evcc's own counts: a
// device is gone when evcc has been trusted for a full round and more, says how many of its kind it has, and the device
// has not been among them for all that time.
type judge struct {
	missing map[string]time.Time // config topics on the broker that are not wanted, since when
}

// forget: what evcc has is read again.
func (j *judge) forget(*Core) { *j = judge{} }

// compare finds devices on the broker that are not wanted.
func (j *judge) compare(c *Core, s *site) {
	missing := make(map[string]time.Time)
	for topic := range c.retained {
		_, ours := s.Owns(topic)
		if g := c.removal.graves[topic]; !ours || g != nil && g.whole() || s.wants(topic) {
			continue
		}
		missing[topic] = c.step.Now
		if since, known := j.missing[topic]; known {
			missing[topic] = since
		}
	}
	j.missing = missing
}

// wants reports whether the device is among what evcc has.
func (s *site) wants(config string) bool {
	return slices.ContainsFunc(s.wanted.Configs, func(r discovery.Retained) bool { return r.Topic == config })
}

// noneLeft is how long an evcc without any loadpoint is waited for: it may have lost its configuration for a moment.
const noneLeft = time.Hour

// patience is how long evcc may take to tell of everything that it has.
func (s *site) patience() time.Duration {
	patience := s.trust.Round() + 2*s.trust.Interval() + 10*time.Second
	if s.tree["loadpoints"] == "0" {
		return max(patience, noneLeft)
	}
	return patience
}

// next returns when the next verdict is due.
func (j *judge) next(s *site) (next time.Time) {
	if s.trust.LiveSince().IsZero() || !s.changed.IsZero() {
		return next // first the shape settles
	}
	for _, since := range j.missing {
		if live := s.trust.LiveSince(); since.Before(live) {
			since = live
		}
		if due := since.Add(s.patience()); next.IsZero() || due.Before(next) {
			next = due
		}
	}
	return next
}

// tick buries what has been missing for long enough. Where evcc does not count, nothing is known.
func (j *judge) tick(c *Core, s *site) {
	due := j.next(s)
	if due.IsZero() || c.step.Now.Before(due) {
		return
	}
	view := s.tree.View()
	for _, topic := range slices.Sorted(maps.Keys(j.missing)) {
		if since := j.missing[topic]; c.step.Now.Before(since.Add(s.patience())) {
			continue
		}
		scope, _ := s.Owns(topic)
		if scope == entities.Site || s.wanted.Crowded || !view.Counted(scope) || len(s.wanted.Untitled) > 0 && scope == entities.Loadpoint {
			j.missing[topic] = c.step.Now // asked again later
			continue
		}
		delete(j.missing, topic)
		c.step.Note(step.Info, "a device is removed: evcc does not have it any more", "root", s.Root, "device", topic)
		s.registry = s.registry.MarkGone(s.Site, topic)
		s.remember(c)
		c.removal.buryDevice(c, topic)
	}
}

// respect takes off the broker what its user has deleted in Home Assistant: a broker that was thrown back in time has it
// again.
func (s *site) respect(c *Core) {
	for _, topic := range slices.Sorted(maps.Keys(c.retained)) {
		if g := c.removal.graves[topic]; g != nil && g.whole() || !discovery.IsConfig(s.Prefix, s.Base, topic) || !s.registry.Deleted(s.Site, topic) {
			continue
		}
		c.step.Note(step.Info, "a device is removed again: its user has deleted it in Home Assistant", "device", topic)
		c.removal.buryDevice(c, topic)
	}
}

// evict removes the devices of sites that are not in the settings any more, and what was retained for them but their
// registry: should they come back, they come as they were. It waits: a slip of the pen is put right by then.
func (c *Core) evict() {
	if c.evictAt.IsZero() || c.step.Now.Before(c.evictAt) {
		return
	}
	c.evictAt = time.Time{}
	for _, topic := range slices.Sorted(maps.Keys(c.retained)) {
		own, ok := discovery.OwnTopics(c.settings.Prefix, c.settings.Base, topic)
		if g := c.removal.graves[topic]; !ok || g != nil && g.whole() || c.configured(topic) {
			continue
		}
		c.step.Note(step.Info, "a device is removed: its root topic is not in the settings any more", "device", topic)
		c.removal.buryDevice(c, topic)
		c.clear(own)
	}
}

// clear takes what is retained below a prefix of ours off the broker, but for a registry.
func (c *Core) clear(own string) {
	for _, topic := range slices.Sorted(maps.Keys(c.retained)) {
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
	if registry.Decode([]byte(c.retained[topic])) != nil {
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
