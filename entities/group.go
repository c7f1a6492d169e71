package entities

import (
	"fmt"
	"slices"
	"strconv"
)

// Group is a closed vocabulary of controls of one object that evcc checks against each other. Their commands wait for
// each other, and go in an order that evcc accepts.
type Group uint8

// The groups.
const (
	Alone         Group = iota
	Currents            // the smallest and the largest
	BatteryLevels       // priority, buffer and buffer start
	Modes               // another mode ends the battery boost: as they came
	groupCount
)

// ladder lists the keys of a group whose values must not fall from one to the next.
type ladder struct {
	steps []step
	unset bool // 0 stands for "not set" and is always allowed
}

type step struct{ key, name string }

var ladders = [groupCount]ladder{
	Currents: {steps: []step{{"minCurrent", "the minimum current"}, {"maxCurrent", "the maximum current"}}},
	BatteryLevels: {unset: true, steps: []step{{"prioritySoc", "the priority level"}, {"bufferSoc", "the buffer level"},
		{"bufferStartSoc", "the buffer's start level"}}},
}

// Conflict returns why evcc would refuse the payload as long as the others of its group are as they are, "" if nothing
// is in the way.
func (in *Instance) Conflict(payload string, s Siblings) string {
	l := ladders[in.Row.Write.Group]
	here := slices.IndexFunc(l.steps, func(st step) bool { return in.Object.Path(st.key) == in.Set })
	want, err := strconv.ParseFloat(payload, 64)
	if here < 0 || err != nil || (l.unset && want == 0) {
		return ""
	}
	if here > 0 {
		if below, ok := l.value(here-1, s); ok && below > want {
			return fmt.Sprintf("%s of %s would be below %s of %s", l.steps[here].name, format(want), l.steps[here-1].name, format(below))
		}
	}
	if here+1 < len(l.steps) {
		if above, ok := l.value(here+1, s); ok && above < want {
			return fmt.Sprintf("%s of %s would be above %s of %s", l.steps[here].name, format(want), l.steps[here+1].name, format(above))
		}
	}
	return ""
}

// value returns what evcc has for a step, ok false when it is not set.
func (l ladder) value(i int, s Siblings) (v float64, ok bool) {
	v, err := strconv.ParseFloat(s.Value(l.steps[i].key), 64)
	return v, err == nil && !(l.unset && v == 0)
}
