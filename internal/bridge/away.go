package bridge

import (
	"time"

	"evcc-discovery/discovery"
)

// away finds devices that their user has deleted in Home Assistant while we were not there: those that the registry says
// are announced, and whose message is gone. What is in doubt is not deleted, it comes back: a registry that is older than
// ours, a world that was not read to its end or is too large for that, a broker that has lost more than a user deletes. What
// seems to be deleted is asked for once more before it is believed.
type away struct {
	asked  bool     // once more
	absent []string // config topics of what the user has deleted
}

const (
	surely   = 2 * time.Second // without a retained message: what was asked for once more does not come
	mostSure = 500             // devices; of more at once brokers leave some out
)

// forget: what is there is read again.
func (a *away) forget(*Core) { *a = away{} }

// doubts reports whether something seems to be deleted that has not been asked for once more; then that is done, by name:
// of all at once a broker with short queues leaves some out.
func (a *away) doubts(c *Core) bool {
	if a.asked || !c.now.Before(c.learnLimit) {
		return false
	}
	var doubtful []string
	for _, s := range c.sites {
		doubtful = append(doubtful, s.absent(c)...)
	}
	if a.asked = len(doubtful) > 0; a.asked {
		c.learned, c.learnLimit = c.now.Add(surely), c.now.Add(learnAtMost)
		c.actions = append(c.actions, Action{Subscribe: doubtful})
	}
	return a.asked
}

// look chooses between the registries and compares them with what is there, before anything is said of it.
func (a *away) look(c *Core) {
	sure := a.asked && c.now.Before(c.learnLimit)
	for _, s := range c.sites {
		var absent []string
		if sure {
			absent = s.absent(c)
		}
		s.open(c)
		s.registry = s.registry.Announce(s.Site, func(config string) bool { return c.retained[config] != "" && c.tells(s, config) })
		for _, config := range absent {
			s.registry, _ = s.registry.Delete(s.Site, config)
		}
		a.absent = append(a.absent, absent...)
	}
}

// learn respects what the user has deleted.
func (a *away) learn(c *Core) {
	for _, config := range a.absent {
		c.deleted(config, "a device was deleted in Home Assistant while this program was away: it stays away until you press Rediscover or run evcc-discovery rediscover")
	}
	a.absent = nil
}

// absent returns the config topics of what the user of a site seems to have deleted.
func (s *site) absent(c *Core) []string {
	registry, err := s.kept(c)
	if err != nil || registry.Changes < s.registry.Changes || c.flooded || c.devices() > mostSure {
		return nil
	}
	return registry.Absent(s.Site, func(config string) bool { return c.retained[config] != "" }, c.going)
}

// devices is how many device messages of ours the broker has.
func (c *Core) devices() (n int) {
	for topic := range c.retained {
		if discovery.IsConfig(c.settings.Prefix, c.settings.Base, topic) {
			n++
		}
	}
	return n
}

// going reports whether we are taking a device away ourselves.
func (c *Core) going(config string) bool {
	g := c.removal.graves[config]
	var kept discovery.Tombstone
	return g != nil && g.whole() || kept.Decode([]byte(c.retained[discovery.TombstoneTopic(c.settings.Base, config)])) == nil && len(kept.Message) > 0
}

// tells reports whether the registry of a site tells of a device: of the program's own the first one's does.
func (c *Core) tells(s *site, config string) bool {
	return s == c.sites[0] || config != discovery.AdapterTopic(s.Prefix, s.Base)
}
