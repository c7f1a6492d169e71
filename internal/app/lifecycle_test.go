package app_test

import (
	"strings"
	"testing"

	"evcc-discovery/internal/simulator"
)

const (
	status = "evcc-discovery/status"
	ready  = "evcc-discovery/evcc/ready"
	places = "evcc-discovery/evcc/loadpoint/2@2/ready"
)

// evcc stops, starts and crashes; what we say follows it, and nothing of ours ever goes below its root.
func TestEvccComesAndGoes(t *testing.T) {
	t.Parallel()
	everyProfile(t, func(t *testing.T, tree string) {
		w := newWorld(t, tree)
		line := newTap(t, w.broker)
		evcc := w.up(t)
		a, log := newApp(line.broker)
		adapter := background(t, a.Run)
		w.devices(t, log)
		w.wait(t, ready, "online")
		before := ours(t, w.broker)

		w.evcc.Do(simulator.Stop{})
		w.wait(t, "evcc/status", "offline")
		if tree == newest && w.topic("evcc/loadpoints") != "" {
			t.Error("a stopped evcc leaves its loadpoints")
		}
		if err := evcc.wait(); err != nil {
			t.Error(err)
		}
		log.wait(t, "evcc is offline")

		evcc = w.up(t)
		log.wait(t, "evcc is online")
		w.wait(t, ready, "online")

		from := len(w.messages(0))
		w.evcc.Do(simulator.Crash{})
		w.wait(t, "evcc/status", "offline")
		w.wait(t, ready, "offline")
		if w.topic("evcc/loadpoints") == "" {
			t.Error("a crash blanks nothing")
		}
		if err := evcc.wait(); err != nil {
			t.Error(err)
		}
		evcc = w.up(t)
		w.wait(t, ready, "online")
		w.wait(t, places, "online")
		if got := w.payloads(ready, from); strings.Join(got, " ") != "offline online" {
			t.Errorf("ready went %q after a crash", got)
		}

		same(t, "after all that", before, ours(t, w.broker))
		adapter.stop()
		evcc.stop()
		for _, topic := range line.topics() {
			if !own(topic) {
				t.Errorf("the adapter published %s", topic)
			}
		}
	})
}

// payloads returns what was published on a topic, from a position on.
func (o *observer) payloads(topic string, from int) (all []string) {
	for _, m := range o.messages(from) {
		if m.Topic == topic && !m.Retained {
			all = append(all, string(m.Payload))
		}
	}
	return all
}

// What is added to evcc shows up while the adapter runs.
func TestNewDevicesAppear(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		w := newWorld(t, newest)
		evcc := w.up(t)
		_, log := w.published(t)
		before := w.configs()
		w.evcc.Do(simulator.AddVehicle{Name: "db:77", Title: "Yellow Ami"})
		w.until(t, "the new vehicle", func() bool { return w.shows("Yellow Ami") })

		w.evcc.Do(simulator.AddLoadpoint{Title: "Barn"})
		w.evcc.Do(simulator.Stop{})
		w.wait(t, "evcc/status", "offline") // its will, which must not come after the next start
		if err := evcc.wait(); err != nil {
			t.Error(err)
		}
		w.up(t)
		w.until(t, "the new loadpoint", func() bool { return w.shows("Barn") })
		if n := w.configs() - before; n != 2 {
			t.Errorf("%d devices are new, want 2\n%s", n, log)
		}
	})
}

// shows reports whether a device has a name.
func (o *observer) shows(name string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, payload := range o.known {
		if strings.Contains(payload, `"name":"`+name+`","manufacturer"`) {
			return true
		}
	}
	return false
}

// The adapter says when it is gone, in order or not; Home Assistant's values do not depend on it.
func TestStatus(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		w := newWorld(t, oldest)
		line := newTap(t, w.broker)
		w.up(t)
		a, log := newApp(line.broker)
		adapter := background(t, a.Run)
		w.devices(t, log)
		w.wait(t, status, "online")

		line.cut()
		w.wait(t, status, "offline") // the will
		w.wait(t, status, "online")
		if n := log.count("no connection to the broker"); n != 1 {
			t.Errorf("%d lines about a lost connection\n%s", n, log)
		}
		adapter.stop()
		kept := ours(t, w.broker)
		if kept[status] != "offline" || kept[ready] != "online" {
			t.Errorf("status %q, ready %q after an orderly end", kept[status], kept[ready])
		}
	})
}
