package removal

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge/retained"
	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/problem"
)

//go:generate go test -run TestTranscripts -update
var update = flag.Bool("update", false, "rewrite what the transcripts expect; read the difference")

// TestTranscripts plays each testdata/*.txt on a machine, with the store but without a bridge. What was sent comes back at
// once. Lines:
//
//	# why
//	want device a b     a device is wanted with these components
//	gone device         a device is removed
//	drop device         its removal ends
//	reset               entity ids are reset
//	deaf, heard         the broker takes nothing from here on; it does again
//	birth, will         Home Assistant starts, or is gone
//	lost                the connection ends and comes back; what was retained is read
//	leave               it is another program's matter from here on
//	restart             the program is a new one, with the broker as it is
//	lives device        evcc has that device
//	@ 5s                time passes, with a tick whenever one is asked for
//	> device a b-       must be published: components; b- is what makes Home Assistant remove one, nothing is an empty message
//	> removal/device    must be remembered of a removal: components, and "whole" for a device
//	! text              must be in the log
//	ended device        is gone for good
//	busy                a removal cannot begin
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
			r := newRig(t)
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

// rig is a machine with its store, and a broker's memory.
type rig struct {
	t      *testing.T
	now    time.Time
	s      *step.Step
	store  *retained.Store
	m      *Machine
	ids    IDs
	kept   map[string]string // by the broker
	deaf   bool              // the broker
	lives  map[string]bool
	wanted map[string]string // device messages
	out    strings.Builder
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), kept: make(map[string]string), lives: make(map[string]bool), wanted: make(map[string]string)}
	r.restart()
	return r
}

func (r *rig) restart() {
	r.store = retained.New("homeassistant", "ours", func(string, string) {})
	r.s = &step.Step{Retainer: r.store, Problems: new(problem.Tracker)}
	r.m = New("homeassistant", "ours", r.store, func(config string, whole bool) {
		if whole {
			fmt.Fprintln(&r.out, "ended", brief(config))
		}
	})
	r.ids = IDs{}
	r.connect()
}

// connect reads what the broker has.
func (r *rig) connect() {
	r.do(func() {
		r.m.Reconnect(r.s)
		r.store.Reconnect()
		for topic, payload := range r.kept {
			r.store.Read(topic, payload)
		}
		r.store.Start(r.s)
		r.m.Learn(r.s, func(config string) bool { return r.lives[config] })
		r.want()
	})
}

func (r *rig) want() {
	var configs []discovery.Retained
	for _, topic := range slices.Sorted(maps.Keys(r.wanted)) {
		configs = append(configs, discovery.Retained{Topic: topic, Payload: r.wanted[topic]})
	}
	r.store.Want(r.m.Compare(r.s, configs))
}

// do is one step: what happens, what time has made due, and what follows.
func (r *rig) do(event func()) {
	r.s.Begin(step.Event{At: r.now})
	event()
	r.m.Tick(r.s)
	r.ids.Tick(r.s, r.store)
	r.store.Tick(r.s)
	r.store.Flush(r.s)
	var echo []*step.Publish
	asked := false
	for _, a := range r.s.Actions {
		asked = asked || a.Subscribe != nil
		switch {
		case a.Note != nil:
			fmt.Fprintln(&r.out, "!", a.Note.Text)
		case a.Publish != nil:
			fmt.Fprintln(&r.out, strings.TrimSpace("> "+brief(a.Publish.Topic)+" "+components(a.Publish.Payload)))
			echo = append(echo, a.Publish)
		}
	}
	if r.deaf {
		return
	}
	for _, p := range echo {
		if r.kept[p.Topic] = p.Payload; p.Payload == "" {
			delete(r.kept, p.Topic)
		}
		r.do(func() { r.store.Live(r.s, p.Topic, p.Payload) })
	}
	if asked {
		for _, topic := range slices.Sorted(maps.Keys(r.kept)) {
			r.do(func() { r.store.Replay(r.s, topic, r.kept[topic]) })
		}
	}
}

func brief(topic string) string {
	return strings.TrimPrefix(strings.TrimSuffix(strings.TrimPrefix(topic, "homeassistant/device/ours/"), "/config"), "ours/")
}

// components says what a message or a tombstone has.
func components(payload string) string {
	var m struct {
		Message    json.RawMessage
		Components map[string]struct {
			ID string `json:"unique_id"`
		}
	}
	_ = json.Unmarshal([]byte(payload), &m) // an empty one has none
	if len(m.Message) > 0 {
		return "whole " + components(string(m.Message))
	}
	var list []string
	for _, key := range slices.Sorted(maps.Keys(m.Components)) {
		name := strings.TrimPrefix(key, "sensor_")
		if m.Components[key].ID == "" {
			name += "-"
		}
		list = append(list, name)
	}
	return strings.Join(list, " ")
}

func message(names string) string {
	list := make(map[string]any)
	for name := range strings.FieldsSeq(names) {
		list["sensor_"+name] = map[string]string{"platform": "sensor", "unique_id": name}
	}
	encoded, err := json.Marshal(map[string]any{"device": map[string]string{"name": "x"}, "components": list})
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

func (r *rig) line(line string) {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case ">", "!", "ended", "busy":
		return // expectations are written anew
	}
	fmt.Fprintln(&r.out, line)
	word, more, _ := strings.Cut(rest, " ")
	topic := "homeassistant/device/ours/" + word + "/config"
	if play, ok := verbs[verb]; ok {
		play(r, topic, more)
	} else if !strings.HasPrefix(verb, "#") && verb != "" {
		r.t.Fatalf("no such line: %q", line)
	}
}

// verbs are what a line does.
var verbs = map[string]func(r *rig, topic, rest string){
	"want": func(r *rig, topic, names string) {
		r.wanted[topic] = message(names)
		r.do(r.want)
	},
	"rewrites": func(r *rig, topic, names string) { // the message of what moves, whatever goes of it
		r.do(func() { r.m.Rewrite(r.s, topic, func(string) string { return message(names) }) })
	},
	"gone": func(r *rig, topic, _ string) {
		delete(r.wanted, topic)
		r.do(func() { r.m.Device(r.s, topic) })
	},
	"drop": func(r *rig, topic, _ string) { r.do(func() { r.m.Drop(r.s, topic) }) },
	"reset": func(r *rig, _, _ string) {
		r.do(func() {
			if !r.ids.Reset(r.s, r.m) {
				fmt.Fprintln(&r.out, "busy")
			}
		})
	},
	"deaf":  func(r *rig, _, _ string) { r.deaf = true },
	"heard": func(r *rig, _, _ string) { r.deaf = false },
	"birth": func(r *rig, _, _ string) { r.store.Repeat(r.now.Add(time.Second)); r.m.Birth(r.now.Add(time.Second)) },
	"will":  func(r *rig, _, _ string) { r.do(r.m.Will) },
	"lost":  func(r *rig, _, _ string) { r.connect() },
	"leave": func(r *rig, _, _ string) {
		clear(r.wanted)
		r.do(func() { r.m.Leave(); r.store.Leave(r.s) })
	},
	"restart": func(r *rig, _, _ string) { r.restart() },
	"lives":   func(r *rig, topic, _ string) { r.lives[topic] = true },
	"@": func(r *rig, topic, _ string) {
		d, err := time.ParseDuration(brief(topic))
		if err != nil {
			r.t.Fatal(err)
		}
		r.pass(d)
	},
}

// pass lets time go by with a tick whenever one is asked for.
func (r *rig) pass(d time.Duration) {
	end := r.now.Add(d)
	for range 1000 {
		next := step.Earlier(step.Earlier(r.m.Next(), r.ids.Next(r.store)), r.store.Next())
		if next.IsZero() || next.After(end) {
			r.now = end
			r.do(func() {})
			return
		}
		if next.After(r.now) {
			r.now = next
		}
		r.do(func() {})
	}
	r.t.Fatalf("a tick is asked for at %v for ever", r.m.Next())
}
