package bridge

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/entities"
)

// planOf returns the plan that evcc has for the object, a zero one if it has none; said is false while evcc has not
// told since it blanked its topics. gone is what was left of a plan that is known to be deleted.
func (s *site) planOf(o entities.Object, p *plan, gone string, now time.Time) (plan entities.Plan, said bool) {
	if o.Scope == entities.Loadpoint {
		return s.energyPlan(o, p, now)
	}
	_, newer := s.tree[o.Path("repeatingPlans")]
	if count, known := s.tree[o.Path("plans")]; known && !newer {
		if plan, ok := s.read(o, "plans/1/time", "plans/1/soc"); ok && count != "0" {
			return plan, true
		}
		return entities.Plan{}, true
	}
	plan, there := s.read(o, "plan/time", "plan/soc")
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
	at, target := s.tree[o.Path("plan/time")], s.tree[o.Path("plan/soc")]
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
	for _, lp := range s.loadpoints() {
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
	if s.tree[o.Path("planEnergy")] == "" {
		return entities.Plan{}, !p.held
	}
	plan, there := s.read(o, "planTime", "planEnergy")
	late := !plan.Time.After(now) && s.tree[o.Path("planActive")] != "true" && s.tree[o.Path("effectivePlanTime")] != s.tree[o.Path("planTime")]
	if !there || late {
		return entities.Plan{}, true
	}
	return plan, true
}

// read returns a plan from two of the object's topics.
func (s *site) read(o entities.Object, at, target string) (entities.Plan, bool) {
	sec, err := strconv.ParseInt(s.tree[o.Path(at)], 10, 64)
	value := number(s.tree[o.Path(target)])
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

// Planned returns the plan that evcc has, as it says it.
func (s siblings) Planned() (entities.Plan, bool) {
	p := s.site.drafts.of(s.object.Prefix)
	plan, said := s.site.planOf(s.object, p, s.site.registry.Draft(p.key).Gone, time.Time{})
	if !said {
		return p.Plan, p.on
	}
	return plan, !plan.Time.IsZero()
}

// Plan returns what turning on the plan applies.
func (s siblings) Plan() entities.Plan { return s.site.plan(s.core, s.object) }

// Zone is where times without a zone are meant.
func (s siblings) Zone() *time.Location { return s.site.zone(s.core) }

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
		if on && !have.Time.After(c.now) {
			return errors.New("the time of the plan has passed: set another time first")
		}
	}
	if s.local {
		return nil
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
		draft.Time = at.Unix()
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
