package faults

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"evcc-discovery/internal/bridge/step"
)

// deleted holds that nothing is taken for deleted by the user but what the user has deleted: it would stay away.
func (a *adapter) deleted(n step.Note) {
	if i := slices.Index(n.Fields, "device"); strings.HasPrefix(n.Text, "device deleted in Home Assistant") && i >= 0 && !a.w.deleted[n.Fields[i+1]] {
		a.w.fault("nobody has deleted %s", n.Fields[i+1])
	}
}

// absences are ways for the program to be away, each with the way back.
var absences = []struct{ leave, back func(w *world) }{
	{func(w *world) { w.adapter.stop() }, func(w *world) { w.adapter.start() }},
	{func(w *world) { w.adapter.kill() }, func(w *world) { w.adapter.start() }},
	{func(w *world) { w.adapter.stop(); clear(w.adapter.known) }, func(w *world) { w.adapter.start() }},
	{func(w *world) { w.adapter.peer.cut(); w.adapter.peer.retry = time.Time{} }, func(w *world) { w.adapter.peer.connect(0) }},
}

// meanwhile is what else may happen before or after the user deletes something.
var meanwhile = []func(w *world){
	func(*world) {},
	func(w *world) { w.broker.stop(); w.pass(3 * time.Second); w.broker.start(true) },
	func(w *world) { w.home.stop(); w.pass(3 * time.Second); w.home.start() },
	func(w *world) { w.evcc.stop(); w.pass(3 * time.Second); w.evcc.start() },
	func(w *world) { w.evcc.kill() },
}

// TestDeletedWhileAway: what the user deletes while the program is away stays away, and nothing else does.
func TestDeletedWhileAway(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		w := newWorld(seed)
		script := rand.New(rand.NewPCG(seed, 13))
		other := func() {
			meanwhile[script.IntN(len(meanwhile))](w)
			w.pass(20 * time.Second)
		}
		w.evcc.start()
		w.home.start()
		w.adapter.start()
		w.pass(2 * time.Minute)
		absence := absences[script.IntN(len(absences))]
		absence.leave(w)
		w.pass(5 * time.Second)
		other()
		before := slices.Sorted(maps.Keys(w.home.devices()))
		w.deleteDevice()
		w.pass(time.Second) // it reaches the broker
		other()
		w.evcc.start()
		absence.back(w)
		w.pass(settling)
		if !w.removed {
			t.Fatalf("seed %d: the user has deleted nothing", seed)
		}
		for _, topic := range before {
			if there := w.broker.retained[topic] != ""; there == w.deleted[topic] {
				w.fault("deleted %t, and on the broker %t: %s", w.deleted[topic], there, topic)
			}
		}
		w.home.peer.publish(message{base + "/adapter/rediscover/set", "PRESS", false})
		w.pass(time.Minute)
		if after := slices.Sorted(maps.Keys(w.home.devices())); !slices.Equal(before, after) {
			w.fault("there were %q, after Rediscover there are %q", before, after)
		}
		if len(w.wrong) > 0 {
			t.Errorf("seed %d:\n%s\n\n%s", seed, strings.Join(w.wrong, "\n"), strings.Join(w.log, "\n"))
		}
	}
}
