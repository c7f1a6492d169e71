package simulator

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

const (
	heartbeat    = time.Second      // least distance of two `updated`
	batteryReset = 60 * time.Second // an external battery mode lasts that long
)

// Options choose how an [Evcc] behaves; the zero value is an evcc with topic
// `evcc` and an interval of 3 s whose values move.
type Options struct {
	Root       string        // topic, may have several levels; default "evcc"
	Interval   time.Duration // control interval; default 3 s (a real evcc: 30 s)
	Seed       uint64        // of the random moves
	Still      bool          // measured values keep their last value; see [Hold]
	Demo       bool          // a vehicle arrives, charges and leaves on loadpoint 2, again and again
	StartDelay time.Duration // between `status online` and the blanking, when a real evcc starts its devices (0..10 s)
	Pause      time.Duration // silence after the blanking at start and stop; default 1 s
}

// Evcc is the pure core of a simulated evcc. It is not safe for concurrent
// use; [Driver] is.
type Evcc struct {
	opt     Options
	version version
	origin  Tree // as given: names of topics, defaults that a restart restores
	state   Tree // evcc's memory and database: survives a restart
	shown   Tree // what is on the broker of it, and `status`

	now       time.Time
	out       []Action
	rnd       *rand.Rand
	patterns  map[string]bool    // see known
	cadences  map[string]cadence // see cadence
	connected bool               // to the broker
	updated   time.Time

	phase     phase
	due       time.Time // end of the present phase, zero if it has none
	blanked   map[string]bool
	nextCycle time.Time
	next      int // loadpoint of the next cycle, from 0
	stretch   int // intervals that a cycle takes; 0 is 1

	loadpoints []*loadpoint
	settable   map[string]command // by key of the set topic: those subscribed since the start
	cars       map[string]*car
	world      world
	batteryDue time.Time // when the external battery mode ends
	demo       demo
	restart    []func(*Evcc) // changes of the configuration, made at the next start
}

// New returns an evcc that is switched off; the first input is [Start].
func New(tree Tree, opt Options) (*Evcc, error) {
	if _, err := strconv.Atoi(tree["loadpoints"]); err != nil {
		return nil, errors.New("tree has no count of loadpoints")
	}
	opt.Root = strings.Trim(opt.Root, "/")
	if opt.Root == "" {
		opt.Root = "evcc"
	}
	if opt.Interval <= 0 {
		opt.Interval = 3 * time.Second
	}
	if opt.Pause <= 0 {
		opt.Pause = time.Second
	}
	e := &Evcc{
		opt:      opt,
		version:  versionOf(tree),
		origin:   tree,
		state:    Tree{},
		shown:    Tree{},
		rnd:      rand.New(rand.NewPCG(opt.Seed, 1)),
		patterns: map[string]bool{},
		cadences: map[string]cadence{},
		cars:     map[string]*car{},
	}
	for key, payload := range tree {
		if key != "status" && key != "updated" && !strings.HasSuffix(key, "/set") {
			e.state[key] = payload
		}
	}
	e.world.learn(e.state)
	return e, nil
}

// Step moves the clock to now, does everything that has become due, then takes
// the input. now must not go back.
func (e *Evcc) Step(now time.Time, in Input) []Action {
	for due := e.Next(); !due.IsZero() && !due.After(now); due = e.Next() {
		e.now = due
		e.fire(now)
	}
	e.now = now
	in.apply(e)
	out := e.out
	e.out = nil
	return out
}

// Next is when something becomes due, zero if nothing will without an input.
func (e *Evcc) Next() time.Time {
	if e.phase != running {
		return e.due
	}
	next := e.nextCycle
	for _, t := range []time.Time{e.batteryDue, e.demo.due} {
		if !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	return next
}

// fire does what is due at e.now. A computer that slept does not get the missed
// cycles.
func (e *Evcc) fire(now time.Time) {
	switch {
	case e.phase != running:
		e.endPhase()
	case !e.batteryDue.IsZero() && !e.batteryDue.After(e.now):
		e.batteryDue = time.Time{}
		e.put("site/batteryModeExternal", "unknown")
	case !e.demo.due.IsZero() && !e.demo.due.After(e.now):
		e.demoStep()
	default:
		e.nextCycle = e.now.Add(e.opt.Interval * time.Duration(max(1, e.stretch)))
		if now.Sub(e.nextCycle) > time.Hour {
			e.nextCycle = now
		}
		e.roundRobin()
	}
}

// Will is the last will of evcc's connection: QoS 1, retained.
func (e *Evcc) Will() (topic, payload string) { return e.topic("status"), "offline" }

// Root is the root topic.
func (e *Evcc) Root() string { return e.opt.Root }

// Value is the retained payload of a key below the root, as evcc published it;
// false if evcc has not published it since its start. It includes `status`.
func (e *Evcc) Value(key string) (string, bool) {
	payload, ok := e.shown[key]
	return payload, ok
}

// Tree is a copy of all that [Evcc.Value] knows.
func (e *Evcc) Tree() map[string]string {
	out := make(map[string]string, len(e.shown))
	for key, payload := range e.shown {
		out[key] = payload
	}
	return out
}
