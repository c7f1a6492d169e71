package entities

// Markers of versions that are not a row's own key.
var (
	since0124_5 = Marker{Loadpoint, "smartCostActive"}      // price limits moved from the site to loadpoints
	since0128_4 = Marker{Loadpoint, "vehicleWelcomeActive"} // next always-published key after 0.126.3 and 0.128.2
	since0130   = Marker{Site, "batteryGridChargeActive"}
	since0200   = Marker{Loadpoint, "chargerSinglePhase"}
	since0203   = Marker{Loadpoint, "offeredCurrent"}
	since0205   = Marker{Loadpoint, "smartFeedInPriorityActive"}
	since0314   = Marker{Site, "gridExportLimit"}
	since0316   = Marker{Loadpoint, "alwaysCharge"}

	withGridControl = Marker{Site, "hems/status/dimmed"} // an external control that has told something
)

// batteryModes are evcc's words; unknown means that evcc decides.
var batteryModes = []Option{{Code: "unknown"}, {Code: "normal"}, {Code: "hold"}, {Code: "charge"}, {Code: "holdcharge", Needs: HoldCharge}}

// withBattery is what only homes with a battery have.
var withBattery = Applies{Needs: HomeBattery}

// withClearableLimit is where evcc takes a word for no limit.
var withClearableLimit = Applies{Since: withClearing, Needs: CheapPrices}

// withModes is what only batteries have whose mode evcc can switch; evcc publishes nothing of it at first.
var withModes = Applies{Since: since0203, Needs: HomeBattery | BatteryModes}

// gridStrategies are the optimizer's.
var gridStrategies = words("charge_before_export", "attenuate_demand_peaks", "attenuate_feedin_peaks", "attenuate_grid_peaks", "none")

// verdicts are how a command can end. They are words of ours.
var verdicts = words("accepted", "refused", "replaced", "unanswered", "dropped")

// Sorted by ID. After editing: go generate ./... && go test ./...; TestCatalogue names what is missing.
var site = []Row{
	{ID: "aux_power", Key: "auxPower", Measure: Power, Disabled: true, Sample: "321"},
	{ID: "battery_capacity", Keys: keys("battery/capacity", "batteryCapacity"), Measure: EnergyStored, Category: Diagnostic, Sample: "13.4"},
	{ID: "battery_discharge_control", Key: "batteryDischargeControl", Platform: Switch, Write: &Write{Kind: WriteBool, Since: since0128_4, Needs: ControllableBattery}, Applies: withBattery, Icon: "mdi:battery-lock", Sample: "false"},
	{ID: "battery_energy_discharge", Keys: keys("battery/energy", "batteryEnergy"), Measure: EnergySum, Reading: Positive, Applies: withBattery, Sample: "345.6"},
	{ID: "battery_forecast_empty", Key: "battery/forecast/empty", Measure: Instant, Category: Expert, Sample: "1795417200"},
	{ID: "battery_forecast_full", Key: "battery/forecast/full", Measure: Instant, Category: Expert, Sample: "1795417200"},
	{ID: "battery_forecast_highest_limit", Key: "battery/forecast/highest/limit", Platform: BinarySensor, Category: Expert, Icon: "mdi:battery-check-outline", Sample: "true"},
	{ID: "battery_forecast_highest_soc", Key: "battery/forecast/highest/soc", Measure: SetLevel, Category: Expert, Icon: "mdi:battery-arrow-up-outline", Sample: "80"},
	{ID: "battery_forecast_highest_time", Key: "battery/forecast/highest/time", Measure: Instant, Category: Expert, Sample: "1795417200"},
	{ID: "battery_forecast_lowest_limit", Key: "battery/forecast/lowest/limit", Platform: BinarySensor, Category: Expert, Icon: "mdi:battery-check-outline", Sample: "true"},
	{ID: "battery_forecast_lowest_soc", Key: "battery/forecast/lowest/soc", Measure: SetLevel, Category: Expert, Icon: "mdi:battery-arrow-down-outline", Sample: "80"},
	{ID: "battery_forecast_lowest_time", Key: "battery/forecast/lowest/time", Measure: Instant, Category: Expert, Sample: "1795417200"},
	{ID: "battery_grid_charge_active", Key: "batteryGridChargeActive", Platform: BinarySensor, Applies: withBattery, Icon: "mdi:battery-charging-high", Sample: "false"},
	{ID: "battery_grid_charge_limit", Key: "batteryGridChargeLimit", Platform: Number, Measure: CostLimit, Range: CostLimits, Write: &Write{Kind: WriteFloat, Needs: ControllableBattery}, Applies: Applies{Since: since0130, Needs: HomeBattery | CheapPrices}, Category: Config, Icon: "mdi:battery-arrow-up-outline", Sample: "0.15"},
	{ID: "battery_grid_charge_limit", Term: "clear_battery_grid_charge_limit", Platform: Button, Write: &Write{Kind: WriteClear, Set: "batteryGridChargeLimit", Needs: ControllableBattery}, Applies: Applies{Since: withClearing, Needs: HomeBattery | CheapPrices}, Category: Config, Icon: "mdi:cash-remove", Sample: "-"},
	{ID: "battery_grid_discharge", Key: "batteryGridDischarge", Platform: Switch, Write: &Write{Kind: WriteBool, Needs: ControllableBattery}, Applies: withBattery, Category: Config, Disabled: true, Icon: "mdi:transmission-tower-import", Sample: "false"},
	{ID: "battery_mode", Term: "battery_mode_now", Key: "batteryMode", Measure: Enum, Options: batteryModes, Applies: Applies{Needs: HomeBattery | BatteryModes}, Category: Diagnostic, Icon: "mdi:battery-sync-outline", Sample: "normal"},
	{ID: "battery_mode", Key: "batteryModeExternal", Platform: Select, Own: Requested, Options: batteryModeChoices, Write: &Write{Kind: WriteWord, Set: "batteryMode", Needs: ControllableBattery, Kept: true}, Applies: withModes, Icon: "mdi:battery-sync", Sample: "hold"},
	{ID: "battery_power", Keys: keys("battery/power", "batteryPower"), Measure: Power, Sample: "-1250"},
	{ID: "battery_soc", Keys: keys("battery/soc", "batterySoc"), Measure: SoC, Sample: "43"},
	{ID: "buffer_soc", Key: "bufferSoc", Platform: Number, Measure: SoC, Range: Percents, Write: &Write{Kind: WriteFloat, Off: "0", Group: BatteryLevels}, Applies: withBattery, Category: Config, Sample: "0"},
	{ID: "buffer_start_soc", Key: "bufferStartSoc", Platform: Number, Measure: SoC, Range: Percents, Write: &Write{Kind: WriteFloat, Off: "0", Group: BatteryLevels}, Applies: withBattery, Category: Config, Sample: "0"},
	{ID: "command", Platform: Event, Own: EachCommand, Options: verdicts, Applies: Applies{Since: always}, Category: Diagnostic, Icon: "mdi:message-arrow-right-outline", Sample: `{"event_type":"accepted"}`},
	{ID: "command_problem", Platform: BinarySensor, Measure: Problem, Own: FailedCommand, Applies: Applies{Since: always}, Category: Diagnostic, Sample: "false"},
	{ID: "connected", Key: "/status", Platform: BinarySensor, Measure: Connectivity, Reading: Online, Category: Diagnostic, Sample: "online"},
	{ID: "demo_mode", Key: "demoMode", Platform: BinarySensor, Category: Expert, Icon: "mdi:test-tube", Sample: "true"},
	{ID: "experimental", Key: "experimental", Platform: BinarySensor, Category: Expert, Icon: "mdi:flask-outline", Sample: "false"},
	{ID: "forecast_co2_until", Key: "forecast/co2", Measure: Instant, Reading: Series, Category: Expert, Sample: `[{"start":"2026-11-22T00:00:00Z","end":"2026-11-22T00:15:00Z","value":392}]`},
	{ID: "forecast_feed_in_until", Key: "forecast/feedIn", Measure: Instant, Reading: Series, Category: Expert, Sample: `[{"start":"2026-11-22T00:00:00Z","end":"2026-11-22T00:15:00Z","value":0.08}]`},
	{ID: "forecast_grid_until", Key: "forecast/grid", Measure: Instant, Reading: Series, Category: Expert, Sample: `[{"start":"2026-11-22T00:00:00Z","end":"2026-11-22T00:15:00Z","value":0.239}]`},
	{ID: "forecast_planner_until", Key: "forecast/planner", Measure: Instant, Reading: Series, Category: Expert, Sample: `[{"start":"2026-11-22T00:00:00Z","end":"2026-11-22T00:15:00Z","value":0.239}]`},
	{ID: "forecast_solar_day_after_tomorrow", Key: "forecast/solar/dayAfterTomorrow/yield", Measure: EnergyPlain, Reading: Kilo, Disabled: true, Sample: "113608"},
	{ID: "forecast_solar_day_after_tomorrow_complete", Key: "forecast/solar/dayAfterTomorrow/complete", Platform: BinarySensor, Category: Expert, Icon: "mdi:check-circle-outline", Sample: "false"},
	{ID: "forecast_solar_scale", Key: "forecast/solar/scale", Measure: Ratio, Category: Expert, Icon: "mdi:scale-balance", Sample: "1"},
	{ID: "forecast_solar_today", Key: "forecast/solar/today/yield", Measure: EnergyPlain, Reading: Kilo, Sample: "86520.446"},
	{ID: "forecast_solar_today_complete", Key: "forecast/solar/today/complete", Platform: BinarySensor, Category: Expert, Icon: "mdi:check-circle-outline", Sample: "true"},
	{ID: "forecast_solar_tomorrow", Key: "forecast/solar/tomorrow/yield", Measure: EnergyPlain, Reading: Kilo, Sample: "113608"},
	{ID: "forecast_solar_tomorrow_complete", Key: "forecast/solar/tomorrow/complete", Platform: BinarySensor, Category: Expert, Icon: "mdi:check-circle-outline", Sample: "true"},
	{ID: "forecast_solar_until", Keys: keys("forecast/solar/timeseries", "forecast/solar"), Measure: Instant, Reading: Series, Category: Expert, Sample: `[{"ts":"2026-11-22T00:00:00Z","val":0}]`},
	{ID: "forecast_temperature_until", Key: "forecast/temperature", Measure: Instant, Reading: Series, Category: Expert, Sample: `[{"start":"2026-11-22T00:00:00Z","end":"2026-11-22T00:15:00Z","value":13.7}]`},
	{ID: "green_share_home", Key: "greenShareHome", Measure: Share, Reading: Percent, Icon: "mdi:leaf", Sample: "1"},
	{ID: "green_share_loadpoints", Key: "greenShareLoadpoints", Measure: Share, Reading: Percent, Icon: "mdi:leaf", Sample: "0.688"},
	{ID: "grid_currents_0", Keys: keys("grid/currents/1", "gridCurrents/l1"), Measure: Current, Category: Expert, Sample: "2.1"},
	{ID: "grid_currents_1", Keys: keys("grid/currents/2", "gridCurrents/l2"), Measure: Current, Category: Expert, Sample: "2.1"},
	{ID: "grid_currents_2", Keys: keys("grid/currents/3", "gridCurrents/l3"), Measure: Current, Category: Expert, Sample: "2.1"},
	{ID: "grid_energy", Keys: keys("grid/energy", "gridEnergy"), Measure: Energy, Reading: Positive, Sample: "8123.456"},
	{ID: "grid_energy_export", Key: "grid/returnEnergy", Measure: Energy, Reading: Positive, Sample: "8123.456"},
	{ID: "grid_export_limit", Key: "gridExportLimit", Platform: Number, Measure: SetPower, Range: ExportPower, Write: &Write{Kind: WriteFloat, Off: "0"}, Category: Config, Disabled: true, Sample: "0"},
	{ID: "grid_power", Keys: keys("grid/power", "gridPower"), Measure: Power, Sample: "1234.5"},
	{ID: "grid_powers_0", Keys: keys("grid/powers/1", "gridPowers/l1"), Measure: Power, Category: Expert, Sample: "480"},
	{ID: "grid_powers_1", Keys: keys("grid/powers/2", "gridPowers/l2"), Measure: Power, Category: Expert, Sample: "480"},
	{ID: "grid_powers_2", Keys: keys("grid/powers/3", "gridPowers/l3"), Measure: Power, Category: Expert, Sample: "480"},
	{ID: "hems_configured", Key: "hems/config/configured", Platform: BinarySensor, Category: Expert, Icon: "mdi:transmission-tower", Sample: "false"},
	{ID: "hems_curtailed", Key: "hems/status/curtailed", Measure: Share, Icon: "mdi:transmission-tower-import", Sample: "60"},
	{ID: "hems_dimmed", Key: "hems/status/dimmed", Platform: BinarySensor, Icon: "mdi:transmission-tower-export", Sample: "false"},
	{ID: "hems_max_consumption_power", Key: "hems/status/maxConsumptionPower", Measure: SetPower, Applies: Applies{Since: withGridControl}, Category: Diagnostic, Sample: "4200"},
	{ID: "hems_max_production_power", Key: "hems/status/maxProductionPower", Measure: SetPower, Applies: Applies{Since: withGridControl}, Category: Diagnostic, Sample: "4200"},
	{ID: "history_updated", Key: "historyUpdated", Measure: Instant, Category: Expert, Sample: "1795417200"},
	{ID: "hold_battery", Key: "batteryModeExternal", Platform: Switch, Own: Held, Options: batteryModes, On: []string{"hold"}, Write: &Write{Kind: WriteToggle, Set: "batteryMode", Back: []string{Automatic}, Needs: ControllableBattery, Kept: true}, Applies: withModes, Icon: "mdi:home-battery", Sample: "hold"},
	{ID: "home_power", Key: "homePower", Measure: Power, Sample: "500"},
	{ID: "interval", Key: "interval", Measure: SetDuration, Category: Expert, Sample: "10"},
	{ID: "last_command", Measure: Enum, Own: LastCommand, Options: verdicts, Applies: Applies{Since: always}, Category: Diagnostic, Icon: "mdi:message-check-outline", Sample: "accepted"},
	{ID: "loadpoints", Key: "/loadpoints", Measure: Count, Category: Expert, Icon: "mdi:ev-station", Sample: "2"},
	{ID: "max_grid_supply_while_battery_charging", Key: "maxGridSupplyWhileBatteryCharging", Measure: SetPower, Category: Expert, Sample: "0"},
	{ID: "optimizer", Key: "optimizer", Platform: BinarySensor, Category: Expert, Icon: "mdi:chart-timeline-variant", Sample: "false"},
	{ID: "optimizer_charging_strategy", Key: "optimizerChargingStrategy", Measure: Enum, Options: gridStrategies, Category: Expert, Icon: "mdi:chart-timeline-variant", Sample: "charge_before_export"},
	{ID: "priority_soc", Key: "prioritySoc", Platform: Number, Measure: SoC, Range: Percents, Write: &Write{Kind: WriteFloat, Off: "0", Group: BatteryLevels}, Applies: withBattery, Category: Config, Sample: "0"},
	{ID: "pv_energy", Key: "pvEnergy", Measure: EnergySum, Reading: Positive, Sample: "26913.4"},
	{ID: "pv_power", Key: "pvPower", Measure: Power, Sample: "6000"},
	{ID: "residual_power", Key: "residualPower", Platform: Number, Measure: Power, Range: GridPower, Write: &Write{Kind: WriteFloat}, Category: Config, Sample: "100"},
	{ID: "smart_cost_active", Key: "smartCostActive", Platform: BinarySensor, Icon: "mdi:cash-clock", Sample: "false"},
	{ID: "smart_cost_available", Key: "smartCostAvailable", Platform: BinarySensor, Category: Expert, Icon: "mdi:cash-check", Sample: "true"},
	{ID: "smart_cost_limit", Key: "smartCostLimit", Platform: Number, Measure: CostLimit, Own: Shared, Range: CostLimits, Write: &Write{Kind: WriteFloat, All: true}, Applies: Applies{Since: since0128_4, Needs: CheapPrices}, Category: Config, Icon: "mdi:cash-clock", Sample: "0"},
	{ID: "smart_cost_limit", Term: "clear_smart_cost_limit", Platform: Button, Write: &Write{Kind: WriteClear, Set: "smartCostLimit", All: true}, Applies: withClearableLimit, Category: Config, Icon: "mdi:cash-remove", Sample: "-"},
	{ID: "smart_cost_type", Key: "smartCostType", Measure: Enum, Options: words("pricestatic", "pricedynamic", "priceforecast", "co2"), Category: Expert, Icon: "mdi:cash-multiple", Sample: "priceforecast"},
	{ID: "smart_feed_in_priority_available", Key: "smartFeedInPriorityAvailable", Platform: BinarySensor, Category: Expert, Icon: "mdi:cash-check", Sample: "false"},
	{ID: "smart_feed_in_priority_limit", Key: "smartFeedInPriorityLimit", Platform: Number, Measure: Price, Own: Shared, Range: PriceLimits, Write: &Write{Kind: WriteFloat, All: true}, Applies: Applies{Since: since0205, Needs: FeedInPrices}, Category: Config, Disabled: true, Icon: "mdi:transmission-tower-import", Sample: "0.08"},
	{ID: "smart_feed_in_priority_limit", Term: "clear_smart_feed_in_priority_limit", Platform: Button, Write: &Write{Kind: WriteClear, Set: "smartFeedInPriorityLimit", All: true}, Applies: Applies{Since: since0205, Needs: FeedInPrices}, Category: Config, Disabled: true, Icon: "mdi:cash-remove", Sample: "-"},
	{ID: "solar_adjusted", Key: "solarAdjusted", Platform: Switch, Write: &Write{Kind: WriteBool}, Category: Config, Disabled: true, Icon: "mdi:weather-sunny-alert", Sample: "false"},
	{ID: "system", Key: "system", Category: Expert, Icon: "mdi:server-outline", Sample: "linux/amd64"},
	{ID: "tariff_co2", Key: "tariffCo2", Measure: Intensity, Icon: "mdi:molecule-co2", Sample: "392"},
	{ID: "tariff_co2_home", Key: "tariffCo2Home", Measure: Intensity, Disabled: true, Icon: "mdi:molecule-co2", Sample: "0"},
	{ID: "tariff_co2_loadpoints", Key: "tariffCo2Loadpoints", Measure: Intensity, Disabled: true, Icon: "mdi:molecule-co2", Sample: "122.145"},
	{ID: "tariff_feed_in", Key: "tariffFeedIn", Measure: Price, Icon: "mdi:cash-plus", Sample: "0.08"},
	{ID: "tariff_grid", Key: "tariffGrid", Measure: Price, Icon: "mdi:cash", Sample: "0.253"},
	{ID: "tariff_price_home", Key: "tariffPriceHome", Measure: Price, Disabled: true, Icon: "mdi:cash", Sample: "0.08"},
	{ID: "tariff_price_loadpoints", Key: "tariffPriceLoadpoints", Measure: Price, Disabled: true, Icon: "mdi:cash", Sample: "0.134"},
	{ID: "tariff_solar", Key: "tariffSolar", Measure: Power, Sample: "12906"},
	{ID: "tariff_temperature", Key: "tariffTemperature", Measure: Temperature, Sample: "14"},
	{ID: "timezone", Key: "timezone", Category: Expert, Icon: "mdi:map-clock-outline", Sample: "UTC +00:00"},
	{ID: "updated", Key: "/updated", Measure: Instant, Category: Expert, Sample: "1795344041"},
	{ID: "vehicles", Key: "/vehicles", Measure: Count, Category: Expert, Icon: "mdi:car-multiple", Sample: "2"},
	{ID: "version", Key: "version", Category: Expert, Icon: "mdi:information-outline", Sample: "0.0.0"},
}
