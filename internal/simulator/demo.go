package simulator

import "time"

// demo lets a vehicle come and go so that somebody who watches sees life.
type demo struct {
	due  time.Time
	step int
}

const demoLoadpoint = 2

// demoSteps are repeated for ever: five minutes a round.
var demoSteps = []struct {
	after time.Duration // since the step before
	do    func(*loadpoint)
}{
	{20 * time.Second, func(lp *loadpoint) { lp.disconnect() }},
	{30 * time.Second, func(lp *loadpoint) {
		if c := lp.e.cars[lp.home]; c != nil {
			c.soc = float64(20 + lp.e.rnd.IntN(40)) // it has been on the road
		}
		lp.connect("")
	}},
	{10 * time.Second, func(lp *loadpoint) { lp.wants = true }},
	{3 * time.Minute, func(lp *loadpoint) { lp.wants = false }},
	{time.Minute, func(*loadpoint) {}},
}

// startDemo; a loadpoint that is switched off would show nothing, so it starts
// with solar charging. What somebody sets later is respected.
func (e *Evcc) startDemo() {
	e.demo = demo{}
	if !e.opt.Demo || len(e.loadpoints) < demoLoadpoint {
		return
	}
	lp := e.loadpoints[demoLoadpoint-1]
	if lp.str("mode") == "off" {
		mode := "pv"
		if e.version >= 316_00 {
			mode = "smart"
		}
		lp.put("mode", mode)
	}
	e.demo.due = e.now.Add(demoSteps[0].after)
}

func (e *Evcc) demoStep() {
	step := demoSteps[e.demo.step]
	e.demo.step = (e.demo.step + 1) % len(demoSteps)
	e.demo.due = e.now.Add(demoSteps[e.demo.step].after)
	e.at(demoLoadpoint, step.do)
}
