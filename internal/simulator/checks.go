package simulator

import (
	"slices"
	"time"
)

// Checks of the setters: false means that evcc refuses the value.

// controllable: until 0.313 evcc accepted these settings without a battery
// that can follow them.
func controllable(e *Evcc, _ command, _ any) bool {
	if e.version < 313_00 {
		return true
	}
	return e.hasControllableBattery()
}

func (e *Evcc) hasControllableBattery() bool {
	for key, payload := range e.state {
		if payload == "true" && (match("site/battery/devices/+/controllable", key) || match("site/battery/+/controllable", key)) {
			return true
		}
	}
	return false
}

func notNegative(_ *Evcc, _ command, value any) bool { return value.(float64) >= 0 }

// The three levels of the home battery: priority <= buffer <= bufferStart,
// where 0 switches one off. "Equal" was an error before 0.124.1.

func (e *Evcc) ordered(low, high float64) bool {
	return low < high || low == high && e.version >= 124_01
}

func priorityFits(e *Evcc, _ command, value any) bool {
	buffer := e.num("site/bufferSoc")
	return e.batteryKey() != "" && (buffer <= 0 || e.ordered(value.(float64), buffer))
}

func bufferFits(e *Evcc, _ command, value any) bool {
	x, start := value.(float64), e.num("site/bufferStartSoc")
	return e.batteryKey() != "" && (x == 0 || e.ordered(e.num("site/prioritySoc"), x) && (start <= 0 || e.ordered(x, start)))
}

func bufferStartFits(e *Evcc, _ command, value any) bool {
	x := value.(float64)
	return e.batteryKey() != "" && (x == 0 || e.ordered(e.num("site/bufferSoc"), x))
}

func belowMax(e *Evcc, c command, value any) bool {
	return e.version < 124_00 || value.(float64) <= c.lp.num("maxCurrent")
}

func aboveMin(e *Evcc, c command, value any) bool {
	return e.version < 124_00 || value.(float64) >= c.lp.num("minCurrent")
}

// boostAllowed: switching it off always is.
func boostAllowed(_ *Evcc, c command, value any) bool {
	return value == false || slices.Contains([]string{"pv", "minpv", "smart"}, c.lp.str("mode"))
}

// continuousCurrent: a switch cannot charge at minimum power.
func continuousCurrent(_ *Evcc, c command, _ any) bool { return !c.lp.switched() }

func (lp *loadpoint) switched() bool {
	return lp.is("chargerFeatureSwitchDevice") || lp.is("chargerFeatureContinuous")
}

// phasesFit: 0 (automatic) needs a charger that can switch; before 0.124.2 only
// such a charger has the topic at all.
func phasesFit(e *Evcc, c command, value any) bool {
	single := c.lp.is("chargerSinglePhase") || c.lp.str("chargerPhysicalPhases") == "1"
	switch value {
	case 0:
		return c.lp.switchesPhases()
	case 1:
		return true
	case 3:
		return !single
	}
	return false
}

func (lp *loadpoint) switchesPhases() bool {
	if lp.e.version < 124_02 {
		return lp.str("phasesConfigured") != ""
	}
	return lp.is("chargerPhases1p3p") || lp.is("chargerPhaseSwitching")
}

// vehicleExists: `-` clears since 0.123.1, which is the first without
// vehiclePresent that the topics can tell.
func vehicleExists(e *Evcc, _ command, value any) bool {
	if value == nil || value == "-" {
		return !e.known("loadpoints/+/vehiclePresent")
	}
	return e.cars[value.(string)] != nil
}

// inFuture: a plan without time is none.
func inFuture(e *Evcc, _ command, value any) bool {
	var t time.Time
	switch p := value.(type) {
	case planMessage[int]:
		t = p.Time
	case planMessage[float64]:
		t = p.Time
	}
	return t.IsZero() || !t.Before(e.now)
}
