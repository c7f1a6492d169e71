package plan

import (
	"strconv"
	"time"

	"evcc-discovery/entities"
)

// evccPlan is what is known of the plan that evcc has for one object.
type evccPlan struct {
	live    live
	blanked bool // evcc has emptied its topics since; what it publishes next counts
	on      bool
	key     string // of the object in the registry
	hours   hours  // when a loadpoint charges
	entities.Plan
}

// live is what evcc has published live about a vehicle's plan.
type live uint8

const (
	nothing live = iota
	deleted      // the parent topic was emptied
	alive        // time or target were published
)

// read returns the plan that evcc has for the object, a zero one if it has none; said is false while evcc has not
// published it since it blanked its topics. Gone is what is left of a plan that is known to be deleted.
func (m *Machine) read(o entities.Object, p *evccPlan, gone string, now time.Time) (plan entities.Plan, said bool) {
	if o.Scope == entities.Loadpoint {
		return m.readEnergyPlan(o, p, now)
	}
	keys, tree := entities.PlansOf(o.Scope), m.world.Tree()
	if count, known := tree.Get(o, keys[1].Whole); known && !tree.HasRepeatingPlans(o) {
		if plan, ok := parse(tree, o, keys[1]); ok && count != "0" {
			return plan, true
		}
		return entities.Plan{}, true
	}
	plan, ok := parse(tree, o, keys[0])
	switch {
	case p.live == deleted:
		return entities.Plan{}, true
	case !ok:
		return entities.Plan{}, !p.blanked
	case p.live != alive && m.leftover(o) == gone, m.isLeftover(o, p, plan, now):
		return entities.Plan{}, true
	}
	return plan, true
}

func (m *Machine) readEnergyPlan(o entities.Object, p *evccPlan, now time.Time) (plan entities.Plan, said bool) {
	keys, tree := entities.PlansOf(o.Scope)[0], m.world.Tree()
	if tree[o.Path(keys.Target)] == "" {
		return entities.Plan{}, !p.blanked
	}
	plan, ok := parse(tree, o, keys)
	followed := tree.FollowedPlan(o)
	over := !plan.Time.After(now) && !followed.Active && followed.Time != tree[o.Path(keys.Time)]
	if !ok || over {
		return entities.Plan{}, true
	}
	return plan, true
}

// leftover is what the broker has of a vehicle's plan, which stays there when evcc deletes it.
func (m *Machine) leftover(o entities.Object) string {
	keys, tree := entities.PlansOf(o.Scope)[0], m.world.Tree()
	at, target := tree[o.Path(keys.Time)], tree[o.Path(keys.Target)]
	if at == "" || target == "" {
		return ""
	}
	return at + " " + target
}

// isLeftover reports whether a vehicle's plan was deleted in evcc and is only left on the broker: its time is past and no
// loadpoint follows it any more, or, where only retained topics tell, the vehicle's loadpoint follows no plan.
func (m *Machine) isLeftover(o entities.Object, p *evccPlan, plan entities.Plan, now time.Time) bool {
	if plan.Time.After(now) && p.live == alive {
		return false
	}
	tree := m.world.Tree()
	for _, lp := range tree.Loadpoints() {
		if vehicle, _ := tree.VehicleAt(lp); vehicle != o {
			continue
		}
		followed := tree.FollowedPlan(lp)
		if followed.Time == strconv.FormatInt(plan.Time.Unix(), 10) {
			return false
		}
		if followed.None && tree.Capacity(o) > 0 {
			return true // evcc would follow it
		}
	}
	return !plan.Time.After(now)
}

// parse reads a plan from two of the object's topics.
func parse(tree entities.Tree, o entities.Object, keys entities.PlanKeys) (plan entities.Plan, ok bool) {
	sec, _ := strconv.ParseInt(tree[o.Path(keys.Time)], 10, 64) // 0, or too large, if it is none
	value := entities.Amount(tree[o.Path(keys.Target)])
	if sec <= 0 || sec >= 1<<37 || value <= 0 {
		return entities.Plan{}, false
	}
	return entities.Plan{Value: value, Time: time.Unix(sec, 0)}, true
}

// planned returns the plan that evcc has for the object at this moment. Until evcc publishes it again after blanking its
// topics, that is the last known one.
func (m *Machine) planned(o entities.Object, now time.Time) (plan entities.Plan, ok bool) {
	p := m.of(o.Prefix)
	plan, said := m.read(o, p, m.world.Registry().Draft(p.key).Gone, now)
	if !said {
		return p.Plan, p.on
	}
	return plan, !plan.Time.IsZero()
}

// Planned returns the plan that evcc has for the object. One of a past time counts, too: a command's end is evaluated when
// evcc answers, which may be late.
func (m *Machine) Planned(o entities.Object) (plan entities.Plan, ok bool) {
	return m.planned(o, time.Time{})
}
