package command

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// TestEveryCommandEndsOnce lets many things happen in any order: commands, an evcc that answers, answers late, or does
// not, comes and goes, and connections that are lost. Each command has one end, and nothing is left behind.
func TestEveryCommandEndsOnce(t *testing.T) {
	t.Parallel()
	topics := slices.Sorted(maps.Keys(newRig(t).wanted.Commands))
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		r := newRig(t)
		r.m.Register(r.s, &r.wanted)
		ends := newCounter(r)
		given := 0
		for range 100 {
			switch random.IntN(12) {
			case 0:
				r.reason = []string{"", "", "evcc is not running"}[random.IntN(3)]
			case 1:
				r.m.Abandon(r.s)
			case 2:
				r.pass(time.Duration(random.IntN(5000)) * time.Millisecond)
			case 3, 4, 5: // evcc acknowledges something, or once more
				if len(ends.setters) > 0 {
					r.m.Acknowledge(r.s, ends.setters[random.IntN(len(ends.setters))])
				}
			case 6, 7: // and shows something
				if len(ends.setters) > 0 {
					r.publishes(strings.TrimSuffix(strings.TrimPrefix(ends.setters[random.IntN(len(ends.setters))], "evcc/"), "/set"), strconv.Itoa(random.IntN(4)))
				}
			default:
				given++
				topic := strings.TrimSuffix(strings.TrimPrefix(topics[random.IntN(5)*7%len(topics)], "ours/evcc/"), "/set")
				r.commands(topic, []string{"0", "1", "2", "true", "rubbish"}[random.IntN(5)])
			}
			r.show()
		}
		r.pass(time.Minute)
		if ends.total != given || r.m.Pending() != 0 {
			t.Fatalf("seed %d: %d of %d commands have ended, %d are pending", seed, ends.total, given, r.m.Pending())
		}
		if left := len(r.m.queues) + len(r.m.order) + len(r.m.setters); left > 0 {
			t.Fatalf("seed %d: %d things are left behind", seed, left)
		}
	}
}

// counter takes what comes of a rig's steps.
type counter struct {
	total   int // events
	by      map[outcome]int
	setters []string // where evcc was sent something
	lost    string   // what the log says of events that nobody gets
}

func newCounter(r *rig) *counter {
	c := &counter{by: make(map[outcome]int)}
	events := r.m.states[entities.EachCommand].Topic
	r.seen = func(a step.Action) {
		var told struct {
			Outcome outcome `json:"event_type"`
		}
		switch p := a.Publish; {
		case a.Note != nil && strings.Contains(a.Note.Text, "too many at once"):
			c.lost += strings.Join(a.Note.Fields, "=")
		case p == nil:
		case p.Topic == events && json.Unmarshal([]byte(p.Payload), &told) == nil:
			c.total++
			c.by[told.Outcome]++
		case strings.HasPrefix(p.Topic, "evcc/"):
			c.setters = append(c.setters, p.Topic)
		}
	}
	return c
}

// Results wait until Home Assistant listens; the log says when there are more than wait.
func TestTooManyResults(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.m.Register(r.s, &r.wanted)
	r.listening = start.Add(10 * time.Second)
	ends := newCounter(r)
	for range maxEvents + 5 {
		r.commands("loadpoint/1/mode", "rubbish")
	}
	r.pass(9 * time.Second)
	if ends.total > 0 {
		t.Errorf("%d are told before anybody listens", ends.total)
	}
	r.pass(time.Second)
	if ends.by[refused] != maxEvents || ends.lost != "commands=5" {
		t.Errorf("%d are told, and %q", ends.by[refused], ends.lost)
	}
}

// A value that evcc publishes again and again while commands wait costs no memory: nobody walks the queues.
func TestTickCostsNothing(t *testing.T) {
	r := newRig(t)
	r.m.Register(r.s, &r.wanted)
	r.pass(time.Second)
	r.commands("loadpoint/1/enable_delay", "30")
	r.commands("site/battery_mode", "hold")
	r.s.Begin(step.Event{At: r.s.Now})
	if allocations := testing.AllocsPerRun(100, func() { r.m.Tick(r.s); r.m.Next() }); allocations != 0 || len(r.s.Actions) > 0 {
		t.Errorf("a tick before its time costs %v allocations and does %v", allocations, r.s.Actions)
	}
}

// BenchmarkValue is a changed value that concerns none of the commands.
func BenchmarkValue(b *testing.B) {
	r := newRig(b)
	r.m.Register(r.s, &r.wanted)
	for topic := range r.wanted.Commands {
		r.commands(strings.TrimSuffix(strings.TrimPrefix(topic, "ours/evcc/"), "/set"), "1")
	}
	b.ReportAllocs()
	for b.Loop() {
		r.m.Value(r.s, "site/homePower")
	}
}
