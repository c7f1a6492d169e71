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
	identity   = "identifies the device"
	slider     = "the ends of the temperature slider; numbers have them as range"
	parent     = "a parent that is only ever cleared, or counts its children"
	internal   = "evcc's internals"
	appearance = "how evcc's own pages look"
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
	{"loadpoints/*/chargerFeatureOffline", vendorFlag},
	{"loadpoints/*/chargerFeatureRetryable", vendorFlag},
	{"loadpoints/*/chargerFeatureStreaming", vendorFlag},
	{"loadpoints/*/chargerFeatureWakeUpDisabled", vendorFlag},
	{"loadpoints/*/chargerFeatureWelcomeCharge", vendorFlag},
	{"loadpoints/*/chargerIcon", appearance},
	{"loadpoints/*/chargerPhaseReading", internal},
	{"loadpoints/*/minSoC", cleaned},
	{"loadpoints/*/name", identity},
	{"loadpoints/*/prioritySoC", cleaned},
	{"loadpoints/*/range", cleaned},
	{"loadpoints/*/savings*", cleaned},
	{"loadpoints/*/socCharge", cleaned},
	{"loadpoints/*/suggestion", parent},
	{"loadpoints/*/targetSoC", cleaned},
	{"loadpoints/*/title", names},
	{"loadpoints/*/ui/maxTemp", slider},
	{"loadpoints/*/ui/minTemp", slider},
	{"loadpoints/*/vehicleFeatureOffline", deviceFlag},
	{"loadpoints/*/vehicleIcon", appearance},
	{"loadpoints/*/vehicleIdentity", "an RFID tag or MAC address: private"},
	{"loadpoints/*/vehiclePresent", "the vehicle's name tells it"},
	{"loadpoints/*/vehicleSoC", cleaned},
	{"loadpoints/*/vehicleTargetSoC", cleaned},
	{"loadpoints/*/vehicles", cleaned},
	{"site/*/*/currents", parent},
	{"site/*/*/icon", appearance},
	{"site/*/*/name", identity},
	{"site/*/*/powers", parent},
	{"site/*/*/suggestion", parent},
	{"site/*/*/title", names},
	{"site/activePhases", cleaned},
	{"site/apiReady", internal},
	{"site/aux", parent},
	{"site/aux/*/capacity", neverHere},
	{"site/aux/*/controllable", neverHere},
	{"site/aux/*/soc", neverHere},
	{"site/aux/*/suggestion/**", neverHere},
	{"site/battery", parent},
	{"site/battery/#", "an index of versions before 0.301, cleared at start"},
	{"site/battery/devices", parent},
	{"site/battery/devices/*/currents", parent},
	{"site/battery/devices/*/icon", appearance},
	{"site/battery/devices/*/name", identity},
	{"site/battery/devices/*/powers", parent},
	{"site/battery/devices/*/suggestion", parent},
	{"site/battery/devices/*/title", names},
	{"site/battery/forecast", parent},
	{"site/batterySoC", cleaned},
	{"site/bufferSoC", cleaned},
	{"site/config", setup},
	{"site/consumers", parent},
	{"site/consumers/*/capacity", neverHere},
	{"site/consumers/*/controllable", neverHere},
	{"site/consumers/*/soc", neverHere},
	{"site/consumers/*/suggestion/**", neverHere},
	{"site/currency", unit},
	{"site/curtailers", parent},
	{"site/deviceColors", appearance},
	{"site/evopt", series},
	{"site/evopt-batteries", parent},
	{"site/evopt-batteries/**", "which battery an entry is, evcc does not say; vehicles may be among them"},
	{"site/ext", parent},
	{"site/ext/*/capacity", neverHere},
	{"site/ext/*/controllable", neverHere},
	{"site/ext/*/soc", neverHere},
	{"site/ext/*/suggestion/**", neverHere},
	{"site/fatal", "a start error; may hold names of devices and settings, and evcc publishes nothing then"},
	{"site/grid", parent},
	{"site/grid/capacity", neverHere},
	{"site/grid/controllable", neverHere},
	{"site/grid/currents", parent},
	{"site/grid/excessDCPower", neverHere},
	{"site/grid/icon", appearance},
	{"site/grid/name", identity},
	{"site/grid/powers", parent},
	{"site/grid/soc", neverHere},
	{"site/grid/suggestion", parent},
	{"site/grid/suggestion/**", neverHere},
	{"site/grid/title", names},
	{"site/gridConfigured", deviceFlag},
	{"site/gridCurrents", "the sum of the phases; each phase has its row"},
	{"site/gridPowers", "the sum of the phases; each phase has its row"},
	{"site/hems", setup},
	{"site/hems/status", parent},
	{"site/hems/type", setup},
	{"site/hems/yamlSource", setup},
	{"site/influx/**", setup},
	{"site/mcp", setup},
	{"site/messaging", setup},
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
	{"site/pv/*/soc", neverHere},
	{"site/pvConfigured", deviceFlag},
	{"site/range", cleaned},
	{"site/releaseNotes", appearance},
	{"site/savings*", cleaned},
	{"site/setupRequired", internal},
	{"site/shm/**", setup},
	{"site/siteTitle", names},
	{"site/socCharge", cleaned},
	{"site/startup", internal},
	{"site/startupCompleted", internal},
	{"site/targetSoC", cleaned},
	{"site/tariffs/**", setup},
	{"site/vehicleSoC", cleaned},
	{"site/vehicleTargetSoC", cleaned},
	{"site/vehicles", cleaned},
	{"site/vehicles/*", cleaned},
	{"vehicles/*/features", parent},
	{"vehicles/*/icon", appearance},
	{"vehicles/*/plan", parent},
	{"vehicles/*/repeatingPlans/**", "stays behind when the list gets shorter; the number has its row, and the plan in force its values"},
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
