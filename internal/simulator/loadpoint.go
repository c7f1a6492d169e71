package simulator

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// loadpoint is what evcc does not publish about a loadpoint; the rest is in the
// state below its prefix.
type loadpoint struct {
	e         *Evcc
	prefix    string  // "loadpoints/1/"
	home      string  // the vehicle it has when nobody chose one
	wants     bool    // the vehicle takes power when it may (status C)
	perAmp    float64 // W
	own       float64 // temperature of a heating device, °C
	ownLimit  string
	wh        float64 // of the session, as charged and arrived
	charged   time.Duration
	arrived   time.Time
	planStart time.Time
}

func (e *Evcc) newLoadpoint(id int) *loadpoint {
	lp := &loadpoint{e: e, prefix: fmt.Sprintf("loadpoints/%d/", id), arrived: e.now}
	lp.home = lp.str("vehicleName")
	lp.wants = lp.is("charging")
	if lp.home == "" {
		lp.own, lp.ownLimit = lp.num("vehicleSoc"), lp.str("vehicleLimitSoc")
	}
	if offered := lp.num(lp.offeredKey()); offered > 0 && lp.num("chargePower") > 0 {
		lp.perAmp = lp.num("chargePower") / offered
	} else {
		lp.perAmp = 230 * max(1, lp.num("phasesActive"))
	}
	if e.opt.Still {
		lp.wh = lp.num("chargedEnergy")
		lp.charged = time.Duration(lp.num("chargeDuration")) * time.Second
	}
	if _, ok := e.state[lp.prefix+"connectedDuration"]; ok {
		lp.store("connectedDuration", 0)
	}
	return lp
}

func (lp *loadpoint) str(name string) string  { return lp.e.state[lp.prefix+name] }
func (lp *loadpoint) num(name string) float64 { return lp.e.num(lp.prefix + name) }
func (lp *loadpoint) is(name string) bool     { return lp.str(name) == "true" }

// store remembers a value that the cycle will publish, if this version has it.
func (lp *loadpoint) store(name string, value any) {
	if lp.e.known("loadpoints/+/" + name) {
		lp.e.store(lp.prefix+name, value)
	}
}

// put publishes a value, if this version has it.
func (lp *loadpoint) put(name string, value any) {
	if lp.e.known("loadpoints/+/" + name) {
		lp.e.put(lp.prefix+name, value)
	}
}

func (lp *loadpoint) offeredKey() string {
	if lp.e.known("loadpoints/+/offeredCurrent") {
		return "offeredCurrent"
	}
	return "chargeCurrent"
}

// vehicle is the name of the assigned vehicle, empty without one.
func (lp *loadpoint) vehicle() string { return lp.str("vehicleName") }

// car is the assigned vehicle, nil without one.
func (lp *loadpoint) car() *car { return lp.e.cars[lp.vehicle()] }

// setVehicle assigns a vehicle; its charge level is unknown (0) until the next
// cycle has asked it.
func (lp *loadpoint) setVehicle(name string) {
	lp.e.store(lp.prefix+"vehicleName", name)
	lp.publishVehicle()
	lp.put("phasesActive", lp.str("phasesActive"))
	lp.publishEffective()
	lp.put("vehicleDetectionActive", false)
	lp.followVehicle(name)
}

// followVehicle takes over the mode that a vehicle brings with it.
func (lp *loadpoint) followVehicle(name string) {
	e := lp.e
	if always := e.state["vehicles/"+name+"/alwaysCharge"]; always != "" && !lp.switched() {
		e.change(lp.prefix+"alwaysCharge", always)
	}
	if mode := e.state["vehicles/"+name+"/mode"]; mode != "" {
		setMode(e, command{lp: lp, key: lp.prefix + "mode"}, mode)
	}
}

func (lp *loadpoint) publishVehicle() {
	name := lp.vehicle()
	title, capacity := "", 0.0
	if c := lp.car(); c != nil {
		title, capacity = lp.e.state["vehicles/"+name+"/title"], c.capacity
	}
	lp.put("vehiclePresent", name != "")
	lp.put("vehicleTitle", title)
	lp.put("vehicleName", name)
	lp.put("vehicleIcon", "")
	lp.put("vehicleCapacity", capacity)
	lp.put("vehicleClimaterActive", nil)
	for _, unknown := range []string{"vehicleSoc", "vehicleRange", "vehicleLimitSoc", "vehicleTargetSoc", "vehicleOdometer"} {
		lp.put(unknown, 0)
	}
	for _, rest := range []string{"chargeRemainingEnergy", "chargeRemainingDuration"} {
		if _, ok := lp.e.shown[lp.prefix+rest]; ok {
			lp.e.change(lp.prefix+rest, 0)
		}
	}
}

// effective are the values after vehicle and loadpoint settings are combined.
func (lp *loadpoint) effective() map[string]any {
	e := lp.e
	priority, minSoc, limit := lp.num("priority"), lp.num("minSoc"), lp.num("limitSoc")
	minCurrent, maxCurrent := lp.num("minCurrent"), lp.num("maxCurrent")
	if name := lp.vehicle(); name != "" {
		of := func(key string) float64 { return e.num("vehicles/" + name + "/" + key) }
		if p := of("priority"); p != 0 {
			priority = p
		}
		minSoc = max(minSoc, of("minSoc"))
		if limit == 0 {
			limit = of("limitSoc")
		}
		minCurrent = max(minCurrent, of("minCurrent"))
		if c := of("maxCurrent"); c > 0 {
			maxCurrent = min(maxCurrent, c)
		}
	}
	if limit == 0 {
		limit = 100
	}
	p := lp.plan()
	return map[string]any{
		"effectiveLimitSoc":                  int(limit),
		"effectiveMaxCurrent":                maxCurrent,
		"effectiveMinCurrent":                minCurrent,
		"effectiveMinSoc":                    int(minSoc),
		"effectivePlanId":                    p.id,
		"effectivePlanSoc":                   p.soc,
		"effectivePlanStrategy/continuous":   p.continuous,
		"effectivePlanStrategy/precondition": p.precondition,
		"effectivePlanTime":                  p.time,
		"effectivePriority":                  int(priority),
	}
}

func (lp *loadpoint) publishEffective() {
	values := lp.effective()
	for _, name := range effectiveNames {
		lp.put(name, values[name])
	}
}

// effectiveNames is the order in which they are published.
var effectiveNames = []string{
	"effectivePlanId", "effectivePriority", "effectivePlanSoc", "effectivePlanTime",
	"effectivePlanStrategy/precondition", "effectivePlanStrategy/continuous",
	"effectiveMaxCurrent", "effectiveMinCurrent", "effectiveLimitSoc", "effectiveMinSoc",
}

// connect plugs a vehicle in. Limits set while unplugged are kept.
func (lp *loadpoint) connect(name string) {
	if lp.is("connected") {
		return
	}
	if name == "" {
		name = lp.home
	}
	lp.wants, lp.wh, lp.charged, lp.arrived = false, 0, 0, lp.e.now
	lp.e.store(lp.prefix+"connected", true)
	lp.put("connectedDuration", 0)
	lp.setVehicle(name)
}

// disconnect unplugs it; what was set for this session ends.
func (lp *loadpoint) disconnect() {
	if !lp.is("connected") || lp.is("chargerFeatureIntegratedDevice") {
		return
	}
	lp.wants = false
	lp.e.store(lp.prefix+"connected", false)
	lp.put("connectedDuration", lp.e.now.Sub(lp.arrived))
	if lp.e.version >= 130_03 {
		lp.e.change(lp.prefix+"chargerStatusReason", "unknown")
	}
	lp.put("batteryBoost", false)
	lp.put("limitSoc", 0)
	lp.put("limitEnergy", 0)
	lp.planStart = time.Time{}
	lp.put("planActive", false)
	if lp.str("alwaysCharge") == "once" {
		lp.put("alwaysCharge", "off")
	}
	lp.setVehicle(lp.home)
}

// num reads a number of the state, 0 if it is none.
func (e *Evcc) num(key string) float64 {
	x, err := strconv.ParseFloat(e.state[key], 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}

func (e *Evcc) count(key string) int { return max(0, min(100, int(e.num(key)))) }

// store sets a value without publishing it.
func (e *Evcc) store(key string, value any) { e.state[key] = e.version.format(value) }
