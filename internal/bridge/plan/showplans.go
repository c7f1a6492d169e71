package plan

import (
	"strconv"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// show publishes the states of all plans.
func (m *Machine) show(s *step.Step) {
	d := &m.drafts
	d.due, d.wake = time.Time{}, time.Time{}
	if m.world.Closed() != "" || d.moved {
		return
	}
	changed, judged := false, make(map[string]bool)
	for _, state := range m.states {
		if object := state.Instance.Object; !judged[object.Prefix] {
			judged[object.Prefix] = true
			changed = m.follow(s, object, state.Object) || changed
		}
		s.Retain(state.Topic, m.planState(s.Now, state))
	}
	if changed {
		m.world.Remember(s)
	}
}

// planState is what a state of ours shows.
func (m *Machine) planState(now time.Time, state discovery.State) string {
	o, on := state.Instance.Object, m.drafts.of(state.Instance.Object.Prefix).on
	instant := state.Instance.Row.Measure == entities.Instant
	plan := m.plan(now, o)
	slots := m.drafts.of(o.Prefix).slots
	switch reading := state.Reads(); {
	case reading == entities.PlannedDuration && slots.seconds == 0:
		return ""
	case reading == entities.PlannedDuration:
		return strconv.FormatInt(slots.seconds, 10)
	case reading == entities.PlannedPrice:
		return slots.price
	case reading == entities.PlannedCost:
		return m.outlay(o, slots)
	case reading == entities.PlanSwitch:
		return strconv.FormatBool(on)
	case reading == entities.Planned && !on:
		return ""
	case instant:
		return plan.Time.UTC().Format(time.RFC3339)
	}
	return strconv.FormatFloat(plan.Value, 'f', -1, 64)
}
