package simulator

import (
	"math"
	"strings"
	"time"
)

const (
	efficiency  = 0.9              // of charging a vehicle
	sunPeriod   = 20 * time.Minute // of the PV curve; a day would look like standing still
	batteryMax  = 3000.0           // W
	batteryLow  = 10.0             // %
	batteryHigh = 95.0
)

// world moves the measured values. All powers in W; grid import and battery
// discharge are positive.
type world struct {
	last     time.Time
	pv, home float64 // of the captured tree
}

// learn takes the size of the installation from the tree.
func (w *world) learn(t Tree) {
	e := Evcc{state: t}
	w.pv, w.home = e.num("site/pvPower"), e.num("site/homePower")
	if w.home <= 0 {
		w.home = 400
	}
}

// Each value has an older and a newer name.
func (e *Evcc) gridKey() string       { return e.newest("site/grid/power", "site/gridPower") }
func (e *Evcc) batteryKey() string    { return e.newest("site/battery/power", "site/batteryPower") }
func (e *Evcc) batterySocKey() string { return e.newest("site/battery/soc", "site/batterySoc") }
func (e *Evcc) batteryCapacityKey() string {
	return e.newest("site/battery/capacity", "site/batteryCapacity")
}

func (e *Evcc) newest(names ...string) string {
	for _, name := range names {
		if _, ok := e.state[name]; ok {
			return name
		}
	}
	return ""
}

// surplus is what PV leaves after the house.
func (w *world) surplus(e *Evcc) float64 {
	return e.num("site/pvPower") - e.num("site/homePower")
}

// move lets the time since the last cycle pass.
func (w *world) move(e *Evcc) {
	dt := e.now.Sub(w.last)
	w.last = e.now
	if e.opt.Still || dt <= 0 {
		return
	}
	for _, lp := range e.loadpoints {
		lp.charge(dt)
	}
	kwh := func(key string) float64 { return e.num(key) * dt.Hours() / 1000 }
	e.discharge(kwh(e.batteryKey()))
	e.meter("site/pvEnergy", kwh("site/pvPower"))
	e.meter("site/gridEnergy", max(0, kwh(e.gridKey())))
	e.meter("site/grid/energy", max(0, kwh(e.gridKey())))
	e.meter("site/grid/returnEnergy", max(0, -kwh(e.gridKey())))
	for key := range e.state {
		if match("site/pv/+/energy", key) {
			e.meter(key, kwh(strings.TrimSuffix(key, "energy")+"power"))
		}
	}
	sun := 0.85 + 0.15*math.Cos(2*math.Pi*float64(e.now.UnixMilli())/float64(sunPeriod.Milliseconds()))
	e.spread("site/pvPower", "site/pv/+/power", w.pv*sun*(0.98+0.04*e.rnd.Float64()))
	e.store("site/homePower", w.home*(0.8+0.4*e.rnd.Float64()))
}

// balance follows from what the loadpoints take now: battery first, the grid
// has the rest.
func (w *world) balance(e *Evcc) {
	if e.opt.Still {
		return
	}
	taken := 0.0
	for _, lp := range e.loadpoints {
		taken += lp.num("chargePower")
	}
	rest := w.surplus(e) - taken
	battery := 0.0
	if key := e.batteryKey(); key != "" {
		battery = e.batteryPower(rest)
		e.spread(key, "site/battery/+/power", battery)
		e.spread("", "site/battery/devices/+/power", battery)
	}
	grid := -rest - battery
	if key := e.gridKey(); key != "" {
		e.store(key, grid)
	}
	used := taken + e.num("site/homePower")
	green := 1.0
	if grid > 0 && used > 0 {
		green = max(0, 1-grid/used)
	}
	e.store("site/greenShareHome", green)
	e.store("site/greenShareLoadpoints", green)
}

// batteryPower covers what is missing and takes half of what is left over.
func (e *Evcc) batteryPower(rest float64) float64 {
	soc := e.num(e.batterySocKey())
	switch mode := e.state["site/batteryMode"]; {
	case mode == "hold":
		return 0
	case mode == "charge" || mode == "holdcharge":
		rest = -batteryMax
	case rest > 0 && soc < batteryHigh:
		return -min(batteryMax, rest/2)
	case rest < 0 && soc > batteryLow:
		return min(batteryMax, -rest)
	default:
		return 0
	}
	if soc >= batteryHigh {
		return 0
	}
	return rest
}

// discharge moves the soc of all batteries alike.
func (e *Evcc) discharge(kwh float64) {
	capacity := e.num(e.batteryCapacityKey())
	key := e.batterySocKey()
	if capacity <= 0 || key == "" || kwh == 0 {
		return
	}
	soc := math.Round(1000*min(100, max(0, e.num(key)-kwh/capacity*100))) / 1000
	e.store(key, soc)
	for key := range e.state {
		if match("site/battery/+/soc", key) || match("site/battery/devices/+/soc", key) {
			e.store(key, soc)
		}
	}
}

// meter counts on, if there is a counter (0 and empty mean there is none).
func (e *Evcc) meter(key string, kwh float64) {
	if count := e.num(key); count > 0 {
		e.store(key, count+kwh)
	}
}

// spread stores a sum and its equal parts.
func (e *Evcc) spread(sum, parts string, value float64) {
	if sum != "" {
		e.store(sum, value)
	}
	var keys []string
	for key := range e.state {
		if match(parts, key) {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		e.store(key, value/float64(len(keys)))
	}
}

// charge adds what flowed since the last cycle.
func (lp *loadpoint) charge(dt time.Duration) {
	power := lp.num("chargePower")
	if power <= 0 {
		return
	}
	wh := power * dt.Hours()
	lp.wh += wh
	lp.charged += dt
	lp.e.meter(lp.prefix+"chargeTotalImport", wh/1000)
	lp.store("todayEnergy", math.Round(lp.num("todayEnergy")+wh))
	switch c := lp.car(); {
	case c == nil && lp.own > 0:
		lp.own = min(65, lp.own+dt.Minutes()/2)
	case c != nil && c.capacity > 0:
		c.soc = min(100, c.soc+wh/1000/c.capacity*100*efficiency)
	}
}
