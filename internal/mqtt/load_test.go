package mqtt

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"
)

func TestReplayOf2000(t *testing.T) {
	leakCheck(t)
	b := broker(t, BrokerOptions{})
	const n = 2000
	p := connected(t, Options{URL: b.URL()})
	for i := range n {
		p.publish(Message{Topic: fmt.Sprintf("evcc/t/%d", i), Payload: make([]byte, 200), QoS: 1, Retained: true})
	}
	p.settle()
	for qos := range byte(2) {
		q := connected(t, Options{URL: b.URL()})
		q.subscribe(qos, "evcc/#")
		seen := map[string]bool{}
		for len(seen) < n {
			m := wait(t, q.messages, fmt.Sprintf("message %d with QoS %d", len(seen), qos))
			if !m.Retained || m.QoS != qos {
				t.Fatalf("%+v", m)
			}
			seen[m.Topic] = true
		}
	}
}

// More than mochi's defaults hold at once; none may be lost, order is kept.
func TestBurst(t *testing.T) {
	b := broker(t, BrokerOptions{})
	const n = 10_000
	got := make(chan string, n)
	gate := make(chan struct{})
	first := true
	c, err := New(Options{URL: b.URL()}, Handler{Message: func(m Message) {
		if first { // a reader that is late
			<-gate
			first = false
		}
		got <- string(m.Payload)
	}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	for errors.Is(c.Subscribe(1, "burst"), ErrNotConnected) {
		time.Sleep(time.Millisecond)
	}
	p := connected(t, Options{URL: b.URL()})
	for i := range n {
		p.publish(Message{Topic: "burst", Payload: fmt.Append(nil, i), QoS: 1})
	}
	p.settle()
	close(gate)
	for i := range n {
		if s := wait(t, got, fmt.Sprint("message ", i)); s != fmt.Sprint(i) {
			t.Fatalf("message %d is %s", i, s)
		}
	}
	cancel()
	if err := wait(t, done, "Run"); err != nil {
		t.Error(err)
	}
}

// The way the bridge works: the handler only hands over, another goroutine answers.
func TestAnswerFromAnotherGoroutine(t *testing.T) {
	leakCheck(t)
	b := broker(t, BrokerOptions{})
	p := connected(t, Options{URL: b.URL()})
	p.subscribe(1, "ask/+")
	go func() {
		for range 500 {
			m := <-p.messages
			if err := p.Publish(Message{Topic: "answer", Payload: m.Payload, QoS: 1}); err != nil {
				t.Error(err)
			}
		}
	}()
	q := connected(t, Options{URL: b.URL()})
	q.subscribe(1, "answer")
	for i := range 500 {
		q.publish(Message{Topic: fmt.Sprint("ask/", i), Payload: fmt.Append(nil, i), QoS: 1})
	}
	for i := range 500 {
		if m := wait(t, q.messages, fmt.Sprint("answer ", i)); string(m.Payload) != fmt.Sprint(i) {
			t.Fatalf("answer %d is %s", i, m.Payload)
		}
	}
}

// A broker that accepts and then neither reads nor answers: Publish does not
// block, the queue has an end, Flush and Close keep to their context.
func TestStalledBroker(t *testing.T) {
	leakCheck(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = conn.Write([]byte{0x20, 2, 0, 0})
		accepted <- conn
	}()
	p := connected(t, Options{URL: "mqtt://" + l.Addr().String()})
	defer wait(t, accepted, "the connection").Close()
	for range maxWaiting + maxUnacked + 2 { // one is in the sender's hand
		if err = p.Publish(Message{Topic: "a", QoS: 1}); err != nil {
			break
		}
	}
	if want := `publish "a": 65536 messages are waiting: the broker takes no more`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := p.Close(ctx); err == nil {
		t.Error("Close says that all was acknowledged")
	}
	wait(t, p.done, "Run to return")
}
