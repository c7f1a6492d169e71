package entities

// Sorted by ID. After editing: go generate ./... && go test ./...
var pv = []Row{
	{Scope: PV, ID: "currents_0", Keys: keys("currents/1"), Platform: Sensor, Measure: Current, Category: Diagnostic, Disabled: true, Sample: "2.1"},
	{Scope: PV, ID: "currents_1", Keys: keys("currents/2"), Platform: Sensor, Measure: Current, Category: Diagnostic, Disabled: true, Sample: "2.1"},
	{Scope: PV, ID: "currents_2", Keys: keys("currents/3"), Platform: Sensor, Measure: Current, Category: Diagnostic, Disabled: true, Sample: "2.1"},
	{Scope: PV, ID: "energy", Keys: keys("energy"), Platform: Sensor, Measure: EnergySum, Reading: Positive, Sample: "23456.7"},
	{Scope: PV, ID: "excess_dc_power", Keys: keys("excessDCPower"), Platform: Sensor, Measure: Power, Category: Diagnostic, Disabled: true, Sample: "500"},
	{Scope: PV, ID: "power", Keys: keys("power"), Platform: Sensor, Measure: Power, Sample: "4200"},
	{Scope: PV, ID: "powers_0", Keys: keys("powers/1"), Platform: Sensor, Measure: Power, Category: Diagnostic, Disabled: true, Sample: "480"},
	{Scope: PV, ID: "powers_1", Keys: keys("powers/2"), Platform: Sensor, Measure: Power, Category: Diagnostic, Disabled: true, Sample: "480"},
	{Scope: PV, ID: "powers_2", Keys: keys("powers/3"), Platform: Sensor, Measure: Power, Category: Diagnostic, Disabled: true, Sample: "480"},
	{Scope: PV, ID: "return_energy", Keys: keys("returnEnergy"), Platform: Sensor, Measure: EnergySum, Reading: Positive, Category: Diagnostic, Disabled: true, Sample: "1.5"},
}

var battery = []Row{
	{Scope: Battery, ID: "capacity", Keys: keys("capacity"), Platform: Sensor, Measure: EnergyStored, Category: Diagnostic, Sample: "10"},
	{Scope: Battery, ID: "controllable", Keys: keys("controllable"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:battery-check-outline", Sample: "true"},
	{Scope: Battery, ID: "currents_0", Keys: keys("currents/1"), Platform: Sensor, Measure: Current, Category: Diagnostic, Disabled: true, Sample: "2.1"},
	{Scope: Battery, ID: "currents_1", Keys: keys("currents/2"), Platform: Sensor, Measure: Current, Category: Diagnostic, Disabled: true, Sample: "2.1"},
	{Scope: Battery, ID: "currents_2", Keys: keys("currents/3"), Platform: Sensor, Measure: Current, Category: Diagnostic, Disabled: true, Sample: "2.1"},
	{Scope: Battery, ID: "energy", Keys: keys("energy"), Platform: Sensor, Measure: EnergySum, Reading: Positive, Sample: "345.6"},
	{Scope: Battery, ID: "power", Keys: keys("power"), Platform: Sensor, Measure: Power, Sample: "-1500"},
	{Scope: Battery, ID: "powers_0", Keys: keys("powers/1"), Platform: Sensor, Measure: Power, Category: Diagnostic, Disabled: true, Sample: "480"},
	{Scope: Battery, ID: "powers_1", Keys: keys("powers/2"), Platform: Sensor, Measure: Power, Category: Diagnostic, Disabled: true, Sample: "480"},
	{Scope: Battery, ID: "powers_2", Keys: keys("powers/3"), Platform: Sensor, Measure: Power, Category: Diagnostic, Disabled: true, Sample: "480"},
	{Scope: Battery, ID: "return_energy", Keys: keys("returnEnergy"), Platform: Sensor, Measure: EnergySum, Reading: Positive, Sample: "345.6"},
	{Scope: Battery, ID: "soc", Keys: keys("soc"), Platform: Sensor, Measure: SoC, Sample: "71"},
}
