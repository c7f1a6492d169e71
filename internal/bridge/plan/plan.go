package plan

import (
	"math"
	"strconv"
	"time"

	"evcc-discovery/entities"
)

// planOf returns the plan that evcc has for the object, a zero one if it has none; said is false while evcc has not
// told since it blanked its topics. gone is what was left of a plan that is known to be deleted.
func (m *Machine) planOf(o entities.Object, p *plan, gone string, now time.Time) (plan entities.Plan, said bool) {
	if o.Scope == entities.Loadpoint {
		return m.energyPlan(o, p, now)
	}
	keys := entities.PlansOf(o.Scope)
	_, newer := m.tree()[o.Path("repeatingPlans")]
	if count, known := m.tree()[o.Path(keys[1].Whole)]; known && !newer {
		if plan, ok := m.read(o, keys[1]); ok && count != "0" {
			return plan, true
		}
		return entities.Plan{}, true
	}
	plan, there := m.read(o, keys[0])
	switch {
	case p.heard == deleted:
		return entities.Plan{}, true
	case !there:
		return entities.Plan{}, !p.held
	case p.heard != alive && m.leftover(o) == gone, m.ghost(o, p, plan, now):
		return entities.Plan{}, true
	}
	return plan, true
}

// leftover is what evcc leaves on the broker of a vehicle's deleted plan.
func (m *Machine) leftover(o entities.Object) string {
	keys := entities.PlansOf(o.Scope)[0]
	at, target := m.tree()[o.Path(keys.Time)], m.tree()[o.Path(keys.Target)]
	if at == "" || target == "" {
		return ""
	}
	return at + " " + target
}

// ghost reports whether a vehicle's plan is only what evcc has left on the broker: its time is past and no loadpoint
// works on it any more, or, where only retained topics tell, the vehicle's loadpoint follows no plan.
func (m *Machine) ghost(o entities.Object, p *plan, have entities.Plan, now time.Time) bool {
	if have.Time.After(now) && p.heard == alive {
		return false
	}
	tree := m.tree()
	for _, lp := range tree.Loadpoints() {
		if tree[lp.Path("vehicleName")] != o.Ref {
			continue
		}
		if tree[lp.Path("effectivePlanTime")] == strconv.FormatInt(have.Time.Unix(), 10) {
			return false
		}
		if tree[lp.Path("effectivePlanId")] == "0" && number(tree[o.Path("capacity")]) > 0 {
			return true // evcc would follow it
		}
	}
	return !have.Time.After(now)
}

func (m *Machine) energyPlan(o entities.Object, p *plan, now time.Time) (plan entities.Plan, said bool) {
	keys, tree := entities.PlansOf(o.Scope)[0], m.tree()
	if tree[o.Path(keys.Target)] == "" {
		return entities.Plan{}, !p.held
	}
	plan, there := m.read(o, keys)
	late := !plan.Time.After(now) && tree[o.Path("planActive")] != "true" && tree[o.Path("effectivePlanTime")] != tree[o.Path(keys.Time)]
	if !there || late {
		return entities.Plan{}, true
	}
	return plan, true
}

// read returns a plan from two of the object's topics.
func (m *Machine) read(o entities.Object, keys entities.PlanKeys) (entities.Plan, bool) {
	sec, err := strconv.ParseInt(m.tree()[o.Path(keys.Time)], 10, 64)
	value := number(m.tree()[o.Path(keys.Target)])
	if err != nil || sec <= 0 || sec >= 1<<37 || value <= 0 {
		return entities.Plan{}, false
	}
	return entities.Plan{Value: value, Time: time.Unix(sec, 0)}, true
}

// number reads a payload, 0 if it is none.
func number(payload string) float64 {
	v, err := strconv.ParseFloat(payload, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

// planned returns the plan that evcc has for the object now, or has kept to itself what became of since it blanked its
// topics.
func (m *Machine) planned(o entities.Object, now time.Time) (entities.Plan, bool) {
	p := m.drafts.of(o.Prefix)
	plan, said := m.planOf(o, p, m.world.Registry().Draft(p.key).Gone, now)
	if !said {
		return p.Plan, p.on
	}
	return plan, !plan.Time.IsZero()
}

// Planned returns the plan that evcc has, as it says it: one of a past time, too, because a command's end is looked at when
// evcc answers and may be late.
func (m *Machine) Planned(o entities.Object) (entities.Plan, bool) { return m.planned(o, time.Time{}) }

// Plan returns what turning on the object's plan applies.
func (m *Machine) Plan(now time.Time, o entities.Object) entities.Plan { return m.plan(now, o) }

// Zone is where times without a zone are meant.
func (m *Machine) Zone(now time.Time) *time.Location { return m.zone(now) }
