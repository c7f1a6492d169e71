package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"evcc-discovery/e2e/internal/homeassistant"
)

// TestAssist speaks to Home Assistant's Assist. Switches are exposed to it by default, sensors by the user.
func TestAssist(t *testing.T) {
	s := start(t, newest(t), "0.313.2")
	s.see(t, "switch.evcc_garage_fast_charging", "off")
	t.Run("fast charging", func(t *testing.T) { assistFast(t, s) })
	t.Run("solar charging", func(t *testing.T) { assistSolar(t, s) })
	t.Run("heat pump", func(t *testing.T) { assistHeating(t, s) })
	t.Run("home battery", func(t *testing.T) { assistBattery(t, s) })
	t.Run("plan", func(t *testing.T) { assistPlan(t, s) })
	t.Run("state of charge", func(t *testing.T) { assistAnswers(t, s) })
	t.Run("German", func(t *testing.T) { assistGerman(t, s) })
}

func assistFast(t *testing.T, s *site) {
	s.choose(t, "select.evcc_garage_mode", "minpv")
	s.say(t, "en", "turn on Garage fast charging")
	s.mode(t, 2, "now")
	s.see(t, "switch.evcc_garage_fast_charging", "on")
	s.see(t, "switch.evcc_garage_solar_charging", "off")
	s.say(t, "en", "turn off Garage fast charging")
	s.mode(t, 2, "minpv")
	s.see(t, "switch.evcc_garage_fast_charging", "off")
	s.see(t, "switch.evcc_garage_solar_charging", "on")
}

// assistSolar also restarts the program: what it returns to is remembered.
func assistSolar(t *testing.T, s *site) {
	s.choose(t, "select.evcc_garage_mode", "off")
	s.say(t, "en", "turn on Garage solar charging")
	s.mode(t, 2, "pv")
	check(t, s.adapter.Restart(t.Context()))
	s.waitQuiet(t)
	s.see(t, "switch.evcc_garage_solar_charging", "on")
	s.say(t, "en", "turn off Garage solar charging")
	s.mode(t, 2, "off")
}

func assistHeating(t *testing.T, s *site) {
	s.choose(t, "select.evcc_heat_pump_mode", "off")
	s.say(t, "en", "turn on Heat pump solar heating")
	s.mode(t, 3, "pv")
	s.say(t, "en", "turn on Heat pump fast heating")
	s.mode(t, 3, "now")
	s.say(t, "en", "turn off Heat pump fast heating")
	s.mode(t, 3, "pv")
}

func assistBattery(t *testing.T, s *site) {
	s.say(t, "en", "turn on Demo Mode hold home battery")
	s.see(t, "switch.evcc_hold_battery", "on")
	s.see(t, "sensor.evcc_battery_mode", "hold")
	s.say(t, "en", "turn off Demo Mode hold home battery")
	s.see(t, "switch.evcc_hold_battery", "off")
	s.see(t, "sensor.evcc_battery_mode", "normal")
}

// assistPlan turns on a plan whose time and target were set before, and off again.
func assistPlan(t *testing.T, s *site) {
	day := time.Now().Add(20 * time.Hour).UTC().Format(time.RFC3339)
	check(t, s.CallService(t.Context(), "datetime", "set_value", map[string]any{"entity_id": "datetime.evcc_blue_e_golf_plan_time", "datetime": day}))
	check(t, s.CallService(t.Context(), "number", "set_value", map[string]any{"entity_id": "number.evcc_blue_e_golf_plan_soc", "value": 70}))
	s.see(t, "number.evcc_blue_e_golf_plan_soc", "70")
	s.say(t, "en", "turn on blue e-Golf charging plan")
	s.see(t, "switch.evcc_blue_e_golf_plan", "on")
	s.say(t, "en", "turn off blue e-Golf charging plan")
	s.see(t, "switch.evcc_blue_e_golf_plan", "off")
}

func assistAnswers(t *testing.T, s *site) {
	check(t, s.Expose(t.Context(), "sensor.evcc_garage_vehicle_soc"))
	state, err := s.WaitState(t.Context(), "sensor.evcc_garage_vehicle_soc", homeassistant.Available)
	check(t, err)
	kind, speech, err := s.Converse(t.Context(), "what is the Garage state of charge")
	check(t, err)
	whole, _, _ := strings.Cut(state.State, ".")
	if kind != "query_answer" || !strings.Contains(speech, whole) {
		t.Errorf("asked for a state of charge of %s: %s: %q", state.State, kind, speech)
	}
}

// assistGerman restarts the program in German: the names that are spoken change, the entity ids stay.
func assistGerman(t *testing.T, s *site) {
	check(t, s.adapter.Stop(t.Context()))
	var err error
	s.adapter, err = s.program.Start(map[string]string{"EVCC_DISCOVERY_MQTT_URL": s.Broker.URL(), "EVCC_DISCOVERY_LANGUAGE": "de"})
	check(t, err)
	_, err = s.WaitState(t.Context(), "switch.evcc_garage_fast_charging", func(state homeassistant.State) bool {
		return homeassistant.Available(state) && state.Attribute("friendly_name") == "Garage Schnellladen"
	})
	check(t, err)
	s.say(t, "de", "schalte Garage Schnellladen ein")
	s.mode(t, 2, "now")
	s.say(t, "de", "schalte Garage Schnellladen aus")
	s.mode(t, 2, "off")
	s.say(t, "de", "schalte Demo Mode Hausbatterie-Sperre ein")
	s.see(t, "switch.evcc_hold_battery", "on")
	kind, speech, err := s.ConverseIn(t.Context(), "de", "wie ist Garage Ladestand")
	check(t, err)
	if kind != "query_answer" {
		t.Errorf("asked for the state of charge: %s: %q", kind, speech)
	}
}

// say says a sentence that Assist must carry out.
func (s *site) say(t *testing.T, language, sentence string) {
	t.Helper()
	kind, speech, err := s.ConverseIn(t.Context(), language, sentence)
	check(t, err)
	if kind != "action_done" {
		t.Fatalf("%q: %s: %q", sentence, kind, speech)
	}
	t.Logf("%q: %q", sentence, speech)
}

// mode waits until evcc has the mode, as Home Assistant shows it.
func (s *site) mode(t *testing.T, loadpoint int, want string) {
	t.Helper()
	names := map[int]string{1: "carport", 2: "garage", 3: "heat_pump"}
	s.see(t, "select.evcc_"+names[loadpoint]+"_mode", want)
	if got := s.value(fmt.Sprintf("evcc/loadpoints/%d/mode", loadpoint)); got != want {
		t.Errorf("evcc's mode of loadpoint %d is %q, want %q", loadpoint, got, want)
	}
}

func (s *site) choose(t *testing.T, entity, option string) {
	t.Helper()
	check(t, s.CallService(t.Context(), "select", "select_option", map[string]any{"entity_id": entity, "option": option}))
	s.see(t, entity, option)
}

func (s *site) turn(t *testing.T, entity, on string) {
	t.Helper()
	check(t, s.CallService(t.Context(), "switch", "turn_"+on, map[string]any{"entity_id": entity}))
}
