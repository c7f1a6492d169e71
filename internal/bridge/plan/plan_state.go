package plan

import (
	"strconv"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// show publishes the states of all plans. While evcc is unavailable they stay as they were.
func (m *Machine) show(s *step.Step) {
	m.changed, m.passes = time.Time{}, time.Time{}
	if m.world.Unavailable("", entities.Object{}) != "" || m.unidentified {
		return
	}
	changed, updated := false, make(map[string]bool)
	for _, state := range m.states {
		if m.world.Unavailable(state.Object, state.Instance.Object) != "" {
			continue
		}
		if object := state.Instance.Object; !updated[object.Prefix] {
			updated[object.Prefix] = true
			changed = m.update(s, object, state.Object) || changed
		}
		s.Retain(state.Topic, m.state(s.Now, &state))
	}
	if changed {
		m.world.Remember(s)
	}
}

// state is the payload of a state.
func (m *Machine) state(now time.Time, state *discovery.State) string {
	o := state.Instance.Object
	p, plan := m.of(o.Prefix), m.Plan(now, o)
	switch kind := state.Reads(); {
	case kind == entities.PlannedDuration && p.hours.seconds == 0:
		return ""
	case kind == entities.PlannedDuration:
		return strconv.FormatInt(p.hours.seconds, 10)
	case kind == entities.PlannedPrice:
		return p.hours.price
	case kind == entities.PlanSwitch:
		return strconv.FormatBool(p.on)
	case kind == entities.Planned && !p.on:
		return ""
	case state.Instance.Row.Measure == entities.Instant:
		return plan.Time.UTC().Format(time.RFC3339)
	}
	return strconv.FormatFloat(plan.Value, 'f', -1, 64)
}
