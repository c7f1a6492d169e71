package faults

import (
	"slices"
	"time"
)

// heal lets everything run again, in any order, and settle.
func (w *world) heal() {
	w.say("everything runs again")
	w.broker.start(true)
	for _, p := range w.peers {
		p.twice = 0 // what is late arrives within seconds
		w.broker.join(p)
	}
	w.pass(3 * time.Second) // an evcc that stops, stops
	starts := []func(){w.evcc.start, w.home.start, w.adapter.start}
	if w.barn != nil {
		starts = append(starts, w.barn.start)
	}
	w.rnd.Shuffle(len(starts), func(i, j int) { starts[i], starts[j] = starts[j], starts[i] })
	for _, start := range starts {
		start()
		if w.rnd.IntN(3) == 0 {
			w.pass(settling)
		}
	}
	w.pass(settling)
	w.agree()
	for _, e := range w.evccs() {
		if e.forgotten { // the remedy that the program names
			w.say("%s is restarted", e.root)
			e.stop()
			w.pass(5 * time.Second)
			e.start()
			w.pass(settling)
		}
	}
	if w.readOnly && (w.removed || w.moved()) { // it takes no wishes
		w.readOnly = false
		w.agree()
	}
	if !w.readOnly {
		w.home.peer.publish(message{base + "/adapter/rediscover/set", "PRESS", false}) // should the user have deleted something
	}
	w.pass(30 * time.Second)
	if w.moved() { // so is this
		w.say("the user lets entities follow their titles")
		w.home.peer.publish(message{base + "/adapter/follow_titles/set", "PRESS", false})
		w.pass(settling + 2*time.Minute) // two rounds of five loadpoints, of an evcc that does not tell its interval
	}
	if w.rnd.IntN(2) == 0 {
		w.home.stop()
		w.pass(5 * time.Second)
		w.home.start()
		w.pass(settling)
	}
	if w.barn != nil && w.roots == root {
		w.pass(settling) // what belongs to a root that was taken out goes after five minutes
	}
}

func (w *world) evccs() []*evcc {
	if w.barn == nil {
		return []*evcc{w.evcc}
	}
	return []*evcc{w.evcc, w.barn}
}

// agree ends what only the user can: a second adapter that has other settings, and one that waits, or has waited, because it had.
func (w *world) agree() {
	if w.second.core != nil && w.rnd.IntN(2) == 0 {
		w.second.stop()
		w.pass(settling)
	}
	for _, a := range []*adapter{w.second, w.adapter} {
		if a.core != nil && (a.set != w.settings || a.inherits || a.standby != nil && a.standby.Detail != "" && w.worker() == nil) {
			w.say("%s is restarted with %+v", a.name, w.settings)
			a.stop()
			w.pass(5 * time.Second)
			a.start()
			w.pass(settling)
		}
	}
}

// moved reports whether the program does not know which loadpoint is which.
func (w *world) moved() bool {
	for _, n := range slices.Backward(w.notes) {
		if n.Text == "resolved: Loadpoints or meters cannot be identified" || n.Text == "entities now follow their titles" {
			return false
		}
		if n.Text == "Loadpoints or meters cannot be identified" {
			return true
		}
	}
	return false
}
