package entities

import "slices"

// Ignorance is a topic that becomes no entity, and why.
type Ignorance struct {
	Path   string // below the root; see match
	Reason string
}

// Reasons that several topics share.
const (
	setup      = "evcc's own configuration; may hold secrets"
	names      = "names the device"
	unit       = "part of units"
	cleaned    = "a name of versions before 0.123, only ever cleared"
	parent     = "a parent that is only ever cleared, or counts its children"
	internal   = "evcc's internals"
	look       = "how evcc's own pages look"
	neverHere  = "never filled for this kind of device"
	vendorFlag = "says something about vehicles or tariffs, always false on a loadpoint"
	deviceFlag = "decides which entities exist"
	series     = "a series of up to 47 kB: no state can hold it"
)

// Ignored lists the topics of every supported evcc that are no row. TestDrift holds both lists against captured trees.
var Ignored = []Ignorance{
	{"loadpoints/*/activePhases", cleaned},
	{"loadpoints/*/batterySoC", cleaned},
	{"loadpoints/*/bufferSoC", cleaned},
	{"loadpoints/*/chargeCurrents", "the sum of the phases; each phase has its row"},
	{"loadpoints/*/chargeVoltages", "the sum of the phases; each phase has its row"},
	{"loadpoints/*/chargerFeatureAutodetectDisabled", vendorFlag},
	{"loadpoints/*/chargerFeatureAverage", vendorFlag},
	{"loadpoints/*/chargerFeatureCacheable", vendorFlag},
	{"loadpoints/*/chargerFeatureClimaterDisabled", vendorFlag},
	{"loadpoints/*/chargerFeatureContinuous", deviceFlag},
	{"loadpoints/*/chargerFeatureOffline", vendorFlag},
	{"loadpoints/*/chargerFeatureRetryable", vendorFlag},
	{"loadpoints/*/chargerFeatureStreaming", vendorFlag},
	{"loadpoints/*/chargerFeatureWakeUpDisabled", vendorFlag},
	{"loadpoints/*/chargerFeatureWelcomeCharge", vendorFlag},
	{"loadpoints/*/chargerIcon", look},
	{"loadpoints/*/minSoC", cleaned},
	{"loadpoints/*/name", "identifies the loadpoint"},
	{"loadpoints/*/plan", series},
	{"loadpoints/*/prioritySoC", cleaned},
	{"loadpoints/*/range", cleaned},
	{"loadpoints/*/savings*", cleaned},
	{"loadpoints/*/socCharge", cleaned},
	{"loadpoints/*/suggestion", parent},
	{"loadpoints/*/targetSoC", cleaned},
	{"loadpoints/*/title", names},
	{"loadpoints/*/ui/**", "the ends of evcc's own temperature slider"},
	{"loadpoints/*/vehicleFeatureOffline", deviceFlag},
	{"loadpoints/*/vehicleIcon", look},
	{"loadpoints/*/vehicleIdentity", "an RFID tag or MAC address: private"},
	{"loadpoints/*/vehiclePresent", "the vehicle's name tells it"},
	{"loadpoints/*/vehicleSoC", cleaned},
	{"loadpoints/*/vehicleTargetSoC", cleaned},
	{"loadpoints/*/vehicles", cleaned},
	{"site/activePhases", cleaned},
	{"site/apiReady", internal},
	{"site/aux", parent},
	{"site/battery", parent},
	{"site/battery/#", "an index of versions before 0.301, cleared at start"},
	{"site/battery/*/icon", look},
	{"site/battery/*/title", names},
	{"site/battery/devices", parent},
	{"site/battery/devices/*/currents", parent},
	{"site/battery/devices/*/excessDCPower", neverHere},
	{"site/battery/devices/*/icon", look},
	{"site/battery/devices/*/name", "identifies the battery"},
	{"site/battery/devices/*/powers", parent},
	{"site/battery/devices/*/suggestion", parent},
	{"site/battery/devices/*/title", names},
	{"site/battery/forecast", parent},
	{"site/batterySoC", cleaned},
	{"site/bufferSoC", cleaned},
	{"site/config", setup},
	{"site/currency", unit},
	{"site/deviceColors", look},
	{"site/ext", parent},
	{"site/forecast/co2", series},
	{"site/forecast/feedIn", series},
	{"site/forecast/grid", series},
	{"site/forecast/planner", series},
	{"site/forecast/solar/timeseries", series},
	{"site/forecast/temperature", series},
	{"site/grid", parent},
	{"site/grid/capacity", neverHere},
	{"site/grid/controllable", neverHere},
	{"site/grid/currents", parent},
	{"site/grid/excessDCPower", neverHere},
	{"site/grid/icon", look},
	{"site/grid/name", "identifies the meter"},
	{"site/grid/powers", parent},
	{"site/grid/soc", neverHere},
	{"site/grid/suggestion", parent},
	{"site/grid/title", names},
	{"site/gridConfigured", deviceFlag},
	{"site/hems/status", parent},
	{"site/hems/yamlSource", setup},
	{"site/influx/**", setup},
	{"site/mcp", setup},
	{"site/messaging/**", setup},
	{"site/minSoC", cleaned},
	{"site/modbusproxy", setup},
	{"site/mqtt/**", setup},
	{"site/network/**", setup},
	{"site/ocpp/**", setup},
	{"site/ocppforwarder/**", setup},
	{"site/optimizerChargingStrategies", parent},
	{"site/optimizerChargingStrategies/*", "the words of optimizerChargingStrategy"},
	{"site/prioritySoC", cleaned},
	{"site/pv", parent},
	{"site/pv/#", "an index, cleared at start"},
	{"site/pv/*/capacity", neverHere},
	{"site/pv/*/controllable", neverHere},
	{"site/pv/*/currents", parent},
	{"site/pv/*/icon", look},
	{"site/pv/*/name", "identifies the PV system"},
	{"site/pv/*/powers", parent},
	{"site/pv/*/soc", neverHere},
	{"site/pv/*/suggestion", parent},
	{"site/pv/*/title", names},
	{"site/pvConfigured", deviceFlag},
	{"site/range", cleaned},
	{"site/savings*", cleaned},
	{"site/shm/**", setup},
	{"site/siteTitle", names},
	{"site/smartCostAvailable", "says whether limits can have an effect now; they exist anyway"},
	{"site/smartFeedInPriorityAvailable", "says whether limits can have an effect now; they exist anyway"},
	{"site/socCharge", cleaned},
	{"site/system", internal},
	{"site/targetSoC", cleaned},
	{"site/tariffs/**", setup},
	{"site/vehicleSoC", cleaned},
	{"site/vehicleTargetSoC", cleaned},
	{"site/vehicles", cleaned},
	{"site/vehicles/*", cleaned},
	{"vehicles/*/features", parent},
	{"vehicles/*/icon", look},
	{"vehicles/*/plan", parent},
	{"vehicles/*/title", names},
}

// Lookup returns the first entry of Ignored that covers the path.
func Lookup(path string) (Ignorance, bool) {
	i := slices.IndexFunc(Ignored, func(ig Ignorance) bool { return match(ig.Path, path) })
	if i < 0 {
		return Ignorance{}, false
	}
	return Ignored[i], true
}
