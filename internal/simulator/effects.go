package simulator

import "time"

// Effects of the setters that do more than store and publish their value. They
// report whether something changed.

// setBatteryMode: the external mode changes at once, the mode itself with the
// next cycle. It has to be repeated within a minute. Before 0.313 an evcc
// without a controllable battery swallowed it.
func setBatteryMode(e *Evcc, _ command, value any) bool {
	if !e.hasControllableBattery() {
		return false
	}
	if value == nil {
		value = "unknown"
	}
	e.batteryDue = time.Time{}
	if value != "unknown" {
		e.batteryDue = e.now.Add(batteryReset)
	}
	return e.change("site/batteryModeExternal", value)
}

// setEverywhere writes the limit of all loadpoints; the site has no topic to
// read it.
func setEverywhere(e *Evcc, c command, value any) bool {
	for _, lp := range e.loadpoints {
		e.change(lp.prefix+c.setter.name, value)
	}
	return true
}

// setMode: a change switches the boost off, `now` and `off` end timers and an
// active plan (until the next cycle looks at the plan again).
func setMode(e *Evcc, c command, value any) bool {
	if c.lp.str("mode") == value {
		return false
	}
	c.lp.put("batteryBoost", false)
	e.put(c.key, value)
	if value == "now" || value == "off" {
		c.lp.put("pvAction", "inactive")
		c.lp.put("pvRemaining", 0)
		c.lp.put("phaseAction", "inactive")
		c.lp.put("phaseRemaining", 0)
		if c.lp.is("planActive") {
			c.lp.put("planActive", false)
		}
	}
	return true
}

// setMode316 also takes the words of before: pv is smart, minpv is smart that
// always charges. A device that is only switched knows no minimum power.
func setMode316(e *Evcc, c command, value any) bool {
	always := map[any]string{"pv": "off", "minpv": "on"}[value]
	changed := false
	if always != "" {
		value = "smart"
		if !c.lp.switched() {
			changed = e.change(c.lp.prefix+"alwaysCharge", always)
		}
	}
	return setMode(e, c, value) || changed
}

func setPhases(e *Evcc, c command, value any) bool {
	lp := c.lp
	if e.version < 124_02 && !lp.switchesPhases() {
		return true // no topic to show it
	}
	e.change(lp.prefix+"phasesConfigured", value)
	if value != 0 {
		e.change(lp.prefix+"phasesActive", value)
	}
	return true
}

// setPlanEnergy: without energy the plan is gone, without time too, but then
// the energy stays.
func setPlanEnergy(e *Evcc, c command, value any) bool {
	p := value.(planMessage[float64])
	if p.Value == 0 {
		p.Time = time.Time{}
	}
	e.put(c.lp.prefix+"planEnergy", p.Value)
	e.put(c.lp.prefix+"planTime", p.Time)
	if e.version >= 203_04 && e.version < 300_02 {
		c.lp.put("planPrecondition", p.Precondition)
	}
	if p.Time.IsZero() && c.lp.is("planActive") {
		c.lp.put("planActive", false)
	}
	return true
}

func setPlanSoc(e *Evcc, c command, value any) bool {
	p := value.(planMessage[int])
	e.cars[c.car].plan = socPlan{}
	if p.Value != 0 && !p.Time.IsZero() {
		e.cars[c.car].plan = socPlan{time: p.Time, soc: p.Value, precondition: p.Precondition}
	}
	e.vehiclesChanged()
	return true
}

// setStrategy replaces both fields: a missing one is reset.
func setStrategy(e *Evcc, c command, value any) bool {
	p := value.(strategyMessage)
	e.store(c.key+"/continuous", p.Continuous)
	e.store(c.key+"/precondition", p.Precondition)
	if c.car != "" {
		e.vehiclesChanged()
		return true
	}
	e.put(c.key+"/continuous", p.Continuous)
	e.put(c.key+"/precondition", p.Precondition)
	c.lp.publishEffective()
	return true
}

func setVehicle(_ *Evcc, c command, value any) bool {
	name, _ := value.(string)
	if name == "-" {
		name = ""
	}
	c.lp.setVehicle(name)
	return true
}

// setVehicleSoc: 0 is off, which deletes the topic since 0.133.
func setVehicleSoc(e *Evcc, c command, value any) bool {
	if value == 0 && e.version.nilZero() {
		value = nil
	}
	if payload := e.version.format(value); e.state[c.key] == payload {
		return false
	}
	e.store(c.key, value)
	e.vehiclesChanged()
	return true
}
