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

// pendingPhases and pendingSolar are evcc's timers.
var (
	pendingPhases = words("inactive", "scale1p", "scale3p")
	pendingSolar  = words("inactive", "enable", "disable")
)

// alwaysCharge is evcc 0.316's half of the old mode minpv; once ends when the vehicle leaves.
var alwaysCharge = words("off", "on", "once")

// Sorted by ID. After editing: go generate ./... && go test ./...; TestCatalogue names what is missing.
var loadpoint = []Row{
	{Scope: Loadpoint, ID: "always_charge", Keys: keys("alwaysCharge"), Platform: Select, Options: alwaysCharge, Write: &Write{Kind: WriteWord, Group: Modes}, Applies: Applies{Except: SwitchDevice}, Icon: "mdi:repeat", Sample: "once"},
	{Scope: Loadpoint, ID: "battery_boost", Keys: keys("batteryBoost"), Platform: Switch, Write: &Write{Kind: WriteBool, Group: Modes, Demand: SolarMode}, Applies: Applies{Needs: HomeBattery}, Icon: "mdi:battery-arrow-down", Sample: "false"},
	{Scope: Loadpoint, ID: "battery_boost_limit", Keys: keys("batteryBoostLimit"), Platform: Number, Measure: SoC, Range: Percents, Write: &Write{Kind: WriteInt, Off: "100"}, Applies: Applies{Needs: HomeBattery}, Category: Config, Sample: "100"},
	{Scope: Loadpoint, ID: "charge_current", Keys: keys("offeredCurrent", "chargeCurrent"), Platform: Sensor, Measure: Current, Disabled: true, Sample: "10"},
	{Scope: Loadpoint, ID: "charge_currents_0", Keys: keys("chargeCurrents/l1"), Platform: Sensor, Measure: Current, Category: Diagnostic, Disabled: true, Sample: "10"},
	{Scope: Loadpoint, ID: "charge_currents_1", Keys: keys("chargeCurrents/l2"), Platform: Sensor, Measure: Current, Category: Diagnostic, Disabled: true, Sample: "10"},
	{Scope: Loadpoint, ID: "charge_currents_2", Keys: keys("chargeCurrents/l3"), Platform: Sensor, Measure: Current, Category: Diagnostic, Disabled: true, Sample: "10"},
	{Scope: Loadpoint, ID: "charge_duration", Keys: keys("chargeDuration"), Platform: Sensor, Measure: Duration, NameVaries: true, Sample: "40"},
	{Scope: Loadpoint, ID: "charge_power", Keys: keys("chargePower"), Platform: Sensor, Measure: Kilowatts, Reading: Kilo, NameVaries: true, Sample: "6900"},
	{Scope: Loadpoint, ID: "charge_remaining_duration", Keys: keys("chargeRemainingDuration"), Platform: Sensor, Measure: Duration, Applies: Applies{Since: always, Except: Integrated}, Sample: "8885"},
	{Scope: Loadpoint, ID: "charge_remaining_energy", Keys: keys("chargeRemainingEnergy"), Platform: Sensor, Measure: EnergyPlain, Reading: Kilo, Applies: Applies{Since: always, Except: Integrated}, Disabled: true, Sample: "17028.824"},
	{Scope: Loadpoint, ID: "charge_total_import", Keys: keys("chargeTotalImport"), Platform: Sensor, Measure: Energy, Reading: Positive, Applies: Applies{Idle: true}, NameVaries: true, Sample: "1200.59"},
	{Scope: Loadpoint, ID: "charge_voltages_0", Keys: keys("chargeVoltages/l1"), Platform: Sensor, Measure: Voltage, Category: Diagnostic, Disabled: true, Sample: "230"},
	{Scope: Loadpoint, ID: "charge_voltages_1", Keys: keys("chargeVoltages/l2"), Platform: Sensor, Measure: Voltage, Category: Diagnostic, Disabled: true, Sample: "230"},
	{Scope: Loadpoint, ID: "charge_voltages_2", Keys: keys("chargeVoltages/l3"), Platform: Sensor, Measure: Voltage, Category: Diagnostic, Disabled: true, Sample: "230"},
	{Scope: Loadpoint, ID: "charged_energy", Keys: keys("chargedEnergy"), Platform: Sensor, Measure: EnergyToday, Reading: Kilo, Category: Diagnostic, Disabled: true, Sample: "30"},
	{Scope: Loadpoint, ID: "charger_status_reason", Keys: keys("chargerStatusReason"), Platform: Sensor, Measure: Enum, Options: words("unknown", "waitingforauthorization", "disconnectrequired"), Category: Diagnostic, Disabled: true, Icon: "mdi:help-circle-outline", Sample: "unknown"},
	{Scope: Loadpoint, ID: "charging", Keys: keys("charging"), Platform: BinarySensor, Measure: Charging, NameVaries: true, Sample: "true"},
	{Scope: Loadpoint, ID: "connected", Keys: keys("connected"), Platform: BinarySensor, Measure: Plugged, Applies: Applies{Since: always, Except: Integrated}, Sample: "true"},
	{Scope: Loadpoint, ID: "connected_duration", Keys: keys("connectedDuration"), Platform: Sensor, Measure: Duration, Reading: Finite, Applies: Applies{Since: always, Except: Integrated}, Category: Diagnostic, Disabled: true, Sample: "9223372036"},
	{Scope: Loadpoint, ID: "dimmed", Keys: keys("dimmed"), Platform: BinarySensor, Icon: "mdi:transmission-tower-export", Sample: "false"},
	{Scope: Loadpoint, ID: "disable_delay", Keys: keys("disableDelay"), Platform: Number, Measure: SetDuration, Range: Delay, Write: &Write{Kind: WriteInt}, Category: Config, Disabled: true, Sample: "180"},
	{Scope: Loadpoint, ID: "disable_threshold", Keys: keys("disableThreshold"), Platform: Number, Measure: Power, Range: GridPower, Write: &Write{Kind: WriteFloat}, Category: Config, Disabled: true, Sample: "0"},
	{Scope: Loadpoint, ID: "disabled_in_config", Keys: keys("disabled"), Platform: BinarySensor, Applies: Applies{Idle: true}, Category: Diagnostic, Icon: "mdi:power-plug-off-outline", Sample: "false"},
	{Scope: Loadpoint, ID: "effective_limit_soc", Keys: keys("effectiveLimitSoc"), Platform: Sensor, Measure: SetLevel, Applies: Applies{Except: Offline}, Icon: "mdi:target", Sample: "100"},
	{Scope: Loadpoint, ID: "effective_max_current", Keys: keys("effectiveMaxCurrent"), Platform: Sensor, Measure: SetCurrent, Applies: Applies{Since: always, Except: SwitchDevice}, Category: Diagnostic, Disabled: true, Sample: "16"},
	{Scope: Loadpoint, ID: "effective_min_current", Keys: keys("effectiveMinCurrent"), Platform: Sensor, Measure: SetCurrent, Applies: Applies{Since: always, Except: SwitchDevice}, Category: Diagnostic, Disabled: true, Sample: "6"},
	{Scope: Loadpoint, ID: "effective_min_soc", Keys: keys("effectiveMinSoc"), Platform: Sensor, Measure: SetLevel, Applies: Applies{Except: Offline}, Category: Diagnostic, Disabled: true, Icon: "mdi:target", Sample: "20"},
	{Scope: Loadpoint, ID: "effective_plan_id", Keys: keys("effectivePlanId"), Platform: Sensor, Measure: None, Category: Diagnostic, Disabled: true, Icon: "mdi:identifier", Sample: "1"},
	{Scope: Loadpoint, ID: "effective_plan_soc", Keys: keys("effectivePlanSoc"), Platform: Sensor, Measure: SetLevel, Applies: Applies{Except: Offline}, Category: Diagnostic, Disabled: true, Icon: "mdi:target", Sample: "70"},
	{Scope: Loadpoint, ID: "effective_plan_strategy_continuous", Keys: keys("effectivePlanStrategy/continuous", "effectivePlanContinuous"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:arrow-expand-horizontal", Sample: "false"},
	{Scope: Loadpoint, ID: "effective_plan_strategy_precondition", Keys: keys("effectivePlanStrategy/precondition", "effectivePlanPrecondition"), Platform: Sensor, Measure: SetDuration, Category: Diagnostic, Disabled: true, Sample: "0"},
	{Scope: Loadpoint, ID: "effective_plan_time", Keys: keys("effectivePlanTime"), Platform: Sensor, Measure: Instant, Applies: Applies{Since: withPlanSoC}, Category: Diagnostic, Disabled: true, Sample: "1795417200"},
	{Scope: Loadpoint, ID: "effective_priority", Keys: keys("effectivePriority"), Platform: Sensor, Measure: Count, Category: Diagnostic, Disabled: true, Icon: "mdi:sort", Sample: "0"},
	{Scope: Loadpoint, ID: "enable_delay", Keys: keys("enableDelay"), Platform: Number, Measure: SetDuration, Range: Delay, Write: &Write{Kind: WriteInt}, Category: Config, Disabled: true, Sample: "60"},
	{Scope: Loadpoint, ID: "enable_threshold", Keys: keys("enableThreshold"), Platform: Number, Measure: Power, Range: GridPower, Write: &Write{Kind: WriteFloat}, Category: Config, Disabled: true, Sample: "0"},
	{Scope: Loadpoint, ID: "enabled", Keys: keys("enabled"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:power", Sample: "true"},
	{Scope: Loadpoint, ID: "fast_charging", Keys: keys("mode"), Platform: Switch, Reading: Among, Options: chargeModes, On: []string{"now"}, Write: &Write{Kind: WriteReturn, Group: Modes, Back: []string{"smart", "pv"}}, NameVaries: true, Icon: "mdi:lightning-bolt", Sample: "minpv"},
	{Scope: Loadpoint, ID: "guard_action", Keys: keys("guardAction"), Platform: Sensor, Measure: Enum, Options: words("inactive", "enable"), Category: Diagnostic, Disabled: true, Icon: "mdi:shield-outline", Sample: "inactive"},
	{Scope: Loadpoint, ID: "guard_remaining", Keys: keys("guardRemaining"), Platform: Sensor, Measure: Duration, Category: Diagnostic, Disabled: true, Sample: "0"},
	{Scope: Loadpoint, ID: "last24h_energy", Keys: keys("last24hEnergy"), Platform: Sensor, Measure: EnergyPlain, Reading: Kilo, Disabled: true, Sample: "0"},
	{Scope: Loadpoint, ID: "last7d_energy", Keys: keys("last7dEnergy"), Platform: Sensor, Measure: EnergyPlain, Reading: Kilo, Disabled: true, Sample: "0"},
	{Scope: Loadpoint, ID: "legacy_mode", Keys: keys("mode"), Platform: Sensor, Measure: Enum, Options: legacyModes, Own: Legacy, Category: Diagnostic, Disabled: true, Icon: "mdi:history", Sample: "minpv"},
	{Scope: Loadpoint, ID: "limit_energy", Keys: keys("limitEnergy"), Platform: Number, Measure: EnergyPlain, Range: KilowattHours, Write: &Write{Kind: WriteFloat, Off: "0", Since: since0124_5}, Applies: Applies{Since: always, Except: Integrated}, Disabled: true, Sample: "10"},
	{Scope: Loadpoint, ID: "limit_soc", Keys: keys("limitSoc"), Platform: Number, Measure: Level, Range: Levels, Write: &Write{Kind: WriteInt, Off: "0"}, Applies: Applies{Except: Offline}, Sample: "80"},
	{Scope: Loadpoint, ID: "max_current", Keys: keys("maxCurrent"), Platform: Number, Measure: Current, Range: Amperes, Write: &Write{Kind: WriteFloat, Group: Currents}, Applies: Applies{Since: always, Except: SwitchDevice}, Category: Config, Sample: "16"},
	{Scope: Loadpoint, ID: "min_current", Keys: keys("minCurrent"), Platform: Number, Measure: Current, Range: Amperes, Write: &Write{Kind: WriteFloat, Group: Currents}, Applies: Applies{Since: always, Except: SwitchDevice}, Category: Config, Sample: "6"},
	{Scope: Loadpoint, ID: "min_soc", Keys: keys("minSoc"), Platform: Number, Measure: Level, Range: Levels, Write: &Write{Kind: WriteInt, Off: "0"}, Applies: Applies{Except: Offline}, Sample: "0"},
	{Scope: Loadpoint, ID: "min_soc_not_reached", Keys: keys("minSocNotReached"), Platform: BinarySensor, Applies: Applies{Except: Offline}, Category: Diagnostic, Disabled: true, Icon: "mdi:battery-alert-variant-outline", Sample: "false"},
	{Scope: Loadpoint, ID: "mode", Keys: keys("mode"), Platform: Select, Options: chargeModes, Write: &Write{Kind: WriteMode, Group: Modes}, Icon: "mdi:ev-station", Sample: "minpv"},
	{Scope: Loadpoint, ID: "phase_action", Keys: keys("phaseAction"), Platform: Sensor, Measure: Enum, Options: pendingPhases, Applies: Applies{Except: SinglePhase}, Category: Diagnostic, Disabled: true, Icon: "mdi:timer-sand", Sample: "scale3p"},
	{Scope: Loadpoint, ID: "phase_remaining", Keys: keys("phaseRemaining"), Platform: Sensor, Measure: Count, Applies: Applies{Except: SinglePhase}, Category: Diagnostic, Disabled: true, Icon: "mdi:timer-sand", Sample: "19"},
	{Scope: Loadpoint, ID: "phases_active", Keys: keys("phasesActive"), Platform: Sensor, Measure: Count, Category: Diagnostic, Icon: "mdi:numeric", Sample: "3"},
	{Scope: Loadpoint, ID: "phases_configured", Keys: keys("phasesConfigured"), Platform: Select, Options: []Option{{Code: "0", Needs: PhaseSwitching}, {Code: "1"}, {Code: "3"}}, Write: &Write{Kind: WriteWord, Set: []Key{{Path: "phasesConfigured", Marker: "planStrategy/continuous"}, {Path: "phases", Marker: "chargePower"}}, Demand: FewPhases}, Applies: Applies{Except: SwitchDevice | SinglePhase}, Category: Config, Icon: "mdi:numeric", Sample: "3"},
	{Scope: Loadpoint, ID: "phases_enabled", Keys: keys("phasesEnabled"), Platform: Sensor, Measure: Count, Category: Diagnostic, Disabled: true, Icon: "mdi:numeric", Sample: "3"},
	{Scope: Loadpoint, ID: "plan", Keys: keys(energyPlan.Time), Platform: Switch, Own: PlanSwitch, Write: &Write{Kind: WritePlan, Set: keys("planEnergy")}, Applies: Applies{Since: withPlans, Except: Integrated}, Disabled: true, Icon: "mdi:calendar-clock", Sample: "1795417200"},
	{Scope: Loadpoint, ID: "plan_active", Keys: keys("planActive"), Platform: BinarySensor, Applies: Applies{Since: withPlans}, Icon: "mdi:calendar-clock", Sample: "false"},
	{Scope: Loadpoint, ID: "plan_active_alt", Keys: keys("effectivePlanTime"), Platform: BinarySensor, Own: Filled, Applies: Applies{Since: withPlanSoC}, Category: Diagnostic, Disabled: true, Icon: "mdi:calendar-check", Sample: "1795417200"},
	{Scope: Loadpoint, ID: "plan_cost", Keys: keys("plan"), Platform: Sensor, Measure: Outlay, Own: PlannedCost, Applies: Applies{Except: Integrated}, Category: Diagnostic, Disabled: true, Icon: "mdi:cash-multiple", Sample: "null"},
	{Scope: Loadpoint, ID: "plan_delete", Platform: Button, Write: &Write{Kind: WriteNoPlan, Set: keys("planEnergy")}, Applies: Applies{Since: withPlans, Except: Integrated}, Category: Config, Disabled: true, Icon: "mdi:calendar-remove", Sample: "-"},
	{Scope: Loadpoint, ID: "plan_duration", Keys: keys("plan"), Platform: Sensor, Measure: SetDuration, Own: PlannedDuration, Applies: Applies{Except: Integrated}, Category: Diagnostic, Disabled: true, Sample: "null"},
	{Scope: Loadpoint, ID: "plan_energy", Keys: keys(energyPlan.Target), Platform: Number, Measure: EnergyPlain, Own: PlanTarget, Range: PlanKilowattHours, Write: &Write{Kind: WriteFloat}, Applies: Applies{Since: withPlans, Except: Integrated}, Disabled: true, Icon: "mdi:target", Sample: "5"},
	{Scope: Loadpoint, ID: "plan_energy", Term: "planned_energy", Keys: keys(energyPlan.Target), Platform: Sensor, Measure: EnergyPlain, Category: Diagnostic, Disabled: true, Sample: "5"},
	{Scope: Loadpoint, ID: "plan_overrun", Keys: keys("planOverrun"), Platform: Sensor, Measure: SetDuration, Category: Diagnostic, Disabled: true, Sample: "0"},
	{Scope: Loadpoint, ID: "plan_price", Keys: keys("plan"), Platform: Sensor, Measure: CostLimit, Own: PlannedPrice, Applies: Applies{Except: Integrated}, Category: Diagnostic, Disabled: true, Icon: "mdi:cash-clock", Sample: "null"},
	{Scope: Loadpoint, ID: "plan_projected_end", Keys: keys("planProjectedEnd"), Platform: Sensor, Measure: Instant, Applies: Applies{Since: since0128_4}, Category: Diagnostic, Disabled: true, Sample: "1795349931"},
	{Scope: Loadpoint, ID: "plan_projected_start", Keys: keys("planProjectedStart"), Platform: Sensor, Measure: Instant, Applies: Applies{Since: withPlans}, Category: Diagnostic, Disabled: true, Sample: "1795348800"},
	{Scope: Loadpoint, ID: "plan_strategy_continuous", Keys: keys("planStrategy/continuous", "planContinuous"), Platform: Switch, Write: &Write{Kind: WriteContinuous, Set: keys("planStrategy"), Since: withStrategy}, Applies: Applies{Except: Integrated}, Category: Config, Disabled: true, Icon: "mdi:arrow-expand-horizontal", Sample: "false"},
	{Scope: Loadpoint, ID: "plan_strategy_precondition", Keys: keys("planStrategy/precondition", "planPrecondition"), Platform: Select, Options: preconditions, Write: &Write{Kind: WritePrecondition, Set: keys("planStrategy"), Since: withStrategy}, Applies: Applies{Except: Integrated}, Category: Config, Disabled: true, Icon: "mdi:clock-start", Sample: "0"},
	{Scope: Loadpoint, ID: "plan_time", Keys: keys(energyPlan.Time), Platform: DateTime, Measure: Instant, Own: PlanTime, Write: &Write{Kind: WriteInstant, Set: keys("planEnergy")}, Applies: Applies{Since: withPlans, Except: Integrated}, Disabled: true, Icon: "mdi:clock-check-outline", Sample: "1795417200"},
	{Scope: Loadpoint, ID: "plan_time", Term: "planned_time", Keys: keys(energyPlan.Time), Platform: Sensor, Measure: Instant, Applies: Applies{Since: withPlans}, Category: Diagnostic, Disabled: true, Sample: "1795417200"},
	{Scope: Loadpoint, ID: "priority", Keys: keys("priority"), Platform: Number, Measure: Count, Range: Priorities, Write: &Write{Kind: WriteInt, Since: since0200}, Category: Config, Disabled: true, Icon: "mdi:sort", Sample: "0"},
	{Scope: Loadpoint, ID: "pv_action", Keys: keys("pvAction"), Platform: Sensor, Measure: Enum, Options: pendingSolar, Category: Diagnostic, Disabled: true, Icon: "mdi:solar-power-variant-outline", Sample: "inactive"},
	{Scope: Loadpoint, ID: "pv_remaining_duration", Keys: keys("pvRemaining"), Platform: Sensor, Measure: Duration, Category: Diagnostic, Disabled: true, Sample: "0"},
	{Scope: Loadpoint, ID: "remote_disabled", Keys: keys("remoteDisabled"), Platform: Sensor, Measure: Enum, Options: words("soft", "hard"), Category: Diagnostic, Disabled: true, Icon: "mdi:remote-off", Sample: "soft"},
	{Scope: Loadpoint, ID: "remote_disabled_source", Keys: keys("remoteDisabledSource"), Platform: Sensor, Category: Diagnostic, Disabled: true, Icon: "mdi:remote", Sample: "EnergyManager"},
	{Scope: Loadpoint, ID: "session_co2_per_kwh", Keys: keys("sessionCo2PerKWh"), Platform: Sensor, Measure: Intensity, Applies: Applies{Since: withCO2}, Category: Diagnostic, Disabled: true, NameVaries: true, Icon: "mdi:molecule-co2", Sample: "122.145"},
	{Scope: Loadpoint, ID: "session_energy", Keys: keys("sessionEnergy"), Platform: Sensor, Measure: EnergyToday, Reading: Kilo, NameVaries: true, Sample: "30"},
	{Scope: Loadpoint, ID: "session_price", Keys: keys("sessionPrice"), Platform: Sensor, Measure: Cost, Applies: Applies{Since: withGridPrice}, NameVaries: true, Icon: "mdi:cash", Sample: "0.004"},
	{Scope: Loadpoint, ID: "session_price_per_kwh", Keys: keys("sessionPricePerKWh"), Platform: Sensor, Measure: Price, Applies: Applies{Since: withGridPrice}, Category: Diagnostic, Disabled: true, NameVaries: true, Icon: "mdi:cash", Sample: "0.134"},
	{Scope: Loadpoint, ID: "session_solar_percentage", Keys: keys("sessionSolarPercentage"), Platform: Sensor, Measure: Share, NameVaries: true, Icon: "mdi:solar-power", Sample: "68.841"},
	{Scope: Loadpoint, ID: "smart_cost_active", Keys: keys("smartCostActive"), Platform: BinarySensor, NameVaries: true, Icon: "mdi:cash-clock", Sample: "false"},
	{Scope: Loadpoint, ID: "smart_cost_limit", Keys: keys("smartCostLimit"), Platform: Number, Measure: CostLimit, Range: CostLimits, Write: &Write{Kind: WriteFloat}, Applies: Applies{Since: since0124_5}, NameVaries: true, Icon: "mdi:cash-clock", Sample: "0.2"},
	{Scope: Loadpoint, ID: "smart_cost_limit", Term: "clear_smart_cost_limit", Platform: Button, Write: &Write{Kind: WriteClear, Set: keys("smartCostLimit")}, Applies: Applies{Since: withClearing}, Category: Config, NameVaries: true, Icon: "mdi:cash-remove", Sample: "-"},
	{Scope: Loadpoint, ID: "smart_cost_next_start", Keys: keys("smartCostNextStart"), Platform: Sensor, Measure: Instant, Applies: Applies{Since: since0128_4}, Category: Diagnostic, Disabled: true, NameVaries: true, Sample: "1795347900"},
	{Scope: Loadpoint, ID: "smart_feed_in_priority_active", Keys: keys("smartFeedInPriorityActive"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:transmission-tower-import", Sample: "false"},
	{Scope: Loadpoint, ID: "smart_feed_in_priority_limit", Keys: keys("smartFeedInPriorityLimit"), Platform: Number, Measure: Price, Range: PriceLimits, Write: &Write{Kind: WriteFloat}, Applies: Applies{Since: since0205}, Category: Config, Disabled: true, Icon: "mdi:transmission-tower-import", Sample: "0.08"},
	{Scope: Loadpoint, ID: "smart_feed_in_priority_limit", Term: "clear_smart_feed_in_priority_limit", Platform: Button, Write: &Write{Kind: WriteClear, Set: keys("smartFeedInPriorityLimit")}, Applies: Applies{Since: since0205}, Category: Config, Disabled: true, Icon: "mdi:cash-remove", Sample: "-"},
	{Scope: Loadpoint, ID: "smart_feed_in_priority_next_start", Keys: keys("smartFeedInPriorityNextStart"), Platform: Sensor, Measure: Instant, Applies: Applies{Since: since0205}, Category: Diagnostic, Disabled: true, Sample: "1795347900"},
	{Scope: Loadpoint, ID: "solar_charging", Keys: keys("mode"), Platform: Switch, Reading: Among, Options: chargeModes, On: []string{"smart", "pv", "minpv"}, Write: &Write{Kind: WriteReturn, Group: Modes, Back: []string{"off"}}, NameVaries: true, Icon: "mdi:solar-power", Sample: "minpv"},
	{Scope: Loadpoint, ID: "today_energy", Keys: keys("todayEnergy"), Platform: Sensor, Measure: EnergyToday, Reading: Kilo, Sample: "70"},
	{Scope: Loadpoint, ID: "vehicle", Keys: keys("vehicleName"), Platform: Select, Own: Titled, Write: &Write{Kind: WriteVehicle, Set: keys("vehicle")}, Applies: Applies{Since: withVehicle, Except: Integrated}, Icon: "mdi:car", Sample: "id3"},
	{Scope: Loadpoint, ID: "vehicle_capacity", Keys: keys("vehicleCapacity"), Platform: Sensor, Measure: EnergyStored, Reading: Positive, Category: Diagnostic, Disabled: true, Sample: "44"},
	{Scope: Loadpoint, ID: "vehicle_climater_active", Keys: keys("vehicleClimaterActive"), Platform: BinarySensor, Applies: Applies{Except: Integrated}, Icon: "mdi:air-conditioner", Sample: "true"},
	{Scope: Loadpoint, ID: "vehicle_detection_active", Keys: keys("vehicleDetectionActive"), Platform: BinarySensor, Applies: Applies{Since: always, Except: Integrated}, Category: Diagnostic, Disabled: true, Icon: "mdi:car-search-outline", Sample: "false"},
	{Scope: Loadpoint, ID: "vehicle_limit_soc", Keys: keys("vehicleLimitSoc", "vehicleTargetSoc"), Platform: Sensor, Measure: SetLevel, Reading: Positive, Applies: Applies{Except: Offline}, Category: Diagnostic, Disabled: true, Icon: "mdi:target", Sample: "80"},
	{Scope: Loadpoint, ID: "vehicle_odometer", Keys: keys("vehicleOdometer"), Platform: Sensor, Measure: Distance, Reading: Positive, Applies: Applies{Since: always, Except: Integrated}, Category: Diagnostic, Disabled: true, Sample: "34567"},
	{Scope: Loadpoint, ID: "vehicle_plans_delete", Platform: Button, Of: "plan", Write: &Write{Kind: WriteOfVehicle, Set: keys("vehicleName")}, Applies: Applies{Since: withVehicle, Except: Integrated}, Category: Config, Disabled: true, Icon: "mdi:calendar-remove", Sample: "-"},
	{Scope: Loadpoint, ID: "vehicle_plans_soc", Keys: keys("vehicleName"), Platform: Sensor, Measure: SetLevel, Own: OfVehicle, Of: "plan_soc", Applies: Applies{Since: withVehicle, Except: Integrated}, Category: Diagnostic, Disabled: true, Icon: "mdi:target", Sample: "db:7"},
	{Scope: Loadpoint, ID: "vehicle_plans_time", Keys: keys("vehicleName"), Platform: Sensor, Measure: Instant, Own: OfVehicle, Of: "plan_time", Applies: Applies{Since: withVehicle, Except: Integrated}, Category: Diagnostic, Disabled: true, Sample: "db:7"},
	{Scope: Loadpoint, ID: "vehicle_range", Keys: keys("vehicleRange"), Platform: Sensor, Measure: Distance, Reading: Positive, Applies: Applies{Since: always, Except: Integrated}, Sample: "240"},
	{Scope: Loadpoint, ID: "vehicle_soc", Keys: keys("vehicleSoc"), Platform: Sensor, Measure: Level, Reading: Positive, Applies: Applies{Except: Offline}, Sample: "55.044"},
	{Scope: Loadpoint, ID: "vehicle_title", Keys: keys("vehicleTitle"), Platform: Sensor, Applies: Applies{Since: withVehicle, Needs: VehicleTitles, Except: Integrated}, Category: Diagnostic, Disabled: true, Icon: "mdi:car", Sample: "ID.3 'Blitz' & Söhne"},
	{Scope: Loadpoint, ID: "vehicle_welcome_active", Keys: keys("vehicleWelcomeActive"), Platform: BinarySensor, Applies: Applies{Except: Integrated}, Category: Diagnostic, Disabled: true, Icon: "mdi:car-connected", Sample: "false"},
}
