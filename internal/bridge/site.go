package bridge

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/command"
	"evcc-discovery/internal/bridge/plan"
	"evcc-discovery/internal/bridge/state"
	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/bridge/trust"
)

// site is what the core knows of one evcc.
type site struct {
	discovery.Site
	tree     entities.Tree
	registry discovery.Registry
	stored   string // the registry as it was last given away
	counted  string // the same when its changes were counted last
	wanted   discovery.Wanted
	commands *command.Machine
	plans    *plan.Machine
	judge    judge
	trust    trust.Machine
	states   state.Machine
	live     bool // its topics could be believed at the last look

	changed time.Time // when the shape changed last; zero = it is published
	first   time.Time // when it changed first since it was published
	titles  time.Time // when objects without a title are published all the same; zero = none waits
	moved   string    // what was said of places that others have
	unsure  bool      // whether everything is in its place
	said    string    // how evcc is, in the last status
}

func newSite(c *Core, of discovery.Site, known discovery.Registry) *site {
	tree := make(entities.Tree)
	s := &site{Site: of, tree: tree, trust: trust.New(of.Root, tree), registry: known, counted: string(known.Encode())}
	s.plans = plan.New(c.settings.Zone, world{c, s})
	s.commands = command.New(of, world{c, s}, s.plans)
	return s
}

// open takes the registry that the broker has, unless ours is newer.
func (s *site) open(c *Core) {
	registry, err := s.kept(c)
	if other := (*discovery.VersionError)(nil); errors.As(err, &other) && other.Newer() {
		c.step.Retain(s.KeptTopic(other.Version), c.retained[s.RegistryTopic()])
		c.step.Note(step.Warn, "the registry on the broker is one of a newer version of this program: it is kept beside ours until that is back",
			"topic", s.KeptTopic(other.Version))
	}
	if err != nil {
		c.step.Note(step.Error, "the registry on the broker cannot be read: ids are chosen anew where titles have changed",
			"topic", s.RegistryTopic(), "error", err.Error())
	} else {
		s.adopt(registry)
	}
}

// learn takes over when the retained world has been read.
func (s *site) learn(c *Core) {
	if len(s.registry.Objects) > 0 {
		s.remember(c) // also for a broker that has forgotten it
	}
	s.respect(c)
	s.trust.Learn(c.step, c.retained[s.ReadyTopic()] == "offline")
	known := s.tree[entities.StatusPath] != "" || s.tree[entities.CountPath] != ""
	s.compare()
	s.announceReady(c)
	s.commands.Start(c.step)
	if known {
		s.dirty(c.step.Now)
	}
}

func (s *site) dirty(now time.Time) {
	if s.first.IsZero() {
		s.first = now
	}
	s.changed = now
}

// next returns when the site needs a tick.
func (s *site) next() (next time.Time) {
	for _, t := range []time.Time{s.due(), s.titles, s.plans.Next(), s.trust.Next(), s.judge.next(s), s.commands.Next()} {
		next = step.Earlier(next, t)
	}
	if s.live {
		next = step.Earlier(next, s.states.Next())
	}
	return next
}

// due returns when the shape is settled: quiet for a while, but not put off for ever. Zero: it has not changed.
func (s *site) due() time.Time {
	if s.changed.IsZero() {
		return zero
	}
	due, limit := s.changed.Add(settle), s.first.Add(settleAtMost)
	if limit.Before(due) {
		return limit
	}
	return due
}

func (s *site) tick(c *Core) {
	s.report(c)
	if s.trust.Tick(c.step) {
		s.announceReady(c)
	}
	s.judge.tick(c, s)
	s.plans.Tick(c.step)
	if s.reconcilable(c) {
		s.reconcile(c)
	}
}

// report says what is wrong with evcc.
func (s *site) report(c *Core) {
	s.trust.Report(c.step, c.candidates)
	c.step.Problem(problem.EvccFlood, s.Root, len(s.tree) >= mostTopics || s.wanted.Crowded, "")
}

// show publishes the states of our own that are due, while evcc's topics can be believed; when they can again, all of them.
func (s *site) show(c *Core) {
	live := s.trust.Live()
	if live && !s.live {
		s.states.All(c.step.Now.Add(settle))
	}
	if s.live = live; live && c.step.Due(s.states.Next()) {
		s.states.Tick(c.step, shown{world{c, s}}, s.changed.IsZero())
	}
}

// reconcilable reports whether it is time to compare what is wanted with what is on the broker, and evcc is complete.
func (s *site) reconcilable(c *Core) bool {
	if !c.step.Due(s.due()) && !c.step.Due(s.titles) {
		return false
	}
	s.changed, s.first, s.titles = time.Time{}, time.Time{}, time.Time{}
	return s.complete()
}

// complete reports whether evcc is there with a loadpoint that has reported, or says that it has none: settings come
// before the values that tell evcc's version, and in between everything may be blank.
func (s *site) complete() bool {
	if count := s.tree["loadpoints"]; count == "" || count == "0" {
		return count == "0"
	}
	objects := s.tree.View().Objects()
	return slices.ContainsFunc(objects, func(o entities.Object) bool { return o.Scope == entities.Loadpoint })
}

// reconcile compares what is wanted with what is on the broker.
func (s *site) reconcile(c *Core) {
	untitled := !c.step.Now.Before(s.trust.Since().Add(titleWait))
	s.wanted = s.Wanted(s.tree, s.registry, untitled)
	if registry, more := s.wanted.Adopt(c.retained); more {
		s.wanted = s.Wanted(s.tree, registry, untitled)
	}
	s.registry = s.wanted.Registry
	if len(s.wanted.Untitled) > 0 {
		s.titles = s.trust.Since().Add(titleWait)
	}
	s.modes()
	s.remember(c)
	before := len(c.outbox.due)
	configs := c.removal.compare(c, append(c.ownDevice(s), s.wanted.Configs...))
	c.outbox.want(configs, c.retained)
	c.rollcall.look(c)
	s.judge.compare(c, s)
	c.step.Problem(problem.EvccOld, s.Root, s.tree.Outdated() != "", s.tree.Outdated())
	s.commands.Register(c.step, &s.wanted)
	c.reporter.due = true
	defer s.order(c) // after what has moved is published as unavailable
	if len(c.outbox.due) > before {
		c.step.Note(step.Info, "devices are published", "root", s.Root, "devices", strconv.Itoa(len(s.wanted.Configs)),
			"controls", strconv.Itoa(len(s.wanted.Commands)))
	}
	c.outbox.tick(c)
	s.states.Want(c.step, s.Root, s.wanted)
	s.show(c)
	s.plans.Register(c.step, s.wanted.States)
}

// remember keeps the registry on the broker and, when it has changed, wherever else there is a place for it.
func (s *site) remember(c *Core) {
	encoded := s.registry.Encode()
	if string(encoded) != s.counted {
		s.registry.Changes++
		encoded = s.registry.Encode()
		s.counted = string(encoded)
	}
	c.step.Retain(s.RegistryTopic(), string(encoded))
	if string(encoded) != s.stored {
		s.stored = string(encoded)
		c.step.Store(s.Root, encoded)
	}
}
