// Package e2e holds the tests of evcc-discovery with everything that is real: Home Assistant, the
// broker, and the program as it is built. Run them with
//
//	cd e2e && go test -timeout 25m ./...
//
// The first run installs Home Assistant into the user's cache directory (1.1 GB a release, about a
// minute); after that a Home Assistant starts in seconds. All tests of a release share one.
package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"evcc-discovery/e2e/internal/broker"
	"evcc-discovery/e2e/internal/homeassistant"
)

// household is a Home Assistant with MQTT, its broker, and the test's own connection to the broker.
// The tests of a release share one.
type household struct {
	*homeassistant.Instance
	Broker *broker.Broker
	MQTT   *broker.Client
	Entry  string // id of the MQTT integration's entry

	Installation *homeassistant.Installation
}

// home is a household while one test has it.
type home struct {
	*household
	mark    homeassistant.Mark // where its log began
	allowed []homeassistant.Allowed
}

// The households, each started by the first test that asks for it.
var (
	newestHousehold  = sync.OnceValues(func() (*household, error) { return startHousehold(homeassistant.Newest, "shared") })
	minimumHousehold = sync.OnceValues(func() (*household, error) { return startHousehold(homeassistant.Minimum, "shared") })
)

// scratch is where everything is written; atEnd undoes what was started.
var (
	scratch string
	atEnd   []func()
)

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	scratch = dir
	defer os.RemoveAll(dir)
	defer func() {
		for i := len(atEnd) - 1; i >= 0; i-- {
			atEnd[i]()
		}
	}()
	return m.Run()
}

// newest lends the test a household with the release that everything is tested on.
func newest(t *testing.T) *home { return enter(t, newestHousehold) }

// minimum lends the test a household with the oldest release that we support.
func minimum(t *testing.T) *home { return enter(t, minimumHousehold) }

// fresh lends the test a household of its own: a Home Assistant that remembers nothing of other tests.
func fresh(t *testing.T, version, name string) *home {
	t.Helper()
	return furnished(t, version, name, broker.Options{}, "")
}

// furnished is fresh with another broker, and with more in Home Assistant's configuration.yaml.
func furnished(t *testing.T, version, name string, b broker.Options, configuration string) *home {
	t.Helper()
	shared := len(atEnd)
	own, err := furnish(version, name, b, configuration)
	t.Cleanup(func() { // after everything that the test itself still asks of it
		for i := len(atEnd) - 1; i >= shared; i-- {
			atEnd[i]()
		}
		atEnd = atEnd[:shared]
	})
	return enter(t, func() (*household, error) { return own, err })
}

// enter fails the test at its end for every line of Home Assistant's log that is our fault, unless
// the test has allowed it.
func enter(t *testing.T, start func() (*household, error)) *home {
	t.Helper()
	shared, err := start()
	if err != nil {
		t.Fatal(err)
	}
	h := &home{household: shared, mark: shared.Mark()}
	t.Cleanup(func() {
		for _, e := range h.Offending(h.mark, nil, h.allowed...) {
			t.Errorf("Home Assistant logged: %s", e)
		}
		if t.Failed() {
			h.explain(t)
		}
	})
	return h
}

// waitBirth returns when Home Assistant has said since the mark of h.MQTT that it is there. Only then
// has it subscribed to everything, after its own start (about 10 s) or the broker's.
func (h *home) waitBirth(t *testing.T, since int) {
	t.Helper()
	_, err := h.MQTT.WaitMessage(t.Context(), since, broker.On("homeassistant/status", "online"))
	check(t, err)
}

// explain adds to a failure what the others said meanwhile.
func (h *home) explain(t *testing.T) {
	t.Helper()
	log := h.Log(h.mark)
	for _, e := range log[max(0, len(log)-30):] {
		t.Logf("Home Assistant's log: %.300s", e)
	}
	lines := strings.Split(strings.TrimSpace(h.Broker.Log()), "\n")
	t.Logf("the broker's log:\n%s", strings.Join(lines[max(0, len(lines)-20):], "\n"))
}

// allow excuses what the test provokes on purpose.
func (h *home) allow(a ...homeassistant.Allowed) { h.allowed = append(h.allowed, a...) }

// startHousehold takes seconds where the release is installed.
func startHousehold(version, name string) (*household, error) {
	return furnish(version, name, broker.Options{}, "")
}

func furnish(version, name string, b broker.Options, configuration string) (*household, error) {
	in, err := install(version)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	began := time.Now()
	h := &household{Installation: in}
	b.Dir = room(version, name, "broker")
	if h.Broker, err = broker.Start(ctx, b); err != nil {
		return nil, err
	}
	atEnd = append(atEnd, h.Broker.Kill)
	if h.MQTT, err = h.Broker.Dial(ctx); err != nil {
		return nil, err
	}
	atEnd = append(atEnd, h.MQTT.Close)
	if err := h.MQTT.Subscribe(ctx, "homeassistant/status"); err != nil {
		return nil, err
	}
	o := homeassistant.Options{Dir: room(version, name, "homeassistant"), Configuration: "conversation:\nhistory:\nintent:\n" + configuration}
	if h.Instance, err = in.Start(ctx, o); err != nil {
		return nil, err
	}
	atEnd = append(atEnd, h.Instance.Kill)
	if h.Entry, err = h.AddMQTT(ctx, homeassistant.MQTT{Host: h.Broker.Host, Port: h.Broker.Port}); err != nil {
		return nil, err
	}
	fmt.Printf("Home Assistant %s with MQTT started in %.1f s\n", version, time.Since(began).Seconds())
	return h, nil
}

// install has as long as a slow line to the package index needs.
func install(version string) (*homeassistant.Installation, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	return homeassistant.Install(ctx, version, os.Stdout)
}

// room is a new directory below scratch.
func room(names ...string) string {
	dir := filepath.Join(append([]string{scratch}, names...)...)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		panic(err) // scratch is ours and new
	}
	return dir
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
