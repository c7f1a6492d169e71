package entities

import (
	"slices"
	"strings"
)

// What every meter has. Two of its kind differ only in what [meter] is told. Sorted by ID.
var physical = []Row{
	{ID: "currents_0", Keys: keys("currents/1"), Platform: Sensor, Measure: Current, Category: Diagnostic, Disabled: true, Sample: "2.1"},
	{ID: "currents_1", Keys: keys("currents/2"), Platform: Sensor, Measure: Current, Category: Diagnostic, Disabled: true, Sample: "2.1"},
	{ID: "currents_2", Keys: keys("currents/3"), Platform: Sensor, Measure: Current, Category: Diagnostic, Disabled: true, Sample: "2.1"},
	{ID: "energy", Keys: keys("energy"), Platform: Sensor, Measure: EnergySum, Reading: Positive, Sample: "23456.7"},
	{ID: "excess_dc_power", Keys: keys("excessDCPower"), Platform: Sensor, Measure: Power, Category: Diagnostic, Disabled: true, Sample: "500"},
	{ID: "power", Keys: keys("power"), Platform: Sensor, Measure: Power, Sample: "4200"},
	{ID: "powers_0", Keys: keys("powers/1"), Platform: Sensor, Measure: Power, Category: Diagnostic, Disabled: true, Sample: "480"},
	{ID: "powers_1", Keys: keys("powers/2"), Platform: Sensor, Measure: Power, Category: Diagnostic, Disabled: true, Sample: "480"},
	{ID: "powers_2", Keys: keys("powers/3"), Platform: Sensor, Measure: Power, Category: Diagnostic, Disabled: true, Sample: "480"},
	{ID: "return_energy", Keys: keys("returnEnergy"), Platform: Sensor, Measure: EnergySum, Reading: Positive, Category: Diagnostic, Disabled: true, Sample: "1.5"},
}

// The tables of the meters. After editing: go generate ./... && go test ./...
var (
	pv       = meter(PV, advice(PV, batteryAdvice...))
	aux      = meter(Aux, nil)
	ext      = meter(Ext, nil)
	consumer = meter(Consumer, nil)
	battery  = meter(Battery, append(advice(Battery, batteryAdvice...),
		Row{ID: "capacity", Keys: keys("capacity"), Platform: Sensor, Measure: EnergyStored, Category: Diagnostic, Sample: "10"},
		Row{ID: "controllable", Keys: keys("controllable"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:battery-check-outline", Sample: "true"},
		Row{ID: "return_energy", Keys: keys("returnEnergy"), Platform: Sensor, Measure: EnergySum, Reading: Positive, Sample: "345.6"},
		Row{ID: "soc", Keys: keys("soc"), Platform: Sensor, Measure: SoC, Sample: "71"},
	))
)

// meter returns the table of one kind of meter, sorted by ID: what is its own, and of what every meter has the rest.
func meter(s Scope, own []Row) []Row {
	rows := slices.Clone(own)
	for _, r := range physical {
		if !slices.ContainsFunc(own, func(o Row) bool { return o.ID == r.ID }) {
			rows = append(rows, r)
		}
	}
	for i := range rows {
		rows[i].Scope = s
	}
	slices.SortFunc(rows, func(a, b Row) int { return strings.Compare(a.ID, b.ID) })
	return rows
}

var batteryAdvice = []string{"normal", "hold", "charge", "holdcharge"}

// advice is what evcc's optimizer suggests to do in this quarter of an hour. evcc leaves it behind when the optimizer
// is switched off.
func advice(s Scope, actions ...string) []Row {
	return []Row{
		{Scope: s, ID: "suggestion_action", Keys: keys("suggestion/action"), Platform: Sensor, Measure: Enum, Options: words(actions...), Category: Diagnostic, Disabled: true, Icon: "mdi:lightbulb-outline", Sample: "charge"},
		{Scope: s, ID: "suggestion_actionable", Keys: keys("suggestion/actionable"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:lightbulb-alert-outline", Sample: "true"},
		{Scope: s, ID: "suggestion_charge", Keys: keys("suggestion/charge"), Platform: Sensor, Measure: SetPower, Category: Diagnostic, Disabled: true, Sample: "4200"},
		{Scope: s, ID: "suggestion_discharge", Keys: keys("suggestion/discharge"), Platform: Sensor, Measure: SetPower, Category: Diagnostic, Disabled: true, Sample: "0"},
	}
}

// Sorted by ID.
var circuit = []Row{
	{Scope: Circuit, ID: "current", Keys: keys("current"), Platform: Sensor, Measure: Current, Sample: "10"},
	{Scope: Circuit, ID: "curtailed", Keys: keys("curtailed"), Platform: BinarySensor, Icon: "mdi:transmission-tower-import", Sample: "false"},
	{Scope: Circuit, ID: "dimmed", Keys: keys("dimmed"), Platform: BinarySensor, Icon: "mdi:transmission-tower-export", Sample: "false"},
	{Scope: Circuit, ID: "max_current", Keys: keys("maxCurrent"), Platform: Sensor, Measure: SetCurrent, Category: Diagnostic, Sample: "32"},
	{Scope: Circuit, ID: "max_power", Keys: keys("maxPower"), Platform: Sensor, Measure: SetPower, Category: Diagnostic, Sample: "30000"},
	{Scope: Circuit, ID: "parent", Keys: keys("parent"), Platform: Sensor, Category: Diagnostic, Disabled: true, Icon: "mdi:sitemap-outline", Sample: "main"},
	{Scope: Circuit, ID: "power", Keys: keys("power"), Platform: Sensor, Measure: Power, Sample: "6900"},
}
