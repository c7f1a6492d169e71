package faults

import (
	"maps"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge"
	"evcc-discovery/translations"
)

const (
	base   = "evcc-discovery"
	prefix = "homeassistant"
	root   = "evcc"
)

var words = func() bridge.Words {
	w, err := translations.Load("en")
	if err != nil {
		panic(err) // they are embedded, and have tests of their own
	}
	return w
}()

// adapter is the program: its core, driven as the loop drives it, and its state file.
type adapter struct {
	w     *world
	peer  *peer
	core  *bridge.Core // nil while it does not run
	known map[string]discovery.Registry

	asked, answered int // commands of this run, and how many of them have ended
	lastEnd         string
	sent            map[string]time.Time // config topics of this run
	notes           []bridge.Note        // all of them, over all runs
	lost            map[string]bool      // topics of its own that the broker has forgotten, while it may still remember them
	gone            map[string]bool      // the same once nobody can know them any more
	back            time.Time            // when it was connected last
	again           bool                 // its next connection is lost within a second
}

func newAdapter(w *world) *adapter {
	a := &adapter{w: w, known: make(map[string]discovery.Registry), lost: make(map[string]bool), gone: make(map[string]bool)}
	a.peer = w.join("adapter", a, message{base + "/status", "offline", true})
	a.peer.spy = a.watch
	return a
}

func (a *adapter) start() {
	if a.core != nil {
		return
	}
	a.core = bridge.New(bridge.Settings{
		Roots: []string{root}, Base: base, Prefix: prefix, Words: words, Version: "1.0.0", Known: maps.Clone(a.known),
	})
	a.asked, a.answered, a.sent, a.back = 0, 0, make(map[string]time.Time), time.Time{}
	a.peer.connect(a.w.between(10*time.Millisecond, time.Second))
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

// end: what it had no time to publish again after the broker's loss of memory, nobody knows any more.
func (a *adapter) end() {
	a.w.evcc.watched = false
	if !a.peer.session || !a.settled() {
		maps.Copy(a.gone, a.lost)
	}
	a.core = nil
	clear(a.lost)
}

// settled: it has been connected for long enough to know all its topics.
func (a *adapter) settled() bool {
	return a.core != nil && !a.back.IsZero() && a.w.now.Sub(a.back) > 30*time.Second
}

// robbed: the broker has forgotten one of its topics.
func (a *adapter) robbed(topic string) {
	if !a.settled() {
		a.gone[topic] = true
		return
	}
	a.lost[topic] = true
}

func (a *adapter) up() {
	a.back = a.w.now
	if a.again {
		a.again = false
		a.w.after(a.w.between(0, time.Second), a.peer.cut)
	}
	a.step(bridge.Event{Kind: bridge.Connected})
}

func (a *adapter) down() {
	a.w.evcc.watched = false
	a.step(bridge.Event{Kind: bridge.Lost})
}

func (a *adapter) take(m message) {
	if strings.HasPrefix(m.topic, base+"/") && strings.HasSuffix(m.topic, "/set") && m.payload != "" && !m.retained &&
		!strings.HasPrefix(m.topic, base+"/adapter/") {
		a.asked++ // of nobody, when it says goodbye: the next run counts anew
	}
	a.step(bridge.Event{Kind: bridge.Received, Topic: m.topic, Payload: []byte(m.payload), Retained: m.retained})
}

func (a *adapter) next() time.Time {
	if a.core == nil {
		return time.Time{}
	}
	return a.core.Next()
}

func (a *adapter) tick() { a.step(bridge.Event{Kind: bridge.Tick}) }

func (a *adapter) step(e bridge.Event) {
	if a.core == nil {
		return // it says goodbye
	}
	e.At = a.w.now
	a.carryOut(a.core.Step(e))
}

func (a *adapter) carryOut(actions []bridge.Action) {
	for _, action := range actions {
		switch {
		case action.Note != nil:
			a.note(*action.Note)
		case action.Publish != nil:
			a.space(action.Publish.Topic)
			if strings.HasSuffix(action.Publish.Topic, "/config") || strings.Contains(action.Publish.Topic, "/removal/") {
				a.w.say("adapter: > %s, %d bytes", action.Publish.Topic, len(action.Publish.Payload))
			}
			a.peer.publish(message{action.Publish.Topic, action.Publish.Payload, action.Publish.Retain})
		case action.Store != nil:
			var r discovery.Registry
			if err := r.Decode(action.Store.Registry); err != nil {
				a.w.fault("a registry to store cannot be read: %v", err)
			}
			a.known[action.Store.Root] = r
		default:
			for _, filter := range action.Subscribe {
				a.peer.subscribe(filter)
			}
		}
	}
}

// space: Home Assistant loses components when a device's messages come too soon after each other.
func (a *adapter) space(topic string) {
	if !strings.HasPrefix(topic, prefix+"/device/") {
		return
	}
	if last, ok := a.sent[topic]; ok && a.w.now.Sub(last) < 5*time.Second {
		a.w.fault("two messages within %v for %s", a.w.now.Sub(last), topic)
	}
	a.sent[topic] = a.w.now
}

// ends are the notes with which a command ends.
var ends = map[string]bool{
	"command accepted": true, "command refused": true, "command replaced by a newer one": true, "command unanswered": true, "command dropped": true,
}

func (a *adapter) note(n bridge.Note) {
	if ends[n.Text] {
		a.answered++
		a.lastEnd = n.Text
	}
	if !a.w.quiet {
		a.notes = append(a.notes, n)
	}
	a.w.say("adapter: %s %q", n.Text, n.Fields)
}

// watch holds what the program may never publish.
func (a *adapter) watch(m message) {
	w := a.w
	switch {
	case strings.HasPrefix(m.topic, root+"/"):
		if m.retained || m.payload == "" || !strings.HasSuffix(m.topic, "/set") {
			w.fault("published under evcc's root: %s %q, retained %t", m.topic, m.payload, m.retained)
		}
	case strings.HasPrefix(m.topic, prefix+"/device/"+base+"/"), strings.HasPrefix(m.topic, base+"/"):
	default:
		w.fault("published outside its own topics: %s", m.topic)
	}
}
