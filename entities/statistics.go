package entities

// Sorted by ID. evcc computes these every 15 minutes; windows that move (30d, 365d) go up and down.
var statistics = []Row{
	{Scope: Site, ID: "stat30_avg_co2", Keys: keys("statistics/30d/avgCo2"), Platform: Sensor, Measure: AverageIntensity, Disabled: true, Icon: "mdi:molecule-co2", Sample: "0"},
	{Scope: Site, ID: "stat30_avg_price", Keys: keys("statistics/30d/avgPrice"), Platform: Sensor, Measure: AveragePrice, Disabled: true, Icon: "mdi:cash", Sample: "0.08"},
	{Scope: Site, ID: "stat30_charged_kwh", Keys: keys("statistics/30d/chargedKWh"), Platform: Sensor, Measure: EnergyPlain, Disabled: true, Sample: "0.0057589"},
	{Scope: Site, ID: "stat30_solar_percentage", Keys: keys("statistics/30d/solarPercentage"), Platform: Sensor, Measure: Share, Disabled: true, Icon: "mdi:solar-power", Sample: "100"},
	{Scope: Site, ID: "stat365_avg_co2", Keys: keys("statistics/365d/avgCo2"), Platform: Sensor, Measure: AverageIntensity, Disabled: true, Icon: "mdi:molecule-co2", Sample: "0"},
	{Scope: Site, ID: "stat365_avg_price", Keys: keys("statistics/365d/avgPrice"), Platform: Sensor, Measure: AveragePrice, Disabled: true, Icon: "mdi:cash", Sample: "0.08"},
	{Scope: Site, ID: "stat365_charged_kwh", Keys: keys("statistics/365d/chargedKWh"), Platform: Sensor, Measure: EnergyPlain, Disabled: true, Sample: "0.0057589"},
	{Scope: Site, ID: "stat365_solar_percentage", Keys: keys("statistics/365d/solarPercentage"), Platform: Sensor, Measure: Share, Disabled: true, Icon: "mdi:solar-power", Sample: "100"},
	{Scope: Site, ID: "stat_this_year_avg_co2", Keys: keys("statistics/thisYear/avgCo2"), Platform: Sensor, Measure: AverageIntensity, Disabled: true, Icon: "mdi:molecule-co2", Sample: "0"},
	{Scope: Site, ID: "stat_this_year_avg_price", Keys: keys("statistics/thisYear/avgPrice"), Platform: Sensor, Measure: AveragePrice, Disabled: true, Icon: "mdi:cash", Sample: "0.08"},
	{Scope: Site, ID: "stat_this_year_charged_kwh", Keys: keys("statistics/thisYear/chargedKWh"), Platform: Sensor, Measure: EnergyToday, Disabled: true, Sample: "0.0057589"},
	{Scope: Site, ID: "stat_this_year_solar_percentage", Keys: keys("statistics/thisYear/solarPercentage"), Platform: Sensor, Measure: Share, Disabled: true, Icon: "mdi:solar-power", Sample: "100"},
	{Scope: Site, ID: "stat_total_avg_co2", Keys: keys("statistics/total/avgCo2"), Platform: Sensor, Measure: AverageIntensity, Disabled: true, Icon: "mdi:molecule-co2", Sample: "0"},
	{Scope: Site, ID: "stat_total_avg_price", Keys: keys("statistics/total/avgPrice"), Platform: Sensor, Measure: AveragePrice, Icon: "mdi:cash", Sample: "0.08"},
	{Scope: Site, ID: "stat_total_charged_kwh", Keys: keys("statistics/total/chargedKWh"), Platform: Sensor, Measure: Energy, Sample: "0.0057589"},
	{Scope: Site, ID: "stat_total_solar_percentage", Keys: keys("statistics/total/solarPercentage"), Platform: Sensor, Measure: Share, Icon: "mdi:solar-power", Sample: "100"},
}
