package bridge

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/entities"
)

// compose makes evcc's payload of a command for a plan: evcc takes a plan as a whole. What concerns a plan that is only
// being made is for us.
func (s *sent) compose(c *Core, around siblings) error {
	in, o := &s.command.Instance, s.command.Instance.Object
	have, on := around.Planned()
	want := entities.PlanCommand{Plan: have}
	s.local = false
	switch in.Row.Reading {
	case entities.PlanSwitch:
		var err error
		if want, err = in.ParsePlan(strings.TrimSpace(s.raw), around, c.now); err != nil {
			return err
		}
		if err := s.site().effective(o, want); err != nil {
			return err
		}
	case entities.PlanTime:
		want.Time, _ = time.Parse(time.RFC3339, s.payload) // it was made a moment ago
		s.local = !on
	case entities.PlanTarget:
		want.Value = number(s.payload)
		s.local = !on
	}
	if s.local {
		return nil
	}
	want.Time = want.Time.In(around.Zone()) // as people read it, should it be past
	if err := want.Check(c.now); err != nil && !want.Clear() {
		return err
	}
	precondition, err := s.precondition(want)
	s.payload = want.Payload(precondition)
	return err
}

// change is what a command does to a plan that is being made.
func (s *sent) change(c *Core) {
	site, o := s.site(), s.command.Instance.Object
	key := site.drafts.of(o.Prefix).key
	draft := site.registry.Draft(key)
	if at, err := time.Parse(time.RFC3339, s.payload); err == nil {
		draft.Time, draft.Past = at.Unix(), !at.After(c.now)
	} else {
		draft.Target = number(s.payload)
	}
	site.registry = site.registry.WithDraft(key, draft)
	for _, state := range site.wanted.States {
		if state.Reads().Plans() && state.Object == key {
			c.retain(state.Topic, site.planState(c, state))
		}
	}
	site.drafts.look(c.now) // another time may pass first
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
// already. They go their own way and have their own answers.
func (s *sent) strategies(c *Core) (list []sent, err error) {
	in := &s.command.Instance
	if in.Row.Reading != entities.PlanSwitch {
		return nil, nil
	}
	around := s.siblings()
	around.core = c
	want, err := in.ParsePlan(strings.TrimSpace(s.raw), around, c.now)
	if err != nil || want.Clear() {
		return nil, err
	}
	for _, kind := range []entities.WriteKind{entities.WriteContinuous, entities.WritePrecondition} {
		value := want.Strategy.Value(kind)
		topic, command, ok := c.relay.control(s.site(), in.Object, kind)
		if !ok || value == "" || s.site().tree[command.Instance.State] == value {
			continue
		}
		half := sent{command: command, topic: topic, raw: value, since: s.since}
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
