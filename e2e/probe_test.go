package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"evcc-discovery/e2e/internal/homeassistant"
)

// The probe is the device of the harness's own tests, with one entity of each kind that a test must
// be able to look at and to act on. Its discovery message is written by hand.
const probeTopic = "homeassistant/device/probe/config"

var probeStates = map[string]string{"power": "11040", "status": "charging", "limit": "80", "mode": "pv", "fast": "true"}

// keys are those of a component.
type keys = map[string]any

// probe is made anew for every caller, who may change it.
func probe() map[string]keys {
	components := map[string]keys{
		"sensor_power":  {"device_class": "power", "unit_of_measurement": "W", "state_class": "measurement"},
		"sensor_status": {"device_class": "enum", "options": []string{"idle", "charging"}},
		"number_limit":  {"min": 0, "max": 100},
		"select_mode":   {"options": []string{"off", "pv"}},
		"switch_fast":   {"payload_on": "true", "payload_off": "false"},
		"button_clear":  {},
	}
	for key, c := range components {
		platform, id, _ := strings.Cut(key, "_")
		c["platform"], c["name"] = platform, strings.ToUpper(id[:1])+id[1:]
		c["unique_id"], c["default_entity_id"] = "probe_"+id, platform+".probe_"+id
		if platform != "button" {
			c["state_topic"] = "probe/" + id
		}
		if platform != "sensor" {
			c["command_topic"] = "probe/" + id + "/set"
		}
	}
	return components
}

// publishProbe makes the device, waits until it is complete, and removes it when the test ends.
func publishProbe(t *testing.T, h *home) {
	t.Helper()
	t.Cleanup(func() { removeProbe(t, h) })
	configureProbe(t, h, probe())
	for id, payload := range probeStates {
		check(t, h.MQTT.Publish(t.Context(), "probe/"+id, payload, true))
	}
	for key, c := range probe() {
		_, err := h.WaitState(t.Context(), c["default_entity_id"].(string), func(s homeassistant.State) bool {
			return homeassistant.Available(s) || key == "button_clear" // has no state until it is pressed
		})
		check(t, err)
	}
}

func configureProbe(t *testing.T, h *home, components map[string]keys) {
	t.Helper()
	message, err := json.Marshal(map[string]any{
		"device":     keys{"identifiers": "probe", "name": "Probe"},
		"origin":     keys{"name": "harness"},
		"components": components,
	})
	check(t, err)
	check(t, h.MQTT.Publish(t.Context(), probeTopic, string(message), true))
}

// removeProbe waits until Home Assistant has forgotten it, so that the next test begins without.
func removeProbe(t *testing.T, h *home) {
	t.Helper()
	ctx := context.Background() // the test's has ended
	clearRetained(t, h, "homeassistant/#")
	check(t, h.WaitStates(ctx, func(all map[string]homeassistant.State) error {
		for id, s := range all {
			if strings.HasPrefix(s.Attribute("friendly_name"), "Probe ") {
				return fmt.Errorf("%s is still there", id)
			}
		}
		return nil
	}))
	clearRetained(t, h, "probe/#") // only now: an empty state is news to an entity
}

func clearRetained(t *testing.T, h *home, filter string) {
	t.Helper()
	ctx := context.Background()
	kept, err := h.Broker.Retained(ctx, filter)
	check(t, err)
	for topic := range kept {
		check(t, h.MQTT.Publish(ctx, topic, "", true))
	}
}
