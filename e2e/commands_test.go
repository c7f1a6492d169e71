package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"evcc-discovery/e2e/internal/broker"
	"evcc-discovery/e2e/internal/homeassistant"
)

// resultTopic is where the program tells how each command ended.
const resultTopic = "evcc-discovery/evcc/site/command/event"

// followCommands sees what evcc is sent and how commands end.
func (s *site) followCommands(t *testing.T) {
	t.Helper()
	check(t, s.MQTT.Subscribe(t.Context(), "evcc/site/+/set", "evcc/loadpoints/+/+/set", "evcc/vehicles/+/+/set", resultTopic))
}

// waitResult waits for the end of a command and returns how it was told.
func (s *site) waitResult(t *testing.T, since int, parts ...string) string {
	t.Helper()
	m, err := s.MQTT.WaitMessage(t.Context(), since, func(m broker.Message) bool {
		return m.Topic == resultTopic && !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(m.Payload, p) })
	})
	if err != nil {
		t.Fatalf("no result with %v: %v\n%s", parts, err, s.adapter.Output())
	}
	return m.Payload
}

// offered is a control as Home Assistant is told of it.
type offered struct {
	Platform string
	Topic    string `json:"command_topic"`
	Min, Max float64
}

// unfit are commands that nobody may have taken.
func (o offered) unfit() []string {
	if o.Platform == "number" {
		return []string{strconv.FormatFloat(o.Max+1, 'f', -1, 64), strconv.FormatFloat(o.Min-1, 'f', -1, 64), "NaN", "1,5", "rubbish"}
	}
	return []string{"rubbish", "{{ states }}", strings.Repeat("x", 2000)}
}

// refuseRubbish: values out of range and rubbish on every command topic are refused, told, and reach nobody.
func refuseRubbish(t *testing.T, s *site, _ []expectation) {
	s.followCommands(t)
	configs, err := s.Broker.Retained(t.Context(), "homeassistant/device/#")
	check(t, err)
	since, sent := s.MQTT.Mark(), 0
	for _, payload := range configs {
		var m struct{ Components map[string]offered }
		check(t, json.Unmarshal([]byte(payload), &m))
		for _, c := range m.Components {
			if !strings.HasPrefix(c.Topic, "evcc-discovery/evcc/") {
				continue // read-only, or the program's own
			}
			for _, command := range c.unfit() {
				check(t, s.MQTT.Publish(t.Context(), c.Topic, command, false))
				sent++
			}
		}
	}
	check(t, s.MQTT.Publish(t.Context(), "evcc-discovery/evcc/site/no_control/set", "1", false)) // comes after them
	sent++
	s.waitResult(t, since, `"control":"site/no_control"`)
	refused := 0
	for _, m := range s.MQTT.Messages(since) {
		switch {
		case m.Topic == resultTopic && strings.Contains(m.Payload, `"event_type":"refused"`):
			refused++
		case m.Topic == resultTopic:
			t.Errorf("not refused: %s", m.Payload)
		case strings.HasSuffix(m.Topic, "/set") && strings.HasPrefix(m.Topic, "evcc/") && m.Payload != "":
			t.Errorf("evcc got %s %s", m.Topic, m.Payload)
		}
	}
	if refused != sent {
		t.Errorf("%d of %d were refused", refused, sent)
	}
	s.see(t, "binary_sensor.evcc_command_problem", "on")
	s.seeLast(t, "refused", "no such control")
	s.seeEvent(t, "refused", "no such control")
	t.Logf("%d commands refused", refused)

	// Home Assistant refuses by itself what its own services are given
	err = s.CallService(t.Context(), "number", "set_value", map[string]any{"entity_id": "number.evcc_residual_power", "value": 1e9})
	if err == nil {
		t.Error("Home Assistant takes a residual power of 1e9")
	}
}

// seeLast waits for the sensor of the last command.
func (s *site) seeLast(t *testing.T, result, reason string) {
	t.Helper()
	_, err := s.WaitState(t.Context(), "sensor.evcc_last_command", func(st homeassistant.State) bool {
		return st.State == result && strings.Contains(st.Attribute("reason"), reason)
	})
	if err != nil {
		t.Errorf("the last command: %v", err)
	}
}

// seeEvent waits for the event entity, whose state is when something happened.
func (s *site) seeEvent(t *testing.T, kind, reason string) {
	t.Helper()
	_, err := s.WaitState(t.Context(), "event.evcc_command", func(st homeassistant.State) bool {
		return st.Attribute("event_type") == kind && strings.Contains(st.Attribute("reason"), reason)
	})
	if err != nil {
		t.Errorf("the event: %v", err)
	}
}

// seeResults: what was refused and works again is no problem any more, evcc's refusals are told with their reason, and
// related controls may be set at once.
func seeResults(t *testing.T, s *site, want []expectation) {
	state, err := s.WaitState(t.Context(), "binary_sensor.evcc_command_problem", func(st homeassistant.State) bool {
		failed, _ := st.Attributes["failed"].([]any)
		return !slices.ContainsFunc(failed, func(f any) bool { return !strings.Contains(fmt.Sprint(f), "plan") }) // plans have their own step
	})
	if err != nil {
		t.Errorf("what works again is still a problem: %v: %v", err, state.Attributes["failed"])
	}
	has := func(id string) bool {
		return slices.ContainsFunc(want, func(e expectation) bool { return e.EntityID == id })
	}
	call := func(domain, service string, data map[string]any) {
		t.Helper()
		check(t, s.CallService(t.Context(), domain, service, data))
	}
	const mode, boost = "select.evcc_garage_mode", "switch.evcc_garage_battery_boost"
	if has(boost) {
		call("select", "select_option", map[string]any{"entity_id": mode, "option": "now"})
		s.see(t, mode, "now")
		call("switch", "turn_on", map[string]any{"entity_id": boost})
		s.seeLast(t, "refused", "this needs solar charging")
		s.seeEvent(t, "refused", "this needs solar charging")
		s.see(t, boost, "off")
		s.see(t, "binary_sensor.evcc_command_problem", "on")
		call("select", "select_option", map[string]any{"entity_id": mode, "option": options(s.mustState(t, mode))[1]})
	}
	const low, high = "number.evcc_garage_min_current", "number.evcc_garage_max_current"
	set := func(id string, value float64) {
		call("number", "set_value", map[string]any{"entity_id": id, "value": value})
	}
	set(low, 20) // above the other, which follows
	set(high, 25)
	s.see(t, low, "20")
	s.see(t, high, "25")
	set(high, 16)
	set(low, 6)
	s.see(t, low, "6")
	s.see(t, high, "16")
	s.seeLast(t, "accepted", "")
}

func (s *site) mustState(t *testing.T, id string) homeassistant.State {
	t.Helper()
	state, ok, err := s.State(t.Context(), id)
	check(t, err)
	if !ok {
		t.Fatalf("%s has no state", id)
	}
	return state
}
