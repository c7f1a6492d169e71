package bridge

import (
	"slices"

	"evcc-discovery/discovery"
)

// offlineDeletions finds devices that their user has deleted in Home Assistant while we were not there: those that the
// registry says are announced, and whose message is gone. What is in doubt is not deleted, it comes back: a registry that is
// older than ours, a world that was not read to its end or is too large for that, a broker that has lost more than a user
// deletes.
//
// That nothing comes proves nothing: the network may have stalled. So what seems to be deleted is asked for by name, and
// behind it a device message that is there. The broker answers in that order: when that one has come and the others have
// not, they are not there. It is asked twice, because it may drop an answer when its queues are full.
type offlineDeletions struct {
	doubtful []string // config topics of what seems to be deleted, and was asked for
	marker   string   // the config topic that was asked for behind them; "" = no question is open
	asked    int      // how often
	answered int      // how often the marker came
	absent   []string // config topics of what the user has deleted
}

const (
	mostAsk  = 2   // questions that must have been answered
	mostSure = 500 // devices; of more at once brokers leave some out
)

// hear takes a message that the broker has kept, while the retained world is read. While a question is open only its answer
// counts.
func (o *offlineDeletions) hear(c *Core, topic string) {
	switch o.marker {
	case "":
	case topic:
		o.marker = ""
		o.answered++
	default:
		return
	}
	c.learned = c.step.Now.Add(quiet)
}

// doubts reports whether something seems to be deleted that has not been asked for to the end; then that is done, one by
// one: of all at once a broker with short queues leaves some out.
func (o *offlineDeletions) doubts(c *Core) bool {
	if o.answered < o.asked || o.asked == 0 && !c.step.Now.Before(c.learnLimit) {
		o.doubtful, o.marker, o.asked = nil, "", mostAsk // no answer
		return false
	}
	absent := c.absent()
	if o.asked > 0 {
		absent = o.still(absent)
	}
	o.doubtful = absent
	marker := c.marker(absent)
	if len(absent) == 0 || marker == "" || o.asked == mostAsk {
		return false
	}
	o.asked++
	o.marker = marker
	c.learned, c.learnLimit = c.step.Now.Add(learnAtMost), c.step.Now.Add(learnAtMost)
	c.step.Ask(append(slices.Clone(absent), marker)...)
	return true
}

// still returns those that were asked for and seem to be deleted all the same.
func (o *offlineDeletions) still(absent []string) []string {
	return slices.DeleteFunc(slices.Clone(absent), func(config string) bool { return !slices.Contains(o.doubtful, config) })
}

// absent returns the config topics of what users seem to have deleted.
func (c *Core) absent() (absent []string) {
	for _, s := range c.sites {
		absent = append(absent, s.absent(c)...)
	}
	return absent
}

// marker returns the config topic of a device message that the broker keeps, if there is one. A site's comes twice, because
// it is read with those of other base topics, too: rather another.
func (c *Core) marker(absent []string) string {
	var kept []string
	for topic := range c.store.All() {
		if discovery.IsConfig(c.settings.Prefix, c.settings.Base, topic) && !slices.Contains(absent, topic) {
			kept = append(kept, topic)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return slices.MinFunc(kept, discovery.RemovalOrder) // sites are its last
}

// open chooses between the registries and compares them with what is there, before anything is said of it.
func (o *offlineDeletions) open(c *Core) {
	sure := o.answered == mostAsk
	for _, s := range c.sites {
		var absent []string
		if sure {
			absent = o.still(s.absent(c))
		}
		s.open(c)
		s.registry = s.registry.Announce(s.Site, func(config string) bool { return c.store.Have(config) != "" && c.tells(s, config) })
		for _, config := range absent {
			s.registry, _ = s.registry.Delete(s.Site, config)
		}
		o.absent = append(o.absent, absent...)
	}
}

// respect takes that the user has deleted what was found.
func (o *offlineDeletions) respect(c *Core) {
	for _, config := range o.absent {
		c.deleted(config, "device deleted in Home Assistant while this program was away; press Rediscover or run evcc-discovery rediscover to restore it")
	}
	o.absent = nil
}

// absent returns the config topics of what the user of a site seems to have deleted. The program's own device always comes
// back.
func (s *site) absent(c *Core) []string {
	registry, err := s.kept(c)
	if err != nil || registry.Changes < s.registry.Changes || c.store.Flooded() || c.devices() > mostSure {
		return nil
	}
	absent := registry.Absent(s.Site, func(config string) bool { return c.store.Have(config) != "" }, c.going)
	own := discovery.AdapterTopic(s.Prefix, s.Base)
	return slices.DeleteFunc(absent, func(config string) bool { return config == own })
}

// devices is how many device messages of ours the broker has.
func (c *Core) devices() (n int) {
	for topic := range c.store.All() {
		if discovery.IsConfig(c.settings.Prefix, c.settings.Base, topic) {
			n++
		}
	}
	return n
}

// going reports whether we are taking a device away ourselves.
func (c *Core) going(config string) bool {
	var kept discovery.Tombstone
	tombstone := c.store.Have(discovery.TombstoneTopic(c.settings.Base, config))
	return c.removal.Going(config) || kept.Decode([]byte(tombstone)) == nil && len(kept.Message) > 0
}

// tells reports whether the registry of a site tells of a device: of the program's own the first one's does.
func (c *Core) tells(s *site, config string) bool {
	return s == c.sites[0] || config != discovery.AdapterTopic(s.Prefix, s.Base)
}
