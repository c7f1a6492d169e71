package faults

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/simulator"
)

// some is one of the evccs.
func (w *world) some() *evcc {
	if w.barn != nil && w.rnd.IntN(3) == 0 {
		return w.barn
	}
	return w.evcc
}

// secondRoot: there is another evcc from then on.
func (w *world) secondRoot() {
	if w.barn == nil {
		w.barn = newEvcc(w, barn, "Barn")
		w.barn.start()
	}
	if w.roots == root {
		w.roots += "," + barn
	} else {
		w.roots = root
		w.barn.watched = false
	}
	w.reconfigure()
}

// reconfigure restarts the adapter with other settings; its user may forget the second one.
func (w *world) reconfigure() {
	w.say("settings: %+v", w.settings)
	w.adapter.restart()
	if w.second.core != nil && w.rnd.IntN(2) == 0 {
		w.second.restart()
	}
}

func (w *world) addLoadpoint() {
	if len(w.evcc.pending) < 4 {
		w.evcc.added++
		w.evcc.pending = append(slices.Clone(w.evcc.pending), "Added "+strconv.Itoa(w.evcc.added))
		w.restartEvcc()
	}
}

func (w *world) removeLoadpoint() {
	if n := len(w.evcc.pending); n > 1 {
		i := w.rnd.IntN(n)
		w.evcc.pending = slices.Delete(slices.Clone(w.evcc.pending), i, i+1)
		w.restartEvcc()
	}
}

// renameLoadpoint takes effect at once where evcc runs, else with its next start.
func (w *world) renameLoadpoint() {
	e := w.evcc
	i := w.rnd.IntN(len(e.titles))
	if !slices.Equal(e.titles, e.pending) || strings.HasPrefix(e.titles[i], "Added ") {
		return
	}
	e.added++
	e.pending = slices.Clone(e.titles)
	e.pending[i] = "Renamed " + strconv.Itoa(e.added)
	if e.on {
		e.step(simulator.SetTitle{Loadpoint: i + 1, Title: e.pending[i]})
	}
	if e.value(root+"/loadpoints/"+strconv.Itoa(i+1)+"/title") == e.pending[i] {
		e.titles = slices.Clone(e.pending)
	}
}

func (w *world) addVehicle() {
	e := w.evcc
	e.added++
	c := car{"db:" + strconv.Itoa(100+e.added), "New car " + strconv.Itoa(e.added)}
	e.step(simulator.AddVehicle{Name: c.name, Title: c.title})
	if e.value(root+"/vehicles/"+c.name+"/title") != "" { // it runs
		e.cars = append(e.cars, c)
	}
}

// removeVehicle spares the oldest evcc: it never empties what it left on the broker, and nobody can tell that it is old.
func (w *world) removeVehicle() {
	if e := w.evcc; len(e.cars) > 0 && e.version > 0 {
		i := w.rnd.IntN(len(e.cars))
		e.step(simulator.RemoveVehicle{Name: e.cars[i].name})
		e.cars = slices.Delete(slices.Clone(e.cars), i, i+1)
		w.restartEvcc()
	}
}

func (w *world) deleteDevice() {
	devices := slices.Sorted(maps.Keys(w.home.devices()))
	if len(devices) > 0 && w.home.running && w.home.peer.session {
		topic := devices[w.rnd.IntN(len(devices))]
		w.say("user: deletes %s", topic)
		w.removed = true
		w.home.deletes(topic)
		if topic == discovery.AdapterTopic(prefix, base) {
			delete(w.deleted, topic) // it always comes back
		}
	}
}

func (w *world) restartEvcc() {
	w.evcc.stop()
	w.after(w.between(2*time.Second, 10*time.Second), w.evcc.start)
}

// command is what a user does between faults.
func (w *world) command() {
	controls := w.home.controls()
	if len(controls) == 0 {
		return
	}
	c := controls[w.rnd.IntN(len(controls))]
	if !w.home.available(&c) {
		return
	}
	payload := c.PayloadPress
	switch c.Platform {
	case "select":
		payload = c.Options[w.rnd.IntN(len(c.Options))]
	case "switch":
		payload = c.PayloadOn
	case "number":
		payload = strconv.Itoa(int(c.Min) + w.rnd.IntN(int(max(1, c.Max-c.Min))))
	}
	w.say("user: %s %s", c.CommandTopic, payload)
	w.home.peer.publish(message{c.CommandTopic, payload, false})
}
