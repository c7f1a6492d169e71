package bridge

import (
	"strconv"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/internal/bridge/trust"
)

// draft shows the plans when that is due. While evcc is not there its plans stay as they were.
func (s *site) draft(c *Core) {
	if next := s.drafts.next(); next.IsZero() || c.step.Now.Before(next) {
		return
	}
	s.showPlans(c)
}

func (s *site) showPlans(c *Core) {
	d := &s.drafts
	d.due, d.wake = time.Time{}, time.Time{}
	if c.phase != running || s.trust.Value() < trust.Silent || d.moved {
		return
	}
	changed, judged := false, make(map[string]bool)
	for _, state := range s.wanted.States {
		if !state.Reads().Plans() {
			continue
		}
		if object := state.Instance.Object; !judged[object.Prefix] {
			judged[object.Prefix] = true
			changed = s.follow(c, object, state.Object) || changed
		}
		c.step.Retain(state.Topic, s.planState(c, state))
	}
	if changed {
		s.remember(c)
	}
}

// planState is what a state of ours shows.
func (s *site) planState(c *Core, state discovery.State) string {
	o, on := state.Instance.Object, s.drafts.of(state.Instance.Object.Prefix).on
	instant := state.Instance.Row.Measure == entities.Instant
	plan := s.plan(c, o)
	slots := s.drafts.of(o.Prefix).slots
	switch reading := state.Reads(); {
	case reading == entities.PlannedDuration && slots.seconds == 0:
		return ""
	case reading == entities.PlannedDuration:
		return strconv.FormatInt(slots.seconds, 10)
	case reading == entities.PlannedPrice:
		return slots.price
	case reading == entities.PlannedCost:
		return s.outlay(o, slots)
	case reading == entities.PlanSwitch:
		return strconv.FormatBool(on)
	case reading == entities.Planned && !on:
		return ""
	case instant:
		return plan.Time.UTC().Format(time.RFC3339)
	}
	return strconv.FormatFloat(plan.Value, 'f', -1, 64)
}
