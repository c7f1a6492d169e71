// Package placestest plays every way in which loadpoints can change their places, and holds after every message that no
// entity of Home Assistant shows or steers another charger than before.
//
//	evcc with chargers that know who they are ──┐               ┌── a model of Home Assistant, and the oracle that looks at it
//	                                            └── a broker ───┤
//	                                                            └── the core, which may stop, crash and start meanwhile
//
// Time is virtual, everything takes place in one goroutine, and cases are enumerated, not drawn: what becomes of places and
// titles, of how many loadpoints, with which names, and where evcc and the program are meanwhile.
//
//	go test ./internal/placestest -v                                        # how many cases, and what fails of them
//	go test ./internal/placestest -v -case "positional/titled/2/insert at 1/up"  # the story of one
//
// It holds tests only.
package placestest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	base   = "evcc-discovery"
	prefix = "homeassistant"
	root   = "evcc"
)

var begin = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// hop is how long a message takes from one client by way of the broker to the others.
const hop = 2 * time.Millisecond

// message is one of MQTT. Charger is what nobody on the broker knows: whose value it is, 0 = no charger's.
type message struct {
	topic, payload string
	retained       bool
	charger        int
}

// world is everything at one moment.
type world struct {
	now      time.Time
	retained map[string]message
	queue    []parcel // in order: all take equally long
	plans    []plan
	evcc     *evcc
	program  *program
	home     *home
	oracle   *oracle
	tell     bool     // keep the story
	story    []string // what happened
}

// parcel is something on its way: a message, or the program's subscription.
type parcel struct {
	at     time.Time
	m      message
	filter string
}

// plan is something that is to happen.
type plan struct {
	at time.Time
	do func()
}

func newWorld() *world {
	w := &world{now: begin, retained: make(map[string]message)}
	w.evcc = &evcc{w: w}
	w.program = newProgram(w)
	w.home = newHome(w)
	w.oracle = newOracle(w)
	return w
}

// say keeps a line of the story.
func (w *world) say(format string, args ...any) {
	if w.tell {
		w.story = append(w.story, fmt.Sprintf("%8.3f ", w.now.Sub(begin).Seconds())+fmt.Sprintf(format, args...))
	}
}

// after lets something happen later.
func (w *world) after(d time.Duration, do func()) {
	w.plans = append(w.plans, plan{w.now.Add(d), do})
}

// publish sends a message to everybody.
func (w *world) publish(m message) { w.queue = append(w.queue, parcel{at: w.now.Add(hop), m: m}) }

// deliver is the message at the broker, and with those who listen.
func (w *world) deliver(m message) {
	switch {
	case m.retained && m.payload == "":
		delete(w.retained, m.topic)
	case m.retained:
		w.retained[m.topic] = m
	}
	w.program.take(m)
	w.evcc.take(m)
	w.home.take(m)
}

// below returns the retained topics that begin so, in order.
func (w *world) below(start string) []string {
	var topics []string
	for topic := range w.retained {
		if strings.HasPrefix(topic, start) {
			topics = append(topics, topic)
		}
	}
	slices.Sort(topics)
	return topics
}

// pass lets time go by: whatever is due first happens first.
func (w *world) pass(d time.Duration) {
	end, still := w.now.Add(d), 0
	for {
		at, do := w.first()
		if do == nil || at.After(end) {
			w.now = end
			return
		}
		if at.After(w.now) {
			w.now, still = at, 0
		}
		if still++; still > 10000 {
			panic("time stands still")
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
	if len(w.queue) > 0 {
		earlier(w.queue[0].at, w.arrive)
	}
	for i := range w.plans {
		earlier(w.plans[i].at, func() { w.carryOut(i) })
	}
	earlier(w.evcc.next, w.evcc.cycle)
	earlier(w.program.next(), w.program.tick)
	earlier(w.home.next(), w.home.configure)
	return at, do
}

func (w *world) carryOut(i int) {
	do := w.plans[i].do
	w.plans = slices.Delete(w.plans, i, i+1)
	do()
}

func (w *world) arrive() {
	p := w.queue[0]
	w.queue = w.queue[1:]
	if p.filter != "" {
		w.program.subscribed(p.filter)
		return
	}
	w.deliver(p.m)
}
