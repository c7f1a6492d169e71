package entities

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Watches lists the topic paths below the root that tell what became of a command; none: nothing but evcc's answer
// does. A kind of command with more than one value, or with a value elsewhere, has its case here and in [Instance.Fulfilled].
func (in *Instance) Watches() []string {
	switch {
	case len(in.Shares) > 0:
		return in.Shares
	case in.Row.Own.Plans():
		return in.planPaths()
	case in.Row.Write.Kind == WriteClear:
		return []string{in.Set} // a button has no state of its own, but evcc's setter is named like the value
	case in.Row.Write.Kind == WriteNoPlan, in.Row.Write.Kind == WriteOfVehicle:
		return nil
	case in.Row.Write.Kind == WriteMode:
		return []string{in.State, in.Object.Path("alwaysCharge")}
	}
	if in.State == "" {
		return nil
	}
	return []string{in.State}
}

// Fulfilled reports whether evcc shows what the command wanted: command is what was sent to us, payload what evcc got.
func (in *Instance) Fulfilled(command, payload string, s Siblings) bool {
	if in.Row.Own.Plans() {
		return planFulfilled(payload, s)
	}
	value := func() string { return s.Value("/" + in.Watches()[0]) }
	if len(in.Shares) > 0 {
		have, alike := in.Common(s)
		return alike && (sameNumber(payload, have) || payload == Clear && have == "")
	}
	switch in.Row.Write.Kind {
	case WriteFloat, WriteInt, WritePercent:
		if payload == Clear {
			return value() == ""
		}
		return sameNumber(payload, value())
	case WriteContinuous, WritePrecondition: // the payload holds the other half as well
		return in.spelled(strings.TrimSpace(command)) == value()
	case WriteMode:
		return inMode(payload, value(), s)
	case WriteVehicle, WriteClear:
		if payload == Clear {
			return value() == ""
		}
	}
	if in.Row.Write.Kept && payload == Automatic && value() == "" {
		return true // evcc has no word for it before the first command
	}
	return payload == value()
}

// Common returns the value that all of what the instance shares have, and whether they are alike.
func (in *Instance) Common(s Siblings) (value string, alike bool) {
	for i, path := range in.Shares {
		v := s.Value("/" + path)
		if i > 0 && v != value {
			return "", false
		}
		value = v
	}
	return value, true
}

// sameNumber allows for evcc's roundings: three decimals, five significant digits before 0.300.7. A limit of 0 may be
// shown as nothing.
func sameNumber(want, have string) bool {
	w, err := strconv.ParseFloat(want, 64)
	if err != nil {
		return want == have
	}
	if have == "" {
		return w == 0
	}
	h, err := strconv.ParseFloat(have, 64)
	return err == nil && math.Abs(w-h) <= max(0.0005, 5e-5*math.Abs(w))
}

// Demand is a closed vocabulary of what evcc asks for when it takes a command, beside the value.
type Demand uint8

// The demands.
const (
	NoDemand  Demand = iota
	SolarMode        // a charging mode that follows the sun, to switch it on
	FewPhases        // no more phases than the charger is wired to
	demandCount
)

// Refusal returns why evcc refused the payload, as far as that can be known; "" if it cannot.
func (in *Instance) Refusal(payload string, s Siblings) string {
	if w := in.Row.Write; !in.Context.Capabilities.fits(w.Needs, w.Except) {
		switch {
		case w.Needs&ControllableBattery != 0:
			return "evcc has no controllable battery"
		default:
			return "not supported by this device"
		}
	}
	if reason := in.Conflict(payload, s); reason != "" {
		return reason
	}
	switch in.Row.Write.Demand {
	case SolarMode:
		switch mode := s.Value("mode"); mode {
		case "pv", "minpv", "smart":
		default:
			if payload == "true" {
				return "this needs solar charging, and the mode is " + mode
			}
		}
	case FewPhases:
		if wired, err := strconv.Atoi(s.Value("chargerPhysicalPhases")); err == nil && wired > 0 && payload > strconv.Itoa(wired) {
			return "the charger is wired to fewer phases"
		}
	}
	return ""
}

// Remark returns what one has to know of a command that evcc has accepted; "" if nothing.
func (in *Instance) Remark(payload string, s Siblings) string {
	var plan Plan
	if in.Object.Scope != Vehicle || json.Unmarshal([]byte(payload), &plan) != nil || plan.Value != 0 || !in.Row.Own.Plans() && in.Row.Write.Kind != WriteNoPlan {
		return ""
	}
	count, _ := strconv.Atoi(s.Value(repeatingPlans))
	for i := range min(count, mostRepeating) {
		if s.Value(fmt.Sprintf("%s/%d/active", repeatingPlans, i+1)) == "true" {
			return "evcc goes on with a repeating plan of this vehicle; only evcc's own pages change it"
		}
	}
	return ""
}

// Silence returns why evcc may not have answered.
func (in *Instance) Silence() string {
	if in.Object.Scope == Vehicle {
		return "no answer from evcc: it is busy, or must be restarted to accept a vehicle added after its start"
	}
	return "no answer from evcc: it is not running, or too old for this"
}
