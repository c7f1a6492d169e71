package faults

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"evcc-discovery/internal/bridge"
	"evcc-discovery/internal/bridge/step"
)

// flooded is a core beside a running evcc that gets more than any evcc sends.
type flooded struct {
	core *bridge.Core
	now  time.Time
	said []string // problems that the log names
}

func newFlooded() *flooded {
	f := &flooded{core: bridge.New(bridge.Settings{Roots: []string{root}, Base: base, Prefix: prefix, Words: words("en"), Version: "1.0.0"}), now: begin}
	f.handle(step.Event{Kind: step.Connected})
	w := newWorld(1)
	w.evcc.start()
	w.pass(30 * time.Second)
	for topic, payload := range w.broker.retained {
		f.receive(topic, payload)
	}
	f.pass(10 * time.Second)
	return f
}

func (f *flooded) handle(e step.Event) {
	e.At = f.now
	for _, a := range f.core.Step(e) {
		if a.Note != nil && a.Note.Level >= step.Warn {
			f.said = append(f.said, a.Note.Text)
		}
	}
}

func (f *flooded) receive(topic, payload string) {
	f.handle(step.Event{Kind: step.Received, Topic: topic, Payload: []byte(payload)})
}

// pass lets time go by, second by second, while evcc lives.
func (f *flooded) pass(d time.Duration) {
	for end := f.now.Add(d); f.now.Before(end); f.now = f.now.Add(time.Second) {
		f.receive(root+"/site/homePower", "500")
		f.handle(step.Event{Kind: step.Tick})
	}
}

// heap is what is in use, in bytes.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestFloods: whoever writes under evcc's root, or under ours, the program's memory stays bounded, it answers, and where
// something is not looked at any more it says so.
func TestFloods(t *testing.T) {
	const megabyte = 1 << 20
	for _, flood := range []struct {
		name  string
		pour  func(f *flooded)
		bound uint64 // of the memory that it takes
		named string // what the log must say; empty: nothing is lost
	}{
		{"1,000 unknown topics a second, for five minutes", func(f *flooded) {
			for second := range 300 {
				for i := range 1000 {
					f.receive(fmt.Sprintf("%s/site/unknown/%d", root, second*1000+i), "42")
				}
				f.pass(time.Second)
			}
		}, 16 * megabyte, "Too many topics"},
		{"1,000 unknown numbers a second on a loadpoint", func(f *flooded) {
			for second := range 60 {
				for i := range 1000 {
					f.receive(fmt.Sprintf("%s/loadpoints/1/unknown%d", root, second*1000+i), "42")
				}
				f.pass(time.Second)
			}
		}, 16 * megabyte, "Too many topics"},
		{"payloads of a megabyte", func(f *flooded) {
			payload := strings.Repeat("x", megabyte)
			for i := range 20 {
				f.receive(fmt.Sprintf("%s/site/long%d", root, i), payload)
				f.receive(root+"/loadpoints/1/title", payload)
				f.receive(base+"/evcc/loadpoint/1/mode/set", payload)
				f.receive(prefix+"/status", payload)
			}
			f.pass(20 * time.Second)
		}, 4 * megabyte, ""},
		{"100,000 vehicles", func(f *flooded) {
			for i := range 100_000 {
				f.receive(fmt.Sprintf("%s/vehicles/db:%d/title", root, i), fmt.Sprintf("Car %d", i))
			}
			f.pass(20 * time.Second)
		}, 32 * megabyte, "Too many topics"},
		{"100,000 topics below ours", func(f *flooded) {
			for i := range 100_000 {
				f.receive(fmt.Sprintf("%s/rubbish/%d", base, i), "42")
				f.receive(fmt.Sprintf("%s/device/%s/rubbish_%d/config", prefix, base, i), "{}")
			}
			f.pass(20 * time.Second)
		}, 16 * megabyte, ""},
		{"100,000 commands", func(f *flooded) {
			for i := range 100_000 {
				f.receive(fmt.Sprintf("%s/evcc/loadpoint/%d/mode/set", base, i), "now")
			}
			f.pass(20 * time.Second)
		}, 16 * megabyte, ""},
	} {
		t.Run(flood.name, func(t *testing.T) {
			f := newFlooded()
			before, began := heap(), time.Now()
			flood.pour(f)
			took := time.Since(began)
			after := heap()
			grown := int64(after) - int64(before)
			t.Logf("the heap has grown by %d kB; %.1f s of work", grown/1000, took.Seconds())
			if grown > int64(flood.bound) {
				t.Errorf("the heap has grown by %d bytes, %d at most are right", grown, flood.bound)
			}
			if named := func(text string) bool { return strings.HasPrefix(text, flood.named) }; flood.named != "" && !slices.ContainsFunc(f.said, named) {
				t.Errorf("nothing named it %q; the log says %q", flood.named, f.said[:min(10, len(f.said))])
			}
			runtime.KeepAlive(f)
		})
	}
}
