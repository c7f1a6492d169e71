package app_test

import (
	"cmp"
	"context"
	"flag"
	"io"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"evcc-discovery/internal/mqtt"
)

var soak = flag.Duration("soak", 0, "how long TestRealHour runs")

// TestRealHour runs the embedded setup (broker, simulated evcc and program in one process, a car that comes and goes) in real
// time, and watches memory and goroutines, which must stay where they are:
//
//	go test ./internal/app -run TestRealHour -soak 1h -timeout 2h -v
func TestRealHour(t *testing.T) {
	if *soak == 0 {
		t.Skip("takes as long as it is told: -soak 1h")
	}
	a, _ := newApp(mqtt.Options{URL: "mqtt://nowhere.invalid:1"})
	a.Out, a.Log = io.Discard, zerolog.Nop()
	r := background(t, func(ctx context.Context) error { return a.Demo(ctx, nil) })
	const samples = 30
	every := time.NewTicker(*soak / samples)
	defer every.Stop()
	var seen []usage
	for i := range samples {
		select {
		case <-every.C:
		case <-r.done:
			t.Fatalf("the demo ended: %v", r.err)
		}
		now := measure()
		seen = append(seen, now)
		t.Logf("%v: heap %d kB, %d goroutines", *soak/samples*time.Duration(i+1), now.heap/1000, now.goroutines)
	}
	least(seen[samples-5:]).flat(t, least(seen[2:7])) // by the second sample everything is there
}

// least is what is left in the quietest moment: a car that arrives takes some for a second.
func least(seen []usage) usage {
	return slices.MinFunc(seen, func(a, b usage) int { return cmp.Compare(a.heap, b.heap) })
}

// usage is what the process has in use after a garbage collection.
type usage struct {
	heap       uint64
	goroutines int
}

func measure() usage {
	runtime.GC()
	runtime.GC() // finalizers of the first have run
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return usage{m.HeapAlloc, runtime.NumGoroutine()}
}

// flat holds that nothing has grown since: a tenth, and half a megabyte that comes and goes.
func (u usage) flat(t *testing.T, first usage) {
	t.Helper()
	if u.heap > first.heap+first.heap/10+500_000 {
		t.Errorf("the heap has grown from %d to %d bytes", first.heap, u.heap)
	}
	if u.goroutines > first.goroutines+2 { // connections of the moment
		t.Errorf("goroutines have grown from %d to %d", first.goroutines, u.goroutines)
	}
}
