package bridge

import (
	"testing"
	"time"

	"evcc-discovery/internal/simulator"
)

// evcc drops a mode after a minute; it does not while the user wants it.
func TestBatteryIsHeld(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	w.hold("true")
	for range 60 {
		w.pass(time.Minute)
		w.shows("true", "hold")
	}
	if n := len(w.commands); n < 60*60/30 || n > 60*60/20 {
		t.Errorf("%d commands in an hour, want one each 25 s", n)
	}
	w.hold("false")
	w.shows("false", "unknown")
	sent := len(w.commands)
	w.pass(10 * time.Minute)
	if len(w.commands) > sent {
		t.Errorf("after the release evcc got %q", w.commands[sent:])
	}
}

// Without the repeats the simulated evcc does drop it: the test above can fail.
func TestBatteryIsDropped(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	w.hold("true")
	w.deaf = true
	w.pass(59 * time.Second)
	w.shows("true", "hold")
	w.pass(2 * time.Second)
	w.shows("false", "unknown")
	w.noted("evcc dropped the mode")
	w.deaf = false
	sent := len(w.commands)
	w.pass(10 * time.Minute)
	if len(w.commands) > sent {
		t.Errorf("evcc got %q although it had taken the battery back", w.commands[sent:])
	}
}

// Ends of holding: evcc stops, crashes, our own end, and our own crash.
func TestBatteryIsGivenBack(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*wire){
		"evcc restarts": func(w *wire) {
			w.input(simulator.Stop{})
			w.pass(5 * time.Second)
			w.start()
			w.pass(time.Minute)
			w.shows("false", "")
			w.noted("evcc starts or stops")
		},
		"evcc crashes": func(w *wire) {
			w.input(simulator.Crash{})
			w.pass(time.Hour)
			w.start()
			w.pass(2 * time.Minute)
			w.shows("false", "")
			w.noted("evcc starts or stops")
		},
		"orderly end": func(w *wire) {
			w.do(w.core.Goodbye())
			if got, _ := w.evcc.Value("site/batteryModeExternal"); got != "unknown" {
				w.t.Errorf("evcc's mode from outside is %q", got)
			}
			w.core = New(settingsFor(w.t, "evcc"))
			w.connect()
			w.pass(time.Minute)
			w.shows("false", "unknown")
		},
		"our crash": func(w *wire) {
			w.core = New(settingsFor(w.t, "evcc"))
			w.connect()
			w.pass(5 * time.Second)
			w.shows("true", "hold") // evcc's own minute
			w.pass(time.Minute)
			w.shows("false", "unknown")
		},
		"another program": func(w *wire) {
			w.input(simulator.Message{Topic: "evcc/site/batteryMode/set", Payload: "charge"})
			w.shows("false", "charge")
			w.pass(2 * time.Minute)
			w.shows("false", "unknown")
			w.noted("changed elsewhere")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWire(t)
			w.hold("true")
			w.pass(10 * time.Minute)
			w.shows("true", "hold")
			end(w)
			sent := len(w.commands)
			w.pass(5 * time.Minute)
			if len(w.commands) > sent {
				t.Errorf("then evcc got %q", w.commands[sent:])
			}
			w.hold("true")
			w.pass(3 * time.Minute)
			w.shows("true", "hold") // it can be held again
		})
	}
}
