package simulator

type scope int

const (
	site scope = iota
	perLp
	perCar
)

// setter is one settable value of evcc. Payloads, checks and effects are
// evcc's, which checks few ranges: 500 % and -3 A are accepted.
type setter struct {
	scope  scope
	name   string  // topic below the object, without /set
	since  version // first release that subscribes it
	until  version // first one that does not; 0: all
	parse  parser
	clear  version                        // since when the clear words mean nil; 0: never
	check  func(*Evcc, command, any) bool // false: refused; nil: all values
	cycle  bool                           // a change makes the loadpoint run a cycle at once
	effect func(*Evcc, command, any) bool // reports a change; nil: the value is published when it changed
}

// setters are sorted by scope and name. A name that came and went has several
// rows; they must not overlap.
var setters = []setter{
	{scope: site, name: "batteryDischargeControl", since: v(126, 3), parse: boolean, check: controllable},
	{scope: site, name: "batteryGridChargeLimit", since: v(130, 0), parse: float, clear: v(131, 6), check: controllable},
	{scope: site, name: "batteryGridDischarge", since: v(313, 0), parse: boolean, check: controllable},
	{scope: site, name: "batteryMode", since: v(203, 0), until: v(309, 0), parse: enum("unknown", "normal", "hold", "charge"), clear: v(203, 0), check: controllable, effect: setBatteryMode},
	{scope: site, name: "batteryMode", since: v(309, 0), parse: enum("unknown", "normal", "hold", "charge", "holdcharge"), clear: v(309, 0), check: controllable, effect: setBatteryMode},
	{scope: site, name: "bufferSoc", since: v(123, 0), parse: float, check: bufferFits},
	{scope: site, name: "bufferStartSoc", since: v(123, 0), parse: float, check: bufferStartFits},
	{scope: site, name: "gridExportLimit", since: v(314, 0), parse: float, check: notNegative},
	{scope: site, name: "prioritySoc", since: v(123, 0), parse: float, check: priorityFits},
	{scope: site, name: "residualPower", since: v(123, 0), parse: float},
	{scope: site, name: "smartCostLimit", since: v(123, 0), until: v(124, 5), parse: float},
	{scope: site, name: "smartCostLimit", since: v(126, 3), parse: float, clear: v(131, 6), effect: setEverywhere},
	{scope: site, name: "smartFeedInPriorityLimit", since: v(205, 0), parse: float, clear: v(205, 0), effect: setEverywhere},
	{scope: site, name: "solarAdjusted", since: v(312, 0), parse: boolean},

	{scope: perLp, name: "alwaysCharge", since: v(316, 0), parse: enum("off", "on", "once"), check: continuousCurrent, cycle: true},
	{scope: perLp, name: "batteryBoost", since: v(131, 0), parse: boolean, check: boostAllowed, cycle: true},
	{scope: perLp, name: "batteryBoostLimit", since: v(301, 0), parse: integer},
	{scope: perLp, name: "disableDelay", since: v(131, 0), parse: seconds},
	{scope: perLp, name: "disableThreshold", since: v(123, 0), parse: float},
	{scope: perLp, name: "enableDelay", since: v(131, 0), parse: seconds},
	{scope: perLp, name: "enableThreshold", since: v(123, 0), parse: float},
	{scope: perLp, name: "limitEnergy", since: v(124, 1), parse: float, cycle: true},
	{scope: perLp, name: "limitSoc", since: v(123, 0), parse: integer, cycle: true},
	{scope: perLp, name: "maxCurrent", since: v(123, 0), parse: float, check: aboveMin},
	{scope: perLp, name: "minCurrent", since: v(123, 0), parse: float, check: belowMax},
	{scope: perLp, name: "minSoc", since: v(312, 0), parse: integer, cycle: true},
	{scope: perLp, name: "mode", since: v(123, 0), until: v(316, 0), parse: enum("off", "pv", "minpv", "now"), effect: setMode, cycle: true},
	{scope: perLp, name: "mode", since: v(316, 0), parse: enum("off", "smart", "now", "pv", "minpv"), effect: setMode316, cycle: true},
	{scope: perLp, name: "phases", since: v(123, 0), until: v(301, 2), parse: integer, check: phasesFit, effect: setPhases, cycle: true},
	{scope: perLp, name: "phasesConfigured", since: v(301, 2), parse: integer, check: phasesFit, effect: setPhases, cycle: true},
	{scope: perLp, name: "planEnergy", since: v(123, 0), parse: planOf[float64], check: inFuture, effect: setPlanEnergy, cycle: true},
	{scope: perLp, name: "planStrategy", since: v(300, 2), parse: strategy, effect: setStrategy},
	{scope: perLp, name: "priority", since: v(200, 0), parse: integer},
	{scope: perLp, name: "smartCostLimit", since: v(124, 5), parse: float, clear: v(131, 6)},
	{scope: perLp, name: "smartFeedInPriorityLimit", since: v(205, 0), parse: float, clear: v(205, 0)},
	{scope: perLp, name: "solarShare", since: v(316, 0), parse: float, clear: v(316, 0)},
	{scope: perLp, name: "vehicle", since: v(123, 0), parse: text, clear: v(131, 6), check: vehicleExists, effect: setVehicle},

	{scope: perCar, name: "limitSoc", since: v(123, 0), parse: integer, effect: setVehicleSoc},
	{scope: perCar, name: "minSoc", since: v(123, 0), parse: integer, effect: setVehicleSoc},
	{scope: perCar, name: "planSoc", since: v(123, 0), parse: planOf[int], check: inFuture, effect: setPlanSoc},
	{scope: perCar, name: "planStrategy", since: v(300, 2), parse: strategy, effect: setStrategy},
}
