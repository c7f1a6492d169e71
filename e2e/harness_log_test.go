package e2e

import (
	"strings"
	"testing"

	"evcc-discovery/e2e/internal/homeassistant"
)

// TestOffendingLog proves that a log that is not clean fails a test: a value out of range, which an
// MQTT platform reports, and an exception that nobody catches, which only the core reports.
func TestOffendingLog(t *testing.T) {
	t.Run("newest", func(t *testing.T) { testOffendingLog(t, newest(t)) })
	t.Run("minimum", func(t *testing.T) { testOffendingLog(t, minimum(t)) })
}

func testOffendingLog(t *testing.T, h *home) {
	ctx := t.Context()
	h.allow(
		homeassistant.Allowed{Logger: "homeassistant.components.mqtt.number", Text: "number.probe_limit", Reason: "provoked"},
		homeassistant.Allowed{Logger: "homeassistant", Text: "sensor.probe_status", Reason: "provoked"},
	)
	publishProbe(t, h)

	components := probe()
	components["sensor_status"]["options"] = []string{"idle"}
	for provoked, provoke := range map[string]func(){
		"Invalid value for number.probe_limit: 500": func() { check(t, h.MQTT.Publish(ctx, "probe/limit", "500", true)) },
		"Error doing job": func() { configureProbe(t, h, components) },
	} {
		mark := h.Mark()
		provoke()
		_, err := h.WaitLog(ctx, mark, func(e homeassistant.Entry) bool { return strings.Contains(e.Text, provoked) })
		check(t, err)
		found := h.Offending(mark, nil)
		if len(found) != 1 || !strings.Contains(found[0].Text, provoked) {
			t.Errorf("after %q the log was found to hold %q", provoked, found)
		}
	}
}
