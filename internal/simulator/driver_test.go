package simulator

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeConn is a connection to a broker of its own.
type fakeConn struct {
	mu         sync.Mutex
	d          *Driver
	log        []message
	subscribed []string
	retained   map[string]string
	dropped    bool
	closed     bool
	start      time.Time
}

func (c *fakeConn) Publish(topic string, payload []byte, _ byte, retain bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = append(c.log, message{time.Since(c.start), topic, string(payload)})
	if retain {
		c.retained[topic] = string(payload)
	}
	if len(payload) == 0 {
		delete(c.retained, topic)
	}
	return nil
}

func (c *fakeConn) Subscribe(filters ...string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.subscribed = append(c.subscribed, filters...)
	if slices.Contains(filters, "evcc/#") {
		for _, topic := range Tree(c.retained).keys() {
			c.d.Handle(topic, []byte(c.retained[topic]), true)
		}
	}
	return nil
}

func (c *fakeConn) Drop() { c.mu.Lock(); c.dropped = true; c.mu.Unlock() }
func (c *fakeConn) Close(context.Context) error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	return nil
}

// narrowConn can unsubscribe.
type narrowConn struct{ *fakeConn }

func (c narrowConn) Unsubscribe(filters ...string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.subscribed = slices.DeleteFunc(c.subscribed, func(f string) bool { return slices.Contains(filters, f) })
	return nil
}

func newFake(t *testing.T) (*Driver, *fakeConn) {
	t.Helper()
	tree, err := Open("evcc-0.313.2-demo")
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(tree, Options{Still: true, StartDelay: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	d := NewDriver(e)
	return d, &fakeConn{d: d, retained: map[string]string{"evcc/foreign": "x", "evcc/status": "offline"}, start: time.Now()}
}

func value(t *testing.T, d *Driver, key, want string) {
	t.Helper()
	if got, ok := d.Value(key); got != want || !ok {
		t.Errorf("%s: got %q, %v, want %q", key, got, ok, want)
	}
}

func TestDriver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, conn := newFake(t)
		ended := make(chan error, 1)
		d.Up()
		go func() { ended <- d.Run(t.Context(), narrowConn{conn}) }()

		time.Sleep(5 * time.Second)
		synctest.Wait()
		value(t, d, "loadpoints/1/mode", "pv")
		if _, ok := conn.retained["evcc/foreign"]; ok {
			t.Error("a foreign topic below the root survived the start")
		}
		if slices.Contains(conn.subscribed, "evcc/#") || !slices.Contains(conn.subscribed, "evcc/loadpoints/1/mode/set") {
			t.Errorf("subscriptions after the start: %v", conn.subscribed)
		}

		d.Handle("evcc/loadpoints/1/mode/set", []byte("now"), false)
		synctest.Wait()
		value(t, d, "loadpoints/1/mode", "now")

		d.Do(Disconnect{Loadpoint: 2})
		value(t, d, "loadpoints/2/connected", "false")

		d.Down()
		d.Do(SetTitle{1, "Unheard"})
		d.Up()
		synctest.Wait()
		if got := conn.retained["evcc/loadpoints/1/title"]; got != "Carport" {
			t.Errorf("a change without connection was published: %q", got)
		}
		value(t, d, "loadpoints/1/title", "Unheard")

		before := time.Now()
		d.Do(Stop{})
		if err := <-ended; err != nil || !conn.dropped {
			t.Errorf("stop: %v, dropped %v", err, conn.dropped)
		}
		if pause := time.Since(before); pause != time.Second {
			t.Errorf("dropped after %v", pause)
		}
		if len(conn.retained) != 1 {
			t.Errorf("retained after the stop: %v", conn.retained)
		}
	})
}

// A Conn that cannot unsubscribe must not get a command twice.
func TestDriverKeepsWideSubscription(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, conn := newFake(t)
		go d.Run(t.Context(), conn)
		d.Up()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if len(conn.subscribed) != 1 {
			t.Errorf("subscribed %v", conn.subscribed)
		}
		d.Down()
		d.Up()
		synctest.Wait()
		if slices.Contains(conn.subscribed[1:], "evcc/#") || len(conn.subscribed) < 50 {
			t.Errorf("after a reconnect: %v", conn.subscribed)
		}
	})
}

func TestDriverRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, conn := newFake(t)
		d.Do(AddLoadpoint{Title: "Third wheel"}) // while it is off
		for round := range 3 {
			ended := make(chan error, 1)
			go func() { ended <- d.Run(t.Context(), conn) }()
			d.Up()
			time.Sleep(4 * time.Second)
			synctest.Wait()
			value(t, d, "loadpoints", "4")
			value(t, d, "loadpoints/4/title", "Third wheel")
			value(t, d, "status", "online")
			d.Do([]Input{Stop{}, Crash{}, Stop{}}[round])
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			value(t, d, "status", "offline")
		}
	})
}

func TestDriverContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, conn := newFake(t)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- d.Run(ctx, conn) }()
		d.Up()
		time.Sleep(61 * time.Second)
		synctest.Wait()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) || !conn.closed || conn.dropped {
			t.Errorf("got %v, closed %v, dropped %v", err, conn.closed, conn.dropped)
		}
		cycles := 0
		for _, m := range conn.log {
			if strings.HasSuffix(m.topic, "/homePower") {
				cycles++
			}
		}
		if cycles != 20 { // the first one after 3 s
			t.Errorf("%d cycles in a minute", cycles)
		}
	})
}
