package bridge

import (
	"flag"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/retained"
	"evcc-discovery/internal/bridge/step"
)

var brokerRuns = flag.Int("brokers", 4, "runs of TestBrokers")

// strict is a broker with a limit. What we publish is under way for a while, and lost with the connection.
type strict struct {
	core      *Core
	rnd       *rand.Rand
	now       time.Time
	tree      map[string]string // evcc's
	retained  map[string]string // ours
	way       []*step.Publish
	ask       bool // it is asked what it keeps, behind all of that
	acked     int  // size of the largest message that it has acknowledged
	limit     int  // of a packet; 0 = none
	closes    bool // the connection on a larger one; else that is dropped
	connected bool
	connects  int
}

// step plays an event, and whatever reaches the broker meanwhile.
func (b *strict) step(e step.Event) {
	e.At = b.now
	b.take(b.core.Step(e))
}

func (b *strict) take(actions []step.Action) {
	for _, a := range actions {
		if a.Publish != nil && a.Publish.Retain && b.connected {
			b.way = append(b.way, a.Publish)
		}
		b.ask = b.ask || b.connected && len(a.Subscribe) == 3 // else it is the reading after the connect
	}
}

// reach lets some of what is under way reach the broker, and come back.
func (b *strict) reach(most int) {
	for ; most > 0 && len(b.way) > 0; most-- {
		m := b.way[0]
		b.way = b.way[1:]
		switch large := b.limit > 0 && len(m.Topic)+len(m.Payload) > b.limit; {
		case large && b.closes:
			b.way = slices.Insert(b.way, 0, m)
			b.cut()
			return
		case large:
			continue
		case m.Payload == "":
			delete(b.retained, m.Topic)
		default:
			b.retained[m.Topic] = m.Payload
		}
		b.acked = max(b.acked, retained.Size(m.Topic, m.Payload))
		b.step(step.Event{Kind: step.Received, Topic: m.Topic, Payload: []byte(m.Payload)})
	}
	if b.ask && len(b.way) == 0 {
		b.ask = false
		b.replay(b.retained)
	}
}

func (b *strict) replay(kept map[string]string) {
	for _, topic := range slices.Sorted(maps.Keys(kept)) {
		b.step(step.Event{Kind: step.Received, Topic: topic, Payload: []byte(kept[topic]), Retained: true})
	}
}

func (b *strict) cut() {
	if b.connected {
		e := step.Event{Kind: step.Lost, Problem: problem.BrokerUnreachable, Acked: b.acked}
		for _, m := range b.way {
			e.Unacked = append(e.Unacked, step.Sent{Topic: m.Topic, Size: retained.Size(m.Topic, m.Payload)})
		}
		b.connected, b.way, b.ask, b.acked = false, nil, false, 0
		b.step(e)
	}
}

func (b *strict) connect() {
	b.connected = true
	b.connects++
	b.step(step.Event{Kind: step.Connected})
	b.replay(b.retained)
	b.replay(b.tree)
}

// pass lets time go by in steps of half a second, in which the connection breaks with that chance.
func (b *strict) pass(d time.Duration, chance float64) {
	for end := b.now.Add(d); b.now.Before(end); b.now = b.now.Add(500 * time.Millisecond) {
		switch {
		case !b.connected:
			b.connect()
		case b.rnd.Float64() < chance:
			b.reach(b.rnd.IntN(5))
			b.cut()
			continue
		}
		b.step(step.Event{Kind: step.Received, Topic: "evcc/site/homePower", Payload: []byte("500")}) // evcc lives
		b.reach(len(b.way) + 1000)
		if b.rnd.IntN(100) == 0 {
			title := "evcc/loadpoints/1/title"
			b.tree[title] = []string{"Carport", "Garage", "Hof", strings.Repeat("Garage ", 20)}[b.rnd.IntN(4)]
			b.step(step.Event{Kind: step.Received, Topic: title, Payload: []byte(b.tree[title])})
		}
	}
}

// TestBrokers: whatever limit a broker has, it costs a handful of connections, and what fits is there. When it has none any
// more, everything is there, however often the connection broke meanwhile. This is the whole core; the store alone is played
// with much more in package retained (TestInTheEnd).
func TestBrokers(t *testing.T) {
	t.Parallel()
	captured, err := os.ReadFile("../simulator/trees/evcc-0.123.0-demo.txt")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(*brokerRuns) {
		b := &strict{core: New(settingsFor(t, "evcc")), rnd: rand.New(rand.NewPCG(seed, 7)), now: start, tree: make(map[string]string), retained: make(map[string]string)}
		for line := range strings.Lines(string(captured)) {
			if topic, payload, _ := strings.Cut(strings.TrimRight(line, "\n"), " "); payload != "" {
				b.tree[topic] = payload
			}
		}
		b.limit, b.closes = 1200+b.rnd.IntN(40000), b.rnd.IntN(3) > 0
		if b.rnd.IntN(2) == 0 {
			b.pass(3*time.Minute, 0.02)
			b.pass(30*time.Minute, 0)
			b.connects = 0
		}
		b.pass(3*time.Minute, 0)
		if b.connects > 6 { // three for a message that is hardly larger than one that was kept
			t.Errorf("run %d: %d connections with a limit of %d bytes", seed, b.connects, b.limit)
		}
		b.check(t, seed)
		b.limit = 0
		b.pass(3*time.Minute, 0.05)
		b.cut()
		b.pass(30*time.Minute, 0)
		b.check(t, seed)
		_, _, present := b.core.step.Problems.Find(problem.MessageTooLarge)
		if present {
			t.Errorf("run %d: something is missing on a broker that keeps everything", seed)
		}
	}
}

// check compares what is on the broker with what is wanted there.
func (b *strict) check(t *testing.T, seed uint64) {
	t.Helper()
	b.pass(20*time.Second, 0) // for a title that has changed
	s := b.core.sites[0]
	wanted := map[string]string{s.RegistryTopic(): string(s.registry.Encode()), s.ReadyTopic(): "online"}
	for _, m := range b.core.store.Devices() {
		wanted[m.Topic] = m.Payload
	}
	if len(wanted) < 10 {
		t.Fatalf("run %d: only %d messages are wanted", seed, len(wanted))
	}
	for topic, payload := range wanted {
		if large := b.limit > 0 && len(topic)+len(payload) > b.limit-b.limit/8; !large && b.retained[topic] != payload {
			t.Errorf("run %d: %s has %d bytes on the broker, %d are wanted, its limit is %d", seed, topic, len(b.retained[topic]), len(payload), b.limit)
		}
	}
}
