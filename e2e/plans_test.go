package e2e

import (
	"strings"
	"testing"
	"time"

	"evcc-discovery/e2e/internal/homeassistant"
)

// plan reports whether the entity makes a charging plan: it takes three of them, and they are on trial here.
func (e expectation) plan() bool {
	return strings.HasPrefix(e.Topic, "evcc-discovery/") && (strings.Contains(e.Topic, "/plan/") || strings.Contains(e.Topic, "/plan_"))
}

// charging is the plan of the vehicle vehicle_1, in Home Assistant and in evcc.
type charging struct {
	*site
	name string // in entity ids
	evcc string // where evcc publishes the plan
}

// plans makes a charging plan as a person does, and looks at evcc.
func plans(t *testing.T, s *site, _ []expectation) {
	p := charging{s, "blue_e_golf", "evcc/vehicles/vehicle_1/plan/"}
	if s.title("vehicle_1") == "blauer e-Golf" { // up to 0.312
		p.name = "blauer_e_golf"
	}
	if s.value("evcc/vehicles/vehicle_1/plans") != "" {
		p.evcc = "evcc/vehicles/vehicle_1/plans/1/"
	}
	day := time.Now().Add(20 * time.Hour).Truncate(time.Minute).UTC()
	p.shows(t, "switch", "off")

	// made, turned on, changed while it is on
	p.time(t, day)
	p.target(t, 65)
	p.shows(t, "number", "65")
	p.turn(t, "on")
	p.has(t, day, "65")
	p.target(t, 75)
	p.has(t, day, "75")
	day = day.Add(time.Hour)
	p.time(t, day)
	p.has(t, day, "75")
	p.shows(t, "datetime", stamp(day))

	// what Home Assistant has shown as a plan is kept over evcc's restart
	s.stopEvcc(t)
	p.shows(t, "switch", "unavailable")
	s.startEvcc(t)
	p.shows(t, "switch", "on")
	p.has(t, day, "75")

	// deleted: evcc leaves time and target behind, nothing here shows them as a plan
	p.turn(t, "off")
	s.see(t, "sensor.evcc_"+p.name+"_plan_soc", "unknown")
	s.see(t, "sensor.evcc_"+p.name+"_plan_time", "unknown")
	p.shows(t, "number", "75")
	p.shows(t, "datetime", stamp(day))

	// a plan for a past time is refused
	past := time.Now().Add(-time.Hour).Truncate(time.Second)
	p.time(t, past)
	p.shows(t, "datetime", stamp(past))
	check(t, s.CallService(t.Context(), "switch", "turn_on", map[string]any{"entity_id": "switch.evcc_" + p.name + "_plan"}))
	_, err := s.WaitState(t.Context(), "sensor.evcc_last_command", func(state homeassistant.State) bool {
		return state.State == "refused" && strings.Contains(state.Attribute("reason"), "in the past")
	})
	check(t, err)
	p.shows(t, "switch", "off")
	p.time(t, day)
	p.shows(t, "datetime", stamp(day))

	// made in evcc itself
	evening := day.Add(4 * time.Hour)
	check(t, s.MQTT.Publish(t.Context(), "evcc/vehicles/vehicle_1/planSoc/set", `{"value":55,"time":"`+evening.Format(time.RFC3339)+`"}`, false))
	p.shows(t, "switch", "on")
	p.shows(t, "number", "55")
	p.shows(t, "datetime", stamp(evening))
	check(t, s.MQTT.Publish(t.Context(), "evcc/vehicles/vehicle_1/planSoc/set", "{}", false))
	p.shows(t, "switch", "off")

	// Home Assistant restarts, then the program, which reads what evcc has left
	check(t, s.Restart(t.Context()))
	p.shows(t, "number", "55")
	p.shows(t, "switch", "off")
	check(t, s.adapter.Restart(t.Context()))
	s.waitQuiet(t)
	p.shows(t, "number", "55")
	p.shows(t, "datetime", stamp(evening))
	p.shows(t, "switch", "off")
	energyPlan(t, s)
}

// energyPlan plans a loadpoint whose vehicle is not known; with one that tells its state of charge evcc would not follow.
func energyPlan(t *testing.T, s *site) {
	day := time.Now().Add(20 * time.Hour).Truncate(time.Minute).UTC()
	check(t, s.CallService(t.Context(), "switch", "turn_on", map[string]any{"entity_id": "switch.evcc_carport_plan"}))
	_, err := s.WaitState(t.Context(), "sensor.evcc_last_command", func(state homeassistant.State) bool {
		return strings.Contains(state.Attribute("reason"), "evcc would ignore it")
	})
	check(t, err)
	s.see(t, "switch.evcc_carport_plan", "off")
	if _, old := s.evcc.Value("loadpoints/1/vehiclePresent"); old {
		return // there a vehicle cannot be taken away
	}
	before := s.value("evcc/loadpoints/1/vehicleName")
	check(t, s.CallService(t.Context(), "select", "select_option", map[string]any{"entity_id": "select.evcc_carport_vehicle", "option": "-"}))
	s.see(t, "select.evcc_carport_vehicle", "-")
	check(t, s.CallService(t.Context(), "datetime", "set_value", map[string]any{"entity_id": "datetime.evcc_carport_plan_time", "datetime": day.Format(time.RFC3339)}))
	check(t, s.CallService(t.Context(), "number", "set_value", map[string]any{"entity_id": "number.evcc_carport_plan_energy", "value": 12.5}))
	s.see(t, "number.evcc_carport_plan_energy", "12.5")
	s.see(t, "datetime.evcc_carport_plan_time", stamp(day))
	check(t, s.CallService(t.Context(), "switch", "turn_on", map[string]any{"entity_id": "switch.evcc_carport_plan"}))
	s.see(t, "switch.evcc_carport_plan", "on")
	s.see(t, "sensor.evcc_carport_plan_energy", "12.5")
	check(t, s.CallService(t.Context(), "switch", "turn_off", map[string]any{"entity_id": "switch.evcc_carport_plan"}))
	s.see(t, "switch.evcc_carport_plan", "off")
	s.see(t, "sensor.evcc_carport_plan_energy", "0")
	check(t, s.CallService(t.Context(), "select", "select_option", map[string]any{"entity_id": "select.evcc_carport_vehicle", "option": s.title(before)}))
	s.see(t, "select.evcc_carport_vehicle", s.title(before))
}

func (p charging) time(t *testing.T, at time.Time) {
	t.Helper()
	check(t, p.CallService(t.Context(), "datetime", "set_value", map[string]any{"entity_id": "datetime.evcc_" + p.name + "_plan_time", "datetime": at.Format(time.RFC3339)}))
}

func (p charging) target(t *testing.T, soc int) {
	t.Helper()
	check(t, p.CallService(t.Context(), "number", "set_value", map[string]any{"entity_id": "number.evcc_" + p.name + "_plan_soc", "value": soc}))
}

func (p charging) turn(t *testing.T, to string) {
	t.Helper()
	check(t, p.CallService(t.Context(), "switch", "turn_"+to, map[string]any{"entity_id": "switch.evcc_" + p.name + "_plan"}))
	p.shows(t, "switch", to)
}

// shows waits for the state of one of the three.
func (p charging) shows(t *testing.T, domain, state string) {
	t.Helper()
	p.see(t, domain+".evcc_"+p.name+map[string]string{"datetime": "_plan_time", "number": "_plan_soc", "switch": "_plan"}[domain], state)
}

// has waits until evcc has the plan, which Home Assistant's sensors tell.
func (p charging) has(t *testing.T, at time.Time, soc string) {
	t.Helper()
	p.see(t, "sensor.evcc_"+p.name+"_plan_soc", soc)
	p.see(t, "sensor.evcc_"+p.name+"_plan_time", stamp(at))
	if have := p.value(p.evcc + "soc"); have != soc {
		t.Errorf("evcc's plan aims at %s %%, not %s", have, soc)
	}
}

// stamp is a point in time as Home Assistant's states have it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05+00:00") }
