package mqtt

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPublishSubscribe(t *testing.T) {
	leakCheck(t)
	b := broker(t, BrokerOptions{})
	p := connected(t, Options{URL: b.URL()})
	payload := []byte("1")
	p.publish(Message{Topic: "a/retained", Payload: payload, QoS: 1, Retained: true})
	payload[0] = 'X' // Publish has a copy
	p.settle()

	p.subscribe(1, "a/#")
	want := Message{Topic: "a/retained", Payload: []byte("1"), QoS: 1, Retained: true}
	if diff := cmp.Diff(want, wait(t, p.messages, "the retained message")); diff != "" {
		t.Errorf("replayed (-want +got):\n%s", diff)
	}
	p.publish(Message{Topic: "a/live", Payload: nil, QoS: 0, Retained: true})
	want = Message{Topic: "a/live", Payload: []byte{}}
	if diff := cmp.Diff(want, wait(t, p.messages, "the live message")); diff != "" {
		t.Errorf("live (-want +got):\n%s", diff)
	}
	if err := p.Subscribe(0); err != nil {
		t.Errorf("Subscribe without filters: %v", err)
	}
}

// What is published before a Subscribe is at the broker before it.
func TestOrderAcrossSubscribe(t *testing.T) {
	b := broker(t, BrokerOptions{})
	p := connected(t, Options{URL: b.URL()})
	for i := range 50 {
		topic := fmt.Sprint("order/", i)
		p.publish(Message{Topic: topic, Payload: []byte("x"), Retained: true})
		p.subscribe(0, topic)
		if m := wait(t, p.messages, topic); !m.Retained {
			t.Fatalf("%s came live: Subscribe overtook Publish", topic)
		}
	}
}

func TestNotConnected(t *testing.T) {
	c, err := New(Options{URL: "mqtt://127.0.0.1:1"}, Handler{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for _, tt := range []struct {
		err  error
		want string
	}{
		{c.Publish(Message{Topic: "a"}), `publish "a": not connected to the broker`},
		{c.Subscribe(0, "a"), "subscribe: not connected to the broker"},
		{c.Flush(ctx), "flush: not connected to the broker"},
	} {
		if !errors.Is(tt.err, ErrNotConnected) || tt.err.Error() != tt.want {
			t.Errorf("got %v, want %s", tt.err, tt.want)
		}
	}
	c.Drop()
	if err := c.Close(ctx); err != nil {
		t.Error(err)
	}
	if err := c.Run(ctx); err != nil { // returns at once
		t.Error(err)
	}
	if err := c.Run(ctx); err == nil {
		t.Error("a second Run succeeds")
	}
}

func TestWill(t *testing.T) {
	leakCheck(t)
	b := broker(t, BrokerOptions{})
	watch := connected(t, Options{URL: b.URL()})
	watch.subscribe(1, "status", "marker")
	will := &Message{Topic: "status", Payload: []byte("offline"), QoS: 1, Retained: true}

	p := connected(t, Options{URL: b.URL(), Will: will})
	p.Drop()
	if m := wait(t, watch.messages, "the will after Drop"); m.Topic != "status" || string(m.Payload) != "offline" {
		t.Errorf("after Drop: %+v", m)
	}
	wait(t, p.up, "Up after Drop")
	if got := wait(t, p.down, "Down after Drop").Error(); got != "connection to "+b.URL()+" lost: dropped on request" {
		t.Error(got)
	}

	// Close takes messages along and leaves no will: what comes next is the marker.
	p.publish(Message{Topic: "status", Payload: []byte("bye"), QoS: 1})
	if err := p.close(); err != nil {
		t.Error(err)
	}
	wait(t, p.done, "Run to return after Close")
	clients(t, b, 1)
	watch.publish(Message{Topic: "marker"})
	for _, want := range []string{"bye", ""} {
		if m := wait(t, watch.messages, "messages after Close"); string(m.Payload) != want {
			t.Errorf("got %s %q, want %q", m.Topic, m.Payload, want)
		}
	}

	// The end of Run's context is no reason for the will either.
	q := connected(t, Options{URL: b.URL(), Will: will})
	q.stop()
	wait(t, q.done, "Run to return")
	clients(t, b, 1)
	watch.publish(Message{Topic: "marker"})
	if m := wait(t, watch.messages, "the marker"); m.Topic != "marker" {
		t.Errorf("got %s %q after Run's context ended", m.Topic, m.Payload)
	}
	if len(p.down) != 0 || len(q.down) != 0 {
		t.Error("Down was called for an end on request")
	}
}

// A broker that comes back on its port finds us again; the reasons are told
// once each, and nothing is published into the void.
func TestBrokerRestart(t *testing.T) {
	leakCheck(t)
	b := broker(t, BrokerOptions{})
	address := strings.TrimPrefix(b.URL(), "mqtt://")
	p := connected(t, Options{URL: b.URL()})
	for range 3 {
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		lost := wait(t, p.down, "Down")
		if want := "connection to " + p.url.String() + " lost: closed by the broker"; lost.Error() != want {
			t.Errorf("got %q, want %q", lost, want)
		}
		if got, want := wait(t, p.down, "the second reason").Error(), "connect "+p.url.String()+": connection refused"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if err := p.Publish(Message{Topic: "a"}); !errors.Is(err, ErrNotConnected) {
			t.Errorf("Publish without a broker: %v", err)
		}
		b = broker(t, BrokerOptions{Address: address})
		wait(t, p.up, "Up again")
		p.subscribe(1, "a")
		p.publish(Message{Topic: "a", QoS: 1})
		wait(t, p.messages, "a message after the restart")
		p.settle()
		if len(p.down) > 0 {
			t.Errorf("%d more calls of Down", len(p.down))
		}
	}
}

// A connection that breaks under a stream of messages leaves nothing behind
// and delivers nothing of its own after the next Up.
func TestDropUnderLoad(t *testing.T) {
	leakCheck(t)
	b := broker(t, BrokerOptions{})
	p := connected(t, Options{URL: b.URL()})
	for round := range 8 { // the pauses grow
		topic := fmt.Sprint("load/", round)
		p.subscribe(1, topic)
		for range 200 {
			p.publish(Message{Topic: topic, QoS: 1, Payload: make([]byte, 1000)})
		}
		p.Drop()
		wait(t, p.up, "Up")
		for len(p.messages) > 0 {
			<-p.messages
		}
		p.subscribe(1, "mark")
		p.publish(Message{Topic: "mark"})
		if m := wait(t, p.messages, "mark"); m.Topic != "mark" {
			t.Fatalf("round %d: %s of the old connection arrived after Up", round, m.Topic)
		}
	}
}

func TestSubscribeErrors(t *testing.T) {
	b := broker(t, BrokerOptions{})
	p := connected(t, Options{URL: b.URL()})
	err := p.Subscribe(3, "a/#/b", "a+", "", "fine/+/#")
	want := `subscribe: QoS 3 does not exist
subscribe: filter "a/#/b": # stands alone at the end
subscribe: filter "a+": + stands alone between slashes
subscribe: empty filter`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	err = refused(map[string]byte{"b/#": 0x80, "ok": 1, "a": 0x80})
	if want := `the broker refused "a", "b/#": allow it in the broker's access rules`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestPublishErrors(t *testing.T) {
	for _, tt := range []struct {
		m    Message
		want string
	}{
		{Message{}, "empty topic"},
		{Message{Topic: "a/+"}, `topic "a/+" has a wildcard`},
		{Message{Topic: "a\x00"}, `topic "a\x00" has a zero character`},
		{Message{Topic: "\xff"}, `topic "\xff" is not UTF-8`},
		{Message{Topic: strings.Repeat("x", 65536)}, "topic longer than 65535 bytes"},
		{Message{Topic: "a", QoS: 3}, `topic "a": QoS 3 does not exist`},
		{Message{Topic: "a", Payload: make([]byte, 268435451)}, `topic "a": 268435451 bytes are too large for a message, at most 268435450`},
	} {
		if err := (&Client{}).Publish(tt.m); err == nil || err.Error() != "publish: "+tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}
