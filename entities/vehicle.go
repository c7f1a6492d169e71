package entities

var (
	vehicleTitle    = Marker{Vehicle, "title"}                   // its limits and plans are empty until set; the title came with them in every version
	vehicleStrategy = Marker{Vehicle, "planStrategy/continuous"} // 0.301; before, a strategy could only be read
)

// online is what the vehicles have that evcc can ask.
var online = Applies{Since: vehicleTitle, Except: Offline}

// a vehicle's plan moved in 0.131.9; what came with each name is always published.
var (
	planSoCs  = []Key{{Path: socPlan.Target, Marker: "repeatingPlans"}, {Path: firstPlan.Target, Marker: "plans"}}
	planTimes = []Key{{Path: socPlan.Time, Marker: "repeatingPlans"}, {Path: firstPlan.Time, Marker: "plans"}}
)

// preconditions are seconds: what evcc's own user interface offers, and a week for "always".
var preconditions = words("0", "900", "1800", "3600", "7200", "604800")

// Sorted by ID. After editing: go generate ./... && go test ./...
var vehicle = []Row{
	{ID: "always_charge", Key: "alwaysCharge", Measure: Enum, Options: alwaysCharge, Category: Expert, Icon: "mdi:repeat", Sample: "once"},
	{ID: "capacity", Key: "capacity", Measure: EnergyStored, Category: Diagnostic, Sample: "58"},
	{ID: "limit_soc", Key: "limitSoc", Platform: Number, Measure: SoC, Own: OrZero, Range: Percents, Write: &Write{Kind: WriteInt, Off: "0"}, Applies: online, Sample: "80"},
	{ID: "max_current", Key: "maxCurrent", Measure: SetCurrent, Category: Expert, Sample: "16"},
	{ID: "max_power", Key: "maxPower", Measure: SetPower, Category: Expert, Sample: "11000"},
	{ID: "min_current", Key: "minCurrent", Measure: SetCurrent, Category: Expert, Sample: "6"},
	{ID: "min_soc", Key: "minSoc", Platform: Number, Measure: SoC, Own: OrZero, Range: Percents, Write: &Write{Kind: WriteInt, Off: "0"}, Applies: online, Sample: "20"},
	{ID: "mode", Key: "mode", Measure: Enum, Options: words("off", "smart", "pv", "minpv", "now"), Category: Diagnostic, Icon: "mdi:ev-station", Sample: "pv"},
	{ID: "phases", Key: "phases", Measure: Count, Category: Expert, Icon: "mdi:numeric", Sample: "3"},
	{ID: "plan", Keys: planTimes, Platform: Switch, Own: PlanSwitch, Write: &Write{Kind: WritePlan, Set: "planSoc"}, Applies: online, Icon: "mdi:calendar-clock", Sample: "1795417200"},
	{ID: "plan_soc", Keys: planSoCs, Platform: Number, Measure: SetLevel, Own: PlanTarget, Range: PlanPercents, Write: &Write{Kind: WriteInt, Set: "planSoc"}, Applies: online, Icon: "mdi:target", Sample: "70"},
	{ID: "plan_soc", Term: "planned_soc", Keys: planSoCs, Measure: SetLevel, Own: Planned, Applies: online, Category: Expert, Icon: "mdi:target", Sample: "70"},
	{ID: "plan_strategy_continuous", Keys: keys("planStrategy/continuous", "planContinuous", "plan/continuous"), Platform: Switch, Write: &Write{Kind: WriteContinuous, Set: "planStrategy", Since: vehicleStrategy}, Applies: Applies{Except: Offline}, Category: Config, Icon: "mdi:arrow-expand-horizontal", Sample: "false"},
	{ID: "plan_strategy_precondition", Keys: keys("planStrategy/precondition", "planPrecondition", "plan/precondition"), Platform: Select, Options: preconditions, Write: &Write{Kind: WritePrecondition, Set: "planStrategy", Since: vehicleStrategy}, Applies: Applies{Except: Offline}, Category: Config, Icon: "mdi:clock-start", Sample: "0"},
	{ID: "plan_time", Keys: planTimes, Platform: DateTime, Measure: Instant, Own: PlanTime, Write: &Write{Kind: WriteInstant, Set: "planSoc"}, Applies: online, Icon: "mdi:clock-check-outline", Sample: "1795417200"},
	{ID: "plan_time", Term: "planned_time", Keys: planTimes, Measure: Instant, Own: Planned, Applies: online, Category: Expert, Sample: "1795417200"},
	{ID: "plans", Key: "plans", Measure: Count, Category: Expert, Icon: "mdi:calendar-clock", Sample: "0"},
	{ID: "priority", Key: "priority", Measure: Count, Category: Expert, Icon: "mdi:sort", Sample: "1"},
	{ID: "repeating_plans", Key: "repeatingPlans", Measure: Count, Category: Expert, Icon: "mdi:calendar-sync", Sample: "0"},
}
