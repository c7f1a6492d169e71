package bridge

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// drafts are the charging plans of one site: of each vehicle and each loadpoint the plan that evcc has, or else the one
// that is being made here. A draft is what turning on applies. It follows evcc's plan while there is one, whoever made it,
// stays when that is deleted or over, and lives in the registry, so that it outlives restarts of everything. Its time
// is past only when somebody has set it so, who will set the rest of it next: a time that has come moves on to the next
// day, because most plans are for every morning.
//
// evcc leaves the time and the target of a vehicle's deleted plan on the broker; live, the empty parent tells. Who has only
// what is retained decides by what the vehicle's loadpoint follows, and by what was known to be deleted before.
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

// forget: whose plans evcc's topics tell of is not known yet. What is being made is in the registry.
func (d *drafts) forget(*Core) { *d = drafts{moved: true} }

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

// hear takes a live message of evcc, also one that repeats what is known, and reports whether it told of a vehicle's plan.
func (d *drafts) hear(path string, empty bool, now time.Time) bool {
	scope, prefix, key := split(path)
	keys := entities.PlansOf(scope)
	switch {
	case scope != entities.Vehicle || !keys[0].Has(key) || empty != (key == keys[0].Whole):
		return false
	case empty:
		d.of(prefix).heard = deleted
	default:
		d.of(prefix).heard = alive
	}
	d.look(now)
	return true
}

// split cuts the topic path of a vehicle's or a loadpoint's value into its object's prefix and its key.
func split(path string) (scope entities.Scope, prefix, key string) {
	scope = entities.Site
	switch kind, _, _ := strings.Cut(path, "/"); kind {
	case "vehicles":
		scope = entities.Vehicle
	case "loadpoints":
		scope = entities.Loadpoint
	default:
		return scope, "", path
	}
	first := strings.IndexByte(path, '/') + 1
	name, key, _ := strings.Cut(path[first:], "/")
	return scope, path[:first+len(name)], key
}

// concerns reports whether a value that has changed may tell something about a plan: where it stands, what evcc makes of
// it, or what one that is being made begins with.
func concerns(path string) bool {
	scope, _, key := split(path)
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
	if d.due.IsZero() || !d.wake.IsZero() && d.wake.Before(d.due) {
		return d.wake
	}
	return d.due
}

// follow decides whether evcc has a plan for the object, and lets the draft follow it. It reports whether that changed it.
func (s *site) follow(c *Core, o entities.Object, key string) (changed bool) {
	p := s.drafts.of(o.Prefix)
	p.key = key
	before := s.registry.Draft(key)
	draft := before
	have, said := s.planOf(o, p, draft.Gone, c.step.Now)
	if said {
		p.held, p.on = false, !have.Time.IsZero()
	}
	switch {
	case said && p.on:
		p.Plan = have
		draft = discovery.Draft{Time: have.Time.Unix(), Target: have.Value}
	case said && o.Scope == entities.Vehicle:
		draft.Gone = s.leftover(o)
	}
	if !p.on && draft.Time != 0 && !draft.Past && draft.Time <= c.step.Now.Unix() {
		draft.Time = s.again(c, time.Unix(draft.Time, 0)).Unix()
	}
	if draft != before {
		s.registry = s.registry.WithDraft(key, draft)
	}
	if t := s.plan(c, o).Time; t.After(c.step.Now) && (s.drafts.wake.IsZero() || t.Before(s.drafts.wake)) {
		s.drafts.wake = t
	}
	return draft != before
}

// again returns the next time that clocks show what they show at t.
func (s *site) again(c *Core, t time.Time) time.Time {
	zone := s.zone(c)
	h, m, sec := t.In(zone).Clock()
	return entities.NextClock(h, m, sec, zone, c.step.Now)
}

// plan returns what turning on the object's plan applies, and while it is on the plan itself.
func (s *site) plan(c *Core, o entities.Object) entities.Plan {
	p := s.drafts.of(o.Prefix)
	if p.on {
		return p.Plan
	}
	draft := s.registry.Draft(p.key)
	plan := entities.Plan{Value: draft.Target, Time: time.Unix(draft.Time, 0)}
	if plan.Value == 0 {
		plan.Value = s.defaultTarget(o)
	}
	switch {
	case draft.Time == 0:
		plan.Time = entities.NextClock(defaultHour, 0, 0, s.zone(c), c.step.Now)
	case !draft.Past && draft.Time <= c.step.Now.Unix():
		plan.Time = s.again(c, plan.Time)
	}
	plan.Time = plan.Time.In(s.zone(c))
	return plan
}

// defaultTarget is what a new draft aims at.
func (s *site) defaultTarget(o entities.Object) float64 {
	if o.Scope != entities.Vehicle {
		return defaultKWh
	}
	if limit, err := strconv.ParseFloat(s.tree[o.Path("limitSoc")], 64); err == nil && limit >= 1 && limit <= 100 {
		return math.Trunc(limit)
	}
	return defaultSoC
}
