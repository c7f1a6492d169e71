package simulator

import (
	"strings"
	"time"
)

type phase int

const (
	off        phase = iota
	connecting       // started, no broker yet
	delaying         // online, devices initialise
	blanking         // deletes what is retained below the root
	running
	stopping // blanked, waits before it drops the connection
)

// up: on every connect the status comes first, then the subscriptions.
func (e *Evcc) up() {
	if e.phase == off || e.phase == stopping {
		return
	}
	e.connected = true
	e.shown["status"] = "online"
	e.emit(Action{Topic: e.topic("status"), Payload: "online", QoS: 1, Retain: true})
	switch e.phase {
	case connecting:
		e.phase, e.due = delaying, e.now.Add(e.opt.StartDelay)
	case blanking:
		e.emit(Action{Op: Subscribe, Filters: []string{e.topic("#")}})
	case running:
		e.subscribeSetters()
	}
}

func (e *Evcc) endPhase() {
	e.due = time.Time{}
	switch e.phase {
	case delaying:
		if !e.version.blanksAtStart() {
			e.run()
			return
		}
		e.phase, e.due, e.blanked = blanking, e.now.Add(e.opt.Pause), map[string]bool{}
		e.emit(Action{Op: Subscribe, Filters: []string{e.topic("#")}})
	case blanking:
		e.emit(Action{Op: Unsubscribe, Filters: []string{e.topic("#")}})
		e.run()
	case stopping:
		e.crash()
	}
}

// retained takes a retained topic that the broker replays to `<root>/#`. evcc
// deletes all of them but its status, whoever wrote them.
func (e *Evcc) retained(key, payload string) {
	if payload == "" || key == "status" || e.blanked[key] || (e.phase != blanking && e.phase != stopping) {
		return
	}
	e.blank(key)
	if e.version >= 307_01 || e.phase == stopping { // before: a fixed time from the first deletion
		e.due = e.now.Add(e.opt.Pause)
	}
}

func (e *Evcc) blank(key string) {
	e.blanked[key] = true
	e.emit(Action{Topic: e.topic(key), QoS: e.version.blankQoS(), Retain: true})
}

// stop: everything becomes empty at once, counts too; a second later the
// connection drops, so `status offline` comes from the will.
func (e *Evcc) stop() {
	if e.phase == off || e.phase == stopping {
		return
	}
	if !e.version.blanksAtStop() || e.phase != running {
		e.crash()
		return
	}
	e.phase, e.due, e.blanked = stopping, e.now.Add(e.opt.Pause), map[string]bool{}
	e.emit(Action{Op: Subscribe, Filters: []string{e.topic("#")}})
	for _, key := range e.shown.keys() {
		if key != "status" && e.shown[key] != "" {
			e.blank(key)
		}
	}
	e.shown = Tree{"status": "online"}
}

// crash leaves the tree as it is.
func (e *Evcc) crash() {
	if e.phase == off {
		return
	}
	e.phase, e.due = off, time.Time{}
	e.shown["status"] = "offline"
	e.out = append(e.out, Action{Op: Drop}) // also without a broker: the process ends
	e.connected = false
}

// run is the moment the devices are ready: setters, then all values in one
// burst, then the first cycle.
func (e *Evcc) run() {
	e.phase = running
	e.shown = Tree{"status": e.shown["status"]}
	e.updated = time.Time{}
	e.next, e.nextCycle = 0, e.now.Add(e.opt.Interval)
	for _, reconfigure := range e.restart {
		reconfigure(e)
	}
	e.restart = nil
	e.forget()
	e.loadpoints = nil
	for id := 1; id <= e.count("loadpoints"); id++ {
		e.loadpoints = append(e.loadpoints, e.newLoadpoint(id))
	}
	e.learnCars()
	e.settable = e.commands()
	e.subscribeSetters()
	e.burst()
	e.world.last = e.now
	e.roundRobin()
	e.startDemo()
}

// forget resets what evcc does not keep over a restart.
func (e *Evcc) forget() {
	delete(e.state, "site/batteryModeExternal")
	e.batteryDue = time.Time{}
	e.reset("site/batteryMode", "unknown")
	for key := range e.state {
		switch {
		case match("loadpoints/+/batteryBoost", key), match("loadpoints/+/planActive", key):
			e.state[key] = "false"
		case match("loadpoints/+/alwaysCharge", key) && e.state[key] == "once":
			e.state[key] = "off"
		case match("loadpoints/+/enableDelay", key), match("loadpoints/+/disableDelay", key):
			e.reset(key, e.origin[key])
		case strings.HasPrefix(key, "site/forecast/"):
			e.state[key] = redate(e.origin[key], e.now)
		}
	}
}

func (e *Evcc) reset(key, payload string) {
	if _, ok := e.state[key]; ok && payload != "" {
		e.state[key] = payload
	}
}

// burst publishes all that does not come with a cycle. Some values come twice:
// first what evcc knows before it has asked a device.
func (e *Evcc) burst() {
	for _, key := range []string{"loadpoints", "vehicles"} {
		e.publish(key, e.state[key])
	}
	for _, key := range e.state.keys() {
		if strings.HasPrefix(key, "vehicles/") || e.shown.has(key) {
			continue
		}
		first, twice := e.firstValue(key)
		if twice {
			e.publish(key, first)
		}
		if e.cadence(key) == atStart && !(twice && strings.HasPrefix(key, "loadpoints/")) {
			e.publish(key, e.state[key])
		}
	}
	e.publishVehicles()
	for _, lp := range e.loadpoints {
		if lp.vehicle() != "" {
			lp.publishVehicle()
			lp.publishEffective()
		}
	}
}

func (e *Evcc) firstValue(key string) (string, bool) {
	for _, f := range firstValues {
		if match(f.pattern, key) && e.version >= f.since && (f.until == 0 || e.version < f.until) {
			return f.payload, true
		}
	}
	return "", false
}
