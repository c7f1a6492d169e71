package entities

// Always-published keys of a loadpoint that came with values which evcc leaves empty for days.
var (
	always        = Marker{Loadpoint, "chargePower"}
	withPlans     = Marker{Loadpoint, "planEnergy"}
	withPlanSoC   = Marker{Loadpoint, "effectivePlanSoc"}
	withGridPrice = Marker{Site, "tariffGrid"}
	withCO2       = Marker{Site, "tariffCo2"}
	withVehicle   = Marker{Loadpoint, "vehicleDetectionActive"}
	withStrategy  = Marker{Loadpoint, "planStrategy/continuous"} // 0.301; before, a strategy could only be read
	withClearing  = Marker{Loadpoint, "effectivePlanId"}         // 0.131.9; evcc takes the word for "none" since 0.131.6
)

// When rows exist that only loadpoints for cars have.
var (
	withCars     = Applies{Since: always, Except: Integrated}
	withCarNames = Applies{Since: withVehicle, Except: Integrated}
	withCarPlans = Applies{Since: withPlans, Except: Integrated}
	withVehicles = Applies{Since: withVehicle, Needs: KnownVehicles, Except: Integrated}
	withLevel    = Applies{Needs: LevelSeen, Except: Offline}
	withRange    = Applies{Since: always, Needs: LevelSeen, Except: Integrated}
)

// When rows exist that make sense where prices change.
var (
	withCheapPrices  = Applies{Needs: CheapPrices}
	withFeedInPrices = Applies{Since: since0205, Needs: FeedInPrices}
)

// withSolarShare is where evcc takes it; it is empty until somebody sets it.
var withSolarShare = Applies{Since: since0316}

// writeOfVehicle hands commands to the vehicle that is connected.
var writeOfVehicle = &Write{Kind: WriteOfVehicle, Set: "vehicleName"}

// phaseCounts are how many phases evcc may use, 0 as many as it wants; phaseSetters where it takes that.
var (
	phaseCounts  = []Option{{Code: "0", Needs: PhaseSwitching}, {Code: "1"}, {Code: "3"}}
	phaseSetters = []Key{{Path: "phasesConfigured", Marker: "planStrategy/continuous"}, {Path: "phases", Marker: "chargePower"}}
)

// pendingPhases and pendingSolar are evcc's timers.
var (
	pendingPhases = words("inactive", "scale1p", "scale3p")
	pendingSolar  = words("inactive", "enable", "disable")
)

// alwaysCharge is evcc 0.316's half of the old mode minpv; once ends when the vehicle leaves.
var alwaysCharge = words("off", "on", "once")

// Sorted by ID. After editing: go generate ./... && go test ./...; TestCatalogue names what is missing.
var loadpoint = []Row{
	{ID: "always_charge", Key: "alwaysCharge", Platform: Select, Options: alwaysCharge, Write: &Write{Kind: WriteWord, Group: Modes}, Applies: Applies{Except: SwitchDevice}, Icon: "mdi:repeat", Sample: "once"},
	{ID: "battery_boost", Key: "batteryBoost", Platform: Switch, Write: &Write{Kind: WriteBool, Group: Modes, Demand: SolarMode}, Applies: withBattery, Icon: "mdi:battery-arrow-down", Sample: "false"},
	{ID: "battery_boost_limit", Key: "batteryBoostLimit", Platform: Number, Measure: SoC, Range: Percents, Write: &Write{Kind: WriteInt, Off: "100"}, Applies: withBattery, Category: Config, Sample: "100"},
	{ID: "charge_current", Keys: keys("offeredCurrent", "chargeCurrent"), Measure: Current, Disabled: true, Sample: "10"},
	{ID: "charge_currents_0", Key: "chargeCurrents/l1", Measure: Current, Category: Expert, Sample: "10"},
	{ID: "charge_currents_1", Key: "chargeCurrents/l2", Measure: Current, Category: Expert, Sample: "10"},
	{ID: "charge_currents_2", Key: "chargeCurrents/l3", Measure: Current, Category: Expert, Sample: "10"},
	{ID: "charge_duration", Key: "chargeDuration", Measure: Elapsed, NameVaries: true, Sample: "40"},
	{ID: "charge_power", Key: "chargePower", Measure: Kilowatts, Reading: Kilo, NameVaries: true, Sample: "6900"},
	{ID: "charge_remaining_duration", Key: "chargeRemainingDuration", Measure: Elapsed, Applies: withCars, Sample: "8885"},
	{ID: "charge_remaining_energy", Key: "chargeRemainingEnergy", Measure: EnergyPlain, Reading: Kilo, Applies: withCars, Disabled: true, Sample: "17028.824"},
	{ID: "charge_total_import", Key: "chargeTotalImport", Measure: Energy, Reading: Positive, Applies: Applies{Idle: true}, NameVaries: true, Sample: "1200.59"},
	{ID: "charge_voltages_0", Key: "chargeVoltages/l1", Measure: Voltage, Category: Expert, Sample: "230"},
	{ID: "charge_voltages_1", Key: "chargeVoltages/l2", Measure: Voltage, Category: Expert, Sample: "230"},
	{ID: "charge_voltages_2", Key: "chargeVoltages/l3", Measure: Voltage, Category: Expert, Sample: "230"},
	{ID: "charged_energy", Key: "chargedEnergy", Measure: EnergyToday, Reading: Kilo, Category: Expert, Sample: "30"},
	{ID: "charger_status_reason", Key: "chargerStatusReason", Measure: Enum, Options: words("unknown", "waitingforauthorization", "disconnectrequired"), Category: Expert, Icon: "mdi:help-circle-outline", Sample: "unknown"},
	{ID: "charging", Key: "charging", Platform: BinarySensor, Measure: Charging, NameVaries: true, Sample: "true"},
	{ID: "connected", Key: "connected", Platform: BinarySensor, Measure: Plugged, Applies: withCars, Sample: "true"},
	{ID: "connected_duration", Key: "connectedDuration", Measure: Elapsed, Applies: withCars, Category: Expert, Sample: "9223372036"},
	{ID: "dimmed", Key: "dimmed", Platform: BinarySensor, Icon: "mdi:transmission-tower-export", Sample: "false"},
	{ID: "disable_delay", Key: "disableDelay", Platform: Number, Measure: SetDuration, Range: Delay, Write: &Write{Kind: WriteInt}, Category: Config, Disabled: true, Sample: "180"},
	{ID: "disable_threshold", Key: "disableThreshold", Platform: Number, Measure: Power, Range: GridPower, Write: &Write{Kind: WriteFloat}, Category: Config, Disabled: true, Sample: "0"},
	{ID: "disabled_in_config", Key: "disabled", Platform: BinarySensor, Own: TakenOut, Applies: Applies{Since: since0314, Idle: true}, Category: Diagnostic, Icon: "mdi:power-plug-off-outline", Sample: "true"},
	{ID: "effective_limit_soc", Key: "effectiveLimitSoc", Measure: SetLevel, Applies: Applies{Except: Offline}, Icon: "mdi:target", Sample: "100"},
	{ID: "effective_max_current", Key: "effectiveMaxCurrent", Measure: SetCurrent, Applies: Applies{Since: always, Except: SwitchDevice}, Category: Expert, Sample: "16"},
	{ID: "effective_min_current", Key: "effectiveMinCurrent", Measure: SetCurrent, Applies: Applies{Since: always, Except: SwitchDevice}, Category: Expert, Sample: "6"},
	{ID: "effective_min_soc", Key: "effectiveMinSoc", Measure: SetLevel, Applies: Applies{Except: Offline}, Category: Expert, Icon: "mdi:target", Sample: "20"},
	{ID: "effective_plan_id", Key: "effectivePlanId", Measure: None, Category: Expert, Icon: "mdi:identifier", Sample: "1"},
	{ID: "effective_plan_soc", Key: "effectivePlanSoc", Measure: SetLevel, Applies: Applies{Except: Offline}, Category: Expert, Icon: "mdi:target", Sample: "70"},
	{ID: "effective_plan_strategy_continuous", Keys: keys("effectivePlanStrategy/continuous", "effectivePlanContinuous"), Platform: BinarySensor, Category: Expert, Icon: "mdi:arrow-expand-horizontal", Sample: "false"},
	{ID: "effective_plan_strategy_precondition", Keys: keys("effectivePlanStrategy/precondition", "effectivePlanPrecondition"), Measure: SetDuration, Category: Expert, Sample: "0"},
	{ID: "effective_plan_time", Key: "effectivePlanTime", Measure: Instant, Applies: Applies{Since: withPlanSoC}, Category: Expert, Sample: "1795417200"},
	{ID: "effective_priority", Key: "effectivePriority", Measure: Count, Category: Expert, Icon: "mdi:sort", Sample: "0"},
	{ID: "enable_delay", Key: "enableDelay", Platform: Number, Measure: SetDuration, Range: Delay, Write: &Write{Kind: WriteInt}, Category: Config, Disabled: true, Sample: "60"},
	{ID: "enable_threshold", Key: "enableThreshold", Platform: Number, Measure: Power, Range: GridPower, Write: &Write{Kind: WriteFloat}, Category: Config, Disabled: true, Sample: "0"},
	{ID: "enabled", Key: "enabled", Platform: BinarySensor, Category: Expert, Icon: "mdi:power", Sample: "true"},
	{ID: "fast_charging", Key: "mode", Platform: Switch, Reading: Among, Options: chargeModes, On: []string{"now"}, Write: &Write{Kind: WriteReturn, Group: Modes, Back: []string{"smart", "pv"}}, NameVaries: true, Icon: "mdi:lightning-bolt", Sample: "minpv"},
	{ID: "guard_action", Key: "guardAction", Measure: Enum, Options: words("inactive", "enable"), Category: Expert, Icon: "mdi:shield-outline", Sample: "inactive"},
	{ID: "guard_remaining", Key: "guardRemaining", Measure: Timer, Category: Expert, Sample: "0"},
	{ID: "last24h_energy", Key: "last24hEnergy", Measure: EnergyPlain, Reading: Kilo, Disabled: true, Sample: "0"},
	{ID: "last7d_energy", Key: "last7dEnergy", Measure: EnergyPlain, Reading: Kilo, Disabled: true, Sample: "0"},
	{ID: "legacy_mode", Key: "mode", Measure: Enum, Options: legacyModes, Own: Legacy, Category: Expert, Icon: "mdi:history", Sample: "minpv"},
	{ID: "limit_energy", Key: "limitEnergy", Platform: Number, Measure: EnergyPlain, Range: KilowattHours, Write: &Write{Kind: WriteFloat, Off: "0", Since: since0124_5}, Applies: withCars, Disabled: true, Sample: "10"},
	{ID: "limit_soc", Key: "limitSoc", Platform: Number, Measure: Level, Range: Levels, Write: &Write{Kind: WriteInt, Off: "0"}, Applies: Applies{Except: Offline}, Sample: "80"},
	{ID: "max_current", Key: "maxCurrent", Platform: Number, Measure: Current, Range: Amperes, Write: &Write{Kind: WriteFloat, Group: Currents}, Applies: Applies{Since: always, Except: SwitchDevice}, Category: Config, Sample: "16"},
	{ID: "max_current_one_phase", Key: "maxCurrent1p", Measure: SetCurrent, Reading: Positive, Applies: Applies{Except: SwitchDevice}, Category: Expert, Sample: "0"},
	{ID: "min_current", Key: "minCurrent", Platform: Number, Measure: Current, Range: Amperes, Write: &Write{Kind: WriteFloat, Group: Currents}, Applies: Applies{Since: always, Except: SwitchDevice}, Category: Config, Sample: "6"},
	{ID: "min_current_one_phase", Key: "minCurrent1p", Measure: SetCurrent, Reading: Positive, Applies: Applies{Except: SwitchDevice}, Category: Expert, Sample: "0"},
	{ID: "min_soc", Key: "minSoc", Platform: Number, Measure: Level, Range: Levels, Write: &Write{Kind: WriteInt, Off: "0"}, Applies: Applies{Except: Offline}, Sample: "0"},
	{ID: "min_soc_not_reached", Key: "minSocNotReached", Platform: BinarySensor, Applies: Applies{Except: Offline}, Category: Expert, Icon: "mdi:battery-alert-variant-outline", Sample: "false"},
	{ID: "mode", Key: "mode", Platform: Select, Options: chargeModes, Write: &Write{Kind: WriteMode, Group: Modes}, Icon: "mdi:ev-station", Sample: "minpv"},
	{ID: "phase_action", Key: "phaseAction", Measure: Enum, Options: pendingPhases, Applies: Applies{Except: SinglePhase}, Category: Expert, Icon: "mdi:timer-sand", Sample: "scale3p"},
	{ID: "phase_remaining", Key: "phaseRemaining", Measure: Timer, Applies: Applies{Except: SinglePhase}, Category: Expert, Sample: "19"},
	{ID: "phases_active", Key: "phasesActive", Measure: Count, Category: Diagnostic, Icon: "mdi:numeric", Sample: "3"},
	{ID: "phases_configured", Key: "phasesConfigured", Platform: Select, Options: phaseCounts, Write: &Write{Kind: WriteWord, Sets: phaseSetters, Demand: FewPhases}, Applies: Applies{Except: SwitchDevice | SinglePhase}, Category: Config, Icon: "mdi:numeric", Sample: "3"},
	{ID: "phases_enabled", Key: "phasesEnabled", Measure: Count, Category: Expert, Icon: "mdi:numeric", Sample: "3"},
	{ID: "plan", Key: energyPlan.Time, Platform: Switch, Own: PlanSwitch, Write: &Write{Kind: WritePlan, Set: "planEnergy"}, Applies: withCarPlans, Disabled: true, Icon: "mdi:calendar-clock", Sample: "1795417200"},
	{ID: "plan_active", Key: "planActive", Platform: BinarySensor, Applies: Applies{Since: withPlans}, Icon: "mdi:calendar-clock", Sample: "false"},
	{ID: "plan_active_alt", Key: "effectivePlanTime", Platform: BinarySensor, Own: Filled, Applies: Applies{Since: withPlanSoC}, Category: Expert, Icon: "mdi:calendar-check", Sample: "1795417200"},
	{ID: "plan_delete", Platform: Button, Write: &Write{Kind: WriteNoPlan, Set: "planEnergy"}, Applies: withCarPlans, Category: Config, Disabled: true, Icon: "mdi:calendar-remove", Sample: "-"},
	{ID: "plan_duration", Key: "plan", Measure: SetDuration, Own: PlannedDuration, Applies: Applies{Except: Integrated}, Category: Expert, Sample: "null"},
	{ID: "plan_energy", Key: energyPlan.Target, Platform: Number, Measure: EnergyPlain, Own: PlanTarget, Range: PlanKilowattHours, Write: &Write{Kind: WriteFloat}, Applies: withCarPlans, Disabled: true, Icon: "mdi:target", Sample: "5"},
	{ID: "plan_energy", Term: "planned_energy", Key: energyPlan.Target, Measure: EnergyPlain, Category: Expert, Sample: "5"},
	{ID: "plan_overrun", Key: "planOverrun", Measure: SetDuration, Category: Expert, Sample: "0"},
	{ID: "plan_price", Key: "plan", Measure: CostLimit, Own: PlannedPrice, Applies: Applies{Except: Integrated}, Category: Expert, Icon: "mdi:cash-clock", Sample: "null"},
	{ID: "plan_projected_end", Key: "planProjectedEnd", Measure: Instant, Applies: Applies{Since: since0128_4}, Category: Expert, Sample: "1795349931"},
	{ID: "plan_projected_start", Key: "planProjectedStart", Measure: Instant, Applies: Applies{Since: withPlans}, Category: Expert, Sample: "1795348800"},
	{ID: "plan_strategy_continuous", Keys: keys("planStrategy/continuous", "planContinuous"), Platform: Switch, Write: &Write{Kind: WriteContinuous, Set: "planStrategy", Since: withStrategy}, Applies: Applies{Except: Integrated}, Category: Config, Disabled: true, Icon: "mdi:arrow-expand-horizontal", Sample: "false"},
	{ID: "plan_strategy_precondition", Keys: keys("planStrategy/precondition", "planPrecondition"), Platform: Select, Options: preconditions, Write: &Write{Kind: WritePrecondition, Set: "planStrategy", Since: withStrategy}, Applies: Applies{Except: Integrated}, Category: Config, Disabled: true, Icon: "mdi:clock-start", Sample: "0"},
	{ID: "plan_time", Key: energyPlan.Time, Platform: DateTime, Measure: Instant, Own: PlanTime, Write: &Write{Kind: WriteInstant, Set: "planEnergy"}, Applies: withCarPlans, Disabled: true, Icon: "mdi:clock-check-outline", Sample: "1795417200"},
	{ID: "plan_time", Term: "planned_time", Key: energyPlan.Time, Measure: Instant, Applies: Applies{Since: withPlans}, Category: Expert, Sample: "1795417200"},
	{ID: "priority", Key: "priority", Platform: Number, Measure: Count, Range: Priorities, Write: &Write{Kind: WriteInt, Since: since0200}, Category: Config, Disabled: true, Icon: "mdi:sort", Sample: "0"},
	{ID: "pv_action", Key: "pvAction", Measure: Enum, Options: pendingSolar, Category: Expert, Icon: "mdi:solar-power-variant-outline", Sample: "inactive"},
	{ID: "pv_remaining_duration", Key: "pvRemaining", Measure: Timer, Category: Expert, Sample: "0"},
	{ID: "remote_disabled", Key: "remoteDisabled", Measure: Enum, Options: words("soft", "hard"), Category: Expert, Icon: "mdi:remote-off", Sample: "soft"},
	{ID: "remote_disabled_source", Key: "remoteDisabledSource", Category: Expert, Icon: "mdi:remote", Sample: "EnergyManager"},
	{ID: "session_co2_per_kwh", Key: "sessionCo2PerKWh", Measure: Intensity, Applies: Applies{Since: withCO2}, Category: Expert, NameVaries: true, Icon: "mdi:molecule-co2", Sample: "122.145"},
	{ID: "session_energy", Key: "sessionEnergy", Measure: EnergyToday, Reading: Kilo, NameVaries: true, Sample: "30"},
	{ID: "session_price", Key: "sessionPrice", Measure: Cost, Applies: Applies{Since: withGridPrice}, NameVaries: true, Icon: "mdi:cash", Sample: "0.004"},
	{ID: "session_price_per_kwh", Key: "sessionPricePerKWh", Measure: Price, Applies: Applies{Since: withGridPrice}, Category: Expert, NameVaries: true, Icon: "mdi:cash", Sample: "0.134"},
	{ID: "session_solar_percentage", Key: "sessionSolarPercentage", Measure: Share, NameVaries: true, Icon: "mdi:solar-power", Sample: "68.841"},
	{ID: "smart_cost_active", Key: "smartCostActive", Platform: BinarySensor, Applies: withCheapPrices, NameVaries: true, Icon: "mdi:cash-clock", Sample: "false"},
	{ID: "smart_cost_limit", Key: "smartCostLimit", Platform: Number, Measure: CostLimit, Range: CostLimits, Write: &Write{Kind: WriteFloat}, Applies: Applies{Since: since0124_5, Needs: CheapPrices}, NameVaries: true, Icon: "mdi:cash-clock", Sample: "0.2"},
	{ID: "smart_cost_limit", Term: "clear_smart_cost_limit", Platform: Button, Write: &Write{Kind: WriteClear, Set: "smartCostLimit"}, Applies: withClearableLimit, Category: Config, NameVaries: true, Icon: "mdi:cash-remove", Sample: "-"},
	{ID: "smart_cost_next_start", Key: "smartCostNextStart", Measure: Instant, Applies: Applies{Since: since0128_4, Needs: CheapPrices}, Category: Expert, NameVaries: true, Sample: "1795347900"},
	{ID: "smart_feed_in_priority_active", Key: "smartFeedInPriorityActive", Platform: BinarySensor, Applies: withFeedInPrices, Category: Expert, Icon: "mdi:transmission-tower-import", Sample: "false"},
	{ID: "smart_feed_in_priority_limit", Key: "smartFeedInPriorityLimit", Platform: Number, Measure: Price, Range: PriceLimits, Write: &Write{Kind: WriteFloat}, Applies: withFeedInPrices, Category: Config, Disabled: true, Icon: "mdi:transmission-tower-import", Sample: "0.08"},
	{ID: "smart_feed_in_priority_limit", Term: "clear_smart_feed_in_priority_limit", Platform: Button, Write: &Write{Kind: WriteClear, Set: "smartFeedInPriorityLimit"}, Applies: withFeedInPrices, Category: Config, Disabled: true, Icon: "mdi:cash-remove", Sample: "-"},
	{ID: "smart_feed_in_priority_next_start", Key: "smartFeedInPriorityNextStart", Measure: Instant, Applies: withFeedInPrices, Category: Expert, Sample: "1795347900"},
	{ID: "solar_charging", Key: "mode", Platform: Switch, Reading: Among, Options: chargeModes, On: []string{"smart", "pv", "minpv"}, Write: &Write{Kind: WriteReturn, Group: Modes, Back: []string{"off"}}, NameVaries: true, Icon: "mdi:solar-power", Sample: "minpv"},
	{ID: "solar_share", Key: "solarShare", Platform: Number, Measure: Share, Reading: Percent, Range: Percents, Write: &Write{Kind: WritePercent}, Applies: withSolarShare, Category: Config, Disabled: true, Icon: "mdi:solar-power", Sample: "0.8"},
	{ID: "solar_share", Term: "clear_solar_share", Platform: Button, Write: &Write{Kind: WriteClear, Set: "solarShare"}, Applies: withSolarShare, Category: Config, Disabled: true, Icon: "mdi:solar-power", Sample: "-"},
	{ID: "today_energy", Key: "todayEnergy", Measure: EnergyToday, Reading: Kilo, Sample: "70"},
	{ID: "vehicle", Key: "vehicleName", Platform: Select, Own: Titled, Write: &Write{Kind: WriteVehicle, Set: "vehicle"}, Applies: withVehicles, Icon: "mdi:car", Sample: "id3"},
	{ID: "vehicle_capacity", Key: "vehicleCapacity", Measure: EnergyStored, Reading: Positive, Category: Expert, Sample: "44"},
	{ID: "vehicle_climater_active", Key: "vehicleClimaterActive", Platform: BinarySensor, Applies: Applies{Except: Integrated}, Icon: "mdi:air-conditioner", Sample: "true"},
	{ID: "vehicle_detection_active", Key: "vehicleDetectionActive", Platform: BinarySensor, Applies: withCars, Category: Expert, Icon: "mdi:car-search-outline", Sample: "false"},
	{ID: "vehicle_limit_soc", Keys: keys("vehicleLimitSoc", "vehicleTargetSoc"), Measure: SetLevel, Reading: Positive, Applies: withLevel, Category: Expert, Icon: "mdi:target", Sample: "80"},
	{ID: "vehicle_odometer", Key: "vehicleOdometer", Measure: Distance, Reading: Positive, Applies: withRange, Category: Expert, Sample: "34567"},
	{ID: "vehicle_plans_delete", Platform: Button, Of: "plan", Write: writeOfVehicle, Applies: withVehicles, Category: Config, Disabled: true, Icon: "mdi:calendar-remove", Sample: "-"},
	{ID: "vehicle_plans_soc", Key: "vehicleName", Measure: SetLevel, Own: OfVehicle, Of: "plan_soc", Applies: withVehicles, Category: Expert, Icon: "mdi:target", Sample: "db:7"},
	{ID: "vehicle_plans_time", Key: "vehicleName", Measure: Instant, Own: OfVehicle, Of: "plan_time", Applies: withVehicles, Category: Expert, Sample: "db:7"},
	{ID: "vehicle_range", Key: "vehicleRange", Measure: Distance, Reading: Positive, Applies: withRange, Sample: "240"},
	{ID: "vehicle_soc", Key: "vehicleSoc", Measure: Level, Reading: Positive, Applies: withLevel, Sample: "55.044"},
	{ID: "vehicle_title", Key: "vehicleTitle", Applies: Applies{Since: withVehicle, Needs: VehicleTitles | KnownVehicles, Except: Integrated}, Category: Expert, Icon: "mdi:car", Sample: "ID.3 'Blitz' & Söhne"},
	{ID: "vehicle_welcome_active", Key: "vehicleWelcomeActive", Platform: BinarySensor, Applies: Applies{Except: Integrated}, Category: Expert, Icon: "mdi:car-connected", Sample: "false"},
}
