package plan

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// Compose makes evcc's payload of a command for a plan: evcc takes a plan as a whole. While evcc has none, its time and its
// target are for us: local. That is decided by what evcc says at this moment: what is shown follows a little later. Beside
// is what is wanted of the plan's strategy, which has controls of its own.
func (m *Machine) Compose(s *step.Step, in *entities.Instance, raw string, around entities.Siblings) (payload string, beside entities.Strategy, local bool, err error) {
	var want entities.PlanCommand
	switch {
	case m.drafts.unsure(in.Object.Prefix):
		return "", beside, false, errors.New("not ready yet")
	case in.Row.Own == entities.PlanSwitch:
		want, err = in.ParsePlan([]byte(raw), around, s.Now)
	default:
		if payload, err = in.Encode([]byte(raw), around, s.Now); err != nil {
			return "", beside, false, err
		}
		have, on := m.planned(in.Object, s.Now)
		if !on {
			return payload, beside, true, nil
		}
		want, err = m.changed(s, in, have, payload)
	}
	if err == nil {
		err = m.effective(in.Object, want)
	}
	if err != nil {
		return "", want.Strategy, false, err
	}
	precondition, err := m.precondition(in.Object, want)
	if err != nil {
		return "", want.Strategy, false, err
	}
	return want.Payload(precondition), want.Strategy, false, nil
}

// changed is evcc's plan with another time or target.
func (m *Machine) changed(s *step.Step, in *entities.Instance, have entities.Plan, payload string) (entities.PlanCommand, error) {
	want := entities.PlanCommand{Plan: have}
	if in.Row.Own == entities.PlanTime {
		want.Time, _ = time.Parse(time.RFC3339, payload) // it was made a moment ago
	} else {
		want.Value = number(payload)
	}
	want.Time = want.Time.In(m.zone(s.Now)) // as people read it, should it be past
	return want, want.Check(s.Now)
}

// Change is what a command does to a plan that is being made.
func (m *Machine) Change(s *step.Step, o entities.Object, payload string) {
	key := m.drafts.of(o.Prefix).key
	draft := m.world.Registry().Draft(key)
	if at, err := time.Parse(time.RFC3339, payload); err == nil {
		draft.Time, draft.Past = at.Unix(), !at.After(s.Now)
	} else {
		draft.Target = number(payload)
	}
	m.world.SetDraft(key, draft)
	for _, state := range m.states {
		if state.Object == key {
			s.Retain(state.Topic, m.planState(s.Now, state))
		}
	}
	m.Look(s) // another time may pass first
	m.world.Remember(s)
}

// effective refuses an energy plan that evcc would take and not follow.
func (m *Machine) effective(o entities.Object, want entities.PlanCommand) error {
	tree := m.tree()
	vehicle := entities.Object{Scope: entities.Vehicle, Ref: tree[o.Path("vehicleName")]}
	if o.Scope != entities.Loadpoint || want.Clear() || vehicle.Ref == "" {
		return nil
	}
	vehicle.Prefix = "vehicles/" + vehicle.Ref
	capacity := max(number(tree[vehicle.Path("capacity")]), number(tree[o.Path("vehicleCapacity")]))
	offline := tree.View().Capabilities(vehicle)&entities.Offline != 0 || tree[o.Path("vehicleFeatureOffline")] == "true"
	if capacity <= 0 || offline && number(tree[o.Path("vehicleSoc")]) <= 0 {
		return nil
	}
	return fmt.Errorf("evcc would not follow it: %s tells its state of charge, so plan that vehicle instead", tree.Title(vehicle))
}

// Unplanned says why a vehicle has no plan, "" where another topic below the site was meant.
func (m *Machine) Unplanned(path string) string {
	id, vehicle := strings.CutPrefix(path, entities.Vehicle.String()+"/")
	id, control, _ := strings.Cut(id, "/")
	if !vehicle || !strings.HasPrefix(control, "plan") {
		return ""
	}
	if _, known := m.world.Registry().Objects[entities.Vehicle.String()+"/"+id]; !known {
		return "evcc has no such vehicle: a vehicle's topic has its name in evcc, " + strconv.Quote("db:7") + " is db_3a7"
	}
	return "evcc is told no state of charge by this vehicle: plan its energy at the loadpoint"
}

// precondition returns what evcc's payload says of the strategy, and an error where this evcc has none of what is wanted.
// It is part of the plan in evcc 0.203.4 to 0.300.1, where leaving it out means 0, and has a setter of its own since.
func (m *Machine) precondition(o entities.Object, want entities.PlanCommand) (*int64, error) {
	tree := m.tree()
	path := o.Path("planPrecondition")
	if o.Scope == entities.Vehicle {
		path = o.Path("plan/precondition")
	}
	inside := tree["loadpoints/1/planPrecondition"] != "" && tree["loadpoints/1/planContinuous"] == ""
	switch given := want.Strategy; {
	case want.Clear():
		return nil, nil
	case inside && given.Continuous != nil:
		return nil, errors.New("this evcc cannot plan continuously: leave out continuous")
	case inside && given.Precondition != nil:
		return given.Precondition, nil
	case inside:
		if seconds := int64(number(tree[path])); seconds > 0 {
			return &seconds, nil
		}
	case given.Continuous != nil && tree[o.Path("planStrategy/continuous")] == "",
		given.Precondition != nil && tree[o.Path("planStrategy/precondition")] == "":
		return nil, errors.New("this evcc knows no strategy for plans: leave out continuous and precondition")
	}
	return nil, nil
}
