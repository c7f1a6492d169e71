package app_test

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"evcc-discovery/internal/app"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/settings"
	"evcc-discovery/internal/simulator"
)

const (
	patience = time.Minute             // for what must happen, with the race detector on a busy machine
	calm     = 6500 * time.Millisecond // without a message of ours: nothing is due any more (5 s between two for a device, 1 s to settle)
	oldest   = "evcc-0.123.0-demo"
	newest   = "evcc-0.313.2-demo"
)

// profiles are evccs that start, stop and name things differently; the others differ from these only in what there is,
// which goldens, the simulator's own tests and e2e look at.
var profiles = []string{oldest, "evcc-0.207.0-demo", newest, "evcc-0.316.0-demo"}

// news wakes whoever waits for a condition. The zero value is ready.
type news struct {
	mu sync.Mutex
	c  chan struct{}
}

func (n *news) next() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.c == nil {
		n.c = make(chan struct{})
	}
	return n.c
}

func (n *news) happened() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.c != nil {
		close(n.c)
		n.c = nil
	}
}

// until waits for a condition that can change with each piece of news.
func (n *news) until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.After(patience)
	for {
		next := n.next()
		if condition() {
			return
		}
		select {
		case <-next:
		case <-deadline:
			t.Fatalf("waited %v for %s", patience, what)
		}
	}
}

// logs is a log that can be waited for.
type logs struct {
	news
	mu      sync.Mutex
	written bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	l.written.Write(p)
	l.mu.Unlock()
	l.happened()
	return len(p), nil
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.written.String()
}

// count returns how many lines contain all the parts.
func (l *logs) count(parts ...string) (n int) {
lines:
	for line := range strings.Lines(l.String()) {
		for _, part := range parts {
			if !strings.Contains(line, part) {
				continue lines
			}
		}
		n++
	}
	return n
}

func (l *logs) wait(t *testing.T, parts ...string) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Log(l)
		}
	}()
	l.until(t, "a log line with "+strings.Join(parts, " and "), func() bool { return l.count(parts...) > 0 })
}

// task is something that runs until it is stopped, at the latest at the end of the test.
type task struct {
	t      *testing.T
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

func background(t *testing.T, run func(context.Context) error) *task {
	ctx, cancel := context.WithCancel(context.Background())
	r := &task{t: t, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.err = run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-r.done
	})
	return r
}

// wait waits until the task has ended by itself.
func (r *task) wait() error {
	r.t.Helper()
	select {
	case <-r.done:
	case <-time.After(patience):
		r.t.Fatalf("waited %v for the end", patience)
	}
	return r.err
}

// stop ends the task in order. A machine that is too busy for the goodbye is none of its faults.
func (r *task) stop() {
	r.t.Helper()
	r.cancel()
	switch err := r.wait(); {
	case errors.Is(err, context.DeadlineExceeded):
		r.t.Logf("ended with: %v", err)
	case err != nil && !errors.Is(err, context.Canceled):
		r.t.Errorf("ended with: %v", err)
	}
}

func startBroker(t *testing.T, o mqtt.BrokerOptions) *mqtt.Broker {
	t.Helper()
	b, err := mqtt.StartBroker(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// newApp returns the program with default settings and its log, which is JSON.
func newApp(url string) (*app.App, *logs) {
	l := &logs{}
	return &app.App{
		Settings: settings.Settings{MQTTURL: url, EVCCTopics: []string{"evcc"}, DiscoveryPrefix: "homeassistant", BaseTopic: "evcc-discovery", Language: "en"},
		Version:  "test", Out: &logs{}, Log: zerolog.New(l),
	}, l
}

func newEvcc(t *testing.T, tree string) *simulator.Driver {
	t.Helper()
	evcc, err := app.NewEvcc(tree, simulator.Options{Root: "evcc", Interval: time.Second, Still: true, Pause: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return evcc
}

func runEvcc(t *testing.T, url string, evcc *simulator.Driver) *task {
	return background(t, func(ctx context.Context) error { return app.RunEvcc(ctx, url, evcc) })
}

// world is a broker with a simulated evcc and somebody who sees all messages.
type world struct {
	url  string
	evcc *simulator.Driver
	*observer
}

func newWorld(t *testing.T, tree string) *world {
	t.Helper()
	url := startBroker(t, mqtt.BrokerOptions{}).URL()
	return &world{url: url, evcc: newEvcc(t, tree), observer: observe(t, url)}
}

// up starts evcc and waits until every loadpoint has reported.
func (w *world) up(t *testing.T) *task {
	t.Helper()
	r := runEvcc(t, w.url, w.evcc)
	w.cycle(t)
	return r
}

// published starts the adapter beside a running evcc and waits until all devices are published.
func (w *world) published(t *testing.T) (*task, *logs) {
	t.Helper()
	a, l := newApp(w.url)
	r := background(t, a.Run)
	w.devices(t, l)
	return r, l
}

var (
	deviceCount = regexp.MustCompile(`"devices":"(\d+)"`)
	stateless   = regexp.MustCompile(`/event$|/last_command/state$|_limit/state$|/planned_|/plan_(cost|duration|price)/state$|/vehicle_plans_(soc|time)/state$`) // nothing until the first command, no limit set, no plan
	ownState    = regexp.MustCompile(`"state_topic":"(evcc-discovery/[^"]+)"`)
)

// devices waits until as many devices have come as the log says, and the adapter's own, with all states of ours.
func (w *world) devices(t *testing.T, l *logs) {
	t.Helper()
	l.wait(t, "devices are published")
	n, _ := strconv.Atoi(deviceCount.FindStringSubmatch(l.String())[1])
	w.until(t, strconv.Itoa(n)+" devices", func() bool { return w.configs() == n+1 })
	for _, m := range ownState.FindAllStringSubmatch(w.everyConfig(), -1) {
		if stateless.MatchString(m[1]) {
			continue
		}
		w.until(t, m[1], func() bool { return w.topic(m[1]) != "" })
	}
}

// send publishes a command as Home Assistant does.
func (w *world) send(t *testing.T, topic, payload string) {
	t.Helper()
	if err := w.client.Publish(mqtt.Message{Topic: topic, Payload: []byte(payload), QoS: 1}); err != nil {
		t.Fatal(err)
	}
}
