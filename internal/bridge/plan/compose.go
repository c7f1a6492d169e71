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

// Compose returns evcc's payload of a command for a plan, and the strategy that is wanted beside it, which has setters of its
// own. While evcc has no plan, its time and its target are local: they change the draft. What evcc says at this moment
// decides; the states follow a little later.
func (m *Machine) Compose(s *step.Step, in *entities.Instance, raw string, siblings entities.Siblings) (payload string, strategy entities.Strategy, local bool, err error) {
	var want entities.PlanCommand
	switch {
	case m.unidentified && m.of(in.Object.Prefix).key == "":
		return "", strategy, false, errors.New("not ready yet")
	case in.Row.Own == entities.PlanSwitch:
		want, err = in.ParsePlan([]byte(raw), siblings, s.Now)
	default:
		if payload, err = in.Encode([]byte(raw), siblings, s.Now); err != nil {
			return "", strategy, false, err
		}
		have, on := m.planned(in.Object, s.Now)
		if !on {
			return payload, strategy, true, nil
		}
		want, err = m.withPart(s.Now, have, in.Row.Own, payload)
	}
	if err == nil {
		err = m.checkFollowed(in.Object, want)
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

// withPart returns evcc's plan with another time or target.
func (m *Machine) withPart(now time.Time, have entities.Plan, part entities.OwnState, payload string) (entities.PlanCommand, error) {
	want := entities.PlanCommand{Plan: have}
	if part == entities.PlanTime {
		want.Time, _ = time.Parse(time.RFC3339, payload) // it was encoded a moment ago
	} else {
		want.Value = number(payload)
	}
	want.Time = want.Time.In(m.Zone(now)) // as people read it in the error
	return want, want.Check(now)
}

// checkFollowed refuses an energy plan that evcc would take and not follow.
func (m *Machine) checkFollowed(o entities.Object, want entities.PlanCommand) error {
	tree := m.world.Tree()
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

// NoControl returns why a vehicle has no plan control of that path, "" for the path of any other control.
func (m *Machine) NoControl(path string) (reason string) {
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

// precondition returns the precondition in evcc's payload, and an error where this evcc lacks what is wanted. It is part of
// the plan in evcc 0.203.4 to 0.300.1, where leaving it out means 0, and has a setter of its own since.
func (m *Machine) precondition(o entities.Object, want entities.PlanCommand) (*int64, error) {
	tree := m.world.Tree()
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
