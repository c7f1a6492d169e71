// Package faults plays years of bad luck in seconds: evcc, Home Assistant, the broker and this program stop, crash, lose
// their connection and their memory in any order, and afterwards the world must be right again.
//
//	simulated evcc ── peer ──┐                  ┌── peer ── a model of Home Assistant, with an automation
//	another one ───── peer ──┤                  ├── peer ── the core, as the loop drives it
//	                         broker in memory ──┴── peer ── a second one on the same base topic
//
// Time is virtual and everything happens in one goroutine, so a run takes milliseconds and the same seed plays the same
// run again:
//
//	go test ./internal/faults -run TestFaults -seed 4711
//	go test ./internal/faults -run TestFaults -runs 100000
//
// It holds tests only.
package faults

import (
	"fmt"
	"math/rand/v2"
	"time"

	"evcc-discovery/internal/bridge/step"
)

// begin is when every run begins.
var begin = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// client is who speaks MQTT: what the network tells it, and its clock.
type client interface {
	up()
	down()
	take(m message)
	next() time.Time // zero = never
	tick()
}

// world is everything at one moment.
type world struct {
	rnd     *rand.Rand
	now     time.Time
	broker  *broker
	peers   []*peer
	plans   []plan
	evcc    *evcc
	barn    *evcc // another one of the same house; nil until there is one
	home    *home
	adapter *adapter
	second  *adapter // another one with the same base topic
	settings
	both    time.Time       // since when two are at work; zero = no more than one is
	gone    map[string]bool // topics of the program that the broker has forgotten, and everybody else
	removed bool            // the user has deleted something in Home Assistant
	notes   []step.Note     // of all runs of both adapters
	deleted map[string]bool // config topics of devices that the user has deleted
	quiet   bool            // nothing is kept of what happened
	log     []string        // what happened, for a run that fails
	wrong   []string        // what may never happen
}

// plan is something that is to happen.
type plan struct {
	at time.Time
	do func()
}

func newWorld(seed uint64) *world {
	w := &world{rnd: rand.New(rand.NewPCG(seed, 7)), now: begin}
	w.gone, w.deleted, w.settings = make(map[string]bool), make(map[string]bool), settings{roots: root, language: "en"}
	w.broker = newBroker(w)
	w.adapter = newAdapter(w, "adapter")
	w.second = newAdapter(w, "second")
	w.home = newHome(w)
	w.evcc = newEvcc(w, root, "Carport", "Garage")
	return w
}

// worker is the adapter that is at work, nil where none is.
func (w *world) worker() *adapter {
	for _, a := range []*adapter{w.adapter, w.second} {
		if a.working {
			return a
		}
	}
	return nil
}

// robbed: the broker has forgotten one of the program's topics.
func (w *world) robbed(topic string) {
	known := false
	for _, a := range []*adapter{w.adapter, w.second} {
		if a.remembers() {
			a.lost[topic], known = true, true
		}
	}
	if !known {
		w.gone[topic] = true
	}
}

// alone: two that are connected find each other in seconds.
func (w *world) alone() {
	a, b := w.adapter, w.second
	switch late := w.now.Before(a.peer.slow) || w.now.Before(b.peer.slow); {
	case !a.working || !b.working || !a.peer.session || !b.peer.session || late:
		w.both = time.Time{}
	case w.both.IsZero():
		w.both = w.now
	case w.now.Sub(w.both) > 5*time.Second:
		w.fault("two are at work")
		w.both = w.now
	}
}

// say keeps a line of the run's story.
func (w *world) say(format string, args ...any) {
	if w.quiet {
		return
	}
	w.log = append(w.log, fmt.Sprintf("%9.3f ", w.now.Sub(begin).Seconds())+fmt.Sprintf(format, args...))
}

// fault keeps what may never happen.
func (w *world) fault(format string, args ...any) {
	w.wrong = append(w.wrong, fmt.Sprintf("%9.3f ", w.now.Sub(begin).Seconds())+fmt.Sprintf(format, args...))
}

// after lets something happen later.
func (w *world) after(d time.Duration, do func()) {
	w.plans = append(w.plans, plan{w.now.Add(d), do})
}

// between is a random time.
func (w *world) between(low, high time.Duration) time.Duration {
	return low + time.Duration(w.rnd.Int64N(int64(high-low)+1))
}

// pass lets time go by: whatever is due first happens first.
func (w *world) pass(d time.Duration) {
	end := w.now.Add(d)
	still := 0
	for {
		at, do := w.first()
		if do == nil || at.After(end) {
			w.now = end
			return
		}
		if at.After(w.now) {
			w.now, still = at, 0
		}
		if still++; still > 100000 {
			w.fault("time stands still")
			w.now = end
			return
		}
		do()
	}
}

// first returns what is due first.
func (w *world) first() (at time.Time, do func()) {
	earlier := func(t time.Time, f func()) {
		if !t.IsZero() && (do == nil || t.Before(at)) {
			at, do = t, f
		}
	}
	for i := range w.plans {
		earlier(w.plans[i].at, func() { w.carryOut(i) })
	}
	for _, p := range w.peers {
		p.first(earlier)
	}
	return at, do
}

func (w *world) carryOut(i int) {
	do := w.plans[i].do
	w.plans = append(w.plans[:i], w.plans[i+1:]...)
	do()
}
