package mqtt

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"
)

// peer is a running client whose events can be waited for.
type peer struct {
	*Client
	t        *testing.T
	up       chan struct{}
	down     chan *ConnectError
	messages chan Message
	settled  chan struct{}
	stop     context.CancelFunc
	done     chan struct{} // Run has returned
}

const patience = 10 * time.Second

func newPeer(t *testing.T, o Options) *peer {
	t.Helper()
	p := &peer{
		t:        t,
		up:       make(chan struct{}, 100),
		down:     make(chan *ConnectError, 100),
		messages: make(chan Message, 10000),
		settled:  make(chan struct{}, 1),
		done:     make(chan struct{}),
	}
	if o.FirstPause == 0 {
		o.FirstPause = 5 * time.Millisecond
	}
	c, err := New(o, Handler{
		Up: func() { p.up <- struct{}{} },
		Down: func(err error) {
			var ce *ConnectError
			if !errors.As(err, &ce) {
				t.Errorf("Down got %T, want *ConnectError", err)
			}
			p.down <- ce
		},
		Message: func(m Message) {
			if m.Topic == p.settling() {
				p.settled <- struct{}{}
			} else {
				p.messages <- m
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Client = c
	ctx, cancel := context.WithCancel(context.Background())
	p.stop = cancel
	go func() {
		defer close(p.done)
		if err := c.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		wait(t, p.done, "Run to return")
	})
	return p
}

// connected is newPeer that is up.
func connected(t *testing.T, o Options) *peer {
	t.Helper()
	p := newPeer(t, o)
	wait(t, p.up, "Up")
	return p
}

func wait[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("waited %v for %s", patience, what)
		panic("unreachable")
	}
}

func (p *peer) publish(m Message) {
	p.t.Helper()
	if err := p.Publish(m); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) settling() string { return "settle/" + p.opts.ClientID }

// settle waits until the broker is through with all that p sent. mochi answers
// first and acts afterwards: PUBACK comes before the message is passed on, and
// SUBACK before the replay, so a message published by another client just then
// comes twice, replayed and live.
func (p *peer) settle() {
	p.t.Helper()
	if err := p.Subscribe(0, p.settling()); err != nil {
		p.t.Fatal(err)
	}
	p.publish(Message{Topic: p.settling()})
	wait(p.t, p.settled, "the broker to settle")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := p.Flush(ctx); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) subscribe(qos byte, filters ...string) {
	p.t.Helper()
	if err := p.Subscribe(qos, filters...); err != nil {
		p.t.Fatal(err)
	}
	p.settle()
}

// clients waits until the broker has n clients and is through with the others.
func clients(t *testing.T, b *Broker, n int) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); runtime.Gosched() {
		b.mu.Lock()
		have := len(b.conns)
		b.mu.Unlock()
		if have == n {
			return
		}
	}
	t.Fatalf("the broker does not come down to %d clients", n)
}

func (p *peer) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return p.Close(ctx)
}

func broker(t *testing.T, o BrokerOptions) *Broker {
	t.Helper()
	b, err := StartBroker(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// leakCheck fails if a goroutine of ours, paho's or mochi's outlives the test.
// Call it first, so that its cleanup runs last.
func leakCheck(t *testing.T) {
	t.Cleanup(func() {
		var left []string
		for deadline := time.Now().Add(3 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
			buf := make([]byte, 1<<20)
			left = left[:0]
			for _, g := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
				if strings.Contains(g, "leakCheck") {
					continue
				}
				if strings.Contains(g, "internal/mqtt.") || strings.Contains(g, "paho.mqtt") || strings.Contains(g, "mochi-mqtt") {
					left = append(left, g)
				}
			}
			if len(left) == 0 {
				return
			}
		}
		t.Errorf("%d goroutines left:\n%s", len(left), strings.Join(left, "\n\n"))
	})
}
