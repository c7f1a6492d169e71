package e2e

import (
	"fmt"
	"strconv"
	"testing"

	"evcc-discovery/e2e/internal/broker"
	"evcc-discovery/e2e/internal/browser"
	"evcc-discovery/e2e/internal/homeassistant"
	"evcc-discovery/internal/simulator"
)

// TestDurations: the frontend writes hours and minutes as people do, and does not round them down.
func TestDurations(t *testing.T) {
	if _, err := browser.Find(); err != nil {
		t.Skip(err)
	}
	h := furnished(t, homeassistant.Newest, "durations", broker.Options{}, "")
	s := start(t, h, "0.313.2")
	const entity = "sensor.evcc_garage_charge_remaining_duration"
	s.waitAvailable(t, entity)
	b, err := browser.Open(t.Context(), s.Instance, "en")
	check(t, err)
	defer b.Close()
	for _, test := range []struct {
		seconds int
		want    string
	}{{300, "0h 5m"}, {3660, "1h 1m"}, {3900, "1h 5m"}, {19181, "5h 19m"}} {
		s.evcc.Do(simulator.Send{Key: "loadpoints/2/chargeRemainingDuration", Payload: strconv.Itoa(test.seconds)})
		shown := fmt.Sprintf(`(h => h.formatEntityState(h.states[%q]))(document.querySelector("home-assistant").hass)`, entity)
		if err := b.Show(t.Context(), s.URL+"/config/devices/dashboard", fmt.Sprintf("(window.shown = %s) === %q", shown, test.want)); err != nil {
			text, _ := b.Text(t.Context(), "String(window.shown)")
			t.Errorf("%d s are shown as %q, want %q: %v", test.seconds, text, test.want, err)
		}
	}
}
