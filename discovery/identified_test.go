package discovery_test

import (
	"strconv"
	"strings"
	"testing"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// called are ids that do not follow from evcc's key: those of the ha-evcc integration, and names of ours where a key
// was renamed or says too little.
var called = map[string]string{
	"status":                 "connected",
	"battery_energy":         "battery_energy_discharge", // of all batteries
	"battery_mode_external":  "battery_mode",
	"hems_config_configured": "hems_configured",
	"excess_dcpower":         "excess_dc_power",
	"disabled":               "disabled_in_config",
	"offered_current":        "charge_current",
	"plan_precondition":      "plan_strategy_precondition",
	"vehicle_target_soc":     "vehicle_limit_soc",
	// The integration's tick with the clock, so ours are called otherwise.
	"pv_remaining":              "pv_remaining_duration",
	"forecast_co2":              "forecast_co2_until",
	"forecast_feed_in":          "forecast_feed_in_until",
	"forecast_grid":             "forecast_grid_until",
	"forecast_planner":          "forecast_planner_until",
	"forecast_solar_timeseries": "forecast_solar_until",
	"forecast_temperature":      "forecast_temperature_until",
}

// shorter are parts of keys that ids have in another way.
var shorter = strings.NewReplacer("statistics_30d_", "stat30_", "statistics_365d_", "stat365_", "statistics_", "stat_", "_yield", "")

// TestExpectedIsIdentified: a line's entity id and device follow from the tree: from the title of the loadpoint or
// vehicle, or the position of the meter, and evcc's key.
func TestExpectedIsIdentified(t *testing.T) {
	checked := 0
	eachReading(t, func(r readLine) {
		checked++
		device, slug, key := locate(r.tree, r.path)
		_, got, _ := strings.Cut(r.id, ".")
		if want := "evcc_" + slug + named(key); got != want {
			t.Errorf("%s: %s reads %s: want %s", r.version, r.id, r.path, want)
		}
		if r.line.Device != device {
			t.Errorf("%s: %s reads %s: it is on %q, want %q", r.version, r.id, r.path, r.line.Device, device)
		}
	})
	t.Logf("%d lines have the id and the device that follow from their topics", checked)
}

// locate takes a path apart: the device that its object has in English, the object's part of ids, and the key.
func locate(tree entities.Tree, path string) (device, slug, key string) {
	if m := re(`^((?:loadpoints|vehicles)/[^/]+/)(.+)$`).FindStringSubmatch(path); m != nil {
		title := tree[m[1]+"title"]
		return title, discovery.Slug(title) + "_", m[2]
	}
	if m := re(`^site/(pv|battery)(?:/devices)?/(\d+)/(.+)$`).FindStringSubmatch(path); m != nil {
		n, _ := strconv.Atoi(m[2])
		kind := map[string]string{"pv": "PV", "battery": "Battery"}[m[1]]
		return kind + " " + m[2], m[1] + "_" + strconv.Itoa(n-1) + "_", m[3] // ids count from 0, as the integration's
	}
	return tree["site/siteTitle"], "", strings.TrimPrefix(path, "site/")
}

// named makes of evcc's key what stands in ids.
func named(key string) string {
	key = strings.ReplaceAll(strings.ReplaceAll(key, "KWh", "_kwh"), "/", "_")
	key = shorter.Replace(strings.ToLower(re(`([a-z0-9])([A-Z])`).ReplaceAllString(key, "${1}_$2")))
	if other := called[key]; other != "" {
		return other
	}
	return key
}
