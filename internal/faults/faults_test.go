package faults

import (
	"flag"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"evcc-discovery/internal/simulator"
)

var (
	seed = flag.Uint64("seed", 1, "of the first run")
	runs = flag.Int("runs", 30, "how many runs, each with the next seed")
)

const (
	mostFaults = 20
	settling   = 4 * time.Minute // evcc may take a minute for a title, and a round and more to tell that something is gone
)

// fault is something that goes wrong, or that somebody does.
type fault struct {
	name string
	do   func(w *world)
}

var catalogue = []fault{
	{"evcc is killed", func(w *world) { w.evcc.kill() }},
	{"evcc stops", func(w *world) { w.evcc.stop() }},
	{"evcc starts", func(w *world) { w.evcc.start() }},
	{"evcc restarts", func(w *world) { w.evcc.stop(); w.after(w.between(2*time.Second, 20*time.Second), w.evcc.start) }},
	{"evcc crashes and restarts", func(w *world) { w.evcc.kill(); w.after(w.between(0, 10*time.Second), w.evcc.start) }},
	{"evcc loses its connection", func(w *world) { w.evcc.peer.cut() }},
	{"evcc is replaced by a newer version", func(w *world) {
		w.evcc.stop()
		w.after(w.between(2*time.Second, 20*time.Second), func() {
			w.evcc.kill() // if somebody started it meanwhile
			w.evcc.upgrade()
			w.evcc.start()
		})
	}},
	{"a loadpoint is added", (*world).addLoadpoint},
	{"a loadpoint is removed", (*world).removeLoadpoint},
	{"a loadpoint is renamed", (*world).renameLoadpoint},
	{"a vehicle is added", (*world).addVehicle},
	{"the user deletes a device", (*world).deleteDevice},
	{"Home Assistant is killed", func(w *world) { w.home.kill() }},
	{"Home Assistant stops", func(w *world) { w.home.stop() }},
	{"Home Assistant starts", func(w *world) { w.home.start() }},
	{"Home Assistant restarts", func(w *world) { w.home.stop(); w.after(w.between(3*time.Second, 30*time.Second), w.home.start) }},
	{"Home Assistant loses its connection", (*world).cutHome},
	{"the broker restarts", func(w *world) {
		w.broker.stop()
		w.after(w.between(time.Second, 20*time.Second), func() { w.broker.start(true) })
	}},
	{"the broker restarts without memory", func(w *world) {
		w.broker.stop()
		w.after(w.between(time.Second, 20*time.Second), func() { w.broker.start(false) })
	}},
	{"the broker crashes", func(w *world) {
		w.broker.kill()
		w.after(w.between(time.Second, 20*time.Second), func() { w.broker.start(true) })
	}},
	{"the broker crashes and comes back with what it had a while ago", func(w *world) {
		w.broker.save()
		w.after(w.between(time.Second, 2*time.Minute), func() {
			w.broker.gone()
			w.after(w.between(time.Second, 20*time.Second), func() { w.broker.start(true) })
		})
	}},
	{"the adapter is killed", func(w *world) { w.adapter.kill() }},
	{"the adapter stops", func(w *world) { w.adapter.stop() }},
	{"the adapter starts", func(w *world) { w.adapter.start() }},
	{"the adapter restarts", func(w *world) { w.adapter.stop(); w.after(w.between(time.Second, 10*time.Second), w.adapter.start) }},
	{"the adapter crashes and restarts", func(w *world) { w.adapter.kill(); w.after(w.between(0, 10*time.Second), w.adapter.start) }},
	{"the adapter loses its state file", func(w *world) { clear(w.adapter.known) }},
	{"the adapter loses its connection", func(w *world) { w.adapter.peer.cut() }},
	{"the adapter loses its connection twice, and the broker its memory", func(w *world) {
		w.broker.stop()
		w.adapter.again = true
		w.after(w.between(time.Second, 20*time.Second), func() { w.broker.start(false) })
	}},
	{"messages come twice", func(w *world) { w.peers[w.rnd.IntN(len(w.peers))].twice = w.rnd.IntN(300) }},
	{"messages come late", func(w *world) {
		w.peers[w.rnd.IntN(len(w.peers))].slow = w.now.Add(w.between(0, 20*time.Second))
	}},
}

func (w *world) addLoadpoint() {
	if len(w.evcc.pending) < 4 {
		w.evcc.added++
		w.evcc.pending = append(slices.Clone(w.evcc.pending), "Added "+strconv.Itoa(w.evcc.added))
		w.restartEvcc()
	}
}

func (w *world) removeLoadpoint() {
	if n := len(w.evcc.pending); n > 1 {
		i := w.rnd.IntN(n)
		w.evcc.pending = slices.Delete(slices.Clone(w.evcc.pending), i, i+1)
		w.restartEvcc()
	}
}

// renameLoadpoint takes effect at once where evcc runs, else with its next start.
func (w *world) renameLoadpoint() {
	e := w.evcc
	i := w.rnd.IntN(len(e.titles))
	if !slices.Equal(e.titles, e.pending) || strings.HasPrefix(e.titles[i], "Added ") {
		return
	}
	e.added++
	e.pending = slices.Clone(e.titles)
	e.pending[i] = "Renamed " + strconv.Itoa(e.added)
	if e.on {
		e.step(simulator.SetTitle{Loadpoint: i + 1, Title: e.pending[i]})
	}
	if e.value(root+"/loadpoints/"+strconv.Itoa(i+1)+"/title") == e.pending[i] {
		e.titles = slices.Clone(e.pending)
	}
}

func (w *world) addVehicle() {
	e := w.evcc
	e.cars = append(e.cars, "New car "+strconv.Itoa(len(e.cars)+1))
	name := car(len(e.cars) - 1)
	e.step(simulator.AddVehicle{Name: name, Title: e.cars[len(e.cars)-1]})
	if e.value(root+"/vehicles/"+name+"/title") == "" { // it does not run
		e.cars = e.cars[:len(e.cars)-1]
	}
}

// cutHome spares the seconds of a removal's last run: that a connection was cut in them the broker tells too late.
func (w *world) cutHome() {
	for topic := range w.broker.retained {
		if strings.HasPrefix(topic, base+"/removal/") {
			return
		}
	}
	w.home.peer.cut()
}

func (w *world) deleteDevice() {
	devices := slices.Sorted(maps.Keys(w.home.devices()))
	if len(devices) > 0 && w.home.running && w.home.peer.session {
		topic := devices[w.rnd.IntN(len(devices))]
		w.say("user: deletes %s", topic)
		w.home.deletes(topic)
	}
}

func (w *world) restartEvcc() {
	w.evcc.stop()
	w.after(w.between(2*time.Second, 10*time.Second), w.evcc.start)
}

// command is what a user does between faults.
func (w *world) command() {
	controls := w.home.controls()
	if len(controls) == 0 {
		return
	}
	c := controls[w.rnd.IntN(len(controls))]
	if !w.home.available(&c) {
		return
	}
	payload := c.PayloadPress
	switch c.Platform {
	case "select":
		payload = c.Options[w.rnd.IntN(len(c.Options))]
	case "switch":
		payload = c.PayloadOn
	case "number":
		payload = strconv.Itoa(int(c.Min) + w.rnd.IntN(int(max(1, c.Max-c.Min))))
	}
	w.say("user: %s %s", c.CommandTopic, payload)
	w.home.peer.publish(message{c.CommandTopic, payload, false})
}

// TestFaults plays -runs scripts of at most 20 faults each. A run that fails tells its seed and its faults.
func TestFaults(t *testing.T) {
	next := make(chan uint64)
	var players sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		players.Go(func() {
			for s := range next {
				if problems, story := play(s); len(problems) > 0 {
					if !testing.Verbose() {
						story = slices.DeleteFunc(story, func(line string) bool { return !strings.Contains(line, "FAULT") })
					}
					t.Errorf("seed %d: play it again with\n\tgo test ./internal/faults -run TestFaults -runs 1 -v -seed %d\n%s\n\nthe faults:\n%s",
						s, s, strings.Join(problems, "\n"), strings.Join(story, "\n"))
				}
			}
		})
	}
	for i := range uint64(*runs) {
		next <- *seed + i
	}
	close(next)
	players.Wait()
}

// TestSameSeed: a seed would be of no use if the same one did not play the same run.
func TestSameSeed(t *testing.T) {
	w1, story1 := play(*seed)
	w2, story2 := play(*seed)
	if !slices.Equal(w1, w2) || !slices.Equal(story1, story2) {
		t.Errorf("two runs of seed %d differ: %q and %q", *seed, w1, w2)
	}
}

// play carries out one run and returns what is wrong at its end, and what happened.
func play(seed uint64) (problems, story []string) {
	w := newWorld(seed)
	script := rand.New(rand.NewPCG(seed, 11))
	for _, start := range []func(){w.evcc.start, w.adapter.start, w.home.start} {
		if script.IntN(4) > 0 {
			w.after(w.between(0, 20*time.Second), start)
		}
	}
	w.pass(time.Duration(script.Int64N(int64(90 * time.Second))))
	for range 1 + script.IntN(mostFaults) {
		f := catalogue[script.IntN(len(catalogue))]
		w.say("FAULT %s", f.name)
		f.do(w)
		w.pass(time.Duration(script.ExpFloat64() * float64(15*time.Second)))
		if script.IntN(2) == 0 {
			w.command()
			w.pass(time.Duration(script.ExpFloat64() * float64(time.Second)))
		}
	}
	w.heal()
	w.inspect()
	return w.wrong, w.log
}
