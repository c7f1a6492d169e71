package state

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/internal/bridge/step"
)

//go:generate go test -run TestTranscripts -update
var update = flag.Bool("update", false, "rewrite what the transcripts expect; read the difference")

// TestTranscripts plays each testdata/*.txt on a machine alone. Lines:
//
//	# why
//	evcc tree           what a captured evcc has published, and which states are wanted for it; "compatible" with ha-evcc
//	watch topic …       only these states are shown, as they are now
//	want                what is wanted is found anew
//	ended topic …       what these states are of is gone when it is
//	= path payload      evcc publishes it
//	unannounced         device messages wait from here on; announced: they are sent
//	unsettled, settled  it is not known which loadpoint is which; it is
//	@ 5s                time passes, with a tick whenever the machine asks for one
//	> topic payload     must be published
func TestTranscripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := &rig{t: t, settled: true, announced: true, retained: make(map[string]string), s: &step.Step{Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}}
			r.s.Retainer = r
			for line := range strings.Lines(string(want)) {
				r.line(strings.TrimRight(line, "\n"))
			}
			if *update {
				if err := os.WriteFile(file, []byte(r.out.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), r.out.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// rig is a machine in a world without a bridge.
type rig struct {
	t                  *testing.T
	m                  Machine
	s                  *step.Step
	tree               entities.Tree
	registry           discovery.Registry
	retained           map[string]string
	watched, ended     []string
	announced, settled bool
	compatible         bool
	out                strings.Builder
}

// Value and what follows are the world.
func (r *rig) Value(topic string) string {
	if path, evcc := strings.CutPrefix(topic, "evcc/"); evcc {
		return r.tree[path]
	}
	return r.retained[topic]
}
func (r *rig) Siblings(o entities.Object) entities.Siblings { return object{r, o} }
func (r *rig) Announced(string) bool                        { return r.announced }

type object struct {
	*rig
	entities.Object
}

func (o object) VehicleName(string) (string, bool)      { return "", false }
func (o object) Value(key string) string                { return o.tree[o.Path(key)] }
func (o object) Plan() (none entities.Plan)             { return none }
func (o object) Planned() (none entities.Plan, ok bool) { return none, false }
func (o object) Zone() *time.Location                   { return time.UTC }
func (o object) Before(string, []string) string         { return "" }

// words are the catalogue's own.
type words struct{}

func (words) Name(key string) string     { return key }
func (words) Device(scope string) string { return scope }
func (words) Model(scope string) string  { return scope }

// Retain is the store of retained messages. States may follow from others.
func (r *rig) Retain(_ *step.Step, topic, payload string) {
	if r.retained[topic] == payload {
		return
	}
	r.retained[topic] = payload
	r.show(topic)
	r.m.Changed(topic, payload, r.s.Now)
}

func (r *rig) show(topic string) {
	name := strings.TrimSuffix(strings.TrimPrefix(topic, "ours/evcc/"), "/state")
	if slices.Contains(r.watched, name) {
		fmt.Fprintln(&r.out, strings.TrimSpace("> "+name+" "+r.retained[topic]))
	}
}

func (r *rig) want() {
	site := discovery.Site{Root: "evcc", Base: "ours", Prefix: "homeassistant", Compatible: r.compatible, Words: words{}}
	wanted := site.Wanted(r.tree, r.registry, true)
	r.registry = wanted.Registry
	r.m.Want(r.s, "evcc", wanted, func(st discovery.State) bool {
		return slices.Contains(r.ended, strings.TrimSuffix(strings.TrimPrefix(st.Topic, "ours/evcc/"), "/state"))
	})
}

func (r *rig) line(line string) {
	verb, rest, _ := strings.Cut(line, " ")
	if verb == ">" {
		return // expectations are written anew
	}
	fmt.Fprintln(&r.out, line)
	if play, ok := verbs[verb]; ok {
		play(r, rest)
	} else if !strings.HasPrefix(verb, "#") && verb != "" {
		r.t.Fatalf("no such line: %q", line)
	}
	r.m.Tick(r.s, r, r.settled)
}

// verbs are what a line does.
var verbs = map[string]func(r *rig, rest string){
	"evcc": func(r *rig, rest string) {
		name, mode, _ := strings.Cut(rest, " ")
		r.compatible = mode == "compatible"
		payloads, err := os.ReadFile("../../simulator/trees/" + name + ".txt")
		if err != nil {
			r.t.Fatal(err)
		}
		r.tree = make(entities.Tree)
		for line := range strings.Lines(string(payloads)) {
			topic, payload, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
			if path, ours := strings.CutPrefix(topic, "evcc/"); ours && payload != "" {
				r.tree[path] = payload
			}
		}
		r.want()
	},
	"watch": func(r *rig, list string) {
		r.watched = strings.Fields(list)
		for _, name := range r.watched {
			r.show("ours/evcc/" + name + "/state")
		}
	},
	"want":  func(r *rig, _ string) { r.want() },
	"ended": func(r *rig, list string) { r.ended = strings.Fields(list) },
	"=": func(r *rig, rest string) {
		path, payload, _ := strings.Cut(rest, " ")
		if r.tree[path] = payload; payload == "" {
			delete(r.tree, path)
		}
		r.m.Changed("evcc/"+path, payload, r.s.Now)
	},
	"unannounced": func(r *rig, _ string) { r.announced = false },
	"announced":   func(r *rig, _ string) { r.announced = true; r.m.Announced(r.s.Now) },
	"unsettled":   func(r *rig, _ string) { r.settled = false },
	"settled":     func(r *rig, _ string) { r.settled = true; r.m.Announced(r.s.Now) },
	"@": func(r *rig, text string) {
		d, err := time.ParseDuration(text)
		if err != nil {
			r.t.Fatal(err)
		}
		for end := r.s.Now.Add(d); ; r.m.Tick(r.s, r, r.settled) {
			next := r.m.Next()
			if next.IsZero() || next.After(end) {
				r.s.Now = end
				return
			}
			if !next.After(r.s.Now) {
				r.t.Fatalf("a tick is asked for at %v, and it is %v", next, r.s.Now)
			}
			r.s.Now = next
		}
	},
}

// TestEveryState: each state that other topics make has its rule here, in the order in which they follow from each other.
func TestEveryState(t *testing.T) {
	t.Parallel()
	for st, r := range rules {
		if st.Plans() || st.OfCommands() || r.render == nil || r.rank == 0 {
			t.Errorf("state %d: rank %d, a state of plans %v, of commands %v", st, r.rank, st.Plans(), st.OfCommands())
		}
	}
	if !(rules[entities.Titled].rank < rules[entities.OrZero].rank && rules[entities.OrZero].rank < rules[entities.OfVehicle].rank) {
		t.Error("what a vehicle has comes before what loadpoints show of it")
	}
}
