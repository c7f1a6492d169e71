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
		want.Value = entities.Amount(payload)
	}
	want.Time = want.Time.In(m.Zone(now)) // as people read it in the error
	return want, want.Check(now)
}

// checkFollowed refuses an energy plan that evcc would take and not follow.
func (m *Machine) checkFollowed(o entities.Object, want entities.PlanCommand) error {
	if o.Scope != entities.Loadpoint || want.Clear() {
		return nil
	}
	tree := m.world.Tree()
	if vehicle, ok := tree.VehicleWithSoC(o); ok {
		return fmt.Errorf("evcc would ignore it: %s reports its state of charge, so plan that vehicle instead", tree.Title(vehicle))
	}
	return nil
}

// NoControl returns why a vehicle has no plan control of that path, "" for the path of any other control.
func (m *Machine) NoControl(path string) (reason string) {
	id, vehicle := strings.CutPrefix(path, entities.Vehicle.String()+"/")
	id, control, _ := strings.Cut(id, "/")
	if !vehicle || !strings.HasPrefix(control, "plan") {
		return ""
	}
	if _, known := m.world.Registry().Objects[entities.Vehicle.String()+"/"+id]; !known {
		return "evcc has no such vehicle: the topic has its name in evcc, encoded: " + strconv.Quote("db:7") + " is db_3a7"
	}
	return "this vehicle reports no state of charge to evcc: plan its energy at the loadpoint"
}

// precondition returns the precondition in evcc's payload, nil where it is no part of that, and an error where this evcc lacks
// what is wanted.
func (m *Machine) precondition(o entities.Object, want entities.PlanCommand) (*int64, error) {
	tree := m.world.Tree()
	inPlan := tree.PreconditionInPlan()
	switch given := want.Strategy; {
	case want.Clear():
		return nil, nil
	case inPlan && given.Continuous != nil:
		return nil, errors.New("this evcc has no continuous plans: omit continuous")
	case inPlan && given.Precondition != nil:
		return given.Precondition, nil
	case inPlan:
		if seconds := tree.Precondition(o); seconds > 0 {
			return &seconds, nil
		}
	case given.Continuous != nil && !tree.HasStrategy(o, entities.WriteContinuous),
		given.Precondition != nil && !tree.HasStrategy(o, entities.WritePrecondition):
		return nil, errors.New("this evcc has no plan strategy: omit continuous and precondition")
	}
	return nil, nil
}
