package entities

import (
	"slices"
	"strconv"
	"strings"
)

// Capability is a set of things that an object, or the site behind it, can do or is. Rows and options depend on them.
type Capability uint32

// What evcc tells about chargers, vehicles and the site (facts: capability topics).
const (
	Heating             Capability = 1 << iota // SoC values of the loadpoint are °C
	Integrated                                 // a device without plug: always connected, no vehicle
	SwitchDevice                               // on and off only, or running on its own: no current control
	SinglePhase                                // the charger is wired to one phase
	PhaseSwitching                             // the charger can change between one and three phases
	WholeAmps                                  // the charger takes steps of 1 A
	SmartModes                                 // evcc 0.316: modes off, smart, now and alwaysCharge
	HomeBattery                                // the site has a battery
	ControllableBattery                        // evcc can switch a battery's mode
	HoldCharge                                 // evcc 0.309: battery mode holdcharge
	CO2                                        // cost limits are g/kWh
	Offline                                    // no SoC: a vehicle without API, a device that is neither vehicle nor heating
	VehicleTitles                              // evcc publishes the connected vehicle's title: not from 0.123.9 to 0.204.1
	Idle                                       // evcc 0.314: a loadpoint that is taken out of operation
	BatteryModes                               // modes of a battery say something: evcc can switch them
	CheapPrices                                // prices change, so that a limit makes sense
	FeedInPrices                               // so do those of the feed-in
	KnownVehicles                              // evcc knows a vehicle
	LevelSeen                                  // a level was seen or may be: there are vehicles, or it is a heating device
)

// told are what evcc tells to say that something makes no sense here. Dashboards for the ha-evcc integration have it all the same.
const told = BatteryModes | CheapPrices | FeedInPrices | KnownVehicles | LevelSeen

// capability is a payload of a key, and what it means.
type capability struct {
	is    Capability
	scope Scope
	key   string // "*" matches one path element
	value string // "" = any, "+" = a number above 0
	shown bool   // is an entity as well
}

// capabilities says which payload of which key means which capability. Keys of the scope Site count for every object.
var capabilities = []capability{
	{is: Heating, scope: Loadpoint, key: "chargerFeatureHeating", value: "true"},
	{is: Integrated, scope: Loadpoint, key: "chargerFeatureIntegratedDevice", value: "true"},
	{is: SwitchDevice, scope: Loadpoint, key: "chargerFeatureSwitchDevice", value: "true"},
	{is: SwitchDevice, scope: Loadpoint, key: "chargerFeatureContinuous", value: "true"},
	{is: SinglePhase, scope: Loadpoint, key: "chargerSinglePhase", value: "true"},
	{is: SinglePhase, scope: Loadpoint, key: "chargerPhysicalPhases", value: "1"},
	{is: PhaseSwitching, scope: Loadpoint, key: "chargerPhases1p3p", value: "true"},
	{is: PhaseSwitching, scope: Loadpoint, key: "chargerPhaseSwitching", value: "true"},
	{is: PhaseSwitching, scope: Loadpoint, key: "phases1p3p", value: "true"},
	{is: WholeAmps, scope: Loadpoint, key: "chargerFeatureCoarseCurrent", value: "true"},
	{is: SmartModes, scope: Loadpoint, key: "alwaysCharge"},
	{is: VehicleTitles, scope: Loadpoint, key: "vehiclePresent"}, // until 0.123.8
	{is: VehicleTitles, scope: Loadpoint, key: "vehicleTitle"},
	{is: VehicleTitles, scope: Loadpoint, key: "smartFeedInPriorityActive"}, // since 0.205
	{is: Idle, scope: Loadpoint, key: idle, value: "true"},
	{is: HomeBattery, scope: Site, key: "batteryConfigured", value: "true"},
	{is: HomeBattery, scope: Site, key: "battery/power"},
	{is: HomeBattery, scope: Site, key: "batteryPower"},
	{is: ControllableBattery | BatteryModes, scope: Site, key: "battery/devices/*/controllable", value: "true"},
	{is: ControllableBattery | BatteryModes, scope: Site, key: "battery/*/controllable", value: "true"},
	{is: HoldCharge, scope: Site, key: "hems/config/configured"},
	{is: CO2, scope: Site, key: "smartCostType", value: "co2"},
	{is: CheapPrices, scope: Site, key: "smartCostAvailable", value: "true", shown: true},
	{is: FeedInPrices, scope: Site, key: "smartFeedInPriorityAvailable", value: "true", shown: true},
	{is: LevelSeen, scope: Loadpoint, key: "vehicleSoc", value: "+", shown: true}, // chargers tell it of unknown vehicles, too
	{is: LevelSeen, scope: Loadpoint, key: "chargerFeatureHeating", value: "true"},
	{is: Offline, scope: Vehicle, key: "features/*", value: "Offline"},
}

// idle is the key that tells whether a loadpoint is taken out of operation. Such a one has no cycles.
const idle = "disabled"

// Capabilities returns what the object can do, with what the site behind it can.
func (v *View) Capabilities(o Object) Capability {
	if o.Scope == Site {
		return v.site
	}
	return v.site | v.capabilities(o)
}

// capabilities returns what the object's own keys tell. Before evcc 0.124.2 nothing tells about phases: there the phase
// setting itself is only published by chargers that can switch.
func (v *View) capabilities(o Object) Capability {
	var have Capability
	for _, c := range capabilities {
		if o.Scope == c.scope && v.matches(o.Path(c.key), c.value) {
			have |= c.is
		}
	}
	if o.Scope == Loadpoint && v.Has(o, "phasesConfigured") && v.beforePhaseTopics(o) {
		have |= PhaseSwitching
	}
	if have.fits(Integrated, Heating) {
		have |= Offline
	}
	if o.Scope == Site && !v.Has(o, "smartCostAvailable") && !since0205.on(v, o) {
		have |= CheapPrices // this evcc does not tell
	}
	if o.Scope == Site && slices.ContainsFunc(v.objects, func(o Object) bool { return o.Scope == Vehicle }) {
		have |= KnownVehicles | LevelSeen
	}
	return have
}

// sliderEnd is the upper end of the temperature slider that evcc shows for a heating device.
const sliderEnd = "ui/maxTemp"

// hottest returns the end of a heating device's slider; 0 is unset.
func (t Tree) hottest(o Object) float64 {
	v, err := strconv.ParseFloat(t[o.Path(sliderEnd)], 64)
	if err != nil || !(v > 0 && v <= 1000) {
		return 0
	}
	return v
}

func (t Tree) beforePhaseTopics(o Object) bool {
	return t.Has(o, "phasesEnabled") && !t.Has(o, "chargerPhases1p3p") && !t.Has(o, "chargerPhaseSwitching") && !t.Has(o, "phases1p3p")
}

// means reports whether a payload is the one of a capability.
func means(payload, value string) bool {
	switch value {
	case "":
		return true
	case "+":
		number, err := strconv.ParseFloat(payload, 64)
		return err == nil && number > 0
	}
	return payload == value
}

// matches reports whether a topic has that payload, "" standing for any.
func (v *View) matches(path, value string) bool {
	if list, whole := strings.CutSuffix(path, "/*"); whole {
		return slices.ContainsFunc(v.leaves[list], func(leaf string) bool { return value == "" || v.Tree[list+"/"+leaf] == value })
	}
	before, after, wild := strings.Cut(path, "*")
	if !wild {
		payload, ok := v.Tree[path]
		return ok && means(payload, value)
	}
	for p, payload := range v.Tree {
		rest, ok := strings.CutPrefix(p, before)
		if !ok || (value != "" && payload != value) {
			continue
		}
		middle, ok := strings.CutSuffix(rest, after)
		if ok && middle != "" && !strings.Contains(middle, "/") {
			return true
		}
	}
	return false
}

// fits reports whether c has all of needs and nothing of except.
func (c Capability) fits(needs, except Capability) bool {
	return c&needs == needs && c&except == 0
}

// IsCapability reports whether path, below the root, only tells a capability (such topics become no entity).
func IsCapability(path string) bool {
	return slices.ContainsFunc(capabilities, func(c capability) bool { return !c.shown && c.tells(path) })
}

// ChangesCapability reports whether another payload of a topic, below the root, can change what objects can do.
func ChangesCapability(path, before, after string) bool {
	return slices.ContainsFunc(capabilities, func(c capability) bool { return means(before, c.value) != means(after, c.value) && c.tells(path) })
}

// tells reports whether the topic tells the capability.
func (c capability) tells(path string) bool {
	return slices.ContainsFunc(scopes[c.scope].prefixes, func(prefix string) bool { return match(prefix+"/"+c.key, path) })
}

// match compares a path with a pattern: "*" stands for one path element, "name*" for one that begins so, "#" for
// one digit, and a trailing "**" for one element or more.
func match(pattern, path string) bool {
	for {
		p, patternRest, patternMore := strings.Cut(pattern, "/")
		e, rest, more := strings.Cut(path, "/")
		if p == "**" {
			return true
		}
		begin, open := strings.CutSuffix(p, "*")
		digit := p == "#" && len(e) == 1 && e >= "0" && e <= "9"
		if p != e && !digit && (!open || !strings.HasPrefix(e, begin)) {
			return false
		}
		if patternMore != more {
			return false
		}
		if !more {
			return true
		}
		pattern, path = patternRest, rest
	}
}
