package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Input is one thing that happens to evcc; the types below are all there are.
type Input interface{ apply(*Evcc) }

type (
	// Start switches evcc on; it waits for [Up].
	Start struct{}
	// Up says that the broker has accepted the connection, also after a loss.
	Up struct{}
	// Down says that the connection is lost. evcc goes on, unheard.
	Down struct{}
	// Tick only lets time pass.
	Tick struct{}
	// Message is what the broker delivers; Topic has the root.
	Message struct {
		Topic, Payload string
		Retained       bool // replayed because of a subscription
	}
	// Stop is SIGTERM. The [Drop] comes a second later.
	Stop struct{}
	// Crash ends evcc at once and leaves its tree on the broker.
	Crash struct{}
)

func (Start) apply(e *Evcc) {
	if e.phase == off {
		e.phase = connecting
	}
}
func (Up) apply(e *Evcc)    { e.up() }
func (Down) apply(e *Evcc)  { e.connected = false }
func (Tick) apply(*Evcc)    {}
func (Stop) apply(e *Evcc)  { e.stop() }
func (Crash) apply(e *Evcc) { e.crash() }

func (m Message) apply(e *Evcc) {
	key, ok := strings.CutPrefix(m.Topic, e.opt.Root+"/")
	switch {
	case !ok || m.Payload == "":
	case m.Retained && (e.phase == blanking || e.phase == stopping):
		e.retained(key, m.Payload)
	case e.phase == running:
		e.command(key, m.Payload)
	}
}

// What tests and the demo let happen. Loadpoints count from 1; an unknown one
// or an evcc that is not running makes the input a no-op. The loadpoint gets an
// extra cycle, where a real evcc waits for its turn.
type (
	// Connect plugs a vehicle in; without a name it is the loadpoint's own.
	Connect struct {
		Loadpoint int
		Vehicle   string
	}
	// Charge lets the vehicle take power; whether it gets some is the mode's
	// and the limits' matter.
	Charge struct{ Loadpoint int }
	// Pause makes it refuse power, as a full one does.
	Pause struct{ Loadpoint int }
	// Disconnect unplugs it. Integrated devices (heat pumps) cannot be.
	Disconnect struct{ Loadpoint int }
	// Cycle is an extra one, as after a command.
	Cycle struct{ Loadpoint int }
	// Hold keeps all measured values, or lets them move again. They are still
	// published every cycle.
	Hold struct{ On bool }
	// Stretch lets every cycle take so many intervals, as slow devices do. The
	// interval that evcc publishes stays.
	Stretch struct{ Intervals int }
	// SetTitle renames a loadpoint at run time.
	SetTitle struct {
		Loadpoint int
		Title     string
	}
	// SetVehicleTitle renames a vehicle at run time.
	SetVehicleTitle struct{ Name, Title string }
	// AddVehicle creates a vehicle as the web interface does: published at
	// once, but without setters and not counted until the next start.
	AddVehicle struct{ Name, Title string }
	// RemoveVehicle deletes a vehicle: its topics stay behind until the next start.
	RemoveVehicle struct{ Name string }
	// AddLoadpoint makes a copy of loadpoint 1 at the next start, with name
	// db:<new count> where this evcc publishes names.
	AddLoadpoint struct{ Title string }
	// Arrange writes evcc.yaml anew: at the next start loadpoints stand in this
	// order, those that are left out are gone, and 0 is a new one, a copy of
	// loadpoint 1 with a title of its own.
	Arrange struct {
		Order []int
		Title string
	}
	// Send publishes any payload on a key below the root and keeps it.
	Send struct{ Key, Payload string }
)

func (in Connect) apply(e *Evcc) {
	e.at(in.Loadpoint, func(lp *loadpoint) { lp.connect(in.Vehicle) })
}
func (in Charge) apply(e *Evcc)     { e.at(in.Loadpoint, func(lp *loadpoint) { lp.wants = true }) }
func (in Pause) apply(e *Evcc)      { e.at(in.Loadpoint, func(lp *loadpoint) { lp.wants = false }) }
func (in Disconnect) apply(e *Evcc) { e.at(in.Loadpoint, (*loadpoint).disconnect) }
func (in Cycle) apply(e *Evcc)      { e.at(in.Loadpoint, func(*loadpoint) {}) }
func (in Hold) apply(e *Evcc)       { e.opt.Still = in.On }
func (in Stretch) apply(e *Evcc)    { e.stretch = in.Intervals }

func (e *Evcc) at(id int, f func(*loadpoint)) {
	if e.phase != running || id < 1 || id > len(e.loadpoints) {
		return
	}
	lp := e.loadpoints[id-1]
	f(lp)
	e.cycle(lp)
}

func (in SetTitle) apply(e *Evcc) {
	if e.phase == running && in.Loadpoint >= 1 && in.Loadpoint <= len(e.loadpoints) {
		e.put(fmt.Sprintf("loadpoints/%d/title", in.Loadpoint), in.Title)
	}
}

func (in SetVehicleTitle) apply(e *Evcc) {
	key := "vehicles/" + in.Name + "/title"
	if _, ok := e.state[key]; !ok || e.phase != running {
		return
	}
	e.store(key, in.Title)
	e.publishVehicles()
	for _, lp := range e.loadpoints {
		if lp.vehicle() == in.Name {
			lp.put("vehicleTitle", in.Title)
		}
	}
}

func (in AddVehicle) apply(e *Evcc) {
	if e.phase != running || in.Name == "" || strings.ContainsAny(in.Name, "/+#") || e.cars[in.Name] != nil {
		return
	}
	prefix := "vehicles/" + in.Name + "/"
	for name, payload := range map[string]string{"capacity": "50", "features": "0", "limitSoc": "0", "minSoc": "0", "repeatingPlans": "0"} {
		if !e.known("vehicles/+/" + name) {
			continue
		}
		if payload == "0" && strings.HasSuffix(name, "Soc") && e.version.nilZero() {
			payload = ""
		}
		e.store(prefix+name, payload)
	}
	e.store(prefix+"title", in.Title)
	e.learnCars()
	e.publishVehicles()
	e.restart = append(e.restart, func(e *Evcc) { e.store("vehicles", e.count("vehicles")+1) })
}

func (in RemoveVehicle) apply(e *Evcc) {
	e.restart = append(e.restart, func(e *Evcc) {
		if e.cars[in.Name] == nil {
			return
		}
		e.copyKeys("-", "vehicles/"+in.Name+"/") // nothing in its place
		delete(e.cars, in.Name)
		e.store("vehicles", e.count("vehicles")-1)
	})
}

func (in AddLoadpoint) apply(e *Evcc) {
	e.restart = append(e.restart, func(e *Evcc) {
		n := e.count("loadpoints") + 1
		prefix := fmt.Sprintf("loadpoints/%d/", n)
		e.copyKeys("loadpoints/1/", prefix)
		e.store("loadpoints", n)
		e.store(prefix+"title", in.Title)
		if e.known("loadpoints/+/name") {
			e.store(prefix+"name", fmt.Sprintf("db:%d", n))
		}
	})
}

func (in Arrange) apply(e *Evcc) {
	e.restart = append(e.restart, func(e *Evcc) {
		before := Tree(maps.Clone(e.state))
		maps.DeleteFunc(e.state, func(key, _ string) bool { return strings.HasPrefix(key, "loadpoints/") })
		for i, from := range in.Order {
			prefix := fmt.Sprintf("loadpoints/%d/", i+1)
			for key, payload := range before {
				if name, ok := strings.CutPrefix(key, fmt.Sprintf("loadpoints/%d/", max(1, from))); ok {
					e.state[prefix+name] = payload
				}
			}
			if from == 0 {
				e.store(prefix+"title", in.Title)
			}
			if strings.HasPrefix(e.state[prefix+"name"], "lp-") { // such a name is a place
				e.store(prefix+"name", fmt.Sprintf("lp-%d", i+1))
			}
		}
		e.store("loadpoints", len(in.Order))
	})
}

// copyKeys puts a copy of what is below from in the place of what is below to.
func (e *Evcc) copyKeys(from, to string) {
	maps.DeleteFunc(e.state, func(key, _ string) bool { return strings.HasPrefix(key, to) })
	for _, key := range e.state.keys() {
		if name, ok := strings.CutPrefix(key, from); ok {
			e.state[to+name] = e.state[key]
		}
	}
}

func (in Send) apply(e *Evcc) {
	if e.phase == running && in.Key != "" && !slices.Contains([]string{"status", "updated"}, in.Key) && !strings.ContainsAny(in.Key, "+#\x00") {
		e.put(in.Key, in.Payload)
	}
}
