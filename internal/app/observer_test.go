package app_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"evcc-discovery/internal/mqtt"
)

// observer sees every message of a broker.
type observer struct {
	news
	client *mqtt.Client
	mu     sync.Mutex
	last   map[string]string // by topic
	known  map[string]string // the same of Home Assistant's devices that are there
	seen   []mqtt.Message    // commands, sets and what is ours, in order; evcc's values would be too many
	ours   time.Time         // when the last message of ours came
}

func newObserver() *observer {
	return &observer{last: make(map[string]string), known: make(map[string]string)}
}

// observe subscribes to everything, with what is retained already.
func observe(t *testing.T, broker mqtt.Options) *observer {
	t.Helper()
	o := newObserver()
	o.client = connect(t, broker, o.see)
	replay(t, o.client, o, "#")
	return o
}

func (o *observer) see(m mqtt.Message) {
	o.mu.Lock()
	o.last[m.Topic] = string(m.Payload)
	if own(m.Topic) {
		o.ours = time.Now()
	}
	switch {
	case !own(m.Topic) || !strings.HasSuffix(m.Topic, "/config"):
	case len(m.Payload) == 0:
		delete(o.known, m.Topic)
	default:
		o.known[m.Topic] = string(m.Payload)
	}
	if own(m.Topic) || strings.HasSuffix(m.Topic, "/set") {
		o.seen = append(o.seen, m)
	}
	o.mu.Unlock()
	o.happened()
}

// own reports whether a topic is the adapter's.
func own(topic string) bool {
	return strings.HasPrefix(topic, "homeassistant/device/") || strings.HasPrefix(topic, "evcc-discovery/")
}

// topic returns the last payload, live or retained.
func (o *observer) topic(topic string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.last[topic]
}

// configs counts the devices that Home Assistant knows.
func (o *observer) configs() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.known)
}

// everyConfig returns all device messages as one text.
func (o *observer) everyConfig() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(slices.Collect(maps.Values(o.known)), "\n")
}

// wait waits until a topic has a payload.
func (o *observer) wait(t *testing.T, topic, payload string) {
	t.Helper()
	o.until(t, topic+" = "+strconv.Quote(payload), func() bool { return o.topic(topic) == payload })
}

// messages returns a copy of what was seen from a position on.
func (o *observer) messages(from int) []mqtt.Message {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]mqtt.Message(nil), o.seen[from:]...)
}

// cycle waits until evcc is online and every loadpoint has reported.
func (o *observer) cycle(t *testing.T) {
	t.Helper()
	o.until(t, "evcc's first full cycle", func() bool {
		n, _ := strconv.Atoi(o.topic("evcc/loadpoints"))
		for i := 1; i <= n; i++ {
			if o.topic("evcc/loadpoints/"+strconv.Itoa(i)+"/connected") == "" {
				return false
			}
		}
		return n > 0 && o.topic("evcc/status") == "online"
	})
}

// listens waits until evcc takes commands, which is a moment after it is online.
func (w *world) listens(t *testing.T) {
	t.Helper()
	const setter = "evcc/loadpoints/1/limitSoc/set"
	from := len(w.messages(0))
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for deadline := time.After(patience); ; {
		w.send(t, setter, "0")
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("evcc takes no command within %v", patience)
		}
		if slices.ContainsFunc(w.messages(from), func(m mqtt.Message) bool { return m.Topic == setter && len(m.Payload) == 0 }) {
			return
		}
	}
}

// quiet waits until there are devices and nothing of ours has been published for a while.
func (o *observer) quiet(t *testing.T) {
	t.Helper()
	o.until(t, "devices", func() bool { return o.topic("homeassistant/device/evcc-discovery/evcc_site/config") != "" })
	o.silent(t)
}

// announced waits until the adapter has seen that the broker keeps every device, and nothing more is to come.
func (o *observer) announced(t *testing.T) {
	t.Helper()
	o.quiet(t)
	o.until(t, "the broker seen to keep every device", func() bool {
		return strings.Count(o.topic("evcc-discovery/evcc/registry"), `"announced":true`) == o.configs()
	})
	o.silent(t)
}

// silent waits until nothing of ours has been published for a while.
func (o *observer) silent(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		o.mu.Lock()
		rest := time.Until(o.ours.Add(calm))
		o.mu.Unlock()
		if rest <= 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still publishing after %v", patience)
		}
		<-time.After(rest)
	}
}

// connect returns a client that is connected for the rest of the test.
func connect(t *testing.T, o mqtt.Options, see func(mqtt.Message)) *mqtt.Client {
	t.Helper()
	up, failed := make(chan struct{}, 100), make(chan error, 100)
	o.FirstPause = 20 * time.Millisecond
	c, err := mqtt.New(o, mqtt.Handler{Up: func() { up <- struct{}{} }, Down: func(err error) { failed <- err }, Message: see})
	if err != nil {
		t.Fatal(err)
	}
	background(t, c.Run)
	deadline := time.After(patience)
	for {
		select {
		case <-up:
			return c
		case err = <-failed: // it tries again
		case <-deadline:
			t.Fatalf("no connection within %v: %v", patience, err)
		}
	}
}

// replay subscribes and waits until all that is retained has come: a message of our own comes after it.
func replay(t *testing.T, c *mqtt.Client, o *observer, filter string) {
	t.Helper()
	if err := c.Subscribe(0, filter); err != nil {
		t.Fatal(err)
	}
	marker := "settled/" + strconv.FormatInt(time.Now().UnixNano(), 36)
	if err := c.Publish(mqtt.Message{Topic: marker, Payload: []byte("x"), QoS: 1}); err != nil {
		t.Fatal(err)
	}
	o.wait(t, marker, "x")
}

// retained returns what the broker keeps.
func retained(t *testing.T, o mqtt.Options) map[string]string {
	t.Helper()
	all, kept := newObserver(), make(map[string]string)
	c := connect(t, o, func(m mqtt.Message) {
		if m.Retained {
			all.mu.Lock()
			kept[m.Topic] = string(m.Payload)
			all.mu.Unlock()
		}
		all.see(m)
	})
	replay(t, c, all, "#")
	all.mu.Lock()
	defer all.mu.Unlock()
	return maps.Clone(kept)
}

// ours returns what the broker keeps of the adapter.
func ours(t *testing.T, broker mqtt.Options) map[string]string {
	t.Helper()
	kept := retained(t, broker)
	maps.DeleteFunc(kept, func(topic, _ string) bool { return !own(topic) })
	return kept
}
