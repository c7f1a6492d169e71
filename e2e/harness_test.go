package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"evcc-discovery/e2e/internal/broker"
	"evcc-discovery/e2e/internal/homeassistant"
)

// The tests in this file are of the harness: that it sees and steers what the others rely on. Our
// program has no part in them.

// TestHarness goes once through everything that the tests of our program do with Home Assistant.
func TestHarness(t *testing.T) {
	t.Run("newest", func(t *testing.T) {
		h := newest(t)
		testHarness(t, h)
		t.Run("power cut", func(t *testing.T) { powerCut(t, h) })
		t.Run("broker restart", func(t *testing.T) { brokerRestart(t, h) })
	})
	t.Run("minimum", func(t *testing.T) { testHarness(t, minimum(t)) })
}

func testHarness(t *testing.T, h *home) {
	check(t, h.MQTT.Subscribe(t.Context(), "probe/+/set"))
	publishProbe(t, h)
	t.Run("states", func(t *testing.T) { seeStates(t, h) })
	t.Run("commands", func(t *testing.T) { sendCommands(t, h) })
	t.Run("registries", func(t *testing.T) { readRegistries(t, h) })
	t.Run("frontend", func(t *testing.T) { openFrontend(t, h) })
	t.Run("restart", func(t *testing.T) { restart(t, h) })
}

func seeStates(t *testing.T, h *home) {
	ctx := t.Context()
	for entity, want := range map[string]string{
		"sensor.probe_power": "11040",
		"number.probe_limit": "80",
		"select.probe_mode":  "pv",
		"switch.probe_fast":  "on",
		"button.probe_clear": "unknown",
	} {
		_, err := h.WaitState(ctx, entity, homeassistant.Is(want))
		check(t, err)
	}
	power, ok, err := h.State(ctx, "sensor.probe_power")
	check(t, err)
	if !ok || power.Attribute("friendly_name") != "Probe Power" || power.Attribute("unit_of_measurement") != "W" {
		t.Errorf("sensor.probe_power exists: %t, attributes %v", ok, power.Attributes)
	}
	if _, ok, err := h.State(ctx, "sensor.nobody"); ok || err != nil {
		t.Errorf("an entity that does not exist: %t, %v", ok, err)
	}
}

func sendCommands(t *testing.T, h *home) {
	ctx := t.Context()
	for _, c := range []struct {
		domain, service string
		data            map[string]any
		topic, payload  string
	}{
		{"number", "set_value", map[string]any{"entity_id": "number.probe_limit", "value": 50}, "probe/limit/set", "50"},
		{"select", "select_option", map[string]any{"entity_id": "select.probe_mode", "option": "off"}, "probe/mode/set", "off"},
		{"switch", "turn_off", map[string]any{"entity_id": "switch.probe_fast"}, "probe/fast/set", "false"},
		{"button", "press", map[string]any{"entity_id": "button.probe_clear"}, "probe/clear/set", "PRESS"},
	} {
		since := h.MQTT.Mark()
		check(t, h.CallService(ctx, c.domain, c.service, c.data))
		_, err := h.MQTT.WaitMessage(ctx, since, broker.On(c.topic, c.payload))
		check(t, err)
	}
	err := h.CallService(ctx, "number", "set_value", map[string]any{"entity_id": "number.probe_limit", "value": 101})
	if message, ok := homeassistant.IsRefused(err); !ok {
		t.Errorf("number.set_value out of range: %v, want a refusal", err)
	} else if h.Version != homeassistant.Minimum && !strings.Contains(message, "outside valid range") {
		t.Errorf("number.set_value out of range was refused with %q", message)
	}
}

func readRegistries(t *testing.T, h *home) {
	ctx := t.Context()
	devices, err := h.Devices(ctx)
	check(t, err)
	device, ok := devices["probe"]
	if !ok || device.Name != "Probe" {
		t.Fatalf("devices %v, want one named Probe", devices)
	}
	entities, err := h.Entities(ctx)
	check(t, err)
	var ids []string
	for _, e := range entities {
		if e.DeviceID == device.ID {
			ids = append(ids, e.EntityID)
		}
	}
	slices.Sort(ids)
	want := []string{"button.probe_clear", "number.probe_limit", "select.probe_mode", "sensor.probe_power", "sensor.probe_status", "switch.probe_fast"}
	if !slices.Equal(ids, want) {
		t.Errorf("entities %q, want %q", ids, want)
	}
	info, err := h.DebugInfo(ctx, device.ID)
	check(t, err)
	if !strings.Contains(string(info), "11040") {
		t.Errorf("the debug info does not hold the last payload: %s", info)
	}
}

// openFrontend asks for what a browser asks first; the pages of the onboarding must be over.
func openFrontend(t *testing.T, h *home) {
	ctx := t.Context()
	check(t, h.Get(ctx, "/home/overview", nil))
	if message, ok := homeassistant.IsRefused(h.Get(ctx, "/api/onboarding/integration", nil)); !ok {
		t.Error("the onboarding is not over")
	} else {
		t.Logf("onboarding: %s", message)
	}
}

// restart also shows that renaming is kept, and that waiting works again after it.
func restart(t *testing.T, h *home) {
	ctx := t.Context()
	check(t, h.UpdateEntity(ctx, "sensor.probe_power", map[string]any{"new_entity_id": "sensor.my_power"}))
	_, err := h.WaitState(ctx, "sensor.my_power", homeassistant.Is("11040"))
	check(t, err)
	check(t, h.Restart(ctx))
	_, err = h.WaitState(ctx, "sensor.my_power", homeassistant.Is("11040"))
	check(t, err)
	check(t, h.MQTT.Publish(ctx, "probe/power", "4", true))
	_, err = h.WaitState(ctx, "sensor.my_power", homeassistant.Is("4"))
	check(t, err)
}

func powerCut(t *testing.T, h *home) {
	since := h.MQTT.Mark()
	h.Kill()
	check(t, h.Resume(t.Context()))
	_, err := h.WaitState(t.Context(), "select.probe_mode", homeassistant.Is("pv"))
	check(t, err)
	h.waitBirth(t, since)
}

// brokerRestart loses all retained messages; Home Assistant shows from memory what it knew.
func brokerRestart(t *testing.T, h *home) {
	ctx := t.Context()
	h.allow(homeassistant.BrokerGone)
	session, since := h.MQTT.Session(), h.MQTT.Mark()
	check(t, h.Broker.Stop(ctx))
	_, err := h.WaitState(ctx, "select.probe_mode", homeassistant.Is("unavailable"))
	check(t, err)
	check(t, h.Broker.Resume(ctx))
	_, err = h.WaitState(ctx, "select.probe_mode", homeassistant.Is("pv"))
	check(t, err)
	check(t, h.MQTT.WaitSession(ctx, session))
	h.waitBirth(t, since)
	configureProbe(t, h, probe())
}

// TestVoice switches and asks by voice, which Assist understands for what is exposed to it.
func TestVoice(t *testing.T) {
	h := newest(t)
	ctx := t.Context()
	publishProbe(t, h)
	check(t, h.MQTT.Subscribe(ctx, "probe/+/set"))
	check(t, h.Expose(ctx, "sensor.probe_power"))

	since := h.MQTT.Mark()
	kind, speech, err := h.Converse(ctx, "turn off Probe fast")
	check(t, err)
	if kind != "action_done" {
		t.Errorf("turning off: %s: %q", kind, speech)
	}
	_, err = h.MQTT.WaitMessage(ctx, since, broker.On("probe/fast/set", "false"))
	check(t, err)

	kind, speech, err = h.Converse(ctx, "what is the Probe power")
	check(t, err)
	if kind != "query_answer" || !strings.Contains(speech, "11040") {
		t.Errorf("asking for the power: %s: %q", kind, speech)
	}
}

// TestUserDeletesDevice holds what a user's deletion looks like on the broker.
func TestUserDeletesDevice(t *testing.T) {
	t.Run("newest", func(t *testing.T) { testUserDeletesDevice(t, newest(t)) })
	t.Run("minimum", func(t *testing.T) { testUserDeletesDevice(t, minimum(t)) })
}

func testUserDeletesDevice(t *testing.T, h *home) {
	ctx := t.Context()
	h.allow(homeassistant.Allowed{
		Logger: "homeassistant.components.mqtt.discovery",
		Text:   "No device components to cleanup",
		Reason: "Home Assistant empties the topic once per component",
	})
	publishProbe(t, h)
	check(t, h.MQTT.Subscribe(ctx, probeTopic))
	since := h.MQTT.Mark()
	check(t, h.RemoveDevice(ctx, "probe"))
	check(t, h.WaitGone(ctx, "sensor.probe_power"))
	_, err := h.MQTT.WaitMessage(ctx, since, broker.On(probeTopic, ""))
	check(t, err)
	kept, err := h.Broker.Retained(ctx, "homeassistant/#")
	check(t, err)
	if len(kept) > 0 {
		t.Errorf("retained after the deletion: %q", slices.Collect(maps.Keys(kept)))
	}
}

// TestPython asks Home Assistant's own function how it makes entity ids.
func TestPython(t *testing.T) {
	h := newest(t)
	const code = "import sys\nfrom homeassistant.util import slugify\nprint('\\n'.join(map(slugify, sys.argv[1:])))"
	got, err := h.Installation.Python(t.Context(), t.TempDir(), code, "Tom's Car", "O’Neil", "Köln–Süd", "🚗")
	check(t, err)
	if want := "tom_s_car\noneil\nkoln_sud\nunknown\n"; got != want {
		t.Errorf("slugs %q, want %q", got, want)
	}
}

// TestPrefix moves Home Assistant to another discovery prefix and back.
func TestPrefix(t *testing.T) {
	t.Run("newest", func(t *testing.T) { testPrefix(t, newest(t)) })
	t.Run("minimum", func(t *testing.T) { testPrefix(t, minimum(t)) })
}

func testPrefix(t *testing.T, h *home) {
	ctx := t.Context()
	check(t, h.SetPrefix(ctx, h.Entry, "other"))
	check(t, h.MQTT.Publish(ctx, "other/device/there/config",
		`{"device": {"identifiers": "there"}, "origin": {"name": "harness"}, "components": {"button": {"platform": "button",
		"unique_id": "there", "default_entity_id": "button.there", "command_topic": "there"}}}`, true))
	_, err := h.WaitState(ctx, "button.there", homeassistant.Is("unknown"))
	check(t, err)
	check(t, h.MQTT.Publish(ctx, "other/device/there/config", "", true))
	check(t, h.WaitGone(ctx, "button.there"))
	check(t, h.SetPrefix(ctx, h.Entry, "homeassistant"))
	publishProbe(t, h)
}
