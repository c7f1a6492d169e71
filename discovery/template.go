package discovery

import (
	"strconv"
	"strings"

	"evcc-discovery/entities"
)

// Payloads of booleans as evcc writes them.
const (
	payloadTrue  = "true"
	payloadFalse = "false"
)

// Templates render unknown (none) for an empty payload, which is how evcc says "no value", and for whatever Home
// Assistant would log an error about.
const (
	numberTemplate     = `{{ value if is_number(value) else none }}`
	kiloTemplate       = `{{ (value | float / 1000) | round(6) if is_number(value) else none }}`
	percentTemplate    = `{{ (value | float * 100) | round(1) if is_number(value) else none }}`
	positiveTemplate   = `{{ value if is_number(value) and value | float > 0 else none }}`
	instantTemplate    = `{{ value | as_datetime(none) if value not in ['', '0'] else none }}`
	textTemplate       = `{{ value[:255] or none }}`
	attributesTemplate = `{{ value or '{}' }}`
	titleTemplate      = `{{ value or none }}`
)

// Durations come in seconds, where evcc's overflow value 9223372036 means unknown. Home Assistant's frontend rounds down: half a
// second more keeps 3,660 s from becoming 1h 0m; so do the decimals of the measures, to which it rounds first.
const (
	secondsTemplate  = `{{ value if is_number(value) and value | float < 9000000000 else none }}`
	durationTemplate = `{{ ((value | float + 0.5) / UNIT) | round(6) if is_number(value) and 0 < value | float < 9000000000 else 0 if value == '0' else none }}`
)

// Forecasts are lists of slots: {"start":…,"end":…,"value":…} ("price" before evcc 0.203), {"ts":…,"val":…}, since 0.314
// [start,end,value] and [ts,val] with Unix seconds. Anything else, the number of topics that some versions made of a
// list among it, is unknown. The state is the end of the last slot: it does not change with the clock.
const seriesTemplate = `{% set s = value_json[-1] if value_json is defined and value_json is list and value_json else none %}` +
	`{% set t = s.get('end', s.get('ts')) if s is mapping else s[-2] if s is list and s | count > 1 else none %}` +
	`{{ t | as_datetime(none) if t is string and 'T' in t or t is number and 0 < t < 100000000000 else none }}`

// seriesAttributes makes one shape of all: "series", a list of [Unix seconds of the start, value]. Recorders keep
// 16,384 bytes of attributes: 680 slots of at most 22 characters stay below, and a week has 672 quarters of an hour.
const seriesAttributes = `{% if value_json is defined and value_json is list and value_json %}{"series":[` +
	`{% for s in value_json[:680] if s is mapping or s is list and s | count > 1 %}` +
	`{% set t, v = (s.get('start', s.get('ts')), s.get('value', s.get('price', s.get('val')))) if s is mapping else (s[0], s[-1]) %}` +
	`[{{ (t if t is number and 0 < t < 100000000000 else as_timestamp(t, 0)) | int }},{{ v | float | round(1 if v | float | abs >= 100 else 4) if is_number(v) else 'null' }}]` +
	`{{ '' if loop.last else ',' }}{% endfor %}]}{% else %}{}{% endif %}`

// template returns how Home Assistant reads the instance's payload.
func template(in *entities.Instance) string {
	row := in.Row
	switch row.Reading {
	case entities.Kilo:
		return kiloTemplate
	case entities.Percent:
		if row.Platform == entities.Number {
			return percentBetween(in.Range())
		}
		return percentTemplate
	case entities.Positive:
		return positiveTemplate
	case entities.Online:
		return oneOf([]string{"online", "offline"})
	case entities.Among:
		return among(row.On)
	case entities.Series:
		return seriesTemplate
	case entities.Natural:
		return natural(in)
	}
	panic("row " + row.ID + ": no template for its reading") // a new reading needs a case above
}

// natural returns how a payload is read that needs no reading of its own: by platform and measure.
func natural(in *entities.Instance) string {
	row, options := in.Row, in.Options
	switch seconds := row.Measure.Seconds(in.Context); {
	case seconds == 1:
		return secondsTemplate
	case seconds > 1:
		return strings.Replace(durationTemplate, "UNIT", strconv.Itoa(seconds), 1)
	case row.Own == entities.Titled, row.Own == entities.Named:
		return titleTemplate
	case row.Platform == entities.BinarySensor, row.Platform == entities.Switch:
		return oneOf([]string{payloadTrue, payloadFalse})
	case len(options) > 0:
		return oneOf(options)
	case row.Platform == entities.Number:
		return between(in.Range())
	case row.Measure == entities.Instant:
		return instantTemplate
	case row.Measure.Numeric():
		return numberTemplate
	}
	return textTemplate
}

// oneOf keeps closed domains closed. Words are evcc's codes, never its texts: see safeCode.
func oneOf(words []string) string {
	return "{{ value if value in ['" + strings.Join(words, "', '") + "'] else none }}"
}

// among is on for some words and off for every other one, also for those of a newer evcc.
func among(words []string) string {
	return "{{ '" + payloadTrue + "' if value in ['" + strings.Join(words, "', '") + "'] else '" + payloadFalse + "' if value else none }}"
}

func between(b entities.Bounds) string {
	return "{{ value if is_number(value) and " + decimal(b.Min) + " <= value | float <= " + decimal(b.Max) + " else none }}"
}

// percentBetween is for a ratio that is set in percent.
func percentBetween(b entities.Bounds) string {
	return "{{ (value | float * 100) | round(1) if is_number(value) and " + decimal(b.Min/100) + " <= value | float <= " + decimal(b.Max/100) + " else none }}"
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
