package bridge

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/entities"
)

// compose makes evcc's payload of a command for a plan: evcc takes a plan as a whole. While evcc has none, its time and its
// target are for us. That is decided by what evcc says at this moment: what is shown follows a little later.
func (s *sent) compose(c *Core, around siblings) (payload string, err error) {
	in, site := &s.command.Instance, s.site()
	s.local = false
	switch {
	case site.drafts.unsure(in.Object.Prefix):
		return "", errors.New("not ready yet")
	case in.Row.Own == entities.PlanSwitch:
		want, err := in.ParsePlan([]byte(s.raw), around, c.step.Now)
		if err != nil {
			return "", err
		}
		return s.whole(want)
	}
	if payload, err = in.Encode([]byte(s.raw), around, c.step.Now); err != nil {
		return "", err
	}
	have, on := site.planned(in.Object, c.step.Now)
	if !on {
		s.local = true
		return payload, nil
	}
	want := entities.PlanCommand{Plan: have}
	if in.Row.Own == entities.PlanTime {
		want.Time, _ = time.Parse(time.RFC3339, payload) // it was made a moment ago
	} else {
		want.Value = number(payload)
	}
	want.Time = want.Time.In(around.Zone()) // as people read it, should it be past
	if err := want.Check(c.step.Now); err != nil {
		return "", err
	}
	return s.whole(want)
}

// whole makes evcc's payload of a plan that is one, and keeps what is wanted beside it.
func (s *sent) whole(want entities.PlanCommand) (string, error) {
	s.beside = want.Strategy
	if err := s.site().effective(s.command.Instance.Object, want); err != nil {
		return "", err
	}
	precondition, err := s.precondition(want)
	if err != nil {
		return "", err
	}
	return want.Payload(precondition), nil
}

// change is what a command does to a plan that is being made.
func (s *sent) change(c *Core) {
	site, o := s.site(), s.command.Instance.Object
	key := site.drafts.of(o.Prefix).key
	draft := site.registry.Draft(key)
	if at, err := time.Parse(time.RFC3339, s.payload); err == nil {
		draft.Time, draft.Past = at.Unix(), !at.After(c.step.Now)
	} else {
		draft.Target = number(s.payload)
	}
	site.registry = site.registry.WithDraft(key, draft)
	for _, state := range site.wanted.States {
		if state.Reads().Plans() && state.Object == key {
			c.step.Retain(state.Topic, site.planState(c, state))
		}
	}
	site.drafts.look(c.step.Now) // another time may pass first
	site.remember(c)
}

// effective refuses an energy plan that evcc would take and not follow.
func (s *site) effective(o entities.Object, want entities.PlanCommand) error {
	vehicle := entities.Object{Scope: entities.Vehicle, Ref: s.tree[o.Path("vehicleName")]}
	if o.Scope != entities.Loadpoint || want.Clear() || vehicle.Ref == "" {
		return nil
	}
	vehicle.Prefix = "vehicles/" + vehicle.Ref
	capacity := max(number(s.tree[vehicle.Path("capacity")]), number(s.tree[o.Path("vehicleCapacity")]))
	offline := s.tree.View().Capabilities(vehicle)&entities.Offline != 0 || s.tree[o.Path("vehicleFeatureOffline")] == "true"
	if capacity <= 0 || offline && number(s.tree[o.Path("vehicleSoc")]) <= 0 {
		return nil
	}
	return fmt.Errorf("evcc would not follow it: %s tells its state of charge, so plan that vehicle instead", s.tree.Title(vehicle))
}

// unplanned says why a vehicle has no plan, "" where another topic below the site was meant.
func (s *site) unplanned(path string) string {
	id, vehicle := strings.CutPrefix(path, entities.Vehicle.String()+"/")
	id, control, _ := strings.Cut(id, "/")
	if !vehicle || !strings.HasPrefix(control, "plan") {
		return ""
	}
	if _, known := s.registry.Objects[entities.Vehicle.String()+"/"+id]; !known {
		return "evcc has no such vehicle: a vehicle's topic has its name in evcc, " + strconv.Quote("db:7") + " is db_3a7"
	}
	return "evcc is told no state of charge by this vehicle: plan its energy at the loadpoint"
}

// precondition returns what evcc's payload says of the strategy, and an error where this evcc has none of what is wanted.
// It is part of the plan in evcc 0.203.4 to 0.300.1, where leaving it out means 0, and has a setter of its own since.
func (s *sent) precondition(want entities.PlanCommand) (*int64, error) {
	o, tree := s.command.Instance.Object, s.site().tree
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

// strategies returns the commands for the strategy that a plan command wants beside the plan: only what is not so
// already and stays so. They go their own way and have their own answers.
func (s *sent) strategies(c *Core) (list []sent, err error) {
	for _, kind := range []entities.WriteKind{entities.WriteContinuous, entities.WritePrecondition} {
		value := s.beside.Value(kind)
		if value == "" {
			continue
		}
		topic, command, ok := c.relay.control(s.site(), s.command.Instance.Object, kind)
		half := sent{command: command, topic: topic, raw: value, since: s.since}
		if !ok || s.site().tree[command.Instance.State] == value && c.relay.lanes[half.lane()] == nil {
			continue
		}
		if err := half.encode(c); err != nil {
			return nil, fmt.Errorf("precondition: %w", err) // all or nothing
		}
		list = append(list, half)
	}
	return list, nil
}

// control returns the control of that kind on an object.
func (r *relay) control(s *site, o entities.Object, kind entities.WriteKind) (topic string, command served, ok bool) {
	for topic, command := range r.commands {
		if in := command.Instance; command.site == s && in.Object == o && in.Row.Write.Kind == kind {
			return topic, command, true
		}
	}
	return "", served{}, false
}
