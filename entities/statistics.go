package entities

// Sorted by ID. evcc computes these every 15 minutes; windows that move (30d, 365d) go up and down.
var statistics = []Row{
	{ID: "stat30_avg_co2", Key: "statistics/30d/avgCo2", Measure: AverageIntensity, Disabled: true, Icon: "mdi:molecule-co2", Sample: "0"},
	{ID: "stat30_avg_price", Key: "statistics/30d/avgPrice", Measure: AveragePrice, Disabled: true, Icon: "mdi:cash", Sample: "0.08"},
	{ID: "stat30_charged_kwh", Key: "statistics/30d/chargedKWh", Measure: EnergyPlain, Disabled: true, Sample: "0.0057589"},
	{ID: "stat30_solar_percentage", Key: "statistics/30d/solarPercentage", Measure: Share, Disabled: true, Icon: "mdi:solar-power", Sample: "100"},
	{ID: "stat365_avg_co2", Key: "statistics/365d/avgCo2", Measure: AverageIntensity, Disabled: true, Icon: "mdi:molecule-co2", Sample: "0"},
	{ID: "stat365_avg_price", Key: "statistics/365d/avgPrice", Measure: AveragePrice, Disabled: true, Icon: "mdi:cash", Sample: "0.08"},
	{ID: "stat365_charged_kwh", Key: "statistics/365d/chargedKWh", Measure: EnergyPlain, Disabled: true, Sample: "0.0057589"},
	{ID: "stat365_solar_percentage", Key: "statistics/365d/solarPercentage", Measure: Share, Disabled: true, Icon: "mdi:solar-power", Sample: "100"},
	{ID: "stat_this_year_avg_co2", Key: "statistics/thisYear/avgCo2", Measure: AverageIntensity, Disabled: true, Icon: "mdi:molecule-co2", Sample: "0"},
	{ID: "stat_this_year_avg_price", Key: "statistics/thisYear/avgPrice", Measure: AveragePrice, Disabled: true, Icon: "mdi:cash", Sample: "0.08"},
	{ID: "stat_this_year_charged_kwh", Key: "statistics/thisYear/chargedKWh", Measure: EnergyToday, Disabled: true, Sample: "0.0057589"},
	{ID: "stat_this_year_solar_percentage", Key: "statistics/thisYear/solarPercentage", Measure: Share, Disabled: true, Icon: "mdi:solar-power", Sample: "100"},
	{ID: "stat_total_avg_co2", Key: "statistics/total/avgCo2", Measure: AverageIntensity, Disabled: true, Icon: "mdi:molecule-co2", Sample: "0"},
	{ID: "stat_total_avg_price", Key: "statistics/total/avgPrice", Measure: AveragePrice, Icon: "mdi:cash", Sample: "0.08"},
	{ID: "stat_total_charged_kwh", Key: "statistics/total/chargedKWh", Measure: Energy, Sample: "0.0057589"},
	{ID: "stat_total_solar_percentage", Key: "statistics/total/solarPercentage", Measure: Share, Icon: "mdi:solar-power", Sample: "100"},
}
