package entities

// Markers of versions that are not a row's own key.
var (
	since0124_5 = Marker{Loadpoint, "smartCostActive"}      // price limits moved from the site to loadpoints
	since0128_4 = Marker{Loadpoint, "vehicleWelcomeActive"} // next always-published key after 0.126.3 and 0.128.2
	since0130   = Marker{Site, "batteryGridChargeActive"}
	since0200   = Marker{Loadpoint, "chargerSinglePhase"}
	since0203   = Marker{Loadpoint, "offeredCurrent"}
	since0205   = Marker{Loadpoint, "smartFeedInPriorityActive"}

	withGridControl = Marker{Site, "hems/status/dimmed"} // an external control that has told something
)

// batteryModes are evcc's words; unknown means that evcc decides.
var batteryModes = []Option{{Code: "unknown"}, {Code: "normal"}, {Code: "hold"}, {Code: "charge"}, {Code: "holdcharge", Needs: HoldCharge}}

// verdicts are how a command can end. They are words of ours.
var verdicts = words("accepted", "refused", "replaced", "unanswered", "dropped")

// Sorted by ID. After editing: go generate ./... && go test ./...; TestCatalogue names what is missing.
var site = []Row{
	{Scope: Site, ID: "aux_power", Keys: keys("auxPower"), Platform: Sensor, Measure: Power, Disabled: true, Sample: "321"},
	{Scope: Site, ID: "battery_capacity", Keys: keys("battery/capacity", "batteryCapacity"), Platform: Sensor, Measure: EnergyStored, Category: Diagnostic, Sample: "13.4"},
	{Scope: Site, ID: "battery_discharge_control", Keys: keys("batteryDischargeControl"), Platform: Switch, Write: &Write{Kind: WriteBool, Since: since0128_4, Needs: ControllableBattery}, Applies: Applies{Needs: HomeBattery}, Icon: "mdi:battery-lock", Sample: "false"},
	{Scope: Site, ID: "battery_energy_discharge", Keys: keys("battery/energy", "batteryEnergy"), Platform: Sensor, Measure: EnergySum, Reading: Positive, Applies: Applies{Needs: HomeBattery}, Sample: "345.6"},
	{Scope: Site, ID: "battery_forecast_empty", Keys: keys("battery/forecast/empty"), Platform: Sensor, Measure: Instant, Category: Diagnostic, Disabled: true, Sample: "1795417200"},
	{Scope: Site, ID: "battery_forecast_full", Keys: keys("battery/forecast/full"), Platform: Sensor, Measure: Instant, Category: Diagnostic, Disabled: true, Sample: "1795417200"},
	{Scope: Site, ID: "battery_forecast_highest_limit", Keys: keys("battery/forecast/highest/limit"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:battery-check-outline", Sample: "true"},
	{Scope: Site, ID: "battery_forecast_highest_soc", Keys: keys("battery/forecast/highest/soc"), Platform: Sensor, Measure: SetLevel, Category: Diagnostic, Disabled: true, Icon: "mdi:battery-arrow-up-outline", Sample: "80"},
	{Scope: Site, ID: "battery_forecast_highest_time", Keys: keys("battery/forecast/highest/time"), Platform: Sensor, Measure: Instant, Category: Diagnostic, Disabled: true, Sample: "1795417200"},
	{Scope: Site, ID: "battery_forecast_lowest_limit", Keys: keys("battery/forecast/lowest/limit"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:battery-check-outline", Sample: "true"},
	{Scope: Site, ID: "battery_forecast_lowest_soc", Keys: keys("battery/forecast/lowest/soc"), Platform: Sensor, Measure: SetLevel, Category: Diagnostic, Disabled: true, Icon: "mdi:battery-arrow-down-outline", Sample: "80"},
	{Scope: Site, ID: "battery_forecast_lowest_time", Keys: keys("battery/forecast/lowest/time"), Platform: Sensor, Measure: Instant, Category: Diagnostic, Disabled: true, Sample: "1795417200"},
	{Scope: Site, ID: "battery_grid_charge_active", Keys: keys("batteryGridChargeActive"), Platform: BinarySensor, Applies: Applies{Needs: HomeBattery}, Icon: "mdi:battery-charging-high", Sample: "false"},
	{Scope: Site, ID: "battery_grid_charge_limit", Keys: keys("batteryGridChargeLimit"), Platform: Number, Measure: CostLimit, Range: CostLimits, Write: &Write{Kind: WriteFloat, Needs: ControllableBattery}, Applies: Applies{Since: since0130, Needs: HomeBattery}, Category: Config, Icon: "mdi:battery-arrow-up-outline", Sample: "0.15"},
	{Scope: Site, ID: "battery_grid_charge_limit", Term: "clear_battery_grid_charge_limit", Platform: Button, Write: &Write{Kind: WriteClear, Set: keys("batteryGridChargeLimit"), Needs: ControllableBattery}, Applies: Applies{Since: withClearing, Needs: HomeBattery}, Category: Config, Icon: "mdi:cash-remove", Sample: "-"},
	{Scope: Site, ID: "battery_grid_discharge", Keys: keys("batteryGridDischarge"), Platform: Switch, Write: &Write{Kind: WriteBool, Needs: ControllableBattery}, Applies: Applies{Needs: HomeBattery}, Category: Config, Disabled: true, Icon: "mdi:transmission-tower-import", Sample: "false"},
	{Scope: Site, ID: "battery_mode", Term: "battery_mode_now", Keys: keys("batteryMode"), Platform: Sensor, Measure: Enum, Options: batteryModes, Applies: Applies{Needs: HomeBattery}, Category: Diagnostic, Icon: "mdi:battery-sync-outline", Sample: "normal"},
	{Scope: Site, ID: "battery_mode", Keys: keys("batteryModeExternal"), Platform: Select, Options: batteryModeChoices, Write: &Write{Kind: WriteWord, Set: keys("batteryMode"), Needs: ControllableBattery, Kept: true}, Applies: Applies{Since: since0203, Needs: HomeBattery}, Icon: "mdi:battery-sync", Sample: "hold"},
	{Scope: Site, ID: "battery_power", Keys: keys("battery/power", "batteryPower"), Platform: Sensor, Measure: Power, Sample: "-1250"},
	{Scope: Site, ID: "battery_soc", Keys: keys("battery/soc", "batterySoc"), Platform: Sensor, Measure: SoC, Sample: "43"},
	{Scope: Site, ID: "buffer_soc", Keys: keys("bufferSoc"), Platform: Number, Measure: SoC, Range: Percents, Write: &Write{Kind: WriteFloat, Off: "0", Group: BatteryLevels}, Applies: Applies{Needs: HomeBattery}, Category: Config, Sample: "0"},
	{Scope: Site, ID: "buffer_start_soc", Keys: keys("bufferStartSoc"), Platform: Number, Measure: SoC, Range: Percents, Write: &Write{Kind: WriteFloat, Off: "0", Group: BatteryLevels}, Applies: Applies{Needs: HomeBattery}, Category: Config, Sample: "0"},
	{Scope: Site, ID: "command", Platform: Event, Own: EachCommand, Options: verdicts, Applies: Applies{Since: always}, Category: Diagnostic, Icon: "mdi:message-arrow-right-outline", Sample: `{"event_type":"accepted"}`},
	{Scope: Site, ID: "command_problem", Platform: BinarySensor, Measure: Problem, Own: FailedCommand, Applies: Applies{Since: always}, Category: Diagnostic, Sample: "false"},
	{Scope: Site, ID: "connected", Keys: keys("/status"), Platform: BinarySensor, Measure: Connectivity, Reading: Online, Category: Diagnostic, Sample: "online"},
	{Scope: Site, ID: "demo_mode", Keys: keys("demoMode"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:test-tube", Sample: "true"},
	{Scope: Site, ID: "experimental", Keys: keys("experimental"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:flask-outline", Sample: "false"},
	{Scope: Site, ID: "forecast_co2_until", Keys: keys("forecast/co2"), Platform: Sensor, Measure: Instant, Reading: Series, Category: Diagnostic, Disabled: true, Sample: `[{"start":"2026-11-22T00:00:00Z","end":"2026-11-22T00:15:00Z","value":392}]`},
	{Scope: Site, ID: "forecast_feed_in_until", Keys: keys("forecast/feedIn"), Platform: Sensor, Measure: Instant, Reading: Series, Category: Diagnostic, Disabled: true, Sample: `[{"start":"2026-11-22T00:00:00Z","end":"2026-11-22T00:15:00Z","value":0.08}]`},
	{Scope: Site, ID: "forecast_grid_until", Keys: keys("forecast/grid"), Platform: Sensor, Measure: Instant, Reading: Series, Category: Diagnostic, Disabled: true, Sample: `[{"start":"2026-11-22T00:00:00Z","end":"2026-11-22T00:15:00Z","value":0.239}]`},
	{Scope: Site, ID: "forecast_planner_until", Keys: keys("forecast/planner"), Platform: Sensor, Measure: Instant, Reading: Series, Category: Diagnostic, Disabled: true, Sample: `[{"start":"2026-11-22T00:00:00Z","end":"2026-11-22T00:15:00Z","value":0.239}]`},
	{Scope: Site, ID: "forecast_solar_day_after_tomorrow", Keys: keys("forecast/solar/dayAfterTomorrow/yield"), Platform: Sensor, Measure: EnergyPlain, Reading: Kilo, Disabled: true, Sample: "113608"},
	{Scope: Site, ID: "forecast_solar_day_after_tomorrow_complete", Keys: keys("forecast/solar/dayAfterTomorrow/complete"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:check-circle-outline", Sample: "false"},
	{Scope: Site, ID: "forecast_solar_scale", Keys: keys("forecast/solar/scale"), Platform: Sensor, Measure: Ratio, Category: Diagnostic, Disabled: true, Icon: "mdi:scale-balance", Sample: "1"},
	{Scope: Site, ID: "forecast_solar_today", Keys: keys("forecast/solar/today/yield"), Platform: Sensor, Measure: EnergyPlain, Reading: Kilo, Sample: "86520.446"},
	{Scope: Site, ID: "forecast_solar_today_complete", Keys: keys("forecast/solar/today/complete"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:check-circle-outline", Sample: "true"},
	{Scope: Site, ID: "forecast_solar_tomorrow", Keys: keys("forecast/solar/tomorrow/yield"), Platform: Sensor, Measure: EnergyPlain, Reading: Kilo, Sample: "113608"},
	{Scope: Site, ID: "forecast_solar_tomorrow_complete", Keys: keys("forecast/solar/tomorrow/complete"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:check-circle-outline", Sample: "true"},
	{Scope: Site, ID: "forecast_solar_until", Keys: keys("forecast/solar/timeseries", "forecast/solar"), Platform: Sensor, Measure: Instant, Reading: Series, Category: Diagnostic, Disabled: true, Sample: `[{"ts":"2026-11-22T00:00:00Z","val":0}]`},
	{Scope: Site, ID: "forecast_temperature_until", Keys: keys("forecast/temperature"), Platform: Sensor, Measure: Instant, Reading: Series, Category: Diagnostic, Disabled: true, Sample: `[{"start":"2026-11-22T00:00:00Z","end":"2026-11-22T00:15:00Z","value":13.7}]`},
	{Scope: Site, ID: "green_share_home", Keys: keys("greenShareHome"), Platform: Sensor, Measure: Share, Reading: Percent, Icon: "mdi:leaf", Sample: "1"},
	{Scope: Site, ID: "green_share_loadpoints", Keys: keys("greenShareLoadpoints"), Platform: Sensor, Measure: Share, Reading: Percent, Icon: "mdi:leaf", Sample: "0.688"},
	{Scope: Site, ID: "grid_currents_0", Keys: keys("grid/currents/1", "gridCurrents/l1"), Platform: Sensor, Measure: Current, Category: Diagnostic, Disabled: true, Sample: "2.1"},
	{Scope: Site, ID: "grid_currents_1", Keys: keys("grid/currents/2", "gridCurrents/l2"), Platform: Sensor, Measure: Current, Category: Diagnostic, Disabled: true, Sample: "2.1"},
	{Scope: Site, ID: "grid_currents_2", Keys: keys("grid/currents/3", "gridCurrents/l3"), Platform: Sensor, Measure: Current, Category: Diagnostic, Disabled: true, Sample: "2.1"},
	{Scope: Site, ID: "grid_energy", Keys: keys("grid/energy", "gridEnergy"), Platform: Sensor, Measure: Energy, Reading: Positive, Sample: "8123.456"},
	{Scope: Site, ID: "grid_energy_export", Keys: keys("grid/returnEnergy"), Platform: Sensor, Measure: Energy, Reading: Positive, Sample: "8123.456"},
	{Scope: Site, ID: "grid_export_limit", Keys: keys("gridExportLimit"), Platform: Number, Measure: SetPower, Range: ExportPower, Write: &Write{Kind: WriteFloat, Off: "0"}, Category: Config, Disabled: true, Sample: "0"},
	{Scope: Site, ID: "grid_power", Keys: keys("grid/power", "gridPower"), Platform: Sensor, Measure: Power, Sample: "1234.5"},
	{Scope: Site, ID: "grid_powers_0", Keys: keys("grid/powers/1", "gridPowers/l1"), Platform: Sensor, Measure: Power, Category: Diagnostic, Disabled: true, Sample: "480"},
	{Scope: Site, ID: "grid_powers_1", Keys: keys("grid/powers/2", "gridPowers/l2"), Platform: Sensor, Measure: Power, Category: Diagnostic, Disabled: true, Sample: "480"},
	{Scope: Site, ID: "grid_powers_2", Keys: keys("grid/powers/3", "gridPowers/l3"), Platform: Sensor, Measure: Power, Category: Diagnostic, Disabled: true, Sample: "480"},
	{Scope: Site, ID: "hems_configured", Keys: keys("hems/config/configured"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:transmission-tower", Sample: "false"},
	{Scope: Site, ID: "hems_curtailed", Keys: keys("hems/status/curtailed"), Platform: Sensor, Measure: Share, Icon: "mdi:transmission-tower-import", Sample: "60"},
	{Scope: Site, ID: "hems_dimmed", Keys: keys("hems/status/dimmed"), Platform: BinarySensor, Icon: "mdi:transmission-tower-export", Sample: "false"},
	{Scope: Site, ID: "hems_max_consumption_power", Keys: keys("hems/status/maxConsumptionPower"), Platform: Sensor, Measure: SetPower, Applies: Applies{Since: withGridControl}, Category: Diagnostic, Sample: "4200"},
	{Scope: Site, ID: "hems_max_production_power", Keys: keys("hems/status/maxProductionPower"), Platform: Sensor, Measure: SetPower, Applies: Applies{Since: withGridControl}, Category: Diagnostic, Sample: "4200"},
	{Scope: Site, ID: "history_updated", Keys: keys("historyUpdated"), Platform: Sensor, Measure: Instant, Category: Diagnostic, Disabled: true, Sample: "1795417200"},
	{Scope: Site, ID: "hold_battery", Keys: keys("batteryModeExternal"), Platform: Switch, Own: Held, Options: batteryModes, On: []string{"hold"}, Write: &Write{Kind: WriteToggle, Set: keys("batteryMode"), Back: []string{Automatic}, Needs: ControllableBattery, Kept: true}, Applies: Applies{Since: since0203, Needs: HomeBattery}, Icon: "mdi:home-battery", Sample: "hold"},
	{Scope: Site, ID: "home_power", Keys: keys("homePower"), Platform: Sensor, Measure: Power, Sample: "500"},
	{Scope: Site, ID: "interval", Keys: keys("interval"), Platform: Sensor, Measure: SetDuration, Category: Diagnostic, Disabled: true, Sample: "10"},
	{Scope: Site, ID: "last_command", Platform: Sensor, Measure: Enum, Own: LastCommand, Options: verdicts, Applies: Applies{Since: always}, Category: Diagnostic, Icon: "mdi:message-check-outline", Sample: "accepted"},
	{Scope: Site, ID: "loadpoints", Keys: keys("/loadpoints"), Platform: Sensor, Measure: Count, Category: Diagnostic, Disabled: true, Icon: "mdi:ev-station", Sample: "2"},
	{Scope: Site, ID: "max_grid_supply_while_battery_charging", Keys: keys("maxGridSupplyWhileBatteryCharging"), Platform: Sensor, Measure: SetPower, Category: Diagnostic, Disabled: true, Sample: "0"},
	{Scope: Site, ID: "optimizer", Keys: keys("optimizer"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:chart-timeline-variant", Sample: "false"},
	{Scope: Site, ID: "optimizer_charging_strategy", Keys: keys("optimizerChargingStrategy"), Platform: Sensor, Measure: Enum, Options: words("charge_before_export", "attenuate_demand_peaks", "attenuate_feedin_peaks", "attenuate_grid_peaks", "none"), Category: Diagnostic, Disabled: true, Icon: "mdi:chart-timeline-variant", Sample: "charge_before_export"},
	{Scope: Site, ID: "priority_soc", Keys: keys("prioritySoc"), Platform: Number, Measure: SoC, Range: Percents, Write: &Write{Kind: WriteFloat, Off: "0", Group: BatteryLevels}, Applies: Applies{Needs: HomeBattery}, Category: Config, Sample: "0"},
	{Scope: Site, ID: "pv_energy", Keys: keys("pvEnergy"), Platform: Sensor, Measure: EnergySum, Reading: Positive, Sample: "26913.4"},
	{Scope: Site, ID: "pv_power", Keys: keys("pvPower"), Platform: Sensor, Measure: Power, Sample: "6000"},
	{Scope: Site, ID: "residual_power", Keys: keys("residualPower"), Platform: Number, Measure: Power, Range: GridPower, Write: &Write{Kind: WriteFloat}, Category: Config, Sample: "100"},
	{Scope: Site, ID: "smart_cost_active", Keys: keys("smartCostActive"), Platform: BinarySensor, Icon: "mdi:cash-clock", Sample: "false"},
	{Scope: Site, ID: "smart_cost_available", Keys: keys("smartCostAvailable"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:cash-check", Sample: "true"},
	{Scope: Site, ID: "smart_cost_limit", Keys: keys("smartCostLimit"), Platform: Number, Measure: CostLimit, Own: Shared, Range: CostLimits, Write: &Write{Kind: WriteFloat, All: true}, Applies: Applies{Since: since0128_4}, Category: Config, Icon: "mdi:cash-clock", Sample: "0"},
	{Scope: Site, ID: "smart_cost_limit", Term: "clear_smart_cost_limit", Platform: Button, Write: &Write{Kind: WriteClear, Set: keys("smartCostLimit"), All: true}, Applies: Applies{Since: withClearing}, Category: Config, Icon: "mdi:cash-remove", Sample: "-"},
	{Scope: Site, ID: "smart_cost_type", Keys: keys("smartCostType"), Platform: Sensor, Measure: Enum, Options: words("pricestatic", "pricedynamic", "priceforecast", "co2"), Category: Diagnostic, Disabled: true, Icon: "mdi:cash-multiple", Sample: "priceforecast"},
	{Scope: Site, ID: "smart_feed_in_priority_available", Keys: keys("smartFeedInPriorityAvailable"), Platform: BinarySensor, Category: Diagnostic, Disabled: true, Icon: "mdi:cash-check", Sample: "false"},
	{Scope: Site, ID: "smart_feed_in_priority_limit", Keys: keys("smartFeedInPriorityLimit"), Platform: Number, Measure: Price, Own: Shared, Range: PriceLimits, Write: &Write{Kind: WriteFloat, All: true}, Applies: Applies{Since: since0205}, Category: Config, Disabled: true, Icon: "mdi:transmission-tower-import", Sample: "0.08"},
	{Scope: Site, ID: "smart_feed_in_priority_limit", Term: "clear_smart_feed_in_priority_limit", Platform: Button, Write: &Write{Kind: WriteClear, Set: keys("smartFeedInPriorityLimit"), All: true}, Applies: Applies{Since: since0205}, Category: Config, Disabled: true, Icon: "mdi:cash-remove", Sample: "-"},
	{Scope: Site, ID: "solar_adjusted", Keys: keys("solarAdjusted"), Platform: Switch, Write: &Write{Kind: WriteBool}, Category: Config, Disabled: true, Icon: "mdi:weather-sunny-alert", Sample: "false"},
	{Scope: Site, ID: "system", Keys: keys("system"), Platform: Sensor, Category: Diagnostic, Disabled: true, Icon: "mdi:server-outline", Sample: "linux/amd64"},
	{Scope: Site, ID: "tariff_co2", Keys: keys("tariffCo2"), Platform: Sensor, Measure: Intensity, Icon: "mdi:molecule-co2", Sample: "392"},
	{Scope: Site, ID: "tariff_co2_home", Keys: keys("tariffCo2Home"), Platform: Sensor, Measure: Intensity, Disabled: true, Icon: "mdi:molecule-co2", Sample: "0"},
	{Scope: Site, ID: "tariff_co2_loadpoints", Keys: keys("tariffCo2Loadpoints"), Platform: Sensor, Measure: Intensity, Disabled: true, Icon: "mdi:molecule-co2", Sample: "122.145"},
	{Scope: Site, ID: "tariff_feed_in", Keys: keys("tariffFeedIn"), Platform: Sensor, Measure: Price, Icon: "mdi:cash-plus", Sample: "0.08"},
	{Scope: Site, ID: "tariff_grid", Keys: keys("tariffGrid"), Platform: Sensor, Measure: Price, Icon: "mdi:cash", Sample: "0.253"},
	{Scope: Site, ID: "tariff_price_home", Keys: keys("tariffPriceHome"), Platform: Sensor, Measure: Price, Disabled: true, Icon: "mdi:cash", Sample: "0.08"},
	{Scope: Site, ID: "tariff_price_loadpoints", Keys: keys("tariffPriceLoadpoints"), Platform: Sensor, Measure: Price, Disabled: true, Icon: "mdi:cash", Sample: "0.134"},
	{Scope: Site, ID: "tariff_solar", Keys: keys("tariffSolar"), Platform: Sensor, Measure: Power, Sample: "12906"},
	{Scope: Site, ID: "tariff_temperature", Keys: keys("tariffTemperature"), Platform: Sensor, Measure: Temperature, Sample: "14"},
	{Scope: Site, ID: "timezone", Keys: keys("timezone"), Platform: Sensor, Category: Diagnostic, Disabled: true, Icon: "mdi:map-clock-outline", Sample: "UTC +00:00"},
	{Scope: Site, ID: "updated", Keys: keys("/updated"), Platform: Sensor, Measure: Instant, Category: Diagnostic, Disabled: true, Sample: "1795344041"},
	{Scope: Site, ID: "vehicles", Keys: keys("/vehicles"), Platform: Sensor, Measure: Count, Category: Diagnostic, Disabled: true, Icon: "mdi:car-multiple", Sample: "2"},
	{Scope: Site, ID: "version", Keys: keys("version"), Platform: Sensor, Category: Diagnostic, Disabled: true, Icon: "mdi:information-outline", Sample: "0.0.0"},
}
