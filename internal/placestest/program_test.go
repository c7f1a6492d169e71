package placestest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge"
	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/problem"
	"evcc-discovery/translations"
)

var english = sync.OnceValues(func() (*translations.Words, error) { return translations.Load("en") })

// program is the core, driven as the loop drives it, with its connection and its state file.
type program struct {
	w         *world
	core      *bridge.Core // nil while it does not run
	runs      int
	connected bool
	filters   []*regexp.Regexp
	listens   map[string]bool // by topic: whether a filter fits
	known     map[string]discovery.Registry
	problems  map[problem.Code]bool
}

func newProgram(w *world) *program {
	return &program{w: w, known: make(map[string]discovery.Registry), problems: make(map[problem.Code]bool)}
}

func (p *program) start() {
	words, err := english()
	if err != nil {
		panic(err) // they are embedded, and have tests of their own
	}
	p.runs++
	p.w.say("the program starts")
	p.core = bridge.New(bridge.Settings{
		Roots: []string{root}, Base: base, Prefix: prefix, Words: words, Instance: fmt.Sprint("run-", p.runs), Version: "1.0.0", Known: maps.Clone(p.known),
	})
	p.filters, p.listens, p.connected = nil, make(map[string]bool), true
	p.handle(step.Event{Kind: step.Connected})
}

// stop is SIGTERM.
func (p *program) stop() {
	p.w.say("the program stops")
	p.carryOut(p.core.Goodbye())
	p.core, p.connected = nil, false
}

func (p *program) kill() {
	p.w.say("the program is killed")
	p.core, p.connected = nil, false
	p.w.publish(message{topic: base + "/status", payload: "offline", retained: true}) // its will
}

func (p *program) take(m message) {
	if p.core == nil || !p.fits(m.topic) {
		return
	}
	m.retained = false // it is sent now
	p.receive(m)
}

func (p *program) fits(topic string) bool {
	fits, known := p.listens[topic]
	if !known {
		fits = slices.ContainsFunc(p.filters, func(f *regexp.Regexp) bool { return f.MatchString(topic) })
		p.listens[topic] = fits
	}
	return fits
}

// filters of MQTT as regular expressions.
var wildcards = strings.NewReplacer(`\+`, "[^/]*", "/#", "(/.*)?")

// subscribed is a subscription at the broker, which sends what it retains.
func (p *program) subscribed(filter string) {
	if p.core == nil {
		return
	}
	f := regexp.MustCompile("^" + wildcards.Replace(regexp.QuoteMeta(filter)) + "$")
	p.filters = append(p.filters, f)
	clear(p.listens)
	start, _, _ := strings.Cut(filter, "+")
	for _, topic := range p.w.below(strings.TrimRight(start, "#")) {
		if f.MatchString(topic) && p.core != nil {
			p.receive(p.w.retained[topic])
		}
	}
}

func (p *program) receive(m message) {
	p.handle(step.Event{Kind: step.Received, Topic: m.topic, Payload: []byte(m.payload), Retained: m.retained})
}

func (p *program) next() time.Time {
	if p.core == nil {
		return time.Time{}
	}
	return p.core.Next()
}

func (p *program) tick() { p.handle(step.Event{Kind: step.Tick}) }

func (p *program) handle(e step.Event) {
	e.At = p.w.now
	p.carryOut(p.core.Step(e))
	if status := p.core.Status(); status != nil {
		clear(p.problems)
		for _, shown := range status.Problems {
			p.problems[shown.Code] = true
		}
	}
}

func (p *program) carryOut(actions []step.Action) {
	for _, a := range actions {
		switch {
		case a.Note != nil:
			p.w.say("program: %s %q", a.Note.Text, a.Note.Fields)
		case a.Publish != nil:
			p.publish(a.Publish)
		case a.Store != nil:
			var r discovery.Registry
			if err := r.Decode(a.Store.Registry); err != nil {
				p.w.oracle.fault("registry", "a registry to store cannot be read: %v", err)
			}
			p.known[a.Store.Root] = r
		default:
			for _, filter := range slices.Concat(a.Subscribe, a.Ask) {
				p.w.queue = append(p.w.queue, parcel{at: p.w.now.Add(hop), filter: filter})
			}
		}
	}
}

func (p *program) publish(m *step.Publish) {
	if strings.HasPrefix(m.Topic, root+"/") {
		p.w.oracle.steers(m.Topic, m.Payload)
	}
	if strings.HasSuffix(m.Topic, "/config") {
		p.w.say("program: > %s, %d bytes", m.Topic, len(m.Payload))
	} else if strings.HasSuffix(m.Topic, "/ready") || strings.HasPrefix(m.Topic, root+"/") {
		p.w.say("program: > %s %s", m.Topic, m.Payload)
	}
	p.w.publish(message{topic: m.Topic, payload: m.Payload, retained: m.Retain})
}
