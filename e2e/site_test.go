package e2e

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/e2e/internal/adapter"
	"evcc-discovery/e2e/internal/broker"
	"evcc-discovery/e2e/internal/homeassistant"
	"evcc-discovery/internal/app"
	"evcc-discovery/internal/simulator"
)

// The tests in this file are of the program: evcc's topics become working entities.

// site is a simulated evcc beside the program as it is built, in a household.
type site struct {
	*home
	evcc    *simulator.Driver
	program *adapter.Program
	adapter *adapter.Adapter
	stopped chan error // the simulated evcc has ended
	life    *testing.T // the test that the site lives as long as
}

// filters are everything that the program may retain.
var filters = []string{"homeassistant/device/#", "evcc-discovery/#"}

// start starts the program and then evcc. Both end with the test, and nothing of the program stays on the broker.
func start(t *testing.T, h *home, tree string) *site {
	t.Helper()
	return startWith(t, h, tree, simulator.Options{Interval: time.Second, Still: true})
}

func startWith(t *testing.T, h *home, tree string, o simulator.Options) *site {
	t.Helper()
	evcc, err := app.NewEvcc("evcc-"+tree+"-demo", o)
	check(t, err)
	s := &site{home: h, evcc: evcc, life: t}
	program, err := adapter.Build(t.Context(), room(tree+h.Version))
	check(t, err)
	s.program = program
	s.adapter, err = program.Start(map[string]string{"EVCC_DISCOVERY_MQTT_URL": h.Broker.URL()})
	check(t, err)
	s.startEvcc(t)
	t.Cleanup(func() { s.end(t, program) })
	return s
}

// startEvcc starts or restarts the simulated evcc; it ends by itself after Stop or Crash.
func (s *site) startEvcc(t *testing.T) {
	t.Helper()
	s.stopped = make(chan error, 1)
	ctx, cancel := context.WithCancel(context.Background())
	s.life.Cleanup(cancel)
	go func() { s.stopped <- app.RunEvcc(ctx, s.Broker.URL(), s.evcc) }()
}

// stopEvcc lets evcc end as by SIGTERM.
func (s *site) stopEvcc(t *testing.T) {
	t.Helper()
	s.evcc.Do(simulator.Stop{})
	check(t, <-s.stopped)
}

// end clears what the program retained, as a user who removes it does, and evcc's own topics.
func (s *site) end(t *testing.T, p *adapter.Program) {
	ctx := context.WithoutCancel(t.Context())
	if t.Failed() {
		t.Logf("the program's log:\n%s", s.adapter.Output())
	}
	if err := s.adapter.Stop(ctx); err != nil {
		t.Error(err)
	}
	remove, err := p.Start(map[string]string{"EVCC_DISCOVERY_MQTT_URL": s.Broker.URL()}, "remove")
	if err == nil {
		_, err = remove.Wait(ctx)
	}
	if err != nil {
		t.Error(err)
	}
	left, err := s.Broker.Retained(ctx, filters...)
	if err != nil || len(left) > 0 {
		t.Errorf("remove left %d topics on the broker: %v %v", len(left), left, err)
	}
	s.evcc.Do(simulator.Stop{})
	<-s.stopped
	err = s.WaitStates(ctx, func(all map[string]homeassistant.State) error {
		for id := range all {
			if strings.Contains(id, ".evcc_") {
				return fmt.Errorf("%s is still there after remove", id)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// trees are the versions of evcc to run: the newest, and with E2E=long all.
func trees() []string {
	var versions []string
	for _, name := range simulator.Trees() {
		versions = append(versions, strings.TrimSuffix(strings.TrimPrefix(name, "evcc-"), "-demo"))
	}
	if os.Getenv("E2E") == "long" {
		return versions
	}
	return versions[len(versions)-1:]
}

func TestSite(t *testing.T) {
	for _, tree := range trees() {
		t.Run(tree, func(t *testing.T) { testSite(t, fresh(t, homeassistant.Newest, tree), tree) })
	}
}

// TestSiteOnMinimum: discovery and one control per platform on the oldest Home Assistant that we support.
func TestSiteOnMinimum(t *testing.T) {
	h := minimum(t)
	h.allow(homeassistant.Allowed{
		Logger: "homeassistant.components.mqtt.discovery", Text: "No device components to cleanup",
		Reason: "2026.5 says so once more for every component of a device that its publisher has removed; 2026.11 does not",
	})
	h.allow(homeassistant.Allowed{
		Logger: "homeassistant.util.logging", Text: "homeassistant.components.mqtt.discovery is logging too frequently",
		Reason: "what the line above amounts to for a site with more than 200 components",
	})
	s := start(t, h, "0.313.2")
	want := readTable(t, "0.313.2")
	seeEntities(t, s, want)
	want = slices.DeleteFunc(want, func(e expectation) bool { return e.Enabled == "no" })
	seeAllStates(t, s, want)
	setControls(t, s, slices.DeleteFunc(want, func(e expectation) bool {
		return !slices.Contains([]string{"number.evcc_garage_limit_soc", "select.evcc_garage_mode", "switch.evcc_garage_battery_boost"}, e.EntityID)
	}))
}

func testSite(t *testing.T, h *home, tree string) {
	began := time.Now()
	s := start(t, h, tree)
	want := readTable(t, tree)
	step := func(name string, f func(*testing.T, *site, []expectation)) {
		ok := t.Run(name, func(t *testing.T) { f(t, s, want) })
		if !ok {
			t.FailNow()
		}
	}
	step("entities", seeEntities)
	step("disabled ones enabled", enableAll)
	step("states", seeAllStates)
	step("rubbish", refuseRubbish)
	step("controls", setControls)
	step("buttons", pressButtons)
	step("results", seeResults)
	step("plans", plans)
	step("vehicle", vehicleComesAndGoes)
	step("empty payloads", seeUnknown)
	step("evcc restarts", evccRestarts)
	step("program restarts", programRestarts)
	t.Logf("evcc %s in Home Assistant %s: %d entities, %.0f s", tree, h.Version, len(want), time.Since(began).Seconds())
}

// evccRestarts: stopped means unavailable, started means back.
func evccRestarts(t *testing.T, s *site, want []expectation) {
	s.stopEvcc(t)
	check(t, s.WaitStates(t.Context(), func(all map[string]homeassistant.State) error {
		for _, e := range want {
			state := all[e.EntityID].State
			if e.Reading == "result" {
				continue // commands fail just while evcc is off: that must be seen
			}
			if e.Reading != "online" && e.Device != "evcc-discovery" && state != "unavailable" {
				return fmt.Errorf("%s is %q while evcc is off", e.EntityID, state)
			}
			if e.Topic == "evcc/status" && state != "off" {
				return fmt.Errorf("%s is %q while evcc is off", e.EntityID, state)
			}
		}
		return nil
	}))
	s.startEvcc(t)
	seeAllStates(t, s, want)
}

// programRestarts: started after evcc, it retains the same bytes as it did started before evcc, and publishes no
// device again. That nothing depends on what it remembers is shown in internal/app.
func programRestarts(t *testing.T, s *site, _ []expectation) {
	check(t, s.MQTT.Subscribe(t.Context(), "homeassistant/device/evcc-discovery/+/config"))
	s.waitSettled(t)
	before, err := s.Broker.Retained(t.Context(), filters...)
	check(t, err)
	since := s.MQTT.Mark()
	check(t, s.adapter.Restart(t.Context()))
	check(t, s.adapter.WaitOutput(t.Context(), "connected to the broker"))
	s.waitQuiet(t)
	after, err := s.Broker.Retained(t.Context(), filters...)
	check(t, err)
	for topic := range after { // the command that was refused to see that it is quiet
		if strings.Contains(topic, "/site/last_command/") || strings.Contains(topic, "/site/command_problem/") || strings.Contains(topic, "/adapter/problem/") {
			delete(after, topic)
			delete(before, topic)
		}
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("after a restart the program retains something else (-before +after):\n%s", diff)
	}
	for _, m := range s.MQTT.Messages(since) {
		if strings.HasSuffix(m.Topic, "/config") && !m.Retained {
			t.Errorf("the restart published %s again", m.Topic)
		}
	}
}

// waitSettled waits until the program has published nothing for longer than it holds messages back.
func (s *site) waitSettled(t *testing.T) {
	t.Helper()
	const longer = 7 * time.Second
	for {
		since := s.MQTT.Mark()
		ctx, cancel := context.WithTimeout(t.Context(), longer)
		_, err := s.MQTT.WaitMessage(ctx, since, func(m broker.Message) bool { return strings.HasSuffix(m.Topic, "/config") })
		cancel()
		if err != nil {
			return
		}
	}
}

// waitQuiet waits until the program has read the retained world and has nothing to publish: it answers a command
// then, here one that it must refuse.
func (s *site) waitQuiet(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	const refusal = "is none of off"
	before := strings.Count(s.adapter.Output(), refusal)
	for strings.Count(s.adapter.Output(), refusal) == before {
		check(t, s.MQTT.Publish(ctx, "evcc-discovery/evcc/loadpoint/1/mode/set", "rubbish", false))
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("the program does not answer; it said\n%s", s.adapter.Output())
		}
	}
}
