package entities_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/entities"
)

// Everything that evcc tells about chargers, vehicles and the site, and what it does not.
func TestCapabilities(t *testing.T) {
	t.Parallel()
	newest, oldest := captured(t, "0.313.2"), captured(t, "0.123.0")
	const untold = entities.CheapPrices // before 0.205 nothing tells that prices do not change
	const cars = entities.KnownVehicles | entities.LevelSeen
	const modes = entities.ControllableBattery | entities.BatteryModes
	const battery, steered = entities.HomeBattery | untold | cars, entities.HomeBattery | modes | entities.HoldCharge | entities.CheapPrices | cars
	const titles = entities.VehicleTitles
	for _, test := range []struct {
		tree   entities.Tree
		prefix string
		want   entities.Capability
	}{
		{oldest, "site", battery},
		{oldest, "loadpoints/1", battery | titles},
		{oldest, "loadpoints/2", battery | titles | entities.PhaseSwitching}, // nothing but the setting itself tells
		{oldest, "vehicles/vehicle_1", battery},
		{newest, "site", steered},
		{newest, "loadpoints/1", steered | titles},
		{newest, "loadpoints/2", steered | titles | entities.PhaseSwitching},
		{newest, "loadpoints/3", steered | titles | entities.Heating | entities.Integrated | entities.SwitchDevice},
		{newest, "vehicles/vehicle_1", steered},
		{newest, "vehicles/vehicle_3", steered | entities.Offline},
		{newest, "site/pv/1", steered},
		{entities.Tree{"loadpoints/1/connected": "true", "loadpoints/1/chargerPhysicalPhases": "1"}, "loadpoints/1", untold | entities.SinglePhase},
		{entities.Tree{"loadpoints/1/connected": "true", "loadpoints/1/chargerPhysicalPhases": "3"}, "loadpoints/1", untold},
		{entities.Tree{"loadpoints/1/connected": "true", "loadpoints/1/chargerFeatureCoarseCurrent": "true"}, "loadpoints/1", untold | entities.WholeAmps},
		{entities.Tree{"loadpoints/1/connected": "true", "loadpoints/1/alwaysCharge": "off"}, "loadpoints/1", untold | entities.SmartModes},
		{entities.Tree{"loadpoints/1/connected": "true", "loadpoints/2/alwaysCharge": "off"}, "loadpoints/1", untold},
		{entities.Tree{"loadpoints/1/connected": "true", "loadpoints/1/chargerFeatureContinuous": "true"}, "loadpoints/1", untold | entities.SwitchDevice},
		{entities.Tree{"loadpoints/1/connected": "true", "loadpoints/1/chargerFeatureIntegratedDevice": "true"}, "loadpoints/1", untold | entities.Integrated | entities.Offline},
		{captured(t, "0.200.9"), "loadpoints/1", battery | modes}, // names only
		{entities.Tree{"loadpoints/1/disabled": "true"}, "loadpoints/1", untold | entities.Idle},
		{entities.Tree{"loadpoints/1/connected": "true", "loadpoints/1/disabled": "false"}, "loadpoints/1", untold},
		{entities.Tree{"site/battery/2/controllable": "true"}, "site", untold | modes},
		{entities.Tree{"site/battery/devices/12/controllable": "true"}, "site", untold | modes},
		{entities.Tree{"site/battery/a/b/controllable": "true"}, "site", untold},
		{entities.Tree{"site/battery//controllable": "true"}, "site", untold},
		{entities.Tree{"site/smartCostType": "co2"}, "site", untold | entities.CO2},
		{entities.Tree{"site/smartCostType": "priceforecast"}, "site", untold},
		{entities.Tree{"vehicles/a/title": "A", "vehicles/a/features/4": "Offline"}, "vehicles/a", cars | untold | entities.Offline},
		{entities.Tree{"vehicles/a/title": "A", "vehicles/a/features": "Offline"}, "vehicles/a", cars | untold},
		{entities.Tree{"loadpoints/1/connected": "true", "loadpoints/1/smartFeedInPriorityActive": "false"}, "site", 0},
		{entities.Tree{"loadpoints/1/smartFeedInPriorityActive": "false", "site/smartCostAvailable": "false"}, "site", 0},
		{entities.Tree{"site/smartCostAvailable": "false"}, "site", 0},
		{entities.Tree{"site/smartCostAvailable": "true"}, "site", entities.CheapPrices},
		{entities.Tree{"site/smartFeedInPriorityAvailable": "true"}, "site", untold | entities.FeedInPrices},
		{entities.Tree{"loadpoints/1/connected": "true", "loadpoints/1/vehicleSoc": "0"}, "loadpoints/1", untold},
		{entities.Tree{"loadpoints/1/connected": "true", "loadpoints/1/vehicleSoc": ""}, "loadpoints/1", untold},
		{entities.Tree{"loadpoints/1/connected": "true", "loadpoints/1/vehicleSoc": "0.5"}, "loadpoints/1", untold | entities.LevelSeen},
		{entities.Tree{"loadpoints/1/connected": "true", "loadpoints/2/vehicleSoc": "55"}, "loadpoints/1", untold},
		{entities.Tree{"loadpoints/1/connected": "true", "loadpoints/1/chargerFeatureHeating": "true"}, "loadpoints/1", untold | entities.Heating | entities.LevelSeen},
	} {
		view := test.tree.View()
		found := false
		for _, o := range view.Objects() {
			if o.Prefix != test.prefix {
				continue
			}
			found = true
			if got := view.Capabilities(o); got != test.want {
				t.Errorf("%s of %d topics: got capabilities %b, want %b", test.prefix, len(test.tree), got, test.want)
			}
		}
		if !found {
			t.Errorf("no object %s", test.prefix)
		}
	}
}

// Only what turns a capability on or off can change what exists: a battery's power and a vehicle's level change all the time.
func TestChangesCapability(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		path, before, after string
		want                bool
	}{
		{"site/smartCostAvailable", "false", "true", true},
		{"site/smartCostAvailable", "true", "false", true},
		{"loadpoints/1/vehicleSoc", "0", "55", true},
		{"loadpoints/1/vehicleSoc", "55", "56", false},
		{"loadpoints/1/vehicleSoc", "", "0", false},
		{"site/battery/power", "100", "200", false},
		{"site/battery/devices/2/controllable", "false", "true", true},
		{"vehicles/a/features/1", "Streaming", "Offline", true},
		{"loadpoints/1/chargePower", "0", "1", false},
	} {
		if got := entities.ChangesCapability(test.path, test.before, test.after); got != test.want {
			t.Errorf("%s from %q to %q: %t", test.path, test.before, test.after, got)
		}
	}
}

func TestOptionsFollowCapabilities(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		control string
		have    entities.Capability
		want    []string
	}{
		{"loadpoint.select_mode", 0, []string{"off", "pv", "minpv", "now"}},
		{"loadpoint.select_mode", entities.SwitchDevice, []string{"off", "pv", "now"}},
		{"loadpoint.select_mode", entities.SmartModes, []string{"off", "smart", "now"}},
		{"loadpoint.select_mode", entities.SmartModes | entities.SwitchDevice, []string{"off", "smart", "now"}},
		{"loadpoint.select_phases_configured", 0, []string{"1", "3"}},
		{"loadpoint.select_phases_configured", entities.PhaseSwitching, []string{"0", "1", "3"}},
		{"site.select_battery_mode", 0, []string{"automatic", "normal", "hold", "charge"}},
		{"site.select_battery_mode", entities.HoldCharge, []string{"automatic", "normal", "hold", "charge", "holdcharge"}},
		{"site.select_battery_mode", entities.Compatible, []string{"null", "unknown", "normal", "hold", "charge"}},
	} {
		in := control(t, test.control, entities.Context{Capabilities: test.have})
		if diff := cmp.Diff(test.want, in.Options); diff != "" {
			t.Errorf("%s with %b (-want +got):\n%s", test.control, test.have, diff)
		}
	}
}

func TestQuantitiesByContext(t *testing.T) {
	t.Parallel()
	heating := entities.Context{Capabilities: entities.Heating}
	co2 := entities.Context{Capabilities: entities.CO2, Currency: "SEK"}
	sek, eur := entities.Context{Currency: "SEK"}, entities.Context{Currency: "EUR"}
	dashboards := entities.Context{Capabilities: entities.Compatible, Currency: "SEK"}
	for _, test := range []struct {
		measure entities.Measure
		context entities.Context
		want    entities.Quantity
	}{
		{entities.Level, entities.Context{}, entities.Quantity{Unit: "%", DeviceClass: "battery", StateClass: "measurement", Precision: entities.Whole}},
		{entities.Level, heating, entities.Quantity{Unit: "°C", DeviceClass: "temperature", StateClass: "measurement"}},
		{entities.SetLevel, entities.Context{}, entities.Quantity{Unit: "%", Precision: entities.Whole}},
		{entities.SetLevel, heating, entities.Quantity{Unit: "°C", DeviceClass: "temperature"}},
		{entities.SoC, heating, entities.Quantity{Unit: "%", DeviceClass: "battery", StateClass: "measurement", Precision: entities.Whole}}, // a battery stays one
		{entities.CostLimit, entities.Context{}, entities.Quantity{Unit: "€/kWh", Precision: 3}},
		{entities.CostLimit, sek, entities.Quantity{Unit: "SEK/kWh", Precision: 3}},
		{entities.CostLimit, co2, entities.Quantity{Unit: "g/kWh"}},
		{entities.Price, eur, entities.Quantity{Unit: "€/kWh", StateClass: "measurement", Precision: 3}},
		{entities.Price, co2, entities.Quantity{Unit: "SEK/kWh", StateClass: "measurement", Precision: 3}},
		{entities.AveragePrice, sek, entities.Quantity{Unit: "SEK/kWh", StateClass: "measurement", Precision: 3}},
		{entities.AveragePrice, dashboards, entities.Quantity{Unit: "SEK", StateClass: "measurement", Precision: 3}},
		{entities.AverageIntensity, sek, entities.Quantity{Unit: "g/kWh", StateClass: "measurement"}},
		{entities.AverageIntensity, dashboards, entities.Quantity{Unit: "CO₂", StateClass: "measurement"}},
		{entities.Elapsed, sek, entities.Quantity{Unit: "h", DeviceClass: "duration", StateClass: "measurement", Precision: 4}},
		{entities.Elapsed, dashboards, entities.Quantity{Unit: "s", DeviceClass: "duration", StateClass: "measurement", Precision: entities.Whole}},
		{entities.Timer, sek, entities.Quantity{Unit: "min", DeviceClass: "duration", StateClass: "measurement", Precision: 2}},
		{entities.Timer, dashboards, entities.Quantity{Unit: "s", DeviceClass: "duration", StateClass: "measurement", Precision: entities.Whole}},
		{entities.Cost, entities.Context{}, entities.Quantity{Unit: "€", StateClass: "measurement", Precision: 2}},
		{entities.Intensity, sek, entities.Quantity{Unit: "g/kWh", StateClass: "measurement"}},
		{entities.Power, heating, entities.Quantity{Unit: "W", DeviceClass: "power", StateClass: "measurement"}},
	} {
		if diff := cmp.Diff(test.want, test.measure.In(test.context)); diff != "" {
			t.Errorf("measure %d in %+v (-want +got):\n%s", test.measure, test.context, diff)
		}
	}
}

func TestRangesByContext(t *testing.T) {
	t.Parallel()
	sek, co2 := entities.Context{Currency: "SEK"}, entities.Context{Capabilities: entities.CO2, Currency: "SEK"}
	for _, test := range []struct {
		is      entities.Range
		context entities.Context
		want    entities.Bounds
	}{
		{entities.NoRange, entities.Context{}, entities.Bounds{}},
		{entities.Percents, entities.Context{}, entities.Bounds{Max: 100, Step: 1}},
		{entities.Percents, entities.Context{Capabilities: entities.Heating, Hottest: 70}, entities.Bounds{Max: 100, Step: 1}},
		{entities.Levels, entities.Context{}, entities.Bounds{Max: 100, Step: 1}},
		{entities.Levels, entities.Context{Capabilities: entities.Heating}, entities.Bounds{Max: 100, Step: 1}},
		{entities.Levels, entities.Context{Capabilities: entities.Heating, Hottest: 70}, entities.Bounds{Max: 70, Step: 1}},
		{entities.Levels, entities.Context{Hottest: 70}, entities.Bounds{Max: 100, Step: 1}},
		{entities.Amperes, entities.Context{}, entities.Bounds{Max: 64, Step: 0.1}},
		{entities.Amperes, entities.Context{Capabilities: entities.WholeAmps}, entities.Bounds{Max: 64, Step: 1}},
		{entities.CostLimits, entities.Context{}, entities.Bounds{Min: -0.5, Max: 2.5, Step: 0.001}},
		{entities.CostLimits, sek, entities.Bounds{Min: -5, Max: 25, Step: 0.005}},
		{entities.CostLimits, co2, entities.Bounds{Max: 1000, Step: 5}},
		{entities.CostLimits, entities.Context{Currency: "JPY"}, entities.Bounds{Min: -50, Max: 250, Step: 0.1}},
		{entities.CostLimits, entities.Context{Currency: "CLP"}, entities.Bounds{Min: -500, Max: 5000, Step: 1}},
		{entities.PriceLimits, entities.Context{Currency: "VND"}, entities.Bounds{Min: -500, Max: 5000, Step: 1}},
		{entities.Priorities, entities.Context{}, entities.Bounds{Min: -10, Max: 100, Step: 1}},
		{entities.KilowattHours, entities.Context{}, entities.Bounds{Max: 1000, Step: 0.1}},
		{entities.PriceLimits, co2, entities.Bounds{Min: -5, Max: 25, Step: 0.005}}, // feed-in stays a price
	} {
		if diff := cmp.Diff(test.want, test.is.In(test.context)); diff != "" {
			t.Errorf("range %d in %+v (-want +got):\n%s", test.is, test.context, diff)
		}
	}
}

// The end of evcc's temperature slider is that of a heating device's numbers.
func TestTemperatures(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ highest, command, problem string }{
		{"70", "70", ""},
		{"70", "0", ""},
		{"70", "71", "71 is outside 0 to 70"},
		{"0", "100", ""},
		{"0", "101", "101 is outside 0 to 100"},
		{"55.5", "55", ""},
		{"", "100", ""},
		{"x", "100", ""},
		{"-5", "100", ""},
		{"NaN", "100", ""},
		{"1e9", "101", "101 is outside 0 to 100"},
	} {
		view := with(captured(t, "0.313.2"), entities.Tree{"loadpoints/3/ui/maxTemp": test.highest}).View()
		for _, in := range view.Instances(view.Objects()[3], entities.Settings{}, nothing) {
			if in.Row.ComponentKey() != "number_limit_soc" {
				continue
			}
			_, err := in.Encode([]byte(test.command), nil, time.Time{})
			if (err == nil) != (test.problem == "") || err != nil && err.Error() != test.problem {
				t.Errorf("%s up to %q: got %v, want %q", test.command, test.highest, err, test.problem)
			}
		}
	}
}

// What makes sense on a loadpoint that is taken out of operation, and on a device that is neither vehicle nor heating.
func TestNarrowLoadpoints(t *testing.T) {
	t.Parallel()
	idle := with(captured(t, "0.313.2"), entities.Tree{"site/gridExportLimit": "0", "loadpoints/1/disabled": "true", "loadpoints/1/chargeTotalImport": "12"})
	want := []string{"sensor_charge_total_import chargeTotalImport", "binary_sensor_disabled_in_config disabled"}
	if diff := cmp.Diff(want, instances(t, idle, "loadpoints/1", entities.Settings{}, nothing)); diff != "" {
		t.Errorf("out of operation (-want +got):\n%s", diff)
	}
	boiler := with(captured(t, "0.313.2"), entities.Tree{"loadpoints/3/chargerFeatureHeating": "false"})
	for _, entry := range instances(t, boiler, "loadpoints/3", entities.Settings{}, nothing) {
		if key, _, _ := strings.Cut(entry, " "); strings.Contains(key, "soc") || strings.Contains(key, "vehicle") || strings.Contains(key, "current") && key != "sensor_charge_current" || strings.Contains(key, "phases_configured") {
			t.Errorf("an immersion heater has %s", entry)
		}
	}
}

// The words of a vehicle's select, and both ways between them and evcc's names.
func TestVehicleLabels(t *testing.T) {
	t.Parallel()
	tree := with(captured(t, "0.313.2"), entities.Tree{
		"vehicles/vehicle_2/title": "blue e-Golf", "vehicles/vehicle_3/title": "Unknown", "vehicles/vehicle_4/title": "-", "vehicles/late/capacity": "58",
	})
	view := tree.View()
	for _, in := range view.Instances(view.Objects()[1], entities.Settings{}, nothing) {
		want := []string{"-", "blue e-Golf (vehicle_1)", "blue e-Golf (vehicle_2)", "vehicle_3", "vehicle_4"}
		if in.Row.Own == entities.Titled {
			if diff := cmp.Diff(want, in.Options); diff != "" {
				t.Errorf("options (-want +got):\n%s", diff)
			}
		}
	}
	for name, want := range map[string]string{"": "-", "vehicle_1": "blue e-Golf (vehicle_1)", "vehicle_3": "vehicle_3", "late": "", "stranger": ""} {
		if got := view.Vehicles().Label(name); got != want {
			t.Errorf("the label of %q: got %q, want %q", name, got, want)
		}
	}
	for label, want := range map[string]string{"blue e-Golf (vehicle_2)": "vehicle_2", "vehicle_2": "vehicle_2", "vehicle_4": "vehicle_4"} {
		if got, ok := view.Vehicles().Name(label); got != want || !ok {
			t.Errorf("the name behind %q: got %q, %v, want %q", label, got, ok, want)
		}
	}
	odd := with(captured(t, "0.313.2"), entities.Tree{ // equal, made equal by their names, with spaces around
		"vehicles/vehicle_1/title": "A", "vehicles/vehicle_2/title": "A (vehicle_1)", "vehicles/vehicle_3/title": "A", "vehicles/vehicle_4/title": " Zoe ",
	}).View()
	seen := make(map[string]bool)
	for _, name := range []string{"vehicle_1", "vehicle_2", "vehicle_3", "vehicle_4"} {
		label := odd.Vehicles().Label(name)
		if back, ok := odd.Vehicles().Name(label); back != name || !ok || seen[label] || strings.TrimSpace(label) != label {
			t.Errorf("the label of %s is %q, which stands for %q", name, label, back)
		}
		seen[label] = true
	}
	for _, label := range []string{"", "-", "blue e-Golf", "late", "unknown"} {
		if got, ok := view.Vehicles().Name(label); ok {
			t.Errorf("the name behind %q: got %q, want none", label, got)
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, path string
		want          bool
	}{
		{"site/pv", "site/pv", true},
		{"site/pv", "site/pv/1", false},
		{"site/pv/1", "site/pv", false},
		{"site/pv", "site/pvPower", false},
		{"loadpoints/*/mode", "loadpoints/1/mode", true},
		{"loadpoints/*/mode", "loadpoints/10/mode", true},
		{"loadpoints/*/mode", "loadpoints//mode", true},
		{"loadpoints/*/mode", "loadpoints/mode", false},
		{"loadpoints/*/mode", "loadpoints/1/2/mode", false},
		{"loadpoints/*/mode", "loadpoints/1/modes", false},
		{"site/ocpp*", "site/ocppforwarder", true},
		{"site/ocpp*", "site/ocpp", true},
		{"site/ocpp*", "site/ocpp/config", false},
		{"site/ocpp*/**", "site/ocppforwarder/config", true},
		{"site/battery/#", "site/battery/1", true},
		{"site/battery/#", "site/battery/9", true},
		{"site/battery/#", "site/battery/10", false},
		{"site/battery/#", "site/battery/", false},
		{"site/battery/#", "site/battery/x", false},
		{"site/battery/#", "site/battery/devices", false},
		{"site/eebus/**", "site/eebus/config", true},
		{"site/eebus/**", "site/eebus/config/certificate/public", true},
		{"site/eebus/**", "site/eebus", false},
		{"site/eebus/**", "site/eebusy/config", false},
		{"**", "status", true},
		{"", "", true},
		{"", "status", false},
	} {
		if got := entities.Match(test.pattern, test.path); got != test.want {
			t.Errorf("Match(%q, %q) = %v, want %v", test.pattern, test.path, got, test.want)
		}
	}
}
