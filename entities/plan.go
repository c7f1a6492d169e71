package entities

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Plan is a charging plan: so much until then.
type Plan struct {
	Value float64 // % of a vehicle, kWh of a loadpoint
	Time  time.Time
}

// PlanCommand is what a command wants of a charging plan. The zero value deletes it.
type PlanCommand struct {
	Plan
	Strategy Strategy
}

// Clear reports whether the plan is deleted.
func (p PlanCommand) Clear() bool { return p.Value == 0 }

// Strategy is how a plan is kept; nil leaves a half as it is.
type Strategy struct {
	Continuous   *bool
	Precondition *int64 // seconds
}

// Given reports whether anything of the strategy is wanted.
func (s Strategy) Given() bool { return s.Continuous != nil || s.Precondition != nil }

// Value returns what a half of the strategy's own control is to be set to, "" if it stays.
func (s Strategy) Value(half WriteKind) string {
	switch {
	case half == WriteContinuous && s.Continuous != nil:
		return strconv.FormatBool(*s.Continuous)
	case half == WritePrecondition && s.Precondition != nil:
		return strconv.FormatInt(*s.Precondition, 10)
	}
	return ""
}

// Payload returns evcc's JSON of the plan. Precondition goes along where it is part of the plan; where it is not, it
// is nil.
func (p PlanCommand) Payload(precondition *int64) string {
	if p.Clear() {
		return "{}"
	}
	return marshal(struct {
		Value        float64 `json:"value"`
		Time         string  `json:"time"`
		Precondition *int64  `json:"precondition,omitempty"`
	}{p.Value, p.Time.UTC().Format(time.RFC3339), precondition})
}

// ParsePlan reads a command for a charging plan: true for the one that is being made, false to delete it, or everything
// as JSON, of which nothing comes from the plan that is being made.
func (in *Instance) ParsePlan(command []byte, s Siblings, now time.Time) (PlanCommand, error) {
	text, err := readable(command)
	if err != nil {
		return PlanCommand{}, err
	}
	return in.parsePlan(text, s, now)
}

func (in *Instance) parsePlan(text string, s Siblings, now time.Time) (PlanCommand, error) {
	switch in.spelled(text) {
	case "true":
		return in.checked(PlanCommand{Plan: s.Plan()}, now)
	case "false":
		return PlanCommand{}, nil
	}
	p, err := readPlan(text)
	if err != nil {
		return PlanCommand{}, err
	}
	return in.planned(p, s, now)
}

func (in *Instance) planned(p planJSON, s Siblings, now time.Time) (PlanCommand, error) {
	strategy := Strategy{Continuous: p.continuous}
	if v := p.precondition; v != nil {
		if *v < 0 || *v > longestPrecondition || *v != math.Trunc(*v) {
			return PlanCommand{}, fmt.Errorf("precondition %s is not a whole number of 0 to %d seconds", format(*v), longestPrecondition)
		}
		seconds := int64(*v)
		strategy.Precondition = &seconds
	}
	switch {
	case p.deletes():
		return PlanCommand{}, nil
	case p.value != nil && *p.value == 0:
		return PlanCommand{}, errors.New("a target of 0 is no plan: send {} to delete it")
	case p.value == nil:
		return PlanCommand{}, errors.New("a plan needs a value: send {} to delete it")
	case p.time == nil:
		return PlanCommand{}, errors.New("a plan needs a time, such as 07:00 or 2026-01-31T07:00:00Z")
	}
	at, err := ParseTime(*p.time, s.Zone(), now)
	if err != nil {
		return PlanCommand{}, err
	}
	return in.checked(PlanCommand{Plan{*p.value, at}, strategy}, now)
}

// checked refuses what evcc would, in words that say more, and what it would take and not do.
func (in *Instance) checked(p PlanCommand, now time.Time) (PlanCommand, error) {
	values := PlanKilowattHours.In(in.Context)
	if in.Row.Scope == Vehicle {
		values = PlanPercents.In(in.Context)
	}
	switch {
	case !values.Covers(p.Value):
		return PlanCommand{}, fmt.Errorf("value %s is outside %s to %s", format(p.Value), format(values.Min), format(values.Max))
	case values.Step == 1 && p.Value != math.Trunc(p.Value):
		return PlanCommand{}, fmt.Errorf("value %s is not a whole number", format(p.Value))
	}
	p.Value = math.Round(p.Value*1000) / 1000
	return p, p.Check(now)
}

// Check returns why evcc would refuse the plan's time, nil if it would not.
func (p Plan) Check(now time.Time) error {
	if !p.Time.After(now) {
		return fmt.Errorf("the time %s is in the past", p.Time.Format(time.RFC3339))
	}
	return nil
}

// PlanKeys are the keys of an object that tell of its charging plan.
type PlanKeys struct {
	Whole  string // of a vehicle: emptied when the plan is deleted; before evcc 0.131.9 how many there are
	Time   string
	Target string
}

var (
	energyPlan = PlanKeys{Time: "planTime", Target: "planEnergy"}
	socPlan    = PlanKeys{Whole: "plan", Time: "plan/time", Target: "plan/soc"}
	firstPlan  = PlanKeys{Whole: "plans", Time: "plans/1/time", Target: "plans/1/soc"} // until 0.131.9
)

// PlansOf returns where evcc tells of the charging plans of a scope's objects, newest names first; nil where there are none.
func PlansOf(s Scope) []PlanKeys {
	switch s {
	case Vehicle:
		return []PlanKeys{socPlan, firstPlan}
	case Loadpoint:
		return []PlanKeys{energyPlan}
	}
	return nil
}

// Has reports whether the key is one of them.
func (k PlanKeys) Has(key string) bool {
	return key != "" && (key == k.Whole || key == k.Time || key == k.Target)
}

// planPaths are the topics that tell of the object's plan.
func (in *Instance) planPaths() (paths []string) {
	for _, k := range PlansOf(in.Object.Scope) {
		for _, key := range []string{k.Whole, k.Time, k.Target} {
			if key != "" {
				paths = append(paths, in.Object.Path(key))
			}
		}
	}
	return paths
}

// planFulfilled reports whether evcc has the plan that it was sent.
func planFulfilled(payload string, s Siblings) bool {
	var want Plan
	if json.Unmarshal([]byte(payload), &want) != nil {
		return false
	}
	have, ok := s.Planned()
	if want.Value == 0 {
		return !ok
	}
	return ok && have.Time.Equal(want.Time) && sameNumber(format(want.Value), format(have.Value))
}

// encodeInstant takes a past time, too: people set the day and the time of day one after the other. A plan of such a
// time is refused.
func encodeInstant(text string, zone *time.Location, now time.Time) (string, error) {
	t, err := ParseTime(text, zone, now)
	if err != nil {
		return "", err
	}
	return t.UTC().Format(time.RFC3339), nil
}
