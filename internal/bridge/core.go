package bridge

import (
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge/command"
	"evcc-discovery/internal/bridge/removal"
	"evcc-discovery/internal/bridge/retained"
	"evcc-discovery/internal/bridge/standby"
	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/problem"
)

// How long things take.
const (
	quiet        = time.Second      // without a retained message: the retained world is read
	learnAtMost  = 15 * time.Second // then it is read, quiet or not
	settle       = time.Second      // without a change of shape: it is published
	settleAtMost = 10 * time.Second
	evictWait    = 5 * time.Minute // before what belongs to a root that is not in the settings goes
	titleWait    = time.Minute     // for the title of a new loadpoint or vehicle
	longest      = 1024            // bytes of a payload; of what is longer, forecasts, we only know that it is there
	mostTopics   = 20000           // under one root; a large evcc has two thousand
	mostOthers   = 16              // roots of other evccs that are named
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
	// LoggedProblem is Problem in English, whatever the language: logs end up in bug reports.
	LoggedProblem(code string) (title, text string)
}

// zero is a time that is not set: nothing is due.
var zero time.Time

// Core is the bridge without its surroundings. It is not safe for concurrent use; the loop owns it.
type Core struct {
	settings Settings
	step     *step.Step

	phase      phase
	learned    time.Time // while learning: when it is over if nothing more comes
	learnLimit time.Time // while learning: when it is over in any case

	sites    []*site
	routes   routes
	schedule schedule // sites by when they need a tick

	store    *retained.Store
	removal  *removal.Machine
	ids      removal.IDs
	standby  standby.Machine
	clearing command.Clearing
	offline  offlineDeletions
	others   otherBases
	reporter reporter
	rights   rights

	candidates map[string]bool // roots of other evccs that were seen
	evictAt    time.Time       // when devices of other roots are looked for; zero = it is done
	busy       bool            // what was published waits for the broker
	untold     bool            // Home Assistant does not know yet what is wrong
}

// New returns a core that waits for its first Connected event.
func New(s Settings) *Core {
	c := &Core{settings: s, untold: true}
	c.store = retained.New(s.Prefix, s.Base, c.retainedChanged)
	c.step = &step.Step{Retainer: c.store, Problems: new(problem.Tracker)}
	c.removal = removal.New(s.Prefix, s.Base, c.store, c.gone)
	c.standby = standby.New(discovery.PeerTopic(s.Base), s.Instance, s.fingerprint())
	c.reporter.due = true
	for _, root := range s.Roots {
		c.sites = append(c.sites, newSite(c, discovery.Site{
			Root: root, Base: s.Base, Prefix: s.Prefix, ReadOnly: s.ReadOnly, Compatible: s.Compatible, Words: s.Words, Version: s.Version,
		}, s.Known[root]))
	}
	c.routes = newRoutes(c.sites, s.Base)
	return c
}

// Step takes what happened and returns what to do. The slice is valid until the next Step.
func (c *Core) Step(e step.Event) []step.Action {
	c.step.Begin(e)
	if e.Busy != c.busy {
		c.busy = e.Busy
		c.step.Problem(problem.SlowConnection, "", c.busy, "")
	}
	switch e.Kind {
	case step.Connected:
		c.connect()
	case step.Lost:
		c.lost(e)
	case step.Reported:
		c.step.Problem(e.Problem, e.Where, e.On, e.Detail)
	case step.Received:
		c.dispatch(e)
	case step.Located:
		c.locate(string(e.Payload))
	}
	c.tick()
	c.problems()
	c.store.Flush(c.step)
	c.report()
	return c.step.Actions
}

// Next returns when a Tick is due at the latest; zero means never.
func (c *Core) Next() time.Time {
	next := step.Earlier(c.step.Problems.Next(), c.rights.next())
	switch c.phase {
	case learning:
		if !c.read() {
			next = step.Earlier(next, step.Earlier(c.learned, c.learnLimit))
		} else {
			next = step.Earlier(next, c.standby.Next())
		}
	case standing:
		next = step.Earlier(next, c.standby.Next())
	case running:
		next = step.Earlier(step.Earlier(next, c.schedule.next()), c.evictAt)
		for _, m := range c.machines() {
			next = step.Earlier(next, m.Next())
		}
	}
	return next
}

// tick does what time has made due.
func (c *Core) tick() {
	c.rights.tick(c.step, c.settings.Base)
	switch {
	case c.phase == standing:
		if c.standby.Tick(c.step) {
			c.learn()
		}
	case c.phase != learning || !c.ended():
	case c.standby.Another():
		c.stand()
	case c.offline.doubts(c): // a moment longer
	default:
		c.start()
	}
	if c.phase != running {
		return
	}
	c.tickSites()
	c.evict()
	for _, m := range c.machines() {
		m.Tick(c.step)
	}
	c.showSites()
}

// retainedChanged hears of what the broker has of ours now.
func (c *Core) retainedChanged(topic, payload string) {
	if s := c.routes.own(topic); s != nil {
		s.states.Changed(topic, payload, c.step.Now)
		c.touch(s)
	}
}
