package entities

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// limits are where a number of a measure can be at all, beyond which nothing that evcc reports widens a range. Measures
// that no number has are left out.
var limits = [measureCount]Bounds{
	Power:       {Min: -1e6, Max: 1e6},
	SetPower:    {Max: 1e6},
	EnergyPlain: {Max: 10000},
	Current:     {Max: 1000},
	SoC:         {Max: 1000}, // evcc takes more than 100 %, and means the same
	Share:       {Max: 1000},
	Level:       {Max: 1000},
	SetLevel:    {Max: 1000},
	SetDuration: {Max: 86400},
	Count:       {Min: -1000, Max: 1000},
}

// Limits returns the hard bounds of a measure on one object. Water boils at 100 °C; prices reach twenty times as far as
// their range.
func (m Measure) Limits(c Context) Bounds {
	switch m {
	case Level, SetLevel:
		if c.Capabilities.fits(Heating, 0) {
			return Bounds{Max: 100}
		}
	case CostLimit:
		if c.Capabilities.fits(CO2, 0) {
			return Bounds{Max: 5000}
		}
		return Price.Limits(c)
	case Price:
		b := c.prices()
		return Bounds{Min: 20 * b.Min, Max: 20 * b.Max}
	}
	return limits[m]
}

// contains reports whether other lies within the bounds.
func (b Bounds) contains(other Bounds) bool { return b.Covers(other.Min) && b.Covers(other.Max) }

// Beyond is how far a number's range has grown on one object for what evcc reports there. The zero value is not at all.
type Beyond struct {
	Least float64 `json:"least,omitempty"` // 0 = as the row's
	Most  float64 `json:"most,omitempty"`  // 0 = as the row's
}

// with returns the bounds, grown.
func (b Bounds) with(beyond Beyond) Bounds {
	if beyond.Least != 0 {
		b.Min = min(b.Min, beyond.Least)
	}
	b.Max = max(b.Max, beyond.Most)
	return b
}

// Tell returns told after another payload of evcc's: it reaches to the next round step, within what the measure can be.
func (in *Instance) Tell(told Beyond, payload string) Beyond {
	limits := in.Row.Measure.Limits(in.Context)
	v, err := in.reported(payload)
	switch own := in.Row.Range.In(in.Context).with(told); {
	case err != nil || in.Row.Range == NoRange || !limits.Covers(v):
	case v < own.Min:
		told.Least = max(limits.Min, round(v, math.Floor))
	case v > own.Max:
		told.Most = min(limits.Max, round(v, math.Ceil))
	}
	return told
}

// Hold returns held after evcc has had a value for long enough: commands reach as far, and no further.
func (in *Instance) Hold(held Beyond, payload string) Beyond {
	v, err := in.reported(payload)
	switch own := in.Row.Range.In(in.Context).with(held); {
	case err != nil || in.Row.Range == NoRange || in.Row.Own.Plans() || !in.Row.Measure.Limits(in.Context).Covers(v):
	case v < own.Min:
		held.Least = v
	case v > own.Max:
		held.Most = v
	}
	return held
}

// CanTell reports whether evcc can have told, and held, that: anyone on the broker can write where it is remembered.
func (in *Instance) CanTell(told, held Beyond) bool {
	shown := in.Row.Range.In(in.Context).with(told)
	limits := in.Row.Measure.Limits(in.Context)
	return (told.Least == 0 || limits.Covers(told.Least)) && (told.Most == 0 || limits.Covers(told.Most)) &&
		(held.Least == 0 || shown.Covers(held.Least)) && (held.Most == 0 || shown.Covers(held.Most))
}

// Range returns what the number shows.
func (in *Instance) Range() Bounds { return in.Row.Range.In(in.Context).with(in.Told) }

// Takes returns what a command may be: the row's range, or the widest that evcc has had.
func (in *Instance) Takes() Bounds { return in.Row.Range.In(in.Context).with(in.Held) }

// Wide reports whether the range has grown to more than twice the row's: too wide for a slider.
func (in *Instance) Wide() bool {
	own, now := in.Row.Range.In(in.Context), in.Range()
	return now.Max-now.Min > 2*(own.Max-own.Min)
}

// round returns v with two digits, the next ones in that direction.
func round(v float64, to func(float64) float64) float64 {
	if v == 0 {
		return 0
	}
	exponent := int(math.Floor(math.Log10(math.Abs(v)))) - 1
	digits := v / math.Pow10(exponent)
	if nearest := math.Round(digits); math.Abs(digits-nearest) < 1e-9 {
		digits = nearest // it has two already
	}
	rounded, _ := strconv.ParseFloat(fmt.Sprintf("%.0fe%d", to(digits), exponent), 64) // exactly the decimals
	return rounded
}

// reported reads a payload of evcc's in the number's unit.
func (in *Instance) reported(payload string) (float64, error) {
	v, err := parse(payload)
	if in.Row.Reading == Percent {
		v = math.Round(v*1000) / 10 // as it is shown
	}
	return v, err
}

// parse reads a decimal number as evcc writes and takes it.
func parse(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || strings.ContainsAny(text, "xX_") {
		return 0, strconv.ErrSyntax
	}
	return v, nil
}

// Tells lists the topic paths where evcc tells what the number shows.
func (in *Instance) Tells() []string {
	switch {
	case len(in.Shares) > 0:
		return in.Shares
	case in.State != "":
		return []string{in.State}
	}
	return nil
}
