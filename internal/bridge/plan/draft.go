package plan

import (
	"math"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// What a new draft wants.
const (
	defaultHour = 7  // in the morning
	defaultSoC  = 80 // %
	defaultKWh  = 10
)

// update decides whether evcc has a plan for the object, and lets the draft follow it. It reports whether that changed the
// draft.
func (m *Machine) update(s *step.Step, o entities.Object, key string) (changed bool) {
	p := m.of(o.Prefix)
	if p.key != "" && p.key != key { // another one stands there now: what is known of a plan was not its own
		*p = evccPlan{blanked: p.blanked, hours: p.hours}
	}
	p.key = key
	before := m.world.Registry().Draft(key)
	draft := before
	have, said := m.read(o, p, draft.Gone, s.Now)
	if said {
		p.blanked, p.on = false, !have.Time.IsZero()
	}
	switch {
	case said && p.on:
		p.Plan = have
		draft = discovery.Draft{Time: have.Time.Unix(), Target: have.Value}
	case said && o.Scope == entities.Vehicle:
		draft.Gone = m.leftover(o)
	}
	if !p.on && draft.Time != 0 && !draft.Past && draft.Time <= s.Now.Unix() {
		draft.Time = m.nextOccurrence(s.Now, time.Unix(draft.Time, 0)).Unix()
	}
	if draft != before {
		m.world.SetDraft(key, draft)
	}
	if t := m.Plan(s.Now, o).Time; t.After(s.Now) {
		m.passes = step.Earlier(m.passes, t)
	}
	return draft != before
}

// nextOccurrence returns the next time that clocks show what they show at t.
func (m *Machine) nextOccurrence(now, t time.Time) time.Time {
	zone := m.Zone(now)
	hour, minute, second := t.In(zone).Clock()
	return entities.NextClock(hour, minute, second, zone, now)
}

// Plan returns what switching the object's plan on applies, and while it is on the plan itself.
func (m *Machine) Plan(now time.Time, o entities.Object) entities.Plan {
	p := m.of(o.Prefix)
	if p.on {
		return p.Plan
	}
	draft := m.world.Registry().Draft(p.key)
	plan := entities.Plan{Value: draft.Target, Time: time.Unix(draft.Time, 0)}
	if plan.Value == 0 {
		plan.Value = m.defaultTarget(o)
	}
	zone := m.Zone(now)
	switch {
	case draft.Time == 0:
		plan.Time = entities.NextClock(defaultHour, 0, 0, zone, now)
	case !draft.Past && draft.Time <= now.Unix():
		plan.Time = m.nextOccurrence(now, plan.Time)
	}
	plan.Time = plan.Time.In(zone)
	return plan
}

func (m *Machine) defaultTarget(o entities.Object) float64 {
	if o.Scope != entities.Vehicle {
		return defaultKWh
	}
	if limit, ok := m.world.Tree().LimitSoC(o); ok {
		return math.Trunc(limit)
	}
	return defaultSoC
}

// ChangeDraft applies a command's payload, a time or a target, to the object's draft.
func (m *Machine) ChangeDraft(s *step.Step, o entities.Object, payload string) {
	key := m.of(o.Prefix).key
	draft := m.world.Registry().Draft(key)
	if at, err := time.Parse(time.RFC3339, payload); err == nil {
		draft.Time, draft.Past = at.Unix(), !at.After(s.Now)
	} else {
		draft.Target = entities.Amount(payload)
	}
	m.world.SetDraft(key, draft)
	for _, state := range m.states {
		if state.Object == key {
			s.Retain(state.Topic, m.state(s.Now, &state))
		}
	}
	m.Recheck(s) // another time may pass first
	m.world.Remember(s)
}
