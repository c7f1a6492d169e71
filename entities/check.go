package entities

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var (
	validID   = regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`)
	validIcon = regexp.MustCompile(`^mdi:[a-z0-9-]+$`)
	validKey  = regexp.MustCompile(`^/?[a-zA-Z0-9]+(/[a-zA-Z0-9-]+)*$`)
)

// Check returns everything that is wrong with a row, nil if nothing is. It runs over the whole catalogue in one
// test; a row is never repaired later.
func (r *Row) Check() error {
	var problems []error
	fail := func(bad bool, format string, args ...any) {
		if bad {
			problems = append(problems, fmt.Errorf("%s.%s: "+format, append([]any{r.Scope, r.ComponentKey()}, args...)...))
		}
	}
	fail(!validID.MatchString(r.ID), "ID must be lower case words joined by underscores")
	fail(strings.HasPrefix(r.ID, UnknownPrefix), "ids that begin with %s are those of unknown topics", UnknownPrefix)
	fail(r.Sample == "", "no Sample; paste a payload evcc really sends")
	fail(r.Icon != "" && !validIcon.MatchString(r.Icon), "icon %q is not mdi:name", r.Icon)
	for _, k := range r.Keys {
		fail(!validKey.MatchString(k.Path), "key %q is not a path below its scope", k.Path)
	}
	q := r.Measure.In(Context{})
	fail(r.Icon == "" && q.DeviceClass == "", "needs an icon: no device class gives one")
	fail(r.Key != "" && len(r.Keys) != 1, "Key is for one name and Keys for several, not both")
	fail(r.Category == Config && r.Write == nil, "Config is for what can be set")
	fail(r.Disabled && (r.Category == Diagnostic || r.Category == Expert), "what is Disabled and Diagnostic is Expert")
	r.checkPlatform(fail)
	r.checkReading(fail)
	r.checkOwn(fail)
	if r.Write != nil {
		r.checkWrite(fail)
	}
	return errors.Join(problems...)
}

type failer func(bad bool, format string, args ...any)

func (r *Row) checkPlatform(fail failer) {
	enum := r.Measure == Enum
	fail(r.Platform != Button && !r.Own.OfCommands() && len(r.Keys) == 0, "needs a key to read")
	fail(r.Platform == Button && len(r.Keys) > 0, "cannot be read, so it has no Key; name the setter in Write.Set")
	fail((r.Range == NoRange) == (r.Platform == Number), "Range is for numbers, and every number needs one")
	fail(enum != (len(r.Options) > 0) && r.Platform == Sensor, "Options and the Enum measure go together")
	switch r.Platform {
	case Sensor:
		fail(r.Write != nil, "a sensor cannot be set")
	case BinarySensor:
		fail(r.Write != nil, "a binary sensor cannot be set")
		fail(r.Measure != None && r.Measure < Charging, "the measure is not one of a binary sensor")
	case Number:
		fail(!r.Measure.Limits(Context{}).contains(r.Range.In(Context{})), "the range reaches beyond the measure's Limits, or the measure has none")
		fail(r.Write == nil, "a number needs Write")
		fail(!r.Measure.Numeric(), "a number needs a numeric measure")
	case Select:
		fail(r.Write == nil, "a select needs Write")
		fail(len(r.Options) == 0 && r.Own != Titled && r.Own != Named, "a select needs Options")
		fail(r.Measure != None, "a select has no measure")
	case DateTime:
		fail(r.Write == nil, "a datetime needs Write")
		fail(r.Measure != Instant, "a datetime is an Instant")
	case Switch, Button:
		fail(r.Write == nil, "%s needs Write", r.Platform)
		fail(r.Measure != None, "%s has no measure", r.Platform)
	case Event:
		fail(r.Write != nil, "an event cannot be set")
		fail(len(r.Options) == 0, "an event needs Options: its types")
	}
}

func (r *Row) checkReading(fail failer) {
	fail(r.Reading >= readingCount, "no such reading")
	fail(r.Measure >= measureCount, "no such measure")
	switch r.Reading {
	case Percent:
		fail(!r.Measure.Numeric() || r.Platform != Sensor && r.Platform != Number, "this reading is for numeric sensors, and for numbers")
	case Kilo, Positive:
		fail(!r.Measure.Numeric() || r.Platform != Sensor, "this reading is for numeric sensors")
	case Among:
		fail(!r.switchedByWords(), "Among is for switches with On and Options")
	case Online:
		fail(r.Platform != BinarySensor, "Online is for binary sensors")
	case Series:
		fail(r.Platform != Sensor || r.Measure != Instant || r.Enabled(), "Series is for instants that are off by default: their attributes are large")
	}
	seen := make(map[string]bool)
	for _, o := range r.Options {
		fail(seen[o.Code], "option %q twice", o.Code)
		fail(r.Platform == Select && strings.EqualFold(o.Code, "none"), "Home Assistant cannot show the option none")
		seen[o.Code] = true
	}
}

func (r *Row) switchedByWords() bool {
	return r.Platform == Switch && len(r.On) > 0 && len(r.Options) > 0
}

func (r *Row) checkOwn(fail failer) {
	fail(r.Own >= ownStateCount, "no such state of our own")
	fail(r.Own != FromEvcc && r.Reading != Natural, "what we publish ourselves is read as it is")
	switch r.Own {
	case Requested:
		fail(len(r.Options) == 0, "Requested needs Options")
	case Held:
		fail(!r.switchedByWords(), "Held is for switches with On and Options")
	case Titled, Named:
		fail(r.Platform != Select, "this state is for selects")
	case OfVehicle:
		fail(r.Of == "", "OfVehicle needs Of")
	case Filled, TakenOut:
		fail(r.Platform != BinarySensor, "this state is for binary sensors")
	case Shared:
		fail(r.Platform != Number || !r.Write.All, "Shared is for numbers that evcc writes to all loadpoints")
	case OrZero:
		fail(r.Platform != Number, "OrZero is for numbers")
	case EachCommand:
		fail(r.Platform != Event, "EachCommand is for events")
	case PlanSwitch:
		fail(r.Platform != Switch, "PlanSwitch is for switches")
	case PlanTime:
		fail(r.Platform != DateTime, "PlanTime is for datetimes")
	case PlanTarget:
		fail(r.Platform != Number, "PlanTarget is for numbers")
	case Planned, PlannedDuration, PlannedPrice:
		fail(r.Platform != Sensor, "this state is for sensors")
	}
}

func (r *Row) checkWrite(fail failer) {
	w := r.Write
	fail(w.Kind >= writeKindCount, "no such write kind")
	fail(w.Off != "" && r.Platform != Number, "Off is for numbers")
	fail(w.Group >= groupCount, "no such group")
	fail(w.Demand >= demandCount, "no such demand")
	fail(len(w.Sets) == 0 && len(r.Keys) == 0, "a write needs a topic: Write.Set or Key")
	number := w.Kind == WriteFloat || w.Kind == WriteInt || w.Kind == WritePercent
	fail(number != (r.Platform == Number), "numbers are written as WriteFloat, WriteInt or WritePercent, nothing else is")
	fail((w.Kind == WritePercent) != (r.Platform == Number && r.Reading == Percent), "what is read in percent is written so")
	fail((w.Kind == WriteInstant) != (r.Platform == DateTime), "datetimes are written as WriteInstant, nothing else is")
	fail((w.Kind == WritePlan) != (r.Own == PlanSwitch), "WritePlan goes with PlanSwitch")
	worded := w.Kind == WriteToggle || w.Kind == WriteReturn
	fail((w.Kind == WriteBool || w.Kind == WriteContinuous || w.Kind == WritePlan || worded) != (r.Platform == Switch), "switches are written as booleans, nothing else is")
	fail(worded != (r.Reading == Among || r.Own == Held), "what is switched by words is read by words")
	fail(worded != (len(w.Back) > 0), "Back is for what is switched by words")
	fail((w.Kind == WriteClear || w.Kind == WriteNoPlan) != (r.Platform == Button) && w.Kind != WriteOfVehicle, "buttons clear, nothing else does")
	for _, k := range w.Sets {
		fail(!validKey.MatchString(k.Path), "setter %q is not a path below its scope", k.Path)
	}
}
