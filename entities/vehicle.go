package entities

var (
	vehicleTitle    = Marker{Vehicle, "title"}                   // its limits and plans are empty until set; the title came with them in every version
	vehicleStrategy = Marker{Vehicle, "planStrategy/continuous"} // 0.301; before, a strategy could only be read
)

// a vehicle's plan moved in 0.131.9; what came with each name is always published.
var (
	planSoCs  = []Key{{Path: socPlan.Target, Marker: "repeatingPlans"}, {Path: firstPlan.Target, Marker: "plans"}}
	planTimes = []Key{{Path: socPlan.Time, Marker: "repeatingPlans"}, {Path: firstPlan.Time, Marker: "plans"}}
)

// preconditions are seconds: what evcc's own user interface offers, and a week for "always".
var preconditions = words("0", "900", "1800", "3600", "7200", "604800")

// Sorted by ID. After editing: go generate ./... && go test ./...
var vehicle = []Row{
	{Scope: Vehicle, ID: "always_charge", Keys: keys("alwaysCharge"), Platform: Sensor, Measure: Enum, Options: alwaysCharge, Category: Diagnostic, Disabled: true, Icon: "mdi:repeat", Sample: "once"},
	{Scope: Vehicle, ID: "capacity", Keys: keys("capacity"), Platform: Sensor, Measure: EnergyStored, Category: Diagnostic, Sample: "58"},
	{Scope: Vehicle, ID: "limit_soc", Keys: keys("limitSoc"), Platform: Number, Measure: SoC, Own: OrZero, Range: Percents, Write: &Write{Kind: WriteInt, Off: "0"}, Applies: Applies{Since: vehicleTitle, Except: Offline}, Sample: "80"},
	{Scope: Vehicle, ID: "max_current", Keys: keys("maxCurrent"), Platform: Sensor, Measure: SetCurrent, Category: Diagnostic, Disabled: true, Sample: "16"},
	{Scope: Vehicle, ID: "max_power", Keys: keys("maxPower"), Platform: Sensor, Measure: SetPower, Category: Diagnostic, Disabled: true, Sample: "11000"},
	{Scope: Vehicle, ID: "min_current", Keys: keys("minCurrent"), Platform: Sensor, Measure: SetCurrent, Category: Diagnostic, Disabled: true, Sample: "6"},
	{Scope: Vehicle, ID: "min_soc", Keys: keys("minSoc"), Platform: Number, Measure: SoC, Own: OrZero, Range: Percents, Write: &Write{Kind: WriteInt, Off: "0"}, Applies: Applies{Since: vehicleTitle, Except: Offline}, Sample: "20"},
	{Scope: Vehicle, ID: "mode", Keys: keys("mode"), Platform: Sensor, Measure: Enum, Options: words("off", "smart", "pv", "minpv", "now"), Category: Diagnostic, Icon: "mdi:ev-station", Sample: "pv"},
	{Scope: Vehicle, ID: "phases", Keys: keys("phases"), Platform: Sensor, Measure: Count, Category: Diagnostic, Disabled: true, Icon: "mdi:numeric", Sample: "3"},
	{Scope: Vehicle, ID: "plan", Keys: planTimes, Platform: Switch, Own: PlanSwitch, Write: &Write{Kind: WritePlan, Set: keys("planSoc")}, Applies: Applies{Since: vehicleTitle, Except: Offline}, Icon: "mdi:calendar-clock", Sample: "1795417200"},
	{Scope: Vehicle, ID: "plan_soc", Keys: planSoCs, Platform: Number, Measure: SetLevel, Own: PlanTarget, Range: PlanPercents, Write: &Write{Kind: WriteInt, Set: keys("planSoc")}, Applies: Applies{Since: vehicleTitle, Except: Offline}, Icon: "mdi:target", Sample: "70"},
	{Scope: Vehicle, ID: "plan_soc", Term: "planned_soc", Keys: planSoCs, Platform: Sensor, Measure: SetLevel, Own: Planned, Applies: Applies{Since: vehicleTitle, Except: Offline}, Category: Diagnostic, Disabled: true, Icon: "mdi:target", Sample: "70"},
	{Scope: Vehicle, ID: "plan_strategy_continuous", Keys: keys("planStrategy/continuous", "planContinuous", "plan/continuous"), Platform: Switch, Write: &Write{Kind: WriteContinuous, Set: keys("planStrategy"), Since: vehicleStrategy}, Applies: Applies{Except: Offline}, Category: Config, Icon: "mdi:arrow-expand-horizontal", Sample: "false"},
	{Scope: Vehicle, ID: "plan_strategy_precondition", Keys: keys("planStrategy/precondition", "planPrecondition", "plan/precondition"), Platform: Select, Options: preconditions, Write: &Write{Kind: WritePrecondition, Set: keys("planStrategy"), Since: vehicleStrategy}, Applies: Applies{Except: Offline}, Category: Config, Icon: "mdi:clock-start", Sample: "0"},
	{Scope: Vehicle, ID: "plan_time", Keys: planTimes, Platform: DateTime, Measure: Instant, Own: PlanTime, Write: &Write{Kind: WriteInstant, Set: keys("planSoc")}, Applies: Applies{Since: vehicleTitle, Except: Offline}, Icon: "mdi:clock-check-outline", Sample: "1795417200"},
	{Scope: Vehicle, ID: "plan_time", Term: "planned_time", Keys: planTimes, Platform: Sensor, Measure: Instant, Own: Planned, Applies: Applies{Since: vehicleTitle, Except: Offline}, Category: Diagnostic, Disabled: true, Sample: "1795417200"},
	{Scope: Vehicle, ID: "plans", Keys: keys("plans"), Platform: Sensor, Measure: Count, Category: Diagnostic, Disabled: true, Icon: "mdi:calendar-clock", Sample: "0"},
	{Scope: Vehicle, ID: "priority", Keys: keys("priority"), Platform: Sensor, Measure: Count, Category: Diagnostic, Disabled: true, Icon: "mdi:sort", Sample: "1"},
	{Scope: Vehicle, ID: "repeating_plans", Keys: keys("repeatingPlans"), Platform: Sensor, Measure: Count, Category: Diagnostic, Disabled: true, Icon: "mdi:calendar-sync", Sample: "0"},
}
