package bridge

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"evcc-discovery/internal/simulator"

	"evcc-discovery/internal/bridge/step"
)

// wire is a broker between a simulated evcc and a core, in virtual time.
type wire struct {
	t        *testing.T
	evcc     *simulator.Evcc
	core     *Core
	now      time.Time
	retained map[string]string
	deaf     bool     // what the core sends to evcc gets lost
	commands []string // that were sent to evcc's battery
	notes    []string
}

// newWire returns a site that runs, with evcc's battery under its own control.
func newWire(t *testing.T) *wire {
	t.Helper()
	tree, err := simulator.Open("evcc-0.313.2-demo")
	if err != nil {
		t.Fatal(err)
	}
	evcc, err := simulator.New(tree, simulator.Options{Interval: 10 * time.Second, Still: true})
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{t: t, evcc: evcc, core: New(settingsFor(t, "evcc")), now: start, retained: make(map[string]string)}
	w.start()
	w.connect()
	w.pass(2 * time.Minute)
	w.shows("false", "")
	return w
}

func (w *wire) start() {
	w.input(simulator.Start{})
	w.input(simulator.Up{})
	w.pass(15 * time.Second)
}

func (w *wire) connect() {
	w.step(step.Event{Kind: step.Connected})
	for _, topic := range slices.Sorted(maps.Keys(w.retained)) {
		w.step(step.Event{Kind: step.Received, Topic: topic, Payload: []byte(w.retained[topic]), Retained: true})
	}
}

// input lets something happen to evcc.
func (w *wire) input(in simulator.Input) {
	for _, a := range w.evcc.Step(w.now, in) {
		switch a.Op {
		case simulator.Publish:
			w.deliver(a.Topic, a.Payload, a.Retain)
		case simulator.Subscribe: // at its start evcc reads what it left behind, to blank it
			if slices.Contains(a.Filters, "evcc/#") {
				for _, topic := range slices.Sorted(maps.Keys(w.retained)) {
					w.input(simulator.Message{Topic: topic, Payload: w.retained[topic], Retained: true})
				}
			}
		case simulator.Drop:
			topic, payload := w.evcc.Will()
			w.deliver(topic, payload, true)
		}
	}
}

// step lets something happen to the core.
func (w *wire) step(e step.Event) {
	e.At = w.now
	w.do(w.core.Step(e))
}

func (w *wire) do(actions []step.Action) {
	for _, a := range slices.Clone(actions) {
		if a.Note != nil {
			w.notes = append(w.notes, a.Note.Text)
		}
		if p := a.Publish; p != nil {
			w.deliver(p.Topic, p.Payload, p.Retain)
			if strings.HasPrefix(p.Topic, "evcc/") && !w.deaf {
				w.input(simulator.Message{Topic: p.Topic, Payload: p.Payload})
			}
		}
	}
}

func (w *wire) deliver(topic, payload string, retain bool) {
	if topic == "evcc/site/batteryMode/set" && payload != "" {
		w.commands = append(w.commands, payload)
	}
	switch {
	case retain && payload == "":
		delete(w.retained, topic)
	case retain:
		w.retained[topic] = payload
	}
	if w.core.phase != down {
		w.step(step.Event{Kind: step.Received, Topic: topic, Payload: []byte(payload)})
	}
}

// pass lets time go by, event by event.
func (w *wire) pass(d time.Duration) {
	end := w.now.Add(d)
	for {
		next := end
		for _, t := range []time.Time{w.evcc.Next(), w.core.Next()} {
			if !t.IsZero() && t.Before(next) {
				next = t
			}
		}
		if next.After(w.now) {
			w.now = next
		}
		w.input(simulator.Tick{})
		w.step(step.Event{Kind: step.Tick})
		if !w.now.Before(end) {
			return
		}
	}
}

func (w *wire) hold(on string) {
	w.step(step.Event{Kind: step.Received, Topic: "evcc-discovery/evcc/site/hold_battery/set", Payload: []byte(on)})
}

// shows compares the switch, and evcc's mode from outside.
func (w *wire) shows(held, external string) {
	w.t.Helper()
	got, _ := w.evcc.Value("site/batteryModeExternal")
	if w.retained["evcc-discovery/evcc/site/hold_battery/state"] != held || got != external {
		w.t.Errorf("after %v: the switch says %q and evcc %q, want %q and %q", w.now.Sub(start),
			w.retained["evcc-discovery/evcc/site/hold_battery/state"], got, held, external)
	}
}

func (w *wire) noted(text string) {
	w.t.Helper()
	if !slices.ContainsFunc(w.notes, func(n string) bool { return strings.Contains(n, text) }) {
		w.t.Errorf("nothing was said of %q; said was %q", text, w.notes)
	}
}
