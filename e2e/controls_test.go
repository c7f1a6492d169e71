package e2e

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"evcc-discovery/e2e/internal/broker"
	"evcc-discovery/e2e/internal/homeassistant"
	"evcc-discovery/internal/simulator"
)

// setControls sets every control from Home Assistant, sees the command arrive at evcc and its value come back, and
// sets it back.
func setControls(t *testing.T, s *site, want []expectation) {
	s.followCommands(t)
	modes := func(e expectation) bool { return strings.HasSuffix(e.EntityID, "_mode") }
	ordered := slices.Clone(want) // modes first: a boost needs solar charging
	slices.SortStableFunc(ordered, func(a, b expectation) int {
		switch {
		case modes(a) == modes(b):
			return 0
		case modes(a):
			return -1
		}
		return 1
	})
	set := 0
	for _, e := range ordered {
		if !slices.Contains([]string{"number", "select", "switch"}, e.domain()) || e.plan() {
			continue
		}
		state, ok, err := s.State(t.Context(), e.EntityID)
		check(t, err)
		if !ok {
			t.Fatalf("%s has no state", e.EntityID)
		}
		for _, value := range trial(e, state) {
			if _, old := s.evcc.Value("loadpoints/1/vehiclePresent"); old && value == "-" {
				continue // evcc 0.123.0 cannot take a vehicle off a loadpoint
			}
			s.set(t, e, value)
			set++
		}
	}
	t.Logf("%d commands", set)
}

// trial returns values to set: one that differs from what is there, and then back to what leaves the rest settable.
func trial(e expectation, now homeassistant.State) []string {
	switch {
	case strings.HasPrefix(e.EntityID, "select.evcc_battery_mode"):
		return []string{"hold", "normal"}
	case strings.HasSuffix(e.EntityID, "_mode"):
		return []string{"now", options(now)[1]} // pv or smart
	case strings.HasSuffix(e.EntityID, "_always_charge"):
		return []string{"once", "off"}
	case strings.HasSuffix(e.EntityID, "_vehicle"):
		return []string{options(now)[3], "-", now.State}
	case strings.HasSuffix(e.EntityID, "_min_current"):
		return []string{"8", "6"}
	case strings.HasSuffix(e.EntityID, "_max_current"):
		return []string{"20", "16"}
	case strings.HasSuffix(e.EntityID, "_phases_configured"):
		return []string{"1", "3"}
	case strings.HasSuffix(e.EntityID, "_precondition"):
		return []string{"900", "0"}
	case strings.HasSuffix(e.EntityID, "_solar_charging"): // on since the mode was set
		return []string{"off", "on"}
	case e.domain() == "switch":
		return []string{"on", "off"}
	case strings.Contains(e.EntityID, "_cost_limit"), strings.Contains(e.EntityID, "_charge_limit"), strings.Contains(e.EntityID, "_priority_limit"):
		return []string{"0.155", "-0.02"}
	case strings.HasSuffix(e.EntityID, "_priority"):
		return []string{"3", "0"}
	case strings.HasSuffix(e.EntityID, "_battery_boost_limit"):
		return []string{"40", "100"}
	}
	return []string{"55", "0"}
}

// options are those of a select.
func options(s homeassistant.State) []string {
	var list []string
	for _, o := range s.Attributes["options"].([]any) {
		list = append(list, o.(string))
	}
	return list
}

// set calls the service that a dashboard would call.
func (s *site) set(t *testing.T, e expectation, value string) {
	t.Helper()
	service, data := "set_value", map[string]any{"entity_id": e.EntityID}
	switch e.domain() {
	case "number":
		number, err := strconv.ParseFloat(value, 64)
		check(t, err)
		data["value"] = number
	case "select":
		service, data["option"] = "select_option", value
	case "switch":
		service = "turn_" + value
	}
	since := s.MQTT.Mark()
	check(t, s.CallService(t.Context(), e.domain(), service, data))
	setter := s.setter(e)
	sent, err := s.MQTT.WaitMessage(t.Context(), since, func(m broker.Message) bool { return m.Topic == setter && m.Payload != "" })
	if err == nil {
		_, err = s.MQTT.WaitMessage(t.Context(), since, broker.On(setter, ""))
	}
	if err != nil {
		t.Fatalf("%s = %s: evcc got %+v on %s: %v\n%s", e.EntityID, value, sent, setter, err, s.adapter.Output())
	}
	_, err = s.WaitState(t.Context(), e.EntityID, func(st homeassistant.State) bool {
		return st.State == value || sameNumber(st.State, value)
	})
	if err != nil {
		t.Errorf("%s = %s does not come back: %v", e.EntityID, value, err)
	}
	s.waitResult(t, since, `"event_type":"accepted"`)
}

// setter is the topic on which evcc must get the control's command.
func (s *site) setter(e expectation) string {
	object := e.Topic[:strings.LastIndex(e.Topic, "/")]
	switch {
	case e.Topic == holdTopic:
		return "evcc/site/batteryMode/set"
	case sharedLimits[e.Topic] != "":
		return "evcc/site/" + sharedLimits[e.Topic] + "/set"
	case strings.HasSuffix(e.EntityID, "_phases_configured") && s.value(object+"/planStrategy/continuous") == "":
		return object + "/phases/set" // the name before 0.301.2
	case strings.HasSuffix(e.EntityID, "_vehicle"):
		return object + "/vehicle/set"
	case strings.Contains(e.Topic, "/planStrategy/"):
		return object + "/set"
	case strings.HasSuffix(e.Topic, "/batteryModeExternal"):
		return object + "/batteryMode/set"
	}
	return e.Topic + "/set"
}

// pressButtons clears what the numbers have set.
func pressButtons(t *testing.T, s *site, want []expectation) {
	pressed := 0
	for _, e := range want {
		if e.domain() != "button" || e.Device == "evcc-discovery" {
			continue
		}
		number := "number" + strings.TrimPrefix(e.EntityID, "button")
		if !slices.ContainsFunc(want, func(n expectation) bool { return n.EntityID == number }) {
			continue
		}
		since := s.MQTT.Mark()
		check(t, s.CallService(t.Context(), "button", "press", map[string]any{"entity_id": e.EntityID}))
		s.waitResult(t, since, `"event_type":"accepted"`)
		s.see(t, number, "unknown")
		pressed++
	}
	t.Logf("%d buttons", pressed)
}

// vehicleComesAndGoes plays a charging session on loadpoint 2.
func vehicleComesAndGoes(t *testing.T, s *site, _ []expectation) {
	s.evcc.Do(simulator.Disconnect{Loadpoint: 2})
	s.see(t, "binary_sensor.evcc_garage_connected", "off")
	s.evcc.Do(simulator.Connect{Loadpoint: 2, Vehicle: "vehicle_1"})
	s.see(t, "binary_sensor.evcc_garage_connected", "on")
	s.see(t, "select.evcc_garage_vehicle", s.title("vehicle_1"))
	check(t, s.CallService(t.Context(), "select", "select_option", map[string]any{"entity_id": "select.evcc_garage_mode", "option": "now"}))
	s.evcc.Do(simulator.Charge{Loadpoint: 2})
	s.see(t, "binary_sensor.evcc_garage_charging", "on")
	s.evcc.Do(simulator.Disconnect{Loadpoint: 2})
	s.see(t, "binary_sensor.evcc_garage_charging", "off")
}

// title is what a select shows for a vehicle's name.
func (s *site) title(vehicle string) string {
	if vehicle == "" {
		return "-"
	}
	return s.value("evcc/vehicles/" + vehicle + "/title")
}

func (s *site) see(t *testing.T, entity, state string) {
	t.Helper()
	if _, err := s.WaitState(t.Context(), entity, homeassistant.Is(state)); err != nil {
		t.Error(err)
	}
}

// seeUnknown: an empty payload reads unknown on every platform that evcc feeds. States of ours stay as they were.
func seeUnknown(t *testing.T, s *site, want []expectation) {
	seen := make(map[string]bool)
	for _, e := range want {
		kind := e.domain() + " " + e.Reading
		if seen[kind] || e.Reading == "online" || e.Reading == "none" || e.Reading == "vehicle" || e.Reading == "legacy" || !strings.HasPrefix(e.Topic, "evcc/") {
			continue
		}
		if e.Topic == "evcc/loadpoints" || e.Topic == "evcc/updated" {
			continue
		}
		state, ok, err := s.State(t.Context(), e.EntityID)
		check(t, err)
		if !ok || !homeassistant.Available(state) {
			continue
		}
		seen[kind] = true
		before := s.value(e.Topic)
		key := strings.TrimPrefix(e.Topic, "evcc/")
		s.evcc.Do(simulator.Send{Key: key, Payload: ""})
		s.see(t, e.EntityID, e.state("", "")) // unknown, but for what evcc says in this way
		s.evcc.Do(simulator.Send{Key: key, Payload: before})
		if _, err := s.WaitState(t.Context(), e.EntityID, homeassistant.Available); err != nil {
			t.Error(fmt.Errorf("%s after its value came back: %w", e.EntityID, err))
		}
	}
	for _, kind := range []string{"binary_sensor bool", "number number", "select word", "sensor *0.001", "sensor *100", "sensor number", "sensor word", "sensor text"} {
		had := slices.ContainsFunc(want, func(e expectation) bool { return e.domain()+" "+e.Reading == kind && s.value(e.Topic) != "" })
		if !seen[kind] && (had || kind != "sensor text") { // some versions publish no text at all
			t.Errorf("no %s had a value that could be taken away", kind)
		}
	}
	t.Logf("kinds: %v", seen)
}
