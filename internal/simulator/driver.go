package simulator

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// Conn is what the simulator needs of an MQTT connection. Its will must be the
// one of [Driver.Will]. A Conn may reconnect by itself, with a clean session.
// If it also has Unsubscribe(filters ...string) error, evcc uses it after the
// blanking; if not, the driver keeps `<root>/#` and subscribes nothing else, so
// that no message comes twice.
type Conn interface {
	Publish(topic string, payload []byte, qos byte, retain bool) error
	Subscribe(filters ...string) error
	Drop()                           // closes the socket without DISCONNECT, so that the broker sends the will
	Close(ctx context.Context) error // orderly
}

// Driver runs an [Evcc] in real time. All methods are safe for concurrent use;
// only those that say so wait.
type Driver struct {
	wake chan struct{} // capacity 1: the queue has something

	mu      sync.Mutex
	evcc    *Evcc
	running bool
	up      bool
	queue   []queued
}

type queued struct {
	in   Input
	done chan struct{} // closed when its actions are carried out; nil: nobody waits
}

// NewDriver takes over an evcc; nobody else may use it from now on.
func NewDriver(e *Evcc) *Driver { return &Driver{evcc: e, wake: make(chan struct{}, 1)} }

// Run starts evcc on a connection and returns nil when evcc has dropped it,
// after [Stop] or [Crash], or the context's error after an orderly close. It
// may be called again with a new connection; callbacks of the old one must not
// reach the driver any more then.
func (d *Driver) Run(ctx context.Context, conn Conn) error {
	d.begin()
	defer d.end()
	timer := time.NewTimer(0)
	defer timer.Stop()
	l := link{conn: conn}
	for {
		select {
		case <-ctx.Done():
			return d.close(ctx, conn)
		case <-d.wake:
		case <-timer.C:
		}
		batch, actions, next := d.step()
		dropped := l.carryOut(actions)
		for _, q := range batch {
			if q.done != nil {
				close(q.done)
			}
		}
		if dropped {
			return nil
		}
		timer.Stop()
		if !next.IsZero() {
			timer.Reset(time.Until(next))
		}
	}
}

func (d *Driver) begin() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.running = true
	d.queue = []queued{{in: Start{}}}
	if d.up {
		d.queue = append(d.queue, queued{in: Up{}})
	}
	d.signal()
}

// end leaves nobody waiting.
func (d *Driver) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.running, d.up = false, false
	for _, q := range d.queue {
		if q.done != nil {
			close(q.done)
		}
	}
	d.queue = nil
}

func (d *Driver) close(ctx context.Context, conn Conn) error {
	d.mu.Lock()
	d.evcc.Step(time.Now(), Crash{})
	d.mu.Unlock()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := conn.Close(closing); err != nil {
		return err
	}
	return ctx.Err()
}

// step lets evcc do what is due and take what came.
func (d *Driver) step() (batch []queued, actions []Action, next time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	batch, d.queue = d.queue, nil
	actions = d.evcc.Step(time.Now(), Tick{})
	for _, q := range batch {
		actions = append(actions, d.evcc.Step(time.Now(), q.in)...)
	}
	return batch, actions, d.evcc.Next()
}

// link is a connection and whether it still has the subscription of everything.
type link struct {
	conn Conn
	wide bool
}

// carryOut reports whether evcc dropped the connection. Errors are not evcc's
// concern: a lost connection is reported by Down, and what is lost with it is
// not repeated.
func (l *link) carryOut(actions []Action) (dropped bool) {
	narrower, canNarrow := l.conn.(interface{ Unsubscribe(filters ...string) error })
	for _, a := range actions {
		switch a.Op {
		case Publish:
			if strings.HasSuffix(a.Topic, "/status") && a.Payload == "online" {
				l.wide = false // a new session
			}
			_ = l.conn.Publish(a.Topic, []byte(a.Payload), a.QoS, a.Retain)
		case Subscribe:
			all := slices.ContainsFunc(a.Filters, func(f string) bool { return strings.HasSuffix(f, "/#") })
			if l.wide && !all {
				continue
			}
			l.wide = l.wide || all
			_ = l.conn.Subscribe(a.Filters...)
		case Unsubscribe:
			if canNarrow {
				_ = narrower.Unsubscribe(a.Filters...)
				l.wide = false
			}
		case Drop:
			l.conn.Drop()
			return true
		}
	}
	return false
}

// Handle takes a message from the broker; it never blocks.
func (d *Driver) Handle(topic string, payload []byte, retained bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.running && len(payload) > 0 {
		d.enqueue(queued{in: Message{Topic: topic, Payload: string(payload), Retained: retained}})
	}
}

// Up says that the broker has accepted the connection, the first time or again.
// It may come before Run. It never blocks.
func (d *Driver) Up() { d.connection(true, Up{}) }

// Down says that the connection is lost. It never blocks.
func (d *Driver) Down() { d.connection(false, Down{}) }

func (d *Driver) connection(up bool, in Input) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.up = up
	if d.running {
		d.enqueue(queued{in: in})
	}
}

// Do lets something happen and waits until evcc has answered on the connection
// (not from within a method of Conn). Without a running evcc the input is taken
// at once and nothing is published.
func (d *Driver) Do(in Input) {
	d.mu.Lock()
	if !d.running {
		d.evcc.Step(time.Now(), in)
		d.mu.Unlock()
		return
	}
	done := make(chan struct{})
	d.enqueue(queued{in: in, done: done})
	d.mu.Unlock()
	<-done
}

func (d *Driver) enqueue(q queued) {
	d.queue = append(d.queue, q)
	d.signal()
}

func (d *Driver) signal() {
	select {
	case d.wake <- struct{}{}:
	default: // it is awake
	}
}

// Will is [Evcc.Will]: QoS 1, retained.
func (d *Driver) Will() (topic, payload string) { return d.evcc.Will() }

// Value is [Evcc.Value]. What it tells may still be on its way to the broker.
func (d *Driver) Value(key string) (string, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.evcc.Value(key)
}

// Tree is [Evcc.Tree].
func (d *Driver) Tree() map[string]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.evcc.Tree()
}
