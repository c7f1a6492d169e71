package bridge

import (
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/standby"
	"evcc-discovery/internal/bridge/step"
)

// How long things take.
const (
	quiet        = time.Second      // without a retained message: the retained world is read
	learnAtMost  = 15 * time.Second // then it is read, quiet or not
	settle       = time.Second      // without a change of shape: it is published
	settleAtMost = 10 * time.Second
	spacing      = 5 * time.Second  // between two messages for one device
	evictWait    = 5 * time.Minute  // before what belongs to a root that is not in the settings goes
	titleWait    = time.Minute      // for the title of a new loadpoint or vehicle
	absence      = 30 * time.Second // without evcc: say so
	longest      = 1024             // bytes of a payload; of what is longer, forecasts, we only know that it is there
	mostTopics   = 20000            // under one root; a large evcc has two thousand
	mostOthers   = 16               // roots of other evccs that are named
)

// Settings are what a Core needs to know; they do not change while it lives.
type Settings struct {
	Roots      []string // evcc's root topics
	Base       string   // our own topics
	Prefix     string   // Home Assistant's discovery prefix
	ReadOnly   bool
	Compatible bool   // with the ha-evcc integration
	Instance   string // names this run among others; not empty, and never the same twice
	Words      Words
	Version    string
	Zone       *time.Location                // where the process is; nil is UTC
	Known      map[string]discovery.Registry // by root: what was remembered outside the broker, for the day it forgets
}

// Words are the texts that people read.
type Words interface {
	discovery.Words
	problem.Words
}

// zero is a time that is not set: nothing is due.
var zero time.Time

// Core is the bridge without its surroundings. It is not safe for concurrent use; the loop owns it.
type Core struct {
	settings Settings
	step     *step.Step

	phase      phase
	learned    time.Time         // while learning: when it is over if nothing more comes
	learnLimit time.Time         // while learning: when it is over in any case
	retained   map[string]string // our own retained messages as the broker has them: configs and states
	before     map[string]string // the same over the connection before, while this one learns
	candidates map[string]bool   // roots of other evccs that were seen
	sites      []*site
	ids        map[string]*site // by the part of our own topics that names them
	outbox     outbox
	removal    removal
	reset      reset
	flooded    bool      // there is more below our base topic than can be ours
	evictAt    time.Time // when devices of other roots are looked for; zero = it is done
	foreign    foreign
	others     others
	away       away
	rollcall   rollcall
	ledger     ledger
	standby    standby.Machine
	reporter   reporter
	untold     bool // Home Assistant does not know yet what is wrong
}

// New returns a core that waits for its first Connected event.
func New(s Settings) *Core {
	c := &Core{settings: s, retained: make(map[string]string), ids: make(map[string]*site), untold: true}
	c.step = &step.Step{Retainer: c, Problems: new(problem.Tracker)}
	c.reporter.due = true
	c.outbox, c.removal, c.foreign = newOutbox(), newRemoval(), newForeign()
	c.ledger = newLedger()
	c.standby = standby.New(discovery.PeerTopic(s.Base), s.Instance, s.fingerprint())
	for _, root := range s.Roots {
		c.sites = append(c.sites, newSite(c, discovery.Site{
			Root: root, Base: s.Base, Prefix: s.Prefix, ReadOnly: s.ReadOnly, Compatible: s.Compatible, Words: s.Words, Version: s.Version,
		}, s.Known[root]))
	}
	for _, s := range c.sites {
		id, _ := below(s.Topic(), s.Base)
		c.ids[id] = s
	}
	return c
}

// Step takes what happened and returns what to do. The slice is valid until the next Step.
func (c *Core) Step(e step.Event) []step.Action {
	c.step.Begin(e.At)
	switch e.Kind {
	case step.Connected:
		c.connect()
	case step.Lost:
		if c.phase == running {
			c.ledger.lost(c)
			c.before = c.retained // a connection that breaks while it reads knows less
		}
		if c.phase != removed {
			c.phase = down
		}
		for _, s := range c.sites {
			s.commands.Abandon(c.step)
		}
		c.lost(e)
	case step.Reported:
		c.step.Problem(e.Problem, e.Where, e.On, e.Detail)
	case step.Received:
		c.receive(e)
	case step.Located:
		c.locate(string(e.Payload))
	}
	c.tick()
	c.problems()
	c.ledger.release(c)
	c.reporter.report(c)
	return c.step.Actions
}

// Next returns when a Tick is due at the latest; zero means never.
func (c *Core) Next() time.Time {
	var next time.Time
	earlier := func(t time.Time) {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	earlier(c.step.Problems.Next())
	switch c.phase {
	case learning:
		if !c.step.Now.Before(c.learned) || !c.step.Now.Before(c.learnLimit) {
			earlier(c.standby.Next())
			break
		}
		earlier(c.learned)
		earlier(c.learnLimit)
	case standing:
		earlier(c.standby.Next())
	case running:
		for _, s := range c.sites {
			earlier(s.next())
		}
		earlier(c.evictAt)
		earlier(c.outbox.next())
		earlier(c.removal.next(&c.outbox, &c.ledger))
		earlier(c.reset.next(&c.outbox))
		earlier(c.foreign.next())
		earlier(c.ledger.next())
		earlier(c.rollcall.next())
	}
	return next
}

// start begins to work: the retained world has been read, and nobody else is at work.
func (c *Core) start() {
	c.phase = running
	c.ledger.start(c)
	c.step.Send(discovery.StatusTopic(c.settings.Base), "online")
	c.standby.Start(c.step)
	c.away.look(c)
	c.restore()
	c.removal.learn(c)
	c.evictAt = c.step.Now.Add(evictWait)
	c.wantAgain()
	for _, s := range c.sites {
		s.learn(c)
	}
	c.foreign.learn(c)
	c.away.learn(c)
	c.others.learn(c)
	c.outbox.want(c.removal.compare(c, c.ownDevice(c.sites[0])), c.retained) // it tells what is wrong, also without an evcc
}

// tick does what time has made due.
func (c *Core) tick() {
	switch {
	case c.phase == standing:
		if c.standby.Tick(c.step) {
			c.learn()
		}
	case c.phase != learning || !c.ended():
	case c.standby.Another():
		c.stand()
	case c.away.doubts(c): // a moment longer
	default:
		c.start()
	}
	if c.phase != running {
		return
	}
	for _, s := range c.sites {
		s.tick(c)
	}
	c.step.Problem(problem.BaseFlood, c.settings.Base, c.flooded, "")
	c.evict()
	for _, s := range c.sites {
		s.commands.Tick(c.step)
	}
	c.removal.tick(c)
	c.reset.tick(c)
	c.foreign.tick(c)
	c.ledger.tick(c)
	c.rollcall.tick(c)
	if c.outbox.tick(c) {
		for _, s := range c.sites {
			s.states.Announced(c.step.Now)
		}
	}
	for _, s := range c.sites {
		s.show(c)
	}
}

// Retain publishes one of our own retained messages unless the broker has it already.
func (c *Core) Retain(_ *step.Step, topic, payload string) {
	if c.retained[topic] == payload {
		return // empty: it is not there
	}
	c.remember(topic, payload)
	c.ledger.send(c, topic, payload)
}
