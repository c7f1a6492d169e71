package plan

import (
	"math"
	"slices"
	"strconv"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// drafts are what is known of the objects' plans.
type drafts struct {
	plans map[string]*plan // by topic prefix: "vehicles/db:7"
	due   time.Time        // when what evcc has said is looked at; zero = there is nothing new
	wake  time.Time        // when a time passes that is shown; zero = never
	moved bool             // evcc's topics are read anew, and it is not known yet whose plans they tell of
}

// plan is what is known of one object's plan.
type plan struct {
	heard heard
	held  bool // evcc has blanked its topics since; what it says next counts
	on    bool
	key   string // of its object in the registry
	slots slots  // when a loadpoint charges
	entities.Plan
}

// heard is what evcc has said live about a vehicle's plan.
type heard uint8

const (
	nothing heard = iota
	deleted       // the parent was emptied
	alive         // time or target were published
)

const (
	planSettle  = 250 * time.Millisecond // a plan comes in several messages; blanking takes less
	defaultHour = 7                      // of a draft, in the morning
	defaultSoC  = 80                     // %
	defaultKWh  = 10
	mostPlans   = 1000
)

// of returns what is known of an object's plan.
func (d *drafts) of(prefix string) *plan {
	p := d.plans[prefix]
	if p == nil {
		p = new(plan)
		if d.plans == nil {
			d.plans = make(map[string]*plan)
		}
		if len(d.plans) < mostPlans {
			d.plans[prefix] = p
		}
	}
	return p
}

// unsure reports whether nothing is known yet of an object's plan over this connection, nor what is being made of it.
func (d *drafts) unsure(prefix string) bool { return d.moved && d.of(prefix).key == "" }

// Hear takes a live message of evcc, also one that repeats what is known, and reports whether it told of a vehicle's plan.
func (m *Machine) Hear(s *step.Step, path string, empty bool) bool {
	scope, prefix, key := entities.SplitPath(path)
	keys := entities.PlansOf(scope)
	switch {
	case scope != entities.Vehicle || !keys[0].Has(key) || empty != (key == keys[0].Whole):
		return false
	case empty:
		m.drafts.of(prefix).heard = deleted
	default:
		m.drafts.of(prefix).heard = alive
	}
	m.Look(s)
	return true
}

// concerns reports whether a value that has changed may tell something about a plan: where it stands, what evcc makes of
// it, or what one that is being made begins with.
func concerns(path string) bool {
	scope, _, key := entities.SplitPath(path)
	switch key {
	case "planActive", "effectivePlanTime", "effectivePlanId", "effectivePlanSoc", "vehicleName", "vehicleSoc", "limitSoc", "repeatingPlans",
		"chargedEnergy", "capacity", "site/smartCostType", "site/timezone":
		return true
	}
	return slices.ContainsFunc(entities.PlansOf(scope), func(k entities.PlanKeys) bool { return k.Has(key) })
}

// look makes the plans due.
func (d *drafts) look(now time.Time) { d.due = now.Add(planSettle) }

// blank takes evcc's blanking: nothing is known until evcc says it again, and what was shown stays.
func (d *drafts) blank() {
	d.moved = true
	for _, p := range d.plans {
		p.held = true
	}
}

func (d *drafts) next() time.Time {
	return step.Earlier(d.due, d.wake)
}

// follow decides whether evcc has a plan for the object, and lets the draft follow it. It reports whether that changed it.
func (m *Machine) follow(s *step.Step, o entities.Object, key string) (changed bool) {
	p := m.drafts.of(o.Prefix)
	p.key = key
	before := m.world.Registry().Draft(key)
	draft := before
	have, said := m.planOf(o, p, draft.Gone, s.Now)
	if said {
		p.held, p.on = false, !have.Time.IsZero()
	}
	switch {
	case said && p.on:
		p.Plan = have
		draft = discovery.Draft{Time: have.Time.Unix(), Target: have.Value}
	case said && o.Scope == entities.Vehicle:
		draft.Gone = m.leftover(o)
	}
	if !p.on && draft.Time != 0 && !draft.Past && draft.Time <= s.Now.Unix() {
		draft.Time = m.again(s.Now, time.Unix(draft.Time, 0)).Unix()
	}
	if draft != before {
		m.world.SetDraft(key, draft)
	}
	if t := m.plan(s.Now, o).Time; t.After(s.Now) && (m.drafts.wake.IsZero() || t.Before(m.drafts.wake)) {
		m.drafts.wake = t
	}
	return draft != before
}

// again returns the next time that clocks show what they show at t.
func (m *Machine) again(now time.Time, t time.Time) time.Time {
	zone := m.zone(now)
	hour, minute, second := t.In(zone).Clock()
	return entities.NextClock(hour, minute, second, zone, now)
}

// plan returns what turning on the object's plan applies, and while it is on the plan itself.
func (m *Machine) plan(now time.Time, o entities.Object) entities.Plan {
	p := m.drafts.of(o.Prefix)
	if p.on {
		return p.Plan
	}
	draft := m.world.Registry().Draft(p.key)
	plan := entities.Plan{Value: draft.Target, Time: time.Unix(draft.Time, 0)}
	if plan.Value == 0 {
		plan.Value = m.defaultTarget(o)
	}
	switch {
	case draft.Time == 0:
		plan.Time = entities.NextClock(defaultHour, 0, 0, m.zone(now), now)
	case !draft.Past && draft.Time <= now.Unix():
		plan.Time = m.again(now, plan.Time)
	}
	plan.Time = plan.Time.In(m.zone(now))
	return plan
}

// defaultTarget is what a new draft aims at.
func (m *Machine) defaultTarget(o entities.Object) float64 {
	if o.Scope != entities.Vehicle {
		return defaultKWh
	}
	if limit, err := strconv.ParseFloat(m.tree()[o.Path("limitSoc")], 64); err == nil && limit >= 1 && limit <= 100 {
		return math.Trunc(limit)
	}
	return defaultSoC
}
