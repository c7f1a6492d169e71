package app_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/simulator"
)

// A charging plan is made, turned on, changed, deleted, and outlives restarts of the program and of evcc.
func TestPlans(t *testing.T) {
	t.Parallel()
	everyProfile(t, func(t *testing.T, tree string) {
		w := newWorld(t, tree)
		evcc := w.up(t)
		adapter, log := w.published(t)
		p := planner{w, "evcc-discovery/evcc/vehicle/vehicle_5f1/", "evcc/vehicles/vehicle_1/plan/"}
		if w.topic("evcc/vehicles/vehicle_1/plans") != "" {
			p.evcc = "evcc/vehicles/vehicle_1/plans/1/"
		}
		tomorrow := time.Now().Add(20 * time.Hour).Truncate(time.Minute)
		iso, unix := func(d time.Duration) string { return tomorrow.Add(d).UTC().Format(time.RFC3339) },
			func(d time.Duration) string { return strconv.FormatInt(tomorrow.Add(d).Unix(), 10) }
		p.sees(t, "plan", "false")

		p.sets(t, "plan_time", tomorrow.Format(time.RFC3339))
		p.sets(t, "plan_soc", "65")
		p.sees(t, "plan_time", iso(0), "plan_soc", "65", "plan", "false", "planned_soc", "")
		p.sets(t, "plan", "true")
		p.has(t, "time", unix(0), "soc", "65")
		p.sees(t, "plan", "true", "planned_soc", "65", "planned_time", iso(0))

		p.sets(t, "plan_soc", "75")
		p.sets(t, "plan_time", iso(time.Hour))
		p.has(t, "time", unix(time.Hour), "soc", "75")
		p.sees(t, "plan_time", iso(time.Hour), "plan_soc", "75", "plan", "true")

		refused := log.count("command refused", "in the past")
		p.sets(t, "plan_time", "2020-01-01T07:00:00+00:00") // while it is on, this would be evcc's
		log.until(t, "the refusal", func() bool { return log.count("command refused", "in the past") == refused+1 })
		p.sees(t, "plan_time", iso(time.Hour))

		w.evcc.Do(simulator.Stop{})         // evcc keeps its plan, and so does what we show
		w.wait(t, "evcc/status", "offline") // its will, which must not come after the next start
		if err := evcc.wait(); err != nil {
			t.Error(err)
		}
		w.up(t)
		log.wait(t, "evcc is online")
		w.listens(t)
		p.has(t, "time", unix(time.Hour), "soc", "75")
		p.sees(t, "plan", "true", "plan_soc", "75")

		p.sets(t, "plan", "false")
		p.sees(t, "plan", "false", "planned_soc", "", "planned_time", "", "plan_soc", "75", "plan_time", iso(time.Hour))
		p.sets(t, "plan_time", "2020-01-01T07:00:00+00:00")
		p.sees(t, "plan_time", "2020-01-01T07:00:00Z")
		p.sets(t, "plan", "true")
		log.until(t, "the refusal", func() bool { return log.count("command refused", "in the past") == refused+2 })
		p.sees(t, "plan", "false")
		p.sets(t, "plan_time", iso(time.Hour))
		p.sets(t, "plan", "true") // what evcc has left of the plan is the same: nothing changes but that it is one
		p.sees(t, "plan", "true", "planned_soc", "75")

		// somebody plans in evcc itself
		w.send(t, "evcc/vehicles/vehicle_1/planSoc/set", `{"value":55,"time":"`+iso(2*time.Hour)+`"}`)
		p.sees(t, "plan_soc", "55", "plan_time", iso(2*time.Hour), "plan", "true")
		w.send(t, "evcc/vehicles/vehicle_1/planSoc/set", `{}`)
		p.sees(t, "plan", "false", "planned_soc", "", "plan_soc", "55")

		adapter.stop() // evcc's leftovers are read anew, without a word of what they are
		if err := w.client.Publish(mqtt.Message{Topic: p.own + "plan_soc/state", Payload: []byte("1"), QoS: 1, Retained: true}); err != nil {
			t.Fatal(err)
		}
		p.sees(t, "plan_soc", "1")
		a, _ := newApp(w.broker)
		background(t, a.Run)
		p.sees(t, "plan_soc", "55", "plan_time", iso(2*time.Hour), "plan", "false", "planned_soc", "")

		w.energyPlan(t, iso(0), unix(0))
	})
}

// energyPlan: evcc follows one only where the vehicle tells no state of charge.
func (w *world) energyPlan(t *testing.T, iso, unix string) {
	t.Helper()
	p := planner{w, "evcc-discovery/evcc/loadpoint/1/", "evcc/loadpoints/1/plan"}
	reason := "evcc-discovery/evcc/site/last_command/attributes"
	p.sets(t, "plan", "true")
	w.until(t, "the refusal", func() bool { return strings.Contains(w.topic(reason), "evcc would ignore it") })
	p.sees(t, "plan", "false")
	if _, old := w.evcc.Value("loadpoints/1/vehiclePresent"); old {
		return // nothing tells which of its vehicles have no state of charge, and none cannot be chosen
	}
	w.send(t, "evcc-discovery/evcc/loadpoint/1/vehicle/set", "-")
	w.wait(t, "evcc/loadpoints/1/vehicleName", "")
	strategy, more := w.topic("evcc/loadpoints/1/planStrategy/continuous") != "", ""
	if strategy { // before 0.301 a plan has none
		more = `,"continuous":true`
	}
	p.sets(t, "plan", `{"value":12.5,"time":"`+iso+`"`+more+`}`)
	p.has(t, "Time", unix, "Energy", "12.5")
	p.sees(t, "plan", "true", "plan_energy", "12.5")
	if strategy {
		w.wait(t, "evcc/loadpoints/1/planStrategy/continuous", "true")
	}
	p.sets(t, "plan", "{}")
	p.has(t, "Energy", "0")
	p.sees(t, "plan", "false", "plan_energy", "12.5")
}

// planner is one object's plan, as Home Assistant and evcc have it.
type planner struct {
	w         *world
	own, evcc string
}

func (p planner) sets(t *testing.T, control, payload string) {
	t.Helper()
	p.w.send(t, p.own+control+"/set", payload)
}

// sees waits for states of ours, given as name and payload.
func (p planner) sees(t *testing.T, states ...string) {
	t.Helper()
	for i := 0; i < len(states); i += 2 {
		p.w.wait(t, p.own+states[i]+"/state", states[i+1])
	}
}

// has waits for values of evcc, given as key and payload.
func (p planner) has(t *testing.T, values ...string) {
	t.Helper()
	for i := 0; i < len(values); i += 2 {
		p.w.wait(t, p.evcc+values[i], values[i+1])
	}
}
