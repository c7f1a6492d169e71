package bridge

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/step"
)

// reconcilable reports whether it is time to compare what is wanted with what is on the broker, and evcc is complete.
func (s *site) reconcilable(c *Core) bool {
	if !c.step.Due(s.due()) && !c.step.Due(s.titles) {
		return false
	}
	s.changed, s.first, s.titles = time.Time{}, time.Time{}, time.Time{}
	s.judge(c, true)
	return s.complete()
}

// complete reports whether evcc is there with a loadpoint that has reported, or says that it has none: settings come
// before the values that tell evcc's version, and in between everything may be blank.
func (s *site) complete() bool {
	if count := s.tree[entities.CountPath]; count == "" || count == "0" {
		return count == "0"
	}
	objects := s.tree.View().Objects()
	return slices.ContainsFunc(objects, func(o entities.Object) bool { return o.Scope == entities.Loadpoint })
}

// reconcile compares what is wanted with what is on the broker.
func (s *site) reconcile(c *Core) {
	untitled, before := !c.step.Now.Before(s.trust.Since().Add(titleWait)), s.wanted.Untitled
	s.wanted = s.Wanted(s.tree, s.registry, untitled)
	if registry, more := s.wanted.Adopt(c.store.All()); more {
		s.wanted = s.Wanted(s.tree, registry, untitled)
	}
	grown := len(s.wanted.Registry.Objects) > len(s.registry.Objects)
	if s.registry = s.wanted.Registry; grown {
		s.confirm(c) // a registry that knew less may find its messages there
	}
	s.judge(c, true) // by what is remembered now
	s.awaitTitles(c, before)
	s.modes()
	s.remember(c)
	news := c.store.Want(c.removal.Compare(c.step, append(c.ownDevice(), s.ripe(c, s.wanted.Configs)...)))
	s.switched(c)
	s.removal.compare(c, s)
	s.ranges.compare(s, c.step.Now)
	c.step.Problem(problem.EvccOld, s.Root, s.tree.Outdated() != "", s.tree.Outdated())
	s.commands.Register(c.step, &s.wanted)
	c.reporter.due = true
	s.order(c)
	if news {
		c.step.Note(step.Info, "devices published", "root", s.Root, "devices", strconv.Itoa(len(s.wanted.Configs)),
			"controls", strconv.Itoa(len(s.wanted.Commands)))
	}
	if c.store.Announce(c.step) {
		c.sent()
	}
	s.states.Want(c.step, s.Root, s.wanted, s.ended)
	s.show(c)
	s.plans.Register(c.step, s.wanted.States)
}

// awaitTitles gives new loadpoints without a title a minute, and says so once.
func (s *site) awaitTitles(c *Core, before []string) {
	if len(s.wanted.Untitled) == 0 {
		return
	}
	s.titles = s.trust.Since().Add(titleWait)
	if !slices.Equal(before, s.wanted.Untitled) {
		c.step.Note(step.Info, "waiting for a title, a minute at most", "root", s.Root, "loadpoints", strings.Join(s.wanted.Untitled, ","))
	}
}

// ended reports whether what a state is of is gone, deleted by the user, or elsewhere than it was. A loadpoint that has not
// reported since evcc's start is none of that.
func (s *site) ended(st discovery.State) bool {
	o, entry := st.Instance.Object, s.registry.Objects[st.Object]
	return o.Scope == entities.Vehicle || entry.Gone || entry.Deleted || s.displaced(st.Object, o) != ""
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
