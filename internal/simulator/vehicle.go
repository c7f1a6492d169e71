package simulator

import (
	"strconv"
	"strings"
	"time"
)

// car is what only the vehicle itself knows, and its plan: a removed plan
// leaves its topics behind, so topics cannot be its memory.
type car struct {
	soc      float64 // %
	perSoc   float64 // km
	limit    string  // soc limit set in the vehicle
	capacity float64 // kWh
	offline  bool    // tells no soc
	plan     socPlan
}

type socPlan struct {
	time         time.Time
	soc          int
	precondition int // seconds; part of the plan in 0.203.4..0.300.1 only
}

// learnCars makes a car for every vehicle in the state, with the soc that the
// loadpoint of the captured tree showed.
func (e *Evcc) learnCars() {
	for _, name := range e.state.vehicles() {
		prefix := "vehicles/" + name + "/"
		if e.cars[name] == nil {
			e.cars[name] = e.newCar(name, prefix)
		}
		for key := range e.state {
			if strings.HasPrefix(key, prefix+"plan/") || strings.HasPrefix(key, prefix+"plans") || key == prefix+"plan" {
				delete(e.state, key)
			}
		}
	}
}

func (e *Evcc) newCar(name, prefix string) *car {
	c := &car{
		soc:      float64(30 + e.rnd.IntN(50)),
		perSoc:   2.5 + e.rnd.Float64(),
		limit:    "0",
		capacity: e.num(prefix + "capacity"),
	}
	for key, payload := range e.state {
		c.offline = c.offline || match(prefix+"features/+", key) && payload == "Offline"
	}
	for _, lp := range e.loadpoints {
		if lp.vehicle() != name {
			continue
		}
		if soc := lp.num("vehicleSoc"); soc > 0 {
			c.soc, c.perSoc = soc, lp.num("vehicleRange")/soc
		}
		c.limit = lp.str("vehicleLimitSoc") + lp.str("vehicleTargetSoc") // a version has one of them
		c.capacity = max(c.capacity, lp.num("vehicleCapacity"))
		c.offline = c.offline || lp.is("vehicleFeatureOffline")
	}
	if sec, soc := int64(e.num(prefix+"plan/time")), e.num(prefix+"plan/soc"); sec > e.now.Unix() {
		c.plan = socPlan{time: time.Unix(sec, 0), soc: int(soc)}
	}
	return c
}

// publishVehicles publishes all vehicles, as evcc does when one changes.
func (e *Evcc) publishVehicles() {
	for _, key := range e.state.keys() {
		if strings.HasPrefix(key, "vehicles/") {
			e.publish(key, e.state[key])
		}
	}
	for _, name := range e.state.vehicles() {
		e.publishPlan("vehicles/"+name+"/", e.cars[name].plan)
	}
}

// publishPlan: without a plan only the parent is emptied, its fields stay.
func (e *Evcc) publishPlan(prefix string, p socPlan) {
	fields := prefix + "plan/"
	if e.version < 131_09 {
		n := 0
		if !p.time.IsZero() {
			n = 1
		}
		e.publish(prefix+"plans", strconv.Itoa(n))
		fields = prefix + "plans/1/"
	} else if p.time.IsZero() {
		e.publish(prefix+"plan", "")
	}
	if p.time.IsZero() {
		return
	}
	e.publish(fields+"soc", e.version.format(p.soc))
	e.publish(fields+"time", e.version.format(p.time))
	if e.version >= 203_04 && e.version < 300_02 {
		e.publish(fields+"precondition", e.version.format(p.precondition))
	}
}

// vehiclesChanged republishes the vehicles and what follows from them.
func (e *Evcc) vehiclesChanged() {
	for _, lp := range e.loadpoints {
		if lp.vehicle() != "" {
			lp.publishEffective()
		}
	}
	e.publishVehicles()
}

// plan is the plan a loadpoint follows.
type plan struct {
	id           int // 0 without a plan
	time         time.Time
	soc          int     // of a soc plan
	energy       float64 // kWh, of an energy plan
	continuous   bool
	precondition int // seconds
}

// plan: a vehicle that tells its soc follows its own plan only.
func (lp *loadpoint) plan() plan {
	var p plan
	strategy := lp.prefix
	if c := lp.car(); c != nil && !c.offline && c.capacity > 0 {
		p.time, p.soc = c.plan.time, c.plan.soc
		strategy = "vehicles/" + lp.vehicle() + "/"
	} else if sec := int64(lp.num("planTime")); sec > 0 {
		p.time, p.energy = time.Unix(sec, 0), lp.num("planEnergy")
	}
	if p.time.IsZero() {
		return plan{}
	}
	p.id = 1
	p.continuous = lp.e.state[strategy+"planStrategy/continuous"] == "true"
	p.precondition = int(lp.e.num(strategy + "planStrategy/precondition"))
	return p
}
