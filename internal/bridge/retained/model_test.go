package retained

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/problem"
)

// owner is a store between who wants messages on the broker, and that broker. What is published is under way for a while,
// and lost with the connection.
type owner struct {
	t    testing.TB
	seed uint64
	rnd  *rand.Rand // nil: everything is as the transcript says
	transcript

	store   *Store
	s       *step.Step
	now     time.Time
	broker  *broker
	old     map[string]string // what the broker had written down a while ago
	way     []*step.Publish
	asked   bool // what it keeps, behind all of that
	acked   int
	up      bool
	cuts    int  // connections that have ended
	slow    bool // a few messages each half second
	devices map[string]string
	states  map[string]string
	sent    map[string]time.Time // the last message for each device
	deleted map[string]bool      // by the user
	wiped   time.Time            // when everything was emptied
}

func newOwner(t testing.TB) *owner {
	o := &owner{t: t, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
		broker:  &broker{kept: make(map[string]string), secret: make(map[string]bool)},
		devices: make(map[string]string), states: make(map[string]string), sent: make(map[string]time.Time), deleted: make(map[string]bool)}
	o.store = New("homeassistant", "ours", func(string, string) {})
	o.s = &step.Step{Retainer: o.store, Problems: new(problem.Tracker)}
	return o
}

func (o *owner) errorf(format string, args ...any) {
	o.t.Helper()
	o.t.Errorf("-seeds=1 -first=%d: "+format, append([]any{o.seed}, args...)...)
}

// do is one step of the store: what happens, what time has made due, and what follows.
func (o *owner) do(event func()) {
	o.s.Begin(step.Event{At: o.now})
	event()
	if o.up {
		out := o.store.Tick(o.s)
		for _, topic := range out.Deleted {
			o.deleted[topic] = true
			delete(o.devices, topic)
		}
		for _, topic := range out.Returned {
			o.device(topic, 1, 0)
		}
		o.learned(out)
		o.store.Announce(o.s)
	}
	o.store.Flush(o.s)
	for _, a := range o.s.Actions {
		o.print(a)
		o.asked = o.asked || a.Subscribe != nil
		if p := a.Publish; p != nil {
			o.handOver(p)
		}
	}
	o.problems(o.s)
}

// handOver gives a message to the connection. Two for one device are never nearer than Home Assistant can take them; that a
// device goes need not wait.
func (o *owner) handOver(p *step.Publish) {
	if !o.up {
		o.errorf("%s is sent without a connection", p.Topic)
	}
	if o.store.isDevice(p.Topic) {
		if after := o.now.Sub(o.sent[p.Topic]); p.Payload != "" && after < Spacing {
			o.errorf("%s is sent %v after the one before", p.Topic, after)
		}
		o.sent[p.Topic] = o.now
	}
	o.way = append(o.way, p)
}

// arrive lets messages reach the broker, which acknowledges them and hands them back.
func (o *owner) arrive(most int) {
	if o.slow {
		most = min(most, o.random(3))
	}
	for ; most > 0 && len(o.way) > 0; most-- {
		p := o.way[0]
		large := o.broker.tooLarge(p.Topic, p.Payload)
		if large && o.broker.tooMuch == closes {
			o.cut()
			return
		}
		o.way = o.way[1:]
		o.acked = max(o.acked, Size(p.Topic, p.Payload))
		if !large {
			o.broker.keep(p.Topic, p.Payload)
		}
		if !large || o.broker.tooMuch == handsOn {
			o.live(p.Topic, p.Payload)
		}
	}
	if o.asked && len(o.way) == 0 {
		o.asked = false
		for _, topic := range o.readable() {
			o.do(func() { o.store.Replay(o.s, topic, o.broker.kept[topic]) })
		}
	}
}

func (o *owner) live(topic, payload string) {
	if o.up && !o.broker.secret[topic] {
		o.do(func() { o.store.Live(o.s, topic, payload) })
	}
}

// other is another program that writes to the broker.
func (o *owner) other(topic, payload string) {
	o.broker.keep(topic, payload)
	o.live(topic, payload)
}

// readable are the topics that the broker has something on and shows us.
func (o *owner) readable() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(o.broker.kept)), func(topic string) bool { return o.broker.secret[topic] })
}

// cut ends the connection. The broker may have taken more than it had the time to acknowledge.
func (o *owner) cut() {
	if !o.up {
		return
	}
	var unacked []step.Sent
	for _, p := range o.way {
		unacked = append(unacked, step.Sent{Topic: p.Topic, Size: Size(p.Topic, p.Payload)})
	}
	for _, p := range o.way[:o.random(len(o.way)+1)] {
		if o.broker.tooLarge(p.Topic, p.Payload) {
			break
		}
		o.broker.keep(p.Topic, p.Payload)
	}
	acked := o.acked
	o.cuts++
	o.up, o.way, o.asked, o.acked = false, nil, false, 0
	o.do(func() { o.store.Lost(o.s, unacked, acked) })
}

func (o *owner) random(n int) int {
	if o.rnd == nil {
		return 0
	}
	return o.rnd.IntN(n)
}

// connect reads what the broker has; a moment later everything is wanted again, and what nobody wants goes.
func (o *owner) connect() {
	o.do(func() {
		o.store.Reconnect()
		for _, topic := range o.readable() {
			o.store.Read(topic, o.broker.kept[topic])
		}
	})
	o.now = o.now.Add(time.Second)
	o.up = true
	o.do(func() {
		o.store.Start(o.s)
		for _, topic := range o.store.Topics() {
			if _, wanted := o.devices[topic]; o.store.isDevice(topic) && !wanted {
				o.store.Drop(o.s, topic)
			}
		}
		o.want()
		for _, topic := range slices.Sorted(maps.Keys(o.states)) {
			o.store.Retain(o.s, topic, o.states[topic])
		}
	})
}

func (o *owner) want() {
	var messages []discovery.Retained
	for _, topic := range slices.Sorted(maps.Keys(o.devices)) {
		messages = append(messages, discovery.Retained{Topic: topic, Payload: o.devices[topic]})
	}
	o.store.Want(messages)
}

// device makes a device's message one with that many components and bytes more.
func (o *owner) device(topic string, components, more int) {
	o.devices[topic] = deviceMessage(topic, components, more)
	if o.up {
		o.want()
	}
}

func deviceMessage(topic string, components, more int) string {
	var list []string
	for i := range components {
		list = append(list, fmt.Sprintf(`"sensor_%d":{"platform":"sensor","unique_id":"%s_%d"}`, i, topic, i))
	}
	return `{"device":{"name":"` + strings.Repeat("x", more) + `"},"components":{` + strings.Join(list, ",") + `}}`
}

// pass lets time go by: a tick whenever the store asks for one, messages on their way.
func (o *owner) pass(d time.Duration) {
	busy := 0
	for end := o.now.Add(d); ; {
		if !o.up {
			o.connect()
		}
		next := end
		if o.arrive(len(o.way) + 1); o.slow {
			next = minTime(end, o.now.Add(500*time.Millisecond))
		}
		if due := o.store.Next(); o.up && !due.IsZero() && due.Before(next) {
			next = due
		}
		if !o.up {
			continue
		}
		if !o.now.Before(end) {
			return
		}
		if busy++; next.After(o.now) {
			busy = 0
		} else if busy > 3 {
			o.errorf("a tick is asked for at %v for ever", next)
			return
		}
		if next.After(o.now) {
			o.now = next
		}
		o.do(func() {})
	}
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
