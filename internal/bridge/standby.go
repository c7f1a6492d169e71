package bridge

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/step"
)

// standby lets only one program work on a base topic. What the broker says of another cannot be trusted, because a will
// may be lost with the broker, so the other is asked: who starts, asks; who works, answers; who hears an answer, waits
// and asks again, now and then and when the other's presence is gone. Of two that start at once, or have not heard of
// each other, the one with the smaller name goes on. Who stands by for one with other settings does not take over by
// itself: it would remove what the other has made while that is only restarted.
type standby struct {
	name  string    // of this run
	like  string    // tells its settings from others
	other string    // who is at work, "" when nobody is
	odd   bool      // the other has other settings
	asked time.Time // when this one has asked last
	again time.Time // when it asks next, while it waits
}

const (
	answerWait = 2 * time.Second // for an answer, before the other is taken for gone
	askAgain   = 30 * time.Second
)

// What is said: the word, a space, and the speaker's name; in an answer to another also its settings.
const (
	question = "who?"
	answer   = "here"
)

// ask asks who is at work.
func (s *standby) ask(c *Core) {
	s.forget(c)
	s.asked, s.again = c.step.Now, c.step.Now.Add(askAgain)
	s.say(c, question)
}

// forget: who was at work may be gone. One with other settings is waited for all the same.
func (s *standby) forget(*Core) {
	if !s.odd {
		s.other = ""
	}
}

// likeness stands for the settings that make one program's devices differ from another's.
func (s Settings) likeness() string {
	h := fnv.New32a()
	fmt.Fprintf(h, "%q %q %t %t", s.Roots, s.Prefix, s.ReadOnly, s.Compatible)
	return strconv.FormatUint(uint64(h.Sum32()), 16)
}

// reply tells another who is at work.
func (s *standby) reply(c *Core) {
	c.step.Publish(discovery.PeerTopic(c.settings.Base), answer+" "+s.name+" "+s.like)
}

// show tells that another is at work.
func (s *standby) show(c *Core) {
	c.step.Problem(problem.Standby, "", true, word(s.odd, "it has other evcc topics, READ_ONLY, COMPATIBILITY or discovery prefix: restart this one to take over", ""))
}

func (s *standby) say(c *Core, what string) {
	c.step.Publish(discovery.PeerTopic(c.settings.Base), what+" "+s.name)
}

// hear takes what another has said, and our own words, which come back.
func (s *standby) hear(c *Core, payload string) {
	what, name, _ := strings.Cut(payload, " ")
	name, like, _ := strings.Cut(name, " ")
	if name == "" || name == s.name {
		return
	}
	first := s.name < name
	switch {
	case what == question && c.phase == running, what == question && c.phase == learning && first:
		s.reply(c)
	case what == question && c.phase == learning, what == answer && (c.phase != running || !first):
		s.other = name
		if like != "" {
			s.odd = like != s.like
		}
	case what == answer:
		s.reply(c) // the other does not know of us
	}
	switch {
	case s.other != "" && c.phase == running:
		c.wait()
	case c.phase == standing:
		s.show(c)
	}
}

// wait stands by: another is at work. Nothing is published from here on, and what we wanted there is no more than what
// another has made of it by then.
func (c *Core) wait() {
	c.phase = standing
	c.relay.abandon(c)
	c.relay = newRelay()
	for _, s := range c.sites {
		s.battery = keeper{} // the other's matter now; if it does not know of it, evcc's minute ends it
		s.results, s.wanted, s.reconciled = results{}, discovery.Wanted{}, false
		if registry, err := s.kept(c); err == nil {
			s.adopt(registry)
		}
	}
	c.standby.again = c.step.Now.Add(askAgain)
	sent := c.outbox.sent
	c.outbox, c.removal, c.reset = newOutbox(), newRemoval(), reset{}
	c.outbox.sent = sent // Home Assistant has them, whoever is at work
	c.before = nil
	c.ledger.leave(c)
	c.standby.show(c)
}

// idle takes messages while another is at work.
func (c *Core) idle(e step.Event) {
	switch {
	case e.Retained:
	case e.Topic == discovery.PeerTopic(c.settings.Base):
		c.standby.hear(c, string(e.Payload))
	case e.Topic == discovery.StatusTopic(c.settings.Base) && string(e.Payload) == "offline":
		c.standby.ask(c)
	default:
		c.study(e)
	}
}

// study keeps up with what the other remembers, for the day on which it ends together with the broker's memory.
func (c *Core) study(e step.Event) {
	for _, s := range c.sites {
		var registry discovery.Registry
		if e.Topic == s.RegistryTopic() && registry.Decode(e.Payload) == nil {
			s.adopt(registry)
		}
	}
}

// due returns when an answer must have come, or when to ask again.
func (s *standby) due() time.Time {
	if s.other == "" {
		return s.asked.Add(answerWait)
	}
	return s.again
}

// tick asks again, and takes over from one that has not answered.
func (s *standby) tick(c *Core) {
	switch {
	case c.step.Now.Before(s.due()):
	case s.other != "":
		s.ask(c)
	default:
		c.step.Problem(problem.Standby, "", false, "")
		c.learn()
	}
}

// ended reports whether the retained world has been read, and whoever may be at work has had the time to say so.
func (c *Core) ended() bool {
	read := !c.step.Now.Before(c.learned) || !c.step.Now.Before(c.learnLimit)
	claimed := c.retained[discovery.StatusTopic(c.settings.Base)] == "online"
	return read && (!claimed || c.standby.other != "" || !c.step.Now.Before(c.standby.asked.Add(answerWait)))
}

// presence keeps our status right: another's will, or that of our own last connection, may come late, or be cleared.
func (c *Core) presence(e step.Event) {
	if c.phase == running && !e.Retained && string(e.Payload) != "online" {
		c.step.Send(e.Topic, "online")
	}
}
