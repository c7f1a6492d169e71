package simulator

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// roundRobin is the cycle of an interval: the site and the next loadpoint.
func (e *Evcc) roundRobin() {
	if len(e.loadpoints) == 0 {
		e.cycle(nil)
		return
	}
	lp := e.loadpoints[e.next%len(e.loadpoints)]
	e.next++
	e.cycle(lp)
}

// cycle republishes values whether they changed or not.
func (e *Evcc) cycle(lp *loadpoint) {
	e.world.move(e)
	if lp != nil {
		lp.control()
	}
	e.world.balance(e)
	for _, key := range e.state.keys() {
		if e.cadence(key) == perInterval {
			e.publish(key, e.state[key])
		}
	}
	if lp != nil {
		lp.cycle()
	}
	if e.version < 124_00 {
		e.publishVehicles()
	}
	e.batteryMode()
}

// batteryMode follows the external mode one cycle later.
func (e *Evcc) batteryMode() {
	external, ok := e.state["site/batteryModeExternal"]
	if !ok {
		return
	}
	if external == "unknown" {
		external = "normal"
	}
	e.change("site/batteryMode", external)
}

func (lp *loadpoint) cycle() {
	e := lp.e
	lp.storeSession()
	lp.storeVehicle()
	lp.storePlan()
	lp.store("smartCostActive", lp.cheap())
	values := lp.effective()
	for _, name := range effectiveNames {
		lp.store(name, values[name])
	}
	for _, key := range e.state.keys() {
		if !strings.HasPrefix(key, lp.prefix) {
			continue
		}
		switch e.cadence(key) {
		case perLoadpoint:
			e.publish(key, e.state[key])
		case whenChanged:
			e.change(key, e.state[key])
		}
	}
	lp.put("mode", lp.str("mode"))
}

// control decides whether power flows and how much.
func (lp *loadpoint) control() {
	enabled := lp.is("connected") && lp.str("mode") != "off"
	charging := enabled && lp.wants && !lp.done()
	if charging && !lp.is("charging") && lp.e.version >= 130_03 {
		lp.e.change(lp.prefix+"chargerStatusReason", "unknown")
	}
	lp.store("enabled", enabled)
	lp.store("charging", charging)
	current := 0.0
	if enabled {
		current = lp.current()
	}
	lp.store(lp.offeredKey(), current)
	power := 0.0
	if charging {
		power = current * lp.perAmp
	}
	lp.store("chargePower", power)
	lp.storeCurrents(charging, current)
}

// storeCurrents: the parent of the three is their sum.
func (lp *loadpoint) storeCurrents(charging bool, current float64) {
	sum := 0.0
	for i, phase := range []string{"l1", "l2", "l3"} {
		amps := 0.0
		if charging && float64(i) < lp.num("phasesActive") {
			amps = current
		}
		sum += amps
		lp.store("chargeCurrents/"+phase, amps)
	}
	lp.store("chargeCurrents", sum)
}

// cheap: the grid price is at or below the limit. Without a limit there is
// none; before 0.130 that is 0.
func (lp *loadpoint) cheap() bool {
	limit := lp.str("smartCostLimit")
	if limit == "" || lp.e.version < 130_00 && limit == "0" {
		return false
	}
	price, ok := lp.e.state["site/tariffGrid"]
	return ok && price != "" && lp.e.num("site/tariffGrid") <= lp.num("smartCostLimit")
}

// done: a limit is reached.
func (lp *loadpoint) done() bool {
	if kwh := lp.num("limitEnergy"); kwh > 0 && lp.wh >= kwh*1000 {
		return true
	}
	c := lp.car()
	return c != nil && !c.offline && c.soc >= float64(lp.effective()["effectiveLimitSoc"].(int))
}

// current is what the mode asks for, in A.
func (lp *loadpoint) current() float64 {
	low, high := lp.num("minCurrent"), lp.num("maxCurrent")
	switch {
	case lp.str("mode") == "now", lp.is("planActive"), lp.cheap():
		return high
	case lp.alwaysCharges():
		return low
	case lp.e.opt.Still:
		return min(high, max(low, lp.num(lp.offeredKey())))
	}
	surplus := (lp.e.world.surplus(lp.e) + lp.num("chargePower")) / lp.perAmp
	return math.Round(min(high, max(low, surplus))*10) / 10
}

// alwaysCharges: at least with minimum power, whatever the sun does.
func (lp *loadpoint) alwaysCharges() bool {
	mode, always := lp.str("mode"), lp.str("alwaysCharge")
	return mode == "minpv" || mode == "smart" && (always == "on" || always == "once")
}

func (lp *loadpoint) storeSession() {
	e := lp.e
	lp.store("sessionEnergy", lp.wh)
	lp.store("chargedEnergy", lp.wh)
	lp.store("chargeDuration", lp.charged)
	var price, perKWh, co2 any
	solar := 0.0
	if lp.wh > 0 {
		solar = 100 * e.num("site/greenShareLoadpoints")
		if _, ok := e.state["site/tariffPriceLoadpoints"]; ok {
			perKWh = e.num("site/tariffPriceLoadpoints")
			price = lp.wh / 1000 * e.num("site/tariffPriceLoadpoints")
		}
		if _, ok := e.state["site/tariffCo2Loadpoints"]; ok {
			co2 = e.num("site/tariffCo2Loadpoints")
		}
	}
	lp.store("sessionSolarPercentage", solar)
	lp.store("sessionPrice", price)
	lp.store("sessionPricePerKWh", perKWh)
	lp.store("sessionCo2PerKWh", co2)
}

// storeVehicle asks the vehicle.
func (lp *loadpoint) storeVehicle() {
	c := lp.car()
	switch {
	case c == nil && lp.own == 0, !lp.is("connected"):
		return
	case c == nil:
		lp.store("vehicleSoc", round1(lp.own))
		lp.store("vehicleLimitSoc", lp.ownLimit)
		return
	case c.offline:
		return
	}
	lp.store("vehicleSoc", round1(c.soc))
	lp.store("vehicleRange", int(c.soc*c.perSoc))
	lp.store("vehicleLimitSoc", c.limit)
	lp.store("vehicleTargetSoc", c.limit)
	if c.capacity > 0 {
		limit := float64(lp.effective()["effectiveLimitSoc"].(int))
		lp.remaining(c.wh(limit))
	}
}

// wh is the energy to charge to a soc, losses included.
func (c *car) wh(soc float64) float64 {
	return max(0, soc-c.soc) / 100 * c.capacity * 1000 / efficiency
}

func (lp *loadpoint) remaining(wh float64) {
	lp.e.change(lp.prefix+"chargeRemainingEnergy", wh)
	if power := lp.num("chargePower"); power > 0 {
		lp.e.change(lp.prefix+"chargeRemainingDuration", time.Duration(wh/power*float64(time.Hour)))
	}
}

// storePlan: with prices that change the plan starts at once, otherwise as late
// as possible. A plan whose time has passed ends.
func (lp *loadpoint) storePlan() {
	e := lp.e
	p := lp.plan()
	if p.id != 0 && !p.time.After(e.now) {
		lp.endPlan()
		p = plan{}
	}
	if p.id == 0 || !lp.is("connected") {
		lp.planStart = time.Time{}
		lp.storeSlot(time.Time{}, time.Time{})
		return
	}
	wh := p.energy * 1000
	if c := lp.car(); c != nil && p.soc > 0 {
		wh = c.wh(float64(p.soc))
	}
	duration := time.Duration(wh / (lp.num("maxCurrent") * lp.perAmp) * float64(time.Hour))
	if !lp.is("planActive") {
		lp.planStart = e.now
		t := e.state["site/smartCostType"]
		if late := p.time.Add(-duration); (t == "" || t == "pricestatic") && late.After(e.now) {
			lp.planStart = late
		}
	}
	lp.storeSlot(lp.planStart, lp.planStart.Add(duration))
}

func (lp *loadpoint) storeSlot(start, end time.Time) {
	e := lp.e
	lp.store("planProjectedStart", start)
	lp.store("planProjectedEnd", end)
	slots := "null"
	if !start.IsZero() {
		slots = fmt.Sprintf(`[{"start":%q,"end":%q,"value":%s}]`,
			start.UTC().Format(time.RFC3339), end.UTC().Format(time.RFC3339), e.version.number(e.num("site/tariffGrid")))
	}
	lp.store("plan", slots)
	if active := !start.IsZero() && !start.After(e.now); active != lp.is("planActive") {
		e.put(lp.prefix+"planActive", active)
	}
}

func (lp *loadpoint) endPlan() {
	if c := lp.car(); c != nil && !c.plan.time.IsZero() {
		c.plan = socPlan{}
		lp.e.vehiclesChanged()
		return
	}
	lp.put("planEnergy", 0)
	lp.put("planTime", nil)
}

func round1(x float64) float64 { return math.Round(x*10) / 10 }
