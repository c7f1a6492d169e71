package e2e

import (
	"fmt"
	"strings"
	"testing"

	"evcc-discovery/e2e/internal/broker"
	"evcc-discovery/e2e/internal/homeassistant"
	"evcc-discovery/internal/simulator"
)

// kinds are an entity of each platform that a loadpoint's device has: what is held must hold all of them.
var kinds = []string{"select.evcc_%s_mode", "number.evcc_%s_limit_soc", "switch.evcc_%s_battery_boost", "sensor.evcc_%s_charge_power"}

// limits tell the loadpoints apart.
var limits = map[string]string{"carport": "55", "garage": "65"}

// TestLoadpointsChangePlaces: loadpoints of evcc.yaml change places, come and go. Each keeps its entities, and at no moment an entity shows
// another one's limit; what titles do not tell is unavailable, with all its controls.
func TestLoadpointsChangePlaces(t *testing.T) {
	s := start(t, fresh(t, homeassistant.Newest, "places"), "0.313.2")
	s.waitSettled(t)
	for i, loadpoint := range []string{"carport", "garage"} {
		check(t, s.MQTT.Publish(t.Context(), fmt.Sprintf("evcc-discovery/evcc/loadpoint/%d/limit_soc/set", i+1), limits[loadpoint], false))
		s.see(t, of(loadpoint)[1], limits[loadpoint])
		s.stand(t, loadpoint, i+1)
	}
	t.Run("swap", func(t *testing.T) {
		s.arrange(t, simulator.Arrange{Order: []int{2, 1, 3}})
		s.stand(t, "carport", 2)
		s.stand(t, "garage", 1)
	})
	t.Run("insertion", func(t *testing.T) {
		s.arrange(t, simulator.Arrange{Order: []int{0, 1, 2, 3}, Title: "Einfahrt"})
		s.stand(t, "carport", 3)
		s.stand(t, "garage", 2)
		s.waitAvailable(t, of("einfahrt")...)
	})
	t.Run("removal", func(t *testing.T) {
		s.arrange(t, simulator.Arrange{Order: []int{2, 3, 4}})
		s.stand(t, "carport", 2)
		s.stand(t, "garage", 1)
		s.waitDevicesGone(t, "evcc_loadpoint_1_")
	})
	t.Run("in doubt", func(t *testing.T) {
		s.arrange(t, simulator.Arrange{Order: []int{2, 0, 3}, Title: "Neu"}) // Carport has moved, Garage is missing
		s.stand(t, "carport", 1)
		s.held(t, "garage")
		s.arrange(t, simulator.Arrange{Order: []int{0, 1, 3}, Title: "Garage"})
		s.stand(t, "carport", 2)
		s.waitAvailable(t, of("garage")...)
	})
}

// of lists a loadpoint's entities.
func of(loadpoint string) (list []string) {
	for _, kind := range kinds {
		list = append(list, fmt.Sprintf(kind, loadpoint))
	}
	return list
}

// arrange restarts evcc with another order of its loadpoints.
func (s *site) arrange(t *testing.T, a simulator.Arrange) {
	t.Helper()
	s.evcc.Do(a)
	s.stopEvcc(t)
	s.startEvcc(t)
}

// stand waits until a loadpoint's entities are available, holds that they show no other limit meanwhile, and steers the loadpoint at
// its place.
func (s *site) stand(t *testing.T, loadpoint string, at int) {
	t.Helper()
	entities := of(loadpoint)
	check(t, s.WaitStates(t.Context(), func(all map[string]homeassistant.State) error {
		limit := all[entities[1]].State
		if limit != "unavailable" && limit != "unknown" && !sameNumber(limit, limits[loadpoint]) {
			t.Errorf("%s shows %s", entities[1], limit)
			return nil
		}
		for _, id := range entities {
			if got := all[id].State; got == "unavailable" || got == "" {
				return fmt.Errorf("%s is %q", id, got)
			}
		}
		return nil
	}))
	if got := s.value(fmt.Sprintf("evcc/loadpoints/%d/limitSoc", at)); got != limits[loadpoint] {
		t.Errorf("at place %d evcc has the limit %s, %s has %s", at, got, loadpoint, limits[loadpoint])
	}
	check(t, s.MQTT.Subscribe(t.Context(), "evcc/loadpoints/+/mode/set"))
	since := s.MQTT.Mark()
	check(t, s.CallService(t.Context(), "select", "select_option", map[string]any{"entity_id": entities[0], "option": "off"}))
	m, err := s.MQTT.WaitMessage(t.Context(), since, func(m broker.Message) bool {
		return strings.HasPrefix(m.Topic, "evcc/loadpoints/") && strings.HasSuffix(m.Topic, "/mode/set") && m.Payload != ""
	})
	check(t, err)
	if want := fmt.Sprintf("evcc/loadpoints/%d/mode/set", at); m.Topic != want {
		t.Errorf("%s steers %s, want %s", entities[0], m.Topic, want)
	}
}

// held waits until the program has said that it cannot tell, and holds that nothing of a loadpoint is available.
func (s *site) held(t *testing.T, loadpoint string) {
	t.Helper()
	check(t, s.adapter.WaitOutput(t.Context(), "cannot be identified"))
	for _, id := range of(loadpoint) {
		if got := s.mustState(t, id).State; got != "unavailable" {
			t.Errorf("%s is %q", id, got)
		}
	}
}
