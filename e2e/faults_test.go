package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"evcc-discovery/e2e/internal/broker"
	"evcc-discovery/e2e/internal/homeassistant"
	"evcc-discovery/internal/simulator"
)

// automation is what a user would have on the end of charging. It must not take a restart for that.
const automation = `input_boolean:
  charging_has_ended:
automation:
  - id: charging_has_ended
    alias: Charging has ended
    triggers: [{trigger: state, entity_id: binary_sensor.evcc_carport_charging, from: "on", to: "off"}]
    actions: [{action: input_boolean.turn_on, target: {entity_id: input_boolean.charging_has_ended}}]
`

// brokerGone is what Home Assistant itself says about a broker that is gone, one by one.
var brokerGone = []homeassistant.Allowed{
	{Logger: "homeassistant.components.mqtt.client", Text: "Disconnected from MQTT server", Reason: "the test stops the broker"},
	{Logger: "homeassistant.components.mqtt.client", Text: "Error returned from MQTT server: The connection was lost.", Reason: "the test stops the broker"},
	{Logger: "homeassistant.components.mqtt.client", Text: "Failed to connect to MQTT server", Reason: "the test stops the broker"},
}

// TestFaultsInOrder: evcc, the broker, the program and Home Assistant stop, crash and come back, one after the other.
// After each of them every entity is right again, no automation took it for the end of charging, and Home Assistant has
// nothing to say about us. Faults in any order, thousands of them, are played in internal/faults.
func TestFaultsInOrder(t *testing.T) {
	h := furnished(t, homeassistant.Newest, "faults", broker.Options{Persistent: true}, automation)
	if h.Broker.Embedded {
		t.Skip("needs a broker with a memory: mosquitto")
	}
	h.allow(brokerGone...)
	s := start(t, h, "0.313.2")
	want := slices.DeleteFunc(readTable(t, "0.313.2"), func(e expectation) bool { return e.Enabled == "no" })
	seeAllStates(t, s, want)
	s.waitSettled(t)
	s.see(t, "binary_sensor.evcc_carport_charging", "on")
	for _, fault := range []struct {
		name string
		do   func(*testing.T, *site, []expectation)
	}{
		{"evcc is killed", evccIsKilled},
		{"the power fails", powerFails},
		{"evcc restarts", evccRestarts},
		{"evcc's cycles take twice the interval", cyclesAreSlow},
		{"the broker restarts", brokerRestarts},
		{"the broker loses its memory", brokerForgets},
		{"the program is killed", programIsKilled},
		{"Home Assistant restarts", homeRestarts},
		{"Home Assistant is killed", homeIsKilled},
	} {
		if !t.Run(fault.name, func(t *testing.T) { fault.do(t, s, want) }) {
			t.FailNow()
		}
		s.see(t, "input_boolean.charging_has_ended", "off")
	}
	s.evcc.Do(simulator.Pause{Loadpoint: 1})
	s.see(t, "input_boolean.charging_has_ended", "on") // or it would have told nothing
}

// measured waits for a condition and tells how long that took.
func (s *site) measured(t *testing.T, what string, ready func(map[string]homeassistant.State) error) {
	t.Helper()
	began := time.Now()
	check(t, s.WaitStates(t.Context(), ready))
	t.Logf("%s after %.1f s", what, time.Since(began).Seconds())
}

// allUnavailable is the condition that nothing of evcc looks current.
func allUnavailable(want []expectation) func(map[string]homeassistant.State) error {
	return func(all map[string]homeassistant.State) error {
		for _, e := range want {
			if !strings.HasPrefix(e.Topic, "evcc/loadpoints/") && !strings.HasPrefix(e.Topic, "evcc/site/") && !strings.HasPrefix(e.Topic, "evcc/vehicles/") {
				continue
			}
			if got := all[e.EntityID].State; got != "unavailable" {
				return fmt.Errorf("%s is %q", e.EntityID, got)
			}
		}
		return nil
	}
}

// right waits until everything is as evcc says, and tells how long that took.
func (s *site) right(t *testing.T, want []expectation) {
	t.Helper()
	began := time.Now()
	seeAllStates(t, s, want)
	t.Logf("everything is right after %.1f s", time.Since(began).Seconds())
}

func evccIsKilled(t *testing.T, s *site, want []expectation) {
	s.evcc.Do(simulator.Crash{})
	check(t, <-s.stopped)
	s.measured(t, "unavailable", allUnavailable(want))
	s.startEvcc(t)
	s.right(t, want)
}

// powerFails: the broker comes back with what evcc said before the cut, that it is online included. Home Assistant shows
// that until the program has connected.
func powerFails(t *testing.T, s *site, want []expectation) {
	s.adapter.Kill()
	s.evcc.Do(simulator.Crash{})
	check(t, <-s.stopped)
	s.measured(t, "unavailable", allUnavailable(want))
	check(t, s.MQTT.Publish(t.Context(), "evcc/status", "online", true))
	s.waitAvailable(t, "sensor.evcc_carport_charge_power") // the old value
	check(t, s.adapter.Resume())
	s.measured(t, "from the start of the program: unavailable", allUnavailable(want))
	s.startEvcc(t)
	s.right(t, want)
}

// cyclesAreSlow: for two rounds after a restart of the program nothing that is read from evcc becomes unavailable.
func cyclesAreSlow(t *testing.T, s *site, want []expectation) {
	ctx := t.Context()
	s.evcc.Do(simulator.Stretch{Intervals: 2})
	check(t, s.MQTT.Subscribe(ctx, "evcc/site/homePower"))
	check(t, s.adapter.Restart(ctx))
	for range 6 {
		_, err := s.MQTT.WaitMessage(ctx, s.MQTT.Mark(), func(m broker.Message) bool { return m.Topic == "evcc/site/homePower" && !m.Retained })
		check(t, err)
		all, err := s.States(ctx)
		check(t, err)
		for _, e := range want {
			if strings.Contains(e.EntityID, "sensor.") && strings.HasPrefix(e.Topic, "evcc/") && all[e.EntityID].State == "unavailable" {
				t.Errorf("%s is unavailable", e.EntityID)
			}
		}
	}
	s.evcc.Do(simulator.Stretch{Intervals: 1})
	s.right(t, want)
}

func brokerRestarts(t *testing.T, s *site, want []expectation) {
	check(t, s.Broker.Stop(t.Context()))
	s.measured(t, "unavailable", allUnavailable(want))
	since := s.MQTT.Mark()
	check(t, s.Broker.Resume(t.Context()))
	s.right(t, want)
	s.waitBirth(t, since) // or Home Assistant says with a trace that it could not send it
}

// brokerForgets: our messages are back at once; evcc says what it says at its start only after another one.
func brokerForgets(t *testing.T, s *site, want []expectation) {
	ctx := t.Context()
	before, err := s.Broker.Retained(ctx, "homeassistant/device/#")
	check(t, err)
	check(t, s.MQTT.Subscribe(ctx, "homeassistant/device/evcc-discovery/+/config", "evcc-discovery/status"))
	check(t, s.Broker.Stop(ctx))
	check(t, s.Broker.Forget())
	session := s.MQTT.Session()
	since := s.MQTT.Mark()
	check(t, s.Broker.Resume(ctx))
	check(t, s.MQTT.WaitSession(ctx, session))
	_, err = s.MQTT.WaitMessage(ctx, since, broker.On("evcc-discovery/status", "online"))
	check(t, err)
	began := time.Now()
	for topic := range before {
		_, err := s.MQTT.WaitMessage(ctx, since, func(m broker.Message) bool { return m.Topic == topic && m.Payload != "" })
		check(t, err)
	}
	took := time.Since(began)
	t.Logf("%d messages are back after %.1f s", len(before), took.Seconds())
	if took > 5*time.Second {
		t.Errorf("it took %v until they were back", took)
	}
	s.waitAvailable(t, "sensor.evcc_carport_charge_power", "sensor.evcc_garage_charge_power", "sensor.evcc_grid_power") // evcc goes on
	s.stopEvcc(t)
	s.startEvcc(t)
	s.right(t, want)
	s.waitBirth(t, since)
}

// programIsKilled: what is read from evcc does not notice; what goes through the program is unavailable until it is back.
func programIsKilled(t *testing.T, s *site, want []expectation) {
	s.adapter.Kill()
	s.measured(t, "controls unavailable", func(all map[string]homeassistant.State) error {
		for _, e := range want {
			got := all[e.EntityID].State
			switch reads := strings.Contains(e.EntityID, "sensor.") && strings.HasPrefix(e.Topic, "evcc/"); {
			case reads && got == "unavailable":
				return fmt.Errorf("%s is unavailable, and is read from evcc", e.EntityID)
			case e.EntityID == "select.evcc_garage_mode" && got != "unavailable":
				return fmt.Errorf("%s is %q", e.EntityID, got)
			}
		}
		return nil
	})
	check(t, s.adapter.Resume())
	s.right(t, want)
}

func homeRestarts(t *testing.T, s *site, want []expectation) {
	check(t, s.Restart(t.Context()))
	s.right(t, want)
}

func homeIsKilled(t *testing.T, s *site, want []expectation) {
	since := s.MQTT.Mark()
	s.Kill()
	check(t, s.Resume(t.Context()))
	s.right(t, want)
	s.waitBirth(t, since) // until then it still listens to more and more
}
