package faults

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge"
	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/problem"
	"evcc-discovery/translations"
)

const (
	base   = "evcc-discovery"
	prefix = "homeassistant"
	root   = "evcc"
	barn   = "barn" // of the second evcc
)

// words returns those of a language.
func words(language string) bridge.Words {
	w, err := translations.Load(language)
	if err != nil {
		panic(err) // they are embedded, and have tests of their own
	}
	return w
}

// settings are what its user has set.
type settings struct {
	roots    string // separated by commas
	readOnly bool
	language string
}

// adapter is the program: its core, driven as the loop drives it, and its state file.
type adapter struct {
	w       *world
	name    string
	peer    *peer
	core    *bridge.Core // nil while it does not run
	set     settings     // of this run
	started int
	known   map[string]discovery.Registry

	asked, answered int // commands of this run, and how many of them have ended
	lastEnd         string
	sent            map[string]time.Time // config topics of this run
	lost            map[string]bool      // topics of its own that the broker has forgotten, while it may still remember them
	back            time.Time            // since when it is connected
	steady          bool                 // it was settled before its last connection was lost
	again           bool                 // its next connection is lost within a second
	working         bool                 // it has said so
	standby         *problem.Shown       // it says that another is at work
	inherits        bool                 // it says that another's devices are kept
}

func newAdapter(w *world, name string) *adapter {
	a := &adapter{w: w, name: name, known: make(map[string]discovery.Registry), lost: make(map[string]bool)}
	a.peer = w.join(name, a, message{base + "/status", "offline", true})
	a.peer.spy = a.watch
	return a
}

func (a *adapter) start() {
	if a.core != nil {
		return
	}
	a.started++
	a.set = a.w.settings
	a.core = bridge.New(bridge.Settings{
		Roots: strings.Split(a.set.roots, ","), Base: base, Prefix: prefix, Words: words(a.set.language), ReadOnly: a.set.readOnly,
		Instance: fmt.Sprintf("%08x-%s-%d", a.w.rnd.Uint32(), a.name, a.started), Version: "1.0.0", Known: maps.Clone(a.known),
	})
	a.asked, a.answered, a.sent, a.back = 0, 0, make(map[string]time.Time), time.Time{}
	a.standby, a.inherits, a.steady = nil, false, false
	a.peer.connect(a.w.between(10*time.Millisecond, time.Second))
}

func (a *adapter) restart() {
	a.stop()
	a.w.after(a.w.between(time.Second, 10*time.Second), a.start)
}

// stop is SIGTERM.
func (a *adapter) stop() {
	if a.core == nil {
		return
	}
	a.carryOut(a.core.Goodbye())
	a.end()
	a.peer.leave()
}

func (a *adapter) kill() {
	a.end()
	a.peer.vanish()
}

func (a *adapter) darken() { // a power cut
	a.end()
	a.peer.darken()
}

func (a *adapter) end() {
	a.resign()
	a.core, a.working = nil, false
}

// resign: what it had no time to publish again after the broker's loss of memory, nobody knows any more.
func (a *adapter) resign() {
	a.w.evcc.watched = false
	if !a.peer.session || !a.settled() {
		maps.Copy(a.w.gone, a.lost)
	}
	clear(a.lost)
}

// settled: it has been at work for long enough to know all its topics.
func (a *adapter) settled() bool {
	return a.core != nil && a.standby == nil && !a.back.IsZero() && a.w.now.Sub(a.back) > 30*time.Second
}

// remembers: it has been settled in this run.
func (a *adapter) remembers() bool {
	return a.core != nil && a.standby == nil && (a.steady || a.settled())
}

func (a *adapter) up() {
	a.back = a.w.now
	if a.again {
		a.again = false
		a.w.after(a.w.between(0, time.Second), a.peer.cut)
	}
	a.handle(step.Event{Kind: step.Connected})
}

func (a *adapter) down() {
	a.w.evcc.watched = false
	a.steady, a.back = a.remembers(), time.Time{}
	a.handle(step.Event{Kind: step.Lost})
	a.working = false
}

func (a *adapter) take(m message) {
	if strings.HasPrefix(m.topic, base+"/") && strings.HasSuffix(m.topic, "/set") && m.payload != "" && !m.retained &&
		!strings.HasPrefix(m.topic, base+"/adapter/") && a.standby == nil {
		a.asked++ // of nobody, when it says goodbye: the next run counts anew
	}
	a.handle(step.Event{Kind: step.Received, Topic: m.topic, Payload: []byte(m.payload), Retained: m.retained})
}

func (a *adapter) next() time.Time {
	if a.core == nil {
		return time.Time{}
	}
	return a.core.Next()
}

func (a *adapter) tick() { a.handle(step.Event{Kind: step.Tick}) }

func (a *adapter) handle(e step.Event) {
	if a.core == nil {
		return // it says goodbye
	}
	e.At = a.w.now
	core := a.core
	a.carryOut(core.Step(e))
	if status := core.Status(); status != nil {
		a.wrong(status.Problems)
	}
	a.w.alone()
}

func (a *adapter) carryOut(actions []step.Action) {
	for _, action := range actions {
		switch {
		case action.Note != nil:
			a.note(*action.Note)
		case action.Publish != nil:
			a.space(action.Publish.Topic)
			if strings.HasSuffix(action.Publish.Topic, "/config") || strings.Contains(action.Publish.Topic, "/removal/") {
				a.w.say("%s: > %s, %d bytes", a.name, action.Publish.Topic, len(action.Publish.Payload))
			}
			if action.Publish.Topic == base+"/status" {
				a.working = action.Publish.Payload == "online"
			}
			a.peer.publish(message{action.Publish.Topic, action.Publish.Payload, action.Publish.Retain})
		case action.Store != nil:
			var r discovery.Registry
			if err := r.Decode(action.Store.Registry); err != nil {
				a.w.fault("a registry to store cannot be read: %v", err)
			}
			a.known[action.Store.Root] = r
		default:
			for _, filter := range append(action.Subscribe, action.Ask...) {
				a.peer.subscribe(filter)
			}
		}
	}
}

// ends are the notes with which a command ends.
var ends = map[string]bool{
	"command accepted": true, "command refused": true, "command replaced by a newer one": true, "command unanswered": true, "command dropped": true,
}

func (a *adapter) note(n step.Note) {
	a.deleted(n)
	if own := func(field string) bool { return strings.HasPrefix(field, base+"/adapter/") }; ends[n.Text] && a.standby == nil && !slices.ContainsFunc(n.Fields, own) {
		a.answered++
		a.lastEnd = n.Text
	}
	if !a.w.quiet {
		a.w.notes = append(a.w.notes, n)
	}
	a.w.say("%s: %s %q", a.name, n.Text, n.Fields)
}

// wrong takes what it says is wrong.
func (a *adapter) wrong(list []problem.Shown) {
	waited := a.standby != nil
	a.standby, a.inherits = nil, false
	for _, p := range list {
		a.inherits = a.inherits || p.Code == problem.OtherSettings
		if p.Code == problem.Standby {
			a.standby = &p
		}
	}
	if a.standby != nil && !waited {
		a.resign()
		a.working, a.steady = false, false
	}
}
