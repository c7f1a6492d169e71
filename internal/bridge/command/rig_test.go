package command

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/step"
)

// rig is a machine in a world without a bridge: a captured tree, a broker's memory, and time.
type rig struct {
	t         testing.TB
	m         *Machine
	s         *step.Step
	tree      entities.Tree
	wanted    discovery.Wanted
	reason    string    // why evcc is unavailable
	displaced string    // why everything has another place
	stopped   bool      // nothing may be published
	denied    bool      // the broker drops what is published
	listening time.Time // when Home Assistant does
	plan      entities.Plan
	retained  map[string]string // by topic
	problem   string            // what is said of failed commands
	seen      func(step.Action) // of all that comes of it; nil = nobody looks
	out       strings.Builder
}

// words are the catalogue's own.
type words struct{}

func (words) Name(key string) string     { return key }
func (words) Device(scope string) string { return scope }
func (words) Model(scope string) string  { return scope }

var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

var site = discovery.Site{Root: "evcc", Base: "ours", Prefix: "homeassistant", Compatible: true, Words: words{}}

// captured returns a tree that evcc has published, and what is wanted of it.
var captured = sync.OnceValues(func() (entities.Tree, discovery.Wanted) {
	payloads, err := os.ReadFile("../../simulator/trees/evcc-0.313.2-demo.txt")
	if err != nil {
		panic(err)
	}
	tree := make(entities.Tree)
	for line := range strings.Lines(string(payloads)) {
		topic, payload, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		if path, ours := strings.CutPrefix(topic, "evcc/"); ours && payload != "" {
			tree[path] = payload
		}
	}
	return tree, site.Wanted(tree, discovery.Registry{}, true)
})

func newRig(t testing.TB) *rig {
	tree, wanted := captured()
	r := &rig{t: t, tree: tree.Clone(), wanted: wanted, retained: make(map[string]string), listening: start}
	r.s = &step.Step{Retainer: r, Problems: new(problem.Tracker)}
	r.s.Begin(step.Event{At: start})
	r.m = New(site, r, r)
	return r
}

// Running and what follows are the world.
func (r *rig) Running() bool                                { return !r.stopped }
func (r *rig) Value(path string) string                     { return r.tree[path] }
func (r *rig) ListeningSince(string) time.Time              { return r.listening }
func (r *rig) Siblings(o entities.Object) entities.Siblings { return object{r, o} }

// Unavailable is part of the world.
func (r *rig) Unavailable(key string, _ entities.Object) string {
	if key == "" {
		return r.reason
	}
	return cmp.Or(r.reason, r.displaced)
}

type object struct {
	*rig
	entities.Object
}

func (o object) VehicleName(option string) (string, bool) { return o.wanted.Vehicles.Name(option) }
func (o object) Value(key string) string                  { return o.tree[o.Path(key)] }
func (o object) Plan() entities.Plan                      { return o.plan }
func (o object) Planned() (entities.Plan, bool)           { return o.plan, o.plan.Value > 0 }
func (o object) Zone() *time.Location                     { return time.UTC }
func (o object) Before(string, []string) string           { return "" }

// Compose and what follows compose plans: a number is for the draft, anything else for evcc.
func (r *rig) Compose(s *step.Step, in *entities.Instance, raw string, siblings entities.Siblings) (payload string, strategy entities.Strategy, local bool, err error) {
	if raw == "rubbish" {
		return "", strategy, false, errors.New("no plan")
	}
	if in.Row.Own != entities.PlanSwitch {
		return raw, strategy, true, nil
	}
	want, err := in.ParsePlan([]byte(raw), siblings, s.Now)
	return want.Payload(nil), want.Strategy, false, err
}

func (r *rig) ChangeDraft(_ *step.Step, o entities.Object, payload string) {
	fmt.Fprintln(&r.out, "draft", o.Prefix, payload)
}

func (r *rig) NoControl(path string) string {
	if strings.Contains(path, "plan") {
		return "no plans here"
	}
	return ""
}

// Retain is the store of retained messages.
func (r *rig) Retain(s *step.Step, topic, payload string) {
	if r.retained[topic] != payload {
		r.retained[topic] = payload
		s.Send(topic, payload)
	}
}

// publishes value as evcc does.
func (r *rig) publishes(path, value string) {
	if r.tree[path] = value; value == "" {
		delete(r.tree, path)
	}
	r.m.Value(r.s, path)
}

func (r *rig) commands(path, payload string) {
	r.m.Command(r.s, step.Event{At: r.s.Now, Kind: step.Received, Topic: "ours/evcc/" + path + "/set", Payload: []byte(payload)})
}

// pass lets time go by with a tick whenever the machine asks for one.
func (r *rig) pass(d time.Duration) {
	end := r.s.Now.Add(d)
	for range 10000 {
		next := r.m.Next()
		if r.stopped || next.IsZero() || next.After(end) {
			r.s.Now = end
			return
		}
		if next.After(r.s.Now) {
			r.s.Now = next
		}
		r.m.Tick(r.s)
		r.show()
	}
	r.t.Fatalf("a tick is asked for at %v for ever", r.m.Next())
}

// show writes what has come of it.
func (r *rig) show() {
	for _, a := range r.s.Actions {
		if r.seen != nil {
			r.seen(a)
			continue
		}
		if p := a.Publish; p != nil && !r.denied {
			r.m.Returned(p.Topic)
		}
		switch {
		case a.Publish != nil:
			fmt.Fprintln(&r.out, summary(a.Publish))
		case a.Note != nil:
			fmt.Fprintf(&r.out, "! %s %s", [...]string{"debug", "info", "warn", "error"}[a.Note.Level], a.Note.Text)
			for i := 0; i+1 < len(a.Note.Fields); i += 2 {
				fmt.Fprintf(&r.out, " %s=%s", a.Note.Fields[i], a.Note.Fields[i+1])
			}
			fmt.Fprintln(&r.out)
		}
	}
	r.s.Begin(step.Event{At: r.s.Now})
	detail := ""
	r.s.Problems.Tick(r.s.Now)
	for _, p := range r.s.Problems.List(noWords{}) {
		detail = p.Detail
	}
	if detail != r.problem {
		r.problem = detail
		fmt.Fprintln(&r.out, strings.TrimRight("? "+detail, " "))
	}
}

// summary shows what is published without what repeats itself.
func summary(p *step.Publish) string {
	verb := ">"
	if p.Retain {
		verb = ">r"
	}
	topic := strings.TrimPrefix(p.Topic, "ours/evcc/site/")
	var told struct {
		Failed []Failure
		Event  string `json:"event_type"`
		Ending
	}
	if topic == p.Topic || json.Unmarshal([]byte(p.Payload), &told) != nil {
		return strings.TrimSpace(verb + " " + topic + " " + p.Payload)
	}
	list := []string{verb, topic}
	for _, f := range told.Failed {
		list = append(list, f.Control, string(f.Result)+",")
	}
	if told.Control != "" {
		list = append(list, told.Event, told.Control, told.Value, told.Reason, strconv.FormatInt(told.Milliseconds, 10)+"ms")
	}
	return strings.Join(slices.DeleteFunc(list, func(word string) bool { return word == "" }), " ")
}

type noWords struct{}

func (noWords) Problem(string) (title, text string) { return "", "" }
