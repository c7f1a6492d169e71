package bridge

import (
	"math"
	"strconv"
	"time"

	"evcc-discovery/entities"
)

// planOf returns the plan that evcc has for the object, a zero one if it has none; said is false while evcc has not
// told since it blanked its topics. gone is what was left of a plan that is known to be deleted.
func (s *site) planOf(o entities.Object, p *plan, gone string, now time.Time) (plan entities.Plan, said bool) {
	if o.Scope == entities.Loadpoint {
		return s.energyPlan(o, p, now)
	}
	keys := entities.PlansOf(o.Scope)
	_, newer := s.tree[o.Path("repeatingPlans")]
	if count, known := s.tree[o.Path(keys[1].Whole)]; known && !newer {
		if plan, ok := s.read(o, keys[1]); ok && count != "0" {
			return plan, true
		}
		return entities.Plan{}, true
	}
	plan, there := s.read(o, keys[0])
	switch {
	case p.heard == deleted:
		return entities.Plan{}, true
	case !there:
		return entities.Plan{}, !p.held
	case p.heard != alive && s.leftover(o) == gone, s.ghost(o, p, plan, now):
		return entities.Plan{}, true
	}
	return plan, true
}

// leftover is what evcc leaves on the broker of a vehicle's deleted plan.
func (s *site) leftover(o entities.Object) string {
	keys := entities.PlansOf(o.Scope)[0]
	at, target := s.tree[o.Path(keys.Time)], s.tree[o.Path(keys.Target)]
	if at == "" || target == "" {
		return ""
	}
	return at + " " + target
}

// ghost reports whether a vehicle's plan is only what evcc has left on the broker: its time is past and no loadpoint
// works on it any more, or, where only retained topics tell, the vehicle's loadpoint follows no plan.
func (s *site) ghost(o entities.Object, p *plan, have entities.Plan, now time.Time) bool {
	if have.Time.After(now) && p.heard == alive {
		return false
	}
	for _, lp := range s.tree.Loadpoints() {
		prefix := "loadpoints/" + lp + "/"
		if s.tree[prefix+"vehicleName"] != o.Ref {
			continue
		}
		if s.tree[prefix+"effectivePlanTime"] == strconv.FormatInt(have.Time.Unix(), 10) {
			return false
		}
		if s.tree[prefix+"effectivePlanId"] == "0" && number(s.tree[o.Path("capacity")]) > 0 {
			return true // evcc would follow it
		}
	}
	return !have.Time.After(now)
}

func (s *site) energyPlan(o entities.Object, p *plan, now time.Time) (plan entities.Plan, said bool) {
	keys := entities.PlansOf(o.Scope)[0]
	if s.tree[o.Path(keys.Target)] == "" {
		return entities.Plan{}, !p.held
	}
	plan, there := s.read(o, keys)
	late := !plan.Time.After(now) && s.tree[o.Path("planActive")] != "true" && s.tree[o.Path("effectivePlanTime")] != s.tree[o.Path(keys.Time)]
	if !there || late {
		return entities.Plan{}, true
	}
	return plan, true
}

// read returns a plan from two of the object's topics.
func (s *site) read(o entities.Object, keys entities.PlanKeys) (entities.Plan, bool) {
	sec, err := strconv.ParseInt(s.tree[o.Path(keys.Time)], 10, 64)
	value := number(s.tree[o.Path(keys.Target)])
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
func (s *site) planned(o entities.Object, now time.Time) (entities.Plan, bool) {
	p := s.drafts.of(o.Prefix)
	plan, said := s.planOf(o, p, s.registry.Draft(p.key).Gone, now)
	if !said {
		return p.Plan, p.on
	}
	return plan, !plan.Time.IsZero()
}

// Planned returns the plan that evcc has, as it says it: one of a past time, too, because a command's end is looked at when
// evcc answers and may be late.
func (s siblings) Planned() (entities.Plan, bool) { return s.site.planned(s.object, time.Time{}) }

// Plan returns what turning on the plan applies.
func (s siblings) Plan() entities.Plan { return s.site.plan(s.core, s.object) }

// Zone is where times without a zone are meant.
func (s siblings) Zone() *time.Location { return s.site.zone(s.core) }
