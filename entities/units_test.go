package entities_test

import (
	"slices"
	"testing"

	"evcc-discovery/entities"
	"evcc-discovery/internal/topicstest"
)

// reads is how a row understands a payload, as far as units go.
type reads struct {
	measure entities.Measure
	reading entities.Reading
}

// natural lists measures that take the payload as it is, also where 0 means unknown.
func natural(measures ...entities.Measure) (list []reads) {
	for _, m := range measures {
		list = append(list, reads{m, entities.Natural}, reads{m, entities.Positive})
	}
	return list
}

func kilo(measures ...entities.Measure) (list []reads) {
	for _, m := range measures {
		list = append(list, reads{m, entities.Kilo})
	}
	return list
}

// byUnit says, by the unit in which evcc publishes a number, what a sensor or a number may make of it.
var byUnit = map[string][]reads{
	"W":                          append(natural(entities.Power, entities.SetPower), kilo(entities.Kilowatts)...),
	"Wh":                         kilo(entities.Energy, entities.EnergySum, entities.EnergyToday, entities.EnergyPlain),
	"kWh":                        natural(entities.Energy, entities.EnergySum, entities.EnergyToday, entities.EnergyPlain, entities.EnergyStored),
	"A":                          natural(entities.Current, entities.SetCurrent),
	"V":                          natural(entities.Voltage),
	"%":                          natural(entities.SoC, entities.SetLevel, entities.Share),
	"% or °C":                    natural(entities.Level, entities.SetLevel),
	"°C":                         natural(entities.Temperature),
	"ratio 0..1":                 {{entities.Share, entities.Percent}},
	"factor":                     natural(entities.Ratio),
	"km":                         natural(entities.Distance),
	"s":                          natural(entities.Elapsed, entities.Timer, entities.SetDuration),
	"phases":                     natural(entities.Count),
	"":                           natural(entities.Count),
	"gCO2/kWh":                   natural(entities.Intensity, entities.AverageIntensity),
	"<currency>":                 natural(entities.Cost),
	"<currency>/kWh":             natural(entities.Price, entities.AveragePrice),
	"<currency>/kWh or gCO2/kWh": natural(entities.CostLimit),
}

// otherUnits are rows that show something else than what the topic's unit says, with the reason.
var otherUnits = map[string]string{
	"loadpoint.plan_duration":      "from the JSON of the plan",
	"loadpoint.plan_price":         "from the JSON of the plan",
	"loadpoint.vehicle_plans_soc":  "a value of the vehicle that is named there",
	"loadpoint.vehicle_plans_time": "a value of the vehicle that is named there",
}

// TestUnits: a row's unit and factor are those in which evcc is documented to publish its topics, also of topics that no
// captured tree has.
func TestUnits(t *testing.T) {
	t.Parallel()
	checked := 0
	used := make(map[string]bool)
	for _, d := range topicstest.Read(t, documented) {
		for _, r := range entities.All {
			if !readsTopic(r, concrete(d)) || !r.Measure.Numeric() && r.Measure != entities.Instant || r.Reading == entities.Series {
				continue
			}
			reading := r.Reading
			if r.Own != entities.FromEvcc || d.Written { // what we publish ourselves has the topic's unit
				reading = entities.Natural
			}
			want := byUnit[d.Unit]
			if d.Type == "time_unix" {
				want = natural(entities.Instant)
			}
			checked++
			if slices.Contains(want, reads{r.Measure, reading}) {
				continue
			}
			name := r.Scope.String() + "." + r.Word()
			if used[name] = true; otherUnits[name] == "" {
				t.Errorf("%s: evcc publishes %s in %q (%s), the row has measure %d and reading %d", name, d.Path(), d.Unit, d.Type, r.Measure, r.Reading)
			}
		}
	}
	for name := range otherUnits {
		if !used[name] {
			t.Errorf("%s has the topic's unit: it is no exception", name)
		}
	}
	if checked < 180 {
		t.Errorf("only %d rows and topics were compared", checked)
	}
}

func readsTopic(r *entities.Row, path string) bool {
	for _, k := range r.Keys {
		if slices.ContainsFunc(paths(r, k), func(p string) bool { return entities.Match(p, path) }) {
			return true
		}
	}
	return false
}
