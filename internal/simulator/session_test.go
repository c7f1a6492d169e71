package simulator

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// message is one line of a recorded session.
type message struct {
	at             time.Duration // since the first `updated`
	topic, payload string
}

func (m message) isCommand() bool { return strings.HasSuffix(m.topic, "/set") && m.payload != "" }

// readSession reads `ms flag topic payload` lines from the first `updated` on,
// and its payload.
func readSession(t *testing.T, name string) (all []message, first time.Time) {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var start time.Duration
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		m, err := parseLine(s.Text())
		if err != nil {
			t.Fatalf("%s: %q: %v", name, s.Text(), err)
		}
		if first.IsZero() && m.topic == "evcc/updated" {
			sec, _ := strconv.ParseInt(m.payload, 10, 64)
			first, start = time.Unix(sec, 0), m.at
		}
		if m.topic == "evcc/status" && first.IsZero() {
			continue
		}
		all = append(all, m)
	}
	if err := s.Err(); err != nil || first.IsZero() {
		t.Fatalf("%s: no session: %v", name, err)
	}
	for i := range all {
		all[i].at -= start
	}
	return all, first
}

func parseLine(line string) (message, error) {
	fields := strings.SplitN(strings.TrimLeft(line, " "), " ", 4)
	if len(fields) < 3 {
		return message{}, fmt.Errorf("want ms, flag, topic and payload")
	}
	ms, err := strconv.ParseFloat(fields[0], 64)
	m := message{at: time.Duration(ms * float64(time.Millisecond)), topic: fields[2]}
	if len(fields) == 4 {
		m.payload = fields[3]
	}
	return m, err
}

// sequences are the payloads per topic, repeats collapsed.
func sequences(all []message) map[string][]string {
	out := map[string][]string{}
	for _, m := range all {
		seq := out[m.topic]
		if len(seq) == 0 || seq[len(seq)-1] != m.payload {
			out[m.topic] = append(seq, m.payload)
		}
	}
	return out
}

// broker is as much of one as evcc can notice: it keeps retained messages and
// replays them to `<root>/#`.
type broker struct {
	e        *Evcc
	now      time.Time
	zero     time.Time // of the log
	log      []message
	qos      []byte // of the log
	ops      []Op   // of all actions
	filters  [][]string
	retained map[string]string
}

func newBroker(t testing.TB, tree string, start time.Time, opt Options) *broker {
	t.Helper()
	captured, err := Open(tree)
	if err != nil {
		t.Fatal(err)
	}
	return newBrokerWith(t, captured, start, opt)
}

func newBrokerWith(t testing.TB, tree Tree, start time.Time, opt Options) *broker {
	t.Helper()
	e, err := New(tree, opt)
	if err != nil {
		t.Fatal(err)
	}
	return &broker{e: e, now: start, zero: start, retained: map[string]string{}}
}

// started runs evcc until it listens.
func started(t testing.TB, tree string, opt Options) *broker {
	t.Helper()
	return newBroker(t, tree, day, opt).start(t)
}

var day = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func (b *broker) start(t testing.TB) *broker {
	t.Helper()
	b.step(Start{})
	b.step(Up{})
	for range 10 {
		if b.e.phase == running {
			b.forget()
			return b
		}
		b.until(b.e.Next())
	}
	t.Fatal("evcc does not start")
	return nil
}

func (b *broker) step(in Input) {
	for _, a := range b.e.Step(b.now, in) {
		b.ops = append(b.ops, a.Op)
		switch a.Op {
		case Publish:
			b.deliver(a)
		case Subscribe:
			b.filters = append(b.filters, a.Filters)
			if slices.Contains(a.Filters, b.e.topic("#")) {
				b.replay()
			}
		case Drop:
			topic, payload := b.e.Will()
			b.deliver(Action{Topic: topic, Payload: payload, QoS: 1, Retain: true})
		}
	}
}

func (b *broker) deliver(a Action) {
	b.log = append(b.log, message{b.now.Sub(b.zero), a.Topic, a.Payload})
	b.qos = append(b.qos, a.QoS)
	if a.Retain {
		b.retained[a.Topic] = a.Payload
	}
	if a.Payload == "" {
		delete(b.retained, a.Topic)
	}
}

func (b *broker) replay() {
	for _, topic := range Tree(b.retained).keys() {
		b.step(Message{Topic: topic, Payload: b.retained[topic], Retained: true})
	}
}

// until lets time pass, event by event.
func (b *broker) until(end time.Time) {
	for next := b.e.Next(); !next.IsZero() && !next.After(end); next = b.e.Next() {
		b.now = next
		b.step(Tick{})
	}
	b.now = end
	b.step(Tick{})
}

func (b *broker) pass(d time.Duration) { b.until(b.now.Add(d)) }

// set sends a command and returns what evcc answers, as `key payload`.
func (b *broker) set(key, payload string) []string {
	b.forget()
	b.step(Message{Topic: b.e.topic(key), Payload: payload})
	return b.lines()
}

func (b *broker) forget() { b.log, b.qos, b.ops, b.filters = nil, nil, nil, nil }

func (b *broker) lines() []string {
	var out []string
	for _, m := range b.log {
		out = append(out, strings.TrimPrefix(m.topic, b.e.Root()+"/")+" "+m.payload)
	}
	return out
}
