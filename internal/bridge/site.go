package bridge

import (
	"errors"
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
	removal  removalRules
	trust    trust.Machine
	ranges   ranges
	states   state.Machine
	places   places
	live     bool // its topics could be believed at the last look

	changed time.Time // when the shape changed last; zero = it is published
	first   time.Time // when it changed first since it was published
	titles  time.Time // when objects without a title are published all the same; zero = none waits
	said    string    // how evcc is, in the last status

	wake     time.Time // when it needs a tick, or before
	position int       // in the schedule; -1 = it is not in it
	touched  bool      // something has happened to it in this step
}

func newSite(c *Core, of discovery.Site, known discovery.Registry) *site {
	tree := make(entities.Tree)
	s := &site{Site: of, tree: tree, registry: known, counted: string(known.Encode()), position: -1}
	s.places = newPlaces()
	s.trust = trust.New(of.Root, tree, s.places.refs)
	s.plans = plan.New(c.settings.Zone, world{c, s})
	s.commands = command.New(of, world{c, s}, s.plans)
	return s
}

// kept is the registry that the broker has.
func (s *site) kept(c *Core) (registry discovery.Registry, err error) {
	err = registry.Decode([]byte(c.store.Have(s.RegistryTopic())))
	return registry, err
}

// adopt takes a registry that is at least as new as the one that is known.
func (s *site) adopt(registry discovery.Registry) {
	if len(registry.Objects) > 0 && registry.Changes >= s.registry.Changes {
		s.registry, s.counted = registry, string(registry.Encode())
	}
}

// open takes the registry that the broker has, unless ours is newer. A broker that has none any more, or an older one, has
// lost what evcc has published as well.
func (s *site) open(c *Core) {
	registry, err := s.kept(c)
	if c.store.Lasting(s.RegistryTopic()) != "" && (c.store.Have(s.RegistryTopic()) == "" || err == nil && registry.Changes < s.registry.Changes) {
		s.commands.BrokerForgot()
	}
	if other := (*discovery.VersionError)(nil); errors.As(err, &other) && other.Newer() {
		c.step.Retain(s.KeptTopic(other.Version), c.store.Have(s.RegistryTopic()))
		c.step.Note(step.Warn, "registry on the broker is from a newer version; keeping it aside for that version",
			"topic", s.KeptTopic(other.Version))
	}
	if err != nil {
		c.step.Note(step.Error, "registry on the broker unreadable; choosing new ids where titles have changed",
			"topic", s.RegistryTopic(), "error", err.Error())
	} else {
		s.adopt(registry)
	}
}

// reconnect begins anew. It keeps the ids that were chosen, and what was wanted last: its controls are known until it is looked
// at anew.
func (s *site) reconnect(c *Core) {
	s.trust.Reconnect(c.step) // it looks at the tree of the connection before
	clear(s.tree)
	clear(s.places.left) // Home Assistant may not have heard it
	s.states, s.live, s.removal, s.ranges = state.Machine{}, false, removalRules{}, ranges{}
	s.titles, s.changed, s.first = zero, zero, zero
	for _, m := range s.machines() {
		m.Reconnect(c.step)
	}
	c.schedule.put(s)
}

// learn takes over when the retained world has been read.
func (s *site) learn(c *Core) {
	s.respect(c)
	s.places.seen(s.Site, c.store.Topics())
	s.places.Places = s.registry.Places(s.tree.Sketch())
	s.trust.Learn(c.step, c.store.Have(s.ReadyTopic()) == "offline" || s.places.Changed(), s.registry.Interval())
	known := s.tree[entities.StatusPath] != "" || s.tree[entities.CountPath] != ""
	s.places.unsure = nil
	if !s.trust.Live() {
		s.unsettle(false)
	}
	s.judge(c, false)
	s.commands.Resume(c.step)
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
	for _, t := range []time.Time{s.due(), s.titles, s.trust.Next(), s.removal.next(s), s.ranges.next(s), s.places.wake} {
		next = step.Earlier(next, t)
	}
	for _, m := range s.machines() {
		next = step.Earlier(next, m.Next())
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
	if s.trust.Tick(c.step) || c.step.Due(s.places.wake) {
		s.announceReady(c)
	}
	s.report(c)
	s.removal.tick(c, s)
	s.ranges.tick(c, s)
	for _, m := range s.machines() {
		m.Tick(c.step)
	}
	if s.reconcilable(c) {
		s.reconcile(c)
	}
}

// report says what is wrong with evcc.
func (s *site) report(c *Core) {
	s.trust.Report(c.step, c.candidates)
	c.step.Problem(problem.Flood, s.Root, len(s.tree) >= mostTopics || s.wanted.Crowded, "")
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
