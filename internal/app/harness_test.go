package app_test

import (
	"bytes"
	"context"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"evcc-discovery/internal/app"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/mqtt/memtest"
	"evcc-discovery/internal/settings"
	"evcc-discovery/internal/simulator"
)

const (
	patience = 3 * time.Minute         // for what must happen, with the race detector on a busy machine
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
		settle(t)
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

// virtual runs a test in virtual time: what waits takes none. A socket or a child process in it would stop that time, and
// what it has started must end with it.
func virtual(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		virtuals.Store(t, nil)
		defer virtuals.Delete(t)
		time.Sleep(time.Until(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))) // it begins in 2000, the trees are of our days
		test(t)
	})
}

var virtuals sync.Map // of *testing.T

func isVirtual(t *testing.T) bool {
	_, found := virtuals.Load(t)
	return found
}

// settle lets everything happen that happens at this moment, where time is virtual. In real time nobody knows when that is.
func settle(t *testing.T) {
	if isVirtual(t) {
		synctest.Wait()
	}
}

// everyProfile runs a test on each profile, in virtual time.
func everyProfile(t *testing.T, test func(t *testing.T, tree string)) {
	t.Helper()
	for _, tree := range profiles {
		t.Run(tree, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T) { test(t, tree) })
		})
	}
}

// startBroker starts the embedded broker and returns with it how to reach it.
func startBroker(t *testing.T, o mqtt.BrokerOptions) (*mqtt.Broker, mqtt.Options) {
	t.Helper()
	b, err := mqtt.StartBroker(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b, mqtt.Options{URL: b.URL(), Username: o.Username, Password: o.Password, Network: o.Network}
}

// newApp returns the program with default settings and its log, which is JSON.
func newApp(broker mqtt.Options) (*app.App, *logs) {
	l := &logs{}
	return &app.App{
		Settings: settings.Settings{MQTTURL: broker.URL, MQTTUsername: broker.Username, MQTTPassword: broker.Password, EVCCTopics: []string{"evcc"}, DiscoveryPrefix: "homeassistant", BaseTopic: "evcc-discovery", Language: "en"},
		Version:  "test", Out: &logs{}, Log: zerolog.New(l), Network: broker.Network,
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

func runEvcc(t *testing.T, broker mqtt.Options, evcc *simulator.Driver) *task {
	return background(t, func(ctx context.Context) error { return app.RunEvccOn(ctx, broker, evcc) })
}

// world is a broker with a simulated evcc and somebody who sees all messages.
type world struct {
	broker mqtt.Options
	evcc   *simulator.Driver
	*observer
}

// newWorld is a world in memory.
func newWorld(t *testing.T, tree string) *world {
	t.Helper()
	_, broker := startBroker(t, mqtt.BrokerOptions{Network: &memtest.Network{}})
	return worldOn(t, broker, tree)
}

func worldOn(t *testing.T, broker mqtt.Options, tree string) *world {
	t.Helper()
	return &world{broker: broker, evcc: newEvcc(t, tree), observer: observe(t, broker)}
}

// up starts evcc and waits until every loadpoint has reported.
func (w *world) up(t *testing.T) *task {
	t.Helper()
	r := runEvcc(t, w.broker, w.evcc)
	w.cycle(t)
	return r
}

// published starts the adapter beside a running evcc and waits until all devices are published.
func (w *world) published(t *testing.T) (*task, *logs) {
	t.Helper()
	a, l := newApp(w.broker)
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
	l.wait(t, "devices published")
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
// accepted sends a command until evcc has answered it in time: where time is real a busy machine may be late.
func (w *world) accepted(t *testing.T, log *logs, topic, payload string) {
	t.Helper()
	for sent := 1; log.count("command accepted") == 0 && sent < 10; sent++ {
		w.send(t, topic, payload)
		log.until(t, "the end of "+topic, func() bool { return log.count("command accepted")+log.count("command unanswered") >= sent })
	}
}

func (w *world) send(t *testing.T, topic, payload string) {
	t.Helper()
	if err := w.client.Publish(mqtt.Message{Topic: topic, Payload: []byte(payload), QoS: 1}); err != nil {
		t.Fatal(err)
	}
}
