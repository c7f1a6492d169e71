package entities

import (
	"slices"
	"strings"
)

// What every meter has. Two of its kind differ only in what [meter] is told. Sorted by ID.
var physical = []Row{
	{ID: "currents_0", Key: "currents/1", Measure: Current, Category: Expert, Sample: "2.1"},
	{ID: "currents_1", Key: "currents/2", Measure: Current, Category: Expert, Sample: "2.1"},
	{ID: "currents_2", Key: "currents/3", Measure: Current, Category: Expert, Sample: "2.1"},
	{ID: "energy", Key: "energy", Measure: EnergySum, Reading: Positive, Sample: "23456.7"},
	{ID: "excess_dc_power", Key: "excessDCPower", Measure: Power, Category: Expert, Sample: "500"},
	{ID: "power", Key: "power", Measure: Power, Sample: "4200"},
	{ID: "powers_0", Key: "powers/1", Measure: Power, Category: Expert, Sample: "480"},
	{ID: "powers_1", Key: "powers/2", Measure: Power, Category: Expert, Sample: "480"},
	{ID: "powers_2", Key: "powers/3", Measure: Power, Category: Expert, Sample: "480"},
	{ID: "return_energy", Key: "returnEnergy", Measure: EnergySum, Reading: Positive, Category: Expert, Sample: "1.5"},
}

// The tables of the meters. After editing: go generate ./... && go test ./...
var (
	pv       = meter(advice(batteryAdvice...))
	aux      = meter(nil)
	ext      = meter(nil)
	consumer = meter(nil)
	battery  = meter(append(advice(batteryAdvice...),
		Row{ID: "capacity", Key: "capacity", Measure: EnergyStored, Category: Diagnostic, Sample: "10"},
		Row{ID: "controllable", Key: "controllable", Platform: BinarySensor, Category: Expert, Icon: "mdi:battery-check-outline", Sample: "true"},
		Row{ID: "return_energy", Key: "returnEnergy", Measure: EnergySum, Reading: Positive, Sample: "345.6"},
		Row{ID: "soc", Key: "soc", Measure: SoC, Sample: "71"},
	))
)

// meter returns the table of one kind of meter, sorted by ID: what is its own, and of what every meter has the rest.
func meter(own []Row) []Row {
	rows := slices.Clone(own)
	for _, r := range physical {
		if !slices.ContainsFunc(own, func(o Row) bool { return o.ID == r.ID }) {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b Row) int { return strings.Compare(a.ID, b.ID) })
	return rows
}

var batteryAdvice = []string{"normal", "hold", "charge", "holdcharge"}

// advice is what evcc's optimizer suggests to do in this quarter of an hour. evcc leaves it behind when the optimizer
// is switched off.
func advice(actions ...string) []Row {
	return []Row{
		{ID: "suggestion_action", Key: "suggestion/action", Measure: Enum, Options: words(actions...), Category: Expert, Icon: "mdi:lightbulb-outline", Sample: "charge"},
		{ID: "suggestion_actionable", Key: "suggestion/actionable", Platform: BinarySensor, Category: Expert, Icon: "mdi:lightbulb-alert-outline", Sample: "true"},
		{ID: "suggestion_charge", Key: "suggestion/charge", Measure: SetPower, Category: Expert, Sample: "4200"},
		{ID: "suggestion_discharge", Key: "suggestion/discharge", Measure: SetPower, Category: Expert, Sample: "0"},
	}
}

// Sorted by ID.
var circuit = []Row{
	{ID: "current", Key: "current", Measure: Current, Sample: "10"},
	{ID: "curtailed", Key: "curtailed", Platform: BinarySensor, Icon: "mdi:transmission-tower-import", Sample: "false"},
	{ID: "dimmed", Key: "dimmed", Platform: BinarySensor, Icon: "mdi:transmission-tower-export", Sample: "false"},
	{ID: "max_current", Key: "maxCurrent", Measure: SetCurrent, Category: Diagnostic, Sample: "32"},
	{ID: "max_power", Key: "maxPower", Measure: SetPower, Category: Diagnostic, Sample: "30000"},
	{ID: "parent", Key: "parent", Category: Expert, Icon: "mdi:sitemap-outline", Sample: "main"},
	{ID: "power", Key: "power", Measure: Power, Sample: "6900"},
}
