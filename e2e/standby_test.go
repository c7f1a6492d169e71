package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/e2e/internal/broker"
)

// TestSecondProgram: of two programs on one base topic the second says so and waits without a word; when the first is killed
// it takes over, and what it publishes is what the first had published. Home Assistant sees the controls go and come back.
func TestSecondProgram(t *testing.T) {
	h := newest(t)
	s := start(t, h, "0.313.2")
	want := slices.DeleteFunc(readTable(t, "0.313.2"), func(e expectation) bool { return e.Enabled == "no" })
	ctx := t.Context()
	check(t, s.MQTT.Subscribe(ctx, "homeassistant/device/evcc-discovery/+/config", "evcc-discovery/#"))
	seeAllStates(t, s, want)
	s.command(t, "now") // for a last command
	s.waitSettled(t)
	before, err := s.Broker.Retained(ctx, filters...)
	check(t, err)

	since := s.MQTT.Mark()
	second, err := s.program.Start(map[string]string{"EVCC_DISCOVERY_MQTT_URL": h.Broker.URL()})
	check(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the second program's log:\n%s", second.Output())
		}
	})
	check(t, second.WaitOutput(ctx, "Another instance is active on this base topic"))
	s.command(t, "off")
	for _, m := range s.MQTT.Messages(since) {
		if m.Topic == "evcc-discovery/status" || strings.HasSuffix(m.Topic, "/config") && !m.Retained {
			t.Errorf("published while the second one waits: %s %.100s", m.Topic, m.Payload)
		}
	}
	if strings.Contains(second.Output(), "command accepted") {
		t.Error("the second one has carried out a command")
	}

	began := time.Now()
	s.adapter.Kill()
	s.see(t, "select.evcc_garage_mode", "unavailable")
	check(t, second.WaitOutput(ctx, "resolved: Another instance is active on this base topic"))
	s.see(t, "select.evcc_garage_mode", "off")
	t.Logf("controls work again %.1f s after the first was killed", time.Since(began).Seconds())
	s.adapter = second // which ends with the test
	s.waitQuiet(t)
	s.command(t, "pv")
	seeAllStates(t, s, want)
	s.waitSettled(t)
	after, err := s.Broker.Retained(ctx, filters...)
	check(t, err)
	for topic := range after { // what the commands have left
		for _, part := range []string{"/site/last_command/", "/site/command_problem/", "/adapter/problem/", "/legacy_mode/", "/registry"} {
			if strings.Contains(topic, part) {
				delete(after, topic)
				delete(before, topic)
			}
		}
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("the second program retains something else (-first +second):\n%s", diff)
	}
}

// command sets a loadpoint's mode in Home Assistant and waits for evcc's answer to whoever is at work.
func (s *site) command(t *testing.T, mode string) {
	t.Helper()
	since := s.MQTT.Mark()
	check(t, s.CallService(t.Context(), "select", "select_option", map[string]any{"entity_id": "select.evcc_garage_mode", "option": mode}))
	s.see(t, "select.evcc_garage_mode", mode)
	_, err := s.MQTT.WaitMessage(t.Context(), since, func(m broker.Message) bool {
		return m.Topic == "evcc-discovery/evcc/site/last_command/attributes" && strings.Contains(m.Payload, `"result":"accepted"`) && strings.Contains(m.Payload, `"value":"`+mode+`"`)
	})
	check(t, err)
}
