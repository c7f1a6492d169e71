package entities_test

import (
	"testing"

	"evcc-discovery/entities"
)

// Whatever the object and the currency, a number's own range lies within what its measure can be at all.
func TestRangesLieWithinLimits(t *testing.T) {
	t.Parallel()
	numbers := 0
	for _, r := range entities.All {
		if r.Platform != entities.Number {
			continue
		}
		numbers++
		for _, have := range []entities.Capability{0, entities.Heating, entities.CO2, entities.WholeAmps} {
			for _, currency := range []string{"", "CHF", "SEK", "HUF", "IDR", "XXX"} {
				c := entities.Context{Capabilities: have, Currency: currency}
				own, limits := r.Range.In(c), r.Measure.Limits(c)
				if !limits.Covers(own.Min) || !limits.Covers(own.Max) {
					t.Errorf("%s.%s in %+v: %v is not within %v", r.Scope, r.ComponentKey(), c, own, limits)
				}
			}
		}
	}
	if numbers < 20 {
		t.Errorf("only %d numbers", numbers)
	}
}

// The next round step has two digits, and never lies beyond what the measure can be.
func TestRoundSteps(t *testing.T) {
	t.Parallel()
	delay, current := control(t, "loadpoint.number_disable_delay", entities.Context{}), control(t, "loadpoint.number_max_current", entities.Context{})
	price, power := control(t, "loadpoint.number_smart_cost_limit", entities.Context{}), control(t, "site.number_residual_power", entities.Context{})
	share := control(t, "loadpoint.number_solar_share", entities.Context{})
	for _, test := range []struct {
		in          entities.Instance
		value       string
		least, most float64
	}{
		{delay, "6000", 0, 6000},
		{delay, "6001", 0, 6100},
		{delay, "86400", 0, 86400},
		{delay, "86000", 0, 86000},
		{delay, "86001", 0, 86400},
		{delay, "86401", 0, 6000},
		{current, "64.001", 0, 65},
		{current, "999.9", 0, 1000},
		{current, "64.5e0", 0, 65},
		{current, "1000", 0, 1000},
		{share, "0.8", 0, 100},
		{share, "1.254", 0, 130},
		{price, "2.501", -0.5, 2.6},
		{price, "2.6", -0.5, 2.6},
		{price, "-0.501", -0.51, 2.5},
		{price, "-0.7", -0.7, 2.5},
		{price, "-10", -10, 2.5},
		{price, "-10.001", -0.5, 2.5},
		{power, "-25001", -26000, 25000},
		{power, "1000001", -25000, 25000},
		{power, "-", -25000, 25000},
		{power, "", -25000, 25000},
		{power, "1e400", -25000, 25000},
		{power, "1_000_000", -25000, 25000},
	} {
		in := test.in
		in.Told = in.Tell(entities.Beyond{}, test.value)
		if got := in.Range(); got.Min != test.least || got.Max != test.most {
			t.Errorf("%s %q: %v to %v, want %v to %v", in.Row.ID, test.value, got.Min, got.Max, test.least, test.most)
		}
		if again := in.Tell(in.Told, test.value); again != in.Told {
			t.Errorf("%s %q: told twice it is %v, after once %v", in.Row.ID, test.value, again, in.Told)
		}
	}
}

// Only numbers have a range to widen, and a number of a measure without limits is no row.
func TestLimitsAreChecked(t *testing.T) {
	t.Parallel()
	in := control(t, "loadpoint.select_mode", entities.Context{})
	if told := in.Tell(entities.Beyond{}, "1000"); told != (entities.Beyond{}) {
		t.Errorf("a select was told %v", told)
	}
	row := *control(t, "loadpoint.number_max_current", entities.Context{}).Row
	for _, measure := range []entities.Measure{entities.Voltage, entities.Distance} {
		row.Measure = measure
		if row.Check() == nil {
			t.Errorf("a number of measure %d passes", measure)
		}
	}
}
