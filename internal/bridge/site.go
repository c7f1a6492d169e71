package bridge

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/step"
)

// site is what the core knows of one evcc.
type site struct {
	discovery.Site
	tree     entities.Tree
	presence presence
	registry discovery.Registry
	stored   string // the registry as it was last given away
	counted  string // the same when its changes were counted last
	wanted   discovery.Wanted
	battery  keeper
	results  results
	judge    judge
	drafts   drafts
	here     zone
	off      time.Duration // evcc's clock from ours, 0 when it is right
	skew     string        // the same in words
	pace     time.Duration // the longest time between two of its heartbeats
	beaten   time.Time     // when the last one came
	told     int64         // the time that evcc had told over the connection before, in Unix seconds

	changed    time.Time // when the shape changed last; zero = it is published
	first      time.Time // when it changed first since it was published
	cleared    time.Time // when a vehicle that was taken away is shown as none; zero = nothing waits
	shared     time.Time // when values that all loadpoints may share are compared; zero = nothing waits
	emptied    time.Time // when vehicles' limits that evcc has emptied are shown as 0; zero = nothing waits
	titles     time.Time // when objects without a title are published all the same; zero = none waits
	moved      string    // what was said of places that others have
	shown      int       // Core.changes when states that follow from others were looked at
	unsure     bool      // whether everything is in its place
	reconciled bool      // in this run: its controls are known
	said       string    // how evcc is, in the last status
}

func newSite(s discovery.Site, known discovery.Registry) *site {
	return &site{Site: s, tree: make(entities.Tree), registry: known, counted: string(known.Encode())}
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
	s.results.show(c.step.Now)
	s.stalled(c.step.Now)
	known := s.tree["status"] != "" || s.tree["loadpoints"] != ""
	distrusted := c.retained[s.ReadyTopic()] == "offline" // by an earlier run of ours
	if known && s.tree["loadpoints"] != "" && (!s.presence.online || distrusted || s.presence.aged) {
		s.presence.await(s.loadpoints())
	}
	s.compare()
	s.announceReady(c)
	s.battery.again(c.step.Now)
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
func (s *site) next() time.Time {
	var next time.Time
	earlier := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	if !s.changed.IsZero() {
		earlier(s.due())
	}
	for _, t := range []time.Time{s.titles, s.cleared, s.shared, s.emptied, s.drafts.next(), s.presence.due(s.round()), s.judge.next(s), s.battery.next()} {
		if !t.IsZero() {
			earlier(t)
		}
	}
	return next
}

// due returns when the shape is settled: quiet for a while, but not put off for ever.
func (s *site) due() time.Time {
	due, limit := s.changed.Add(settle), s.first.Add(settleAtMost)
	if limit.Before(due) {
		return limit
	}
	return due
}

func (s *site) tick(c *Core) {
	s.lookout(c)
	s.doubt(c)
	s.judge.trust(s, c.step.Now)
	s.judge.tick(c, s)
	s.draft(c)
	s.battery.tick(c, s)
	if !s.cleared.IsZero() && !c.step.Now.Before(s.cleared) {
		s.cleared = time.Time{}
		c.changes++
		s.showTitles(c)
	}
	if !s.shared.IsZero() && !c.step.Now.Before(s.shared) {
		s.showShared(c)
	}
	if !s.emptied.IsZero() && !c.step.Now.Before(s.emptied) {
		s.showVehicleLimits(c)
	}
	waited := !s.titles.IsZero() && !c.step.Now.Before(s.titles)
	settled := !s.changed.IsZero() && !c.step.Now.Before(s.due())
	if !settled && !waited {
		return
	}
	s.changed, s.first, s.titles = time.Time{}, time.Time{}, time.Time{}
	if s.complete() {
		s.reconcile(c)
	}
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
	untitled := !c.step.Now.Before(s.presence.since.Add(titleWait))
	s.showVehicleLimits(c) // also of vehicles that are gone
	s.wanted = s.Wanted(s.tree, s.registry, untitled)
	if registry, more := s.wanted.Adopt(c.retained); more {
		s.wanted = s.Wanted(s.tree, registry, untitled)
	}
	s.registry = s.wanted.Registry
	if len(s.wanted.Untitled) > 0 {
		s.titles = s.presence.since.Add(titleWait)
	}
	s.modes()
	s.remember(c)
	before := len(c.outbox.due)
	configs := c.removal.compare(c, append(c.ownDevice(s), s.wanted.Configs...))
	c.outbox.want(configs, c.retained)
	c.rollcall.look(c)
	s.judge.compare(c, s)
	c.step.Problem(problem.EvccOld, s.Root, s.old() != "", s.old())
	c.relay.serve(s)
	s.reconciled, c.reporter.due = true, true
	s.results.prune(c, s)
	s.results.show(c.step.Now)
	defer s.order(c) // after what has moved is published as unavailable
	if len(c.outbox.due) > before {
		c.step.Note(step.Info, "devices are published", "root", s.Root, "devices", strconv.Itoa(len(s.wanted.Configs)),
			"controls", strconv.Itoa(len(s.wanted.Commands)))
	}
	c.outbox.tick(c)
	s.showTitles(c)
	s.showShared(c)
	s.showVehicleLimits(c)
	s.drafts.moved = false
	s.showPlans(c)
	s.showHeld(c)
	s.showLegacy(c)
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
