package faults

import (
	"flag"
	"runtime"
	"testing"
	"time"

	"evcc-discovery/internal/simulator"
)

var soak = flag.Duration("soak", 6*time.Hour, "how much virtual time TestSoak plays")

// TestSoak plays a week, or as long as it is told, of an ordinary house: a car comes, charges and goes every few hours, its
// user sets something every half hour, evcc restarts every night, Home Assistant and the program every other day. Memory
// and goroutines must stay where they are:
//
//	go test ./internal/faults -run TestSoak -soak 168h -v
func TestSoak(t *testing.T) {
	w := newWorld(1)
	w.quiet = true
	w.evcc.start()
	w.adapter.start()
	w.home.start()
	w.pass(10 * time.Minute)
	const samples = 14
	part := *soak / samples
	before, goroutines := uint64(0), 0
	for i := range samples {
		for end := w.now.Add(part); w.now.Before(end); {
			w.halfHour()
		}
		now := heap()
		t.Logf("%v: heap %d kB, %d goroutines", part*time.Duration(i+1), now/1000, runtime.NumGoroutine())
		if i == 1 {
			before, goroutines = now, runtime.NumGoroutine()
		}
		if i > 1 && now > before+before/10+500_000 {
			t.Errorf("the heap has grown from %d to %d bytes", before, now)
		}
		if i > 1 && runtime.NumGoroutine() > goroutines {
			t.Errorf("%d goroutines, there were %d", runtime.NumGoroutine(), goroutines)
		}
	}
	w.heal()
	w.inspect()
	for _, wrong := range w.wrong {
		t.Error(wrong)
	}
}

// halfHour is one of the ordinary house.
func (w *world) halfHour() {
	hours := int(w.now.Sub(begin).Hours())
	switch {
	case w.now.Minute() >= 30:
	case hours%48 == 7:
		w.home.stop()
		w.after(30*time.Second, w.home.start)
	case hours%48 == 31:
		w.adapter.stop()
		w.after(5*time.Second, w.adapter.start)
	case hours%24 == 3:
		w.evcc.stop()
		w.after(20*time.Second, w.evcc.start)
	case hours%3 == 0:
		w.evcc.step(simulator.Disconnect{Loadpoint: 2})
	case hours%3 == 1:
		w.evcc.step(simulator.Connect{Loadpoint: 2, Vehicle: "vehicle_1"})
		w.evcc.step(simulator.Charge{Loadpoint: 2})
	}
	w.command()
	w.pass(30 * time.Minute)
}
