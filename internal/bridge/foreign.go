package bridge

import (
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/step"
)

// foreign takes config messages that are not ours coming back, which the ledger knows. Home Assistant empties a config
// topic when its user deletes the device, once for each entity: that is respected. Any other content is put right, at
// first at once, then less and less often: against another program nobody wins.
//
// Who empties a registry is not Home Assistant, and what is emptied along with it nobody has deleted there: when that is
// over everything is published again.
type foreign struct {
	fights map[string]fight  // by config topic
	erased []string          // config topics that were emptied while the retained world was read
	swept  time.Time         // when everything is published again, because another program takes it away; zero = none does
	before map[string]string // what was retained before it did
}

// fight is a config topic that others write to.
type fight struct {
	rounds int
	last   time.Time
}

const (
	peace    = 10 * time.Minute // without another's message: the fight is over
	longHold = 5                // at most spacing << longHold between two messages in a fight
	quarrel  = 3                // rounds that are no accident
)

func newForeign() foreign {
	return foreign{fights: make(map[string]fight)}
}

// forget: a device that another program has emptied since is none that a user has deleted. A fight goes on.
func (f *foreign) forget(*Core) { f.erased, f.swept, f.before = nil, zero, nil }

// config takes a message on a config topic.
func (f *foreign) config(c *Core, e step.Event) {
	topic, payload := e.Topic, string(e.Payload)
	had := c.retained[topic]
	if e.Retained && c.phase == running && c.rollcall.hear(c, topic) {
		return
	}
	if e.Retained || c.phase != running {
		if !e.Retained && payload == "" && had != "" {
			f.erased = append(f.erased, topic)
		}
		c.remember(topic, payload)
		return
	}
	i, wanted := c.outbox.at[topic]
	if c.ledger.heard(c, topic, payload) {
		if !wanted && had == "" && payload != "" { // its user has deleted it while it was under way
			c.step.Retain(topic, "")
		}
		return
	}
	c.remember(topic, payload)
	switch {
	case payload == "" && f.sweeps(c):
	case !wanted:
	case payload == "":
		c.deleted(topic, deletedHere)
	default:
		f.fight(c, topic)
		c.outbox.want(c.outbox.wanted[i:i+1], c.retained)
	}
}

// learn takes up what came while the retained world was read.
func (f *foreign) learn(c *Core) {
	for _, topic := range f.erased {
		if c.retained[topic] == "" && f.swept.IsZero() {
			c.deleted(topic, deletedHere)
		}
	}
	f.erased = nil
}

// fight makes our answer wait the longer, the more often another has written.
func (f *foreign) fight(c *Core, topic string) {
	rounds := f.round(c, topic)
	if rounds == 1 {
		c.step.Note(step.Warn, "another program has written to our config topic: ours is sent again", "topic", topic)
	}
	c.outbox.hold(topic, c.step.Now.Add(spacing<<min(rounds-1, longHold)-spacing))
}

// round counts how often another has written.
func (f *foreign) round(c *Core, topic string) int {
	now := f.fights[topic]
	now.rounds++
	now.last = c.step.Now
	f.fights[topic] = now
	c.step.Problem(problem.ForeignConfig, topic, now.rounds >= quarrel, "")
	return now.rounds
}

// next returns when a fight may be over.
func (f *foreign) next() (next time.Time) {
	for _, fight := range f.fights {
		if end := fight.last.Add(peace); next.IsZero() || end.Before(next) {
			next = end
		}
	}
	if !f.swept.IsZero() && (next.IsZero() || f.swept.Before(next)) {
		next = f.swept
	}
	return next
}

// tick forgets fights that are over.
func (f *foreign) tick(c *Core) {
	f.restore(c)
	for topic, fight := range f.fights {
		if !c.step.Now.Before(fight.last.Add(peace)) {
			delete(f.fights, topic)
			c.step.Problem(problem.ForeignConfig, topic, false, "")
		}
	}
}

// deletedHere is what is said of a device that was deleted before our eyes.
const deletedHere = "a device was deleted in Home Assistant: it stays away until you press Rediscover or run evcc-discovery rediscover"

// deleted respects that the user has deleted a device in Home Assistant, and says so.
func (c *Core) deleted(config, text string) {
	c.removal.drop(c, config)
	c.outbox.clear(c, config)
	for _, s := range c.sites {
		registry, ours := s.registry.Delete(s.Site, config)
		if !ours {
			continue
		}
		c.step.Note(step.Info, text, "device", config)
		s.registry = registry
		s.remember(c)
		s.dirty(c.step.Now)
		return
	}
}

// rediscover brings back what was deleted in Home Assistant, devices and single entities.
func (c *Core) rediscover() {
	c.step.Note(step.Info, "everything is announced once more, also what was deleted in Home Assistant")
	for _, s := range c.sites {
		s.registry = s.registry.Restore()
		s.remember(c)
		if s.complete() {
			s.dirty(c.step.Now)
		}
	}
	c.outbox.again(c.step.Now)
}

// ownDevice returns the message of this program's own device, unless its user has deleted it.
func (c *Core) ownDevice(s *site) []discovery.Retained {
	if c.sites[0].registry.AdapterDeleted() {
		return nil
	}
	return []discovery.Retained{s.Adapter()}
}
