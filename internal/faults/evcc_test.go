package faults

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/internal/simulator"
)

// evcc is the simulated evcc of a small house: two loadpoints, two vehicles, a battery, a PV system; all loadpoints charge.
// The second one has a loadpoint and no vehicles.
type evcc struct {
	w         *world
	root      string
	peer      *peer
	core      *simulator.Evcc
	on        bool
	tree      string // it was made from
	version   int    // its place among the trees
	titles    []string
	pending   []string // titles after the next start
	cars      []car    // vehicles that were added
	added     int
	published map[string]bool
	watched   bool                 // when it crashed the program was there to see it, and has been since
	forgotten bool                 // the broker has lost some of what evcc said since its start
	erased    map[string]time.Time // topics that it has emptied
	charged   map[string]bool      // topics that said in this run that a car charges
	ended     map[string]time.Time // when it ended, by topic
}

// car is a vehicle that was added: evcc's name of it, and its title.
type car struct{ name, title string }

const interval = 10 * time.Second

func newEvcc(w *world, root string, titles ...string) *evcc {
	e := &evcc{w: w, root: root, titles: titles, published: make(map[string]bool), ended: make(map[string]time.Time), erased: make(map[string]time.Time)}
	e.pending = e.titles
	e.peer = w.join(root, e, message{root + "/status", "offline", true})
	e.peer.spy = func(m message) { e.published[m.topic] = true }
	trees := simulator.Trees()
	e.version = w.rnd.IntN(len(trees))
	e.install(trees[e.version])
	return e
}

// install puts another version in its place, with the same loadpoints; it must be off.
func (e *evcc) install(tree string) {
	content, err := simulator.Open(tree)
	if err != nil {
		panic(err) // it is embedded
	}
	e.tree = tree
	e.core, err = simulator.New(e.furnish(content), simulator.Options{
		Root: e.root, Interval: interval, Still: true, StartDelay: e.w.between(0, 5*time.Second), Seed: e.w.rnd.Uint64(),
	})
	if err != nil {
		panic(err) // it has loadpoints
	}
}

// furnish leaves what a small house has of a captured tree, and gives it the loadpoints that it has now.
func (e *evcc) furnish(full simulator.Tree) simulator.Tree {
	small := make(simulator.Tree)
	named := full["loadpoints/1/name"] != ""
	for key, payload := range full {
		first, rest, _ := strings.Cut(key, "/")
		object, name, _ := strings.Cut(rest, "/")
		switch {
		case first == "vehicles" && rest != "" && (e.root == barn || object != "vehicle_1" && object != "vehicle_2"):
		case strings.HasPrefix(key, "site/forecast/") && len(payload) > 200:
			small[key] = "[]"
		case first == "loadpoints" && rest != "":
			if object != "1" {
				continue
			}
			for i, title := range e.titles {
				payload := payload
				switch {
				case name == "title":
					payload = title
				case name == "name" && named:
					payload = e.name(title, i)
				case strings.HasPrefix(name, "vehicleName"), strings.HasPrefix(name, "vehicleTitle"):
					payload = ""
				}
				small[fmt.Sprintf("loadpoints/%d/%s", i+1, name)] = payload
			}
		default:
			small[key] = payload
		}
	}
	for _, c := range e.cars {
		for _, key := range slices.Collect(maps.Keys(small)) {
			if name, ok := strings.CutPrefix(key, "vehicles/vehicle_1/"); ok {
				small["vehicles/"+c.name+"/"+name] = small[key]
			}
		}
		small["vehicles/"+c.name+"/title"] = c.title
	}
	small["loadpoints"] = strconv.Itoa(len(e.titles))
	small["vehicles"] = strconv.Itoa(2 + len(e.cars))
	if e.root == barn {
		small["vehicles"], small["site/siteTitle"] = "0", "Farm"
	}
	return small
}

// name is what newer evccs call a loadpoint: by its place where it stands in a file, for ever where it was made in the
// web interface.
func (e *evcc) name(title string, i int) string {
	if n, ok := strings.CutPrefix(title, "Added "); ok {
		return "db:" + n
	}
	return "lp-" + strconv.Itoa(i+1)
}

func (e *evcc) start() {
	if e.on {
		return
	}
	if !slices.Equal(e.titles, e.pending) { // as evcc reads its configuration
		e.titles = slices.Clone(e.pending)
		e.install(e.tree)
	}
	e.on, e.forgotten, e.charged = true, false, make(map[string]bool)
	e.step(simulator.Start{})
	e.peer.connect(500 * time.Millisecond)
}

func (e *evcc) stop() { e.step(simulator.Stop{}) }

func (e *evcc) kill() {
	if !e.on {
		return
	}
	worker := e.w.worker()
	e.on, e.watched = false, worker != nil && worker.settled() && worker.peer.session && e.peer.session && (e.root == root || e.w.roots != root)
	e.core.Step(e.w.now, simulator.Crash{})
	e.peer.vanish()
	if e.watched && e.version == 0 { // it empties nothing, but the program has been told
		for topic := range e.charged {
			e.erased[topic] = e.w.now
		}
	}
}

// darken is a power cut where it runs: for some time nobody can know.
func (e *evcc) darken() {
	if e.on {
		e.on, e.watched = false, false
		e.core.Step(e.w.now, simulator.Crash{})
		e.peer.darken()
	}
}

// upgrade replaces an evcc that is off.
func (e *evcc) upgrade() {
	trees := simulator.Trees()
	clear(e.erased)
	e.version += e.w.rnd.IntN(len(trees) - e.version)
	e.titles = slices.Clone(e.pending)
	e.install(trees[e.version])
}

func (e *evcc) up()   { e.step(simulator.Up{}) }
func (e *evcc) tick() { e.step(simulator.Tick{}) }

// down: what evcc says meanwhile it does not say again.
func (e *evcc) down() {
	e.step(simulator.Down{})
	e.forgotten = true
}

func (e *evcc) take(m message) {
	if m.payload != "" {
		e.step(simulator.Message{Topic: m.topic, Payload: m.payload, Retained: m.retained})
	}
}

func (e *evcc) next() time.Time {
	if !e.on {
		return time.Time{}
	}
	return e.core.Next()
}

func (e *evcc) step(in simulator.Input) {
	for _, a := range e.core.Step(e.w.now, in) {
		switch a.Op {
		case simulator.Publish:
			e.charging(a.Topic, a.Payload)
			e.peer.publish(message{a.Topic, a.Payload, a.Retain})
		case simulator.Subscribe:
			for _, f := range a.Filters {
				e.peer.subscribe(f)
			}
		case simulator.Unsubscribe:
			for _, f := range a.Filters {
				e.peer.unsubscribe(f)
			}
		case simulator.Drop:
			e.on, e.watched = false, false
			e.peer.retry = time.Time{}
			e.peer.send(message{}, aDrop)
		}
	}
}

// charging notes when a car has ended to charge: in this run, because a start is no end. This evcc is worse than any that
// was seen: before it has asked a charger for the first time, it says that it does not charge, where it could have told
// Home Assistant that it starts.
func (e *evcc) charging(topic, payload string) {
	switch {
	case !strings.HasSuffix(topic, "/charging"):
	case payload == "true":
		if h := e.w.home; h.peer.session && h.since.Before(e.erased[topic]) && (e.version > 0 || e.watched) {
			e.peer.publish(message{topic, "false", true})
		}
		delete(e.erased, topic)
		e.charged[topic] = true
	case payload == "":
		e.erased[topic] = e.w.now
	case payload == "false" && e.charged[topic]:
		e.charged[topic], e.ended[topic] = false, e.w.now
	}
}

// value is what evcc has published.
func (e *evcc) value(topic string) string {
	v, _ := e.core.Value(strings.TrimPrefix(topic, e.root+"/"))
	return v
}
