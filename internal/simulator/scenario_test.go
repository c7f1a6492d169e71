package simulator

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
)

// want checks values, `key payload` per line.
func (b *broker) want(t *testing.T, lines ...string) {
	t.Helper()
	for _, line := range lines {
		key, want, _ := strings.Cut(line, " ")
		if got, ok := b.e.Value(key); got != want || !ok {
			t.Errorf("after %v: %s is %q (%v), want %q", b.now.Sub(b.zero), key, got, ok, want)
		}
	}
}

func TestVisit(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{Seed: 3})
	b.set("loadpoints/2/limitSoc/set", "60")
	b.set("loadpoints/2/limitEnergy/set", "9")
	b.pass(10 * time.Second)
	b.step(Disconnect{Loadpoint: 2})
	b.want(t, "loadpoints/2/connected false", "loadpoints/2/limitSoc 0", "loadpoints/2/limitEnergy 0",
		"loadpoints/2/effectiveLimitSoc 100", "loadpoints/2/vehicleName vehicle_2", "loadpoints/2/connectedDuration 10")

	b.set("loadpoints/2/limitSoc/set", "25") // kept until the next disconnect
	b.step(Connect{Loadpoint: 2})
	b.want(t, "loadpoints/2/connected true", "loadpoints/2/limitSoc 25", "loadpoints/2/vehicleTitle white Model 3",
		"loadpoints/2/connectedDuration 0", "loadpoints/2/chargedEnergy 0", "loadpoints/2/charging false")

	b.step(Charge{Loadpoint: 2})
	b.want(t, "loadpoints/2/enabled false", "loadpoints/2/charging false") // mode off
	b.set("loadpoints/2/mode/set", "now")
	b.want(t, "loadpoints/2/charging true", "loadpoints/2/offeredCurrent 16")
	b.pass(6 * time.Minute)
	b.want(t, "loadpoints/2/chargePower 11040")
	if wh := b.e.num("loadpoints/2/chargedEnergy"); wh < 900 || wh > 1110 {
		t.Errorf("%v Wh after 6 minutes at 11 kW", wh)
	}
	soc := b.e.num("loadpoints/2/vehicleSoc")
	b.step(Pause{Loadpoint: 2})
	b.want(t, "loadpoints/2/charging false", "loadpoints/2/enabled true")
	if soc <= 21 {
		t.Errorf("soc did not rise: %v", soc)
	}
	b.step(Charge{Loadpoint: 2})
	b.pass(20 * time.Minute)
	b.want(t, "loadpoints/2/charging false") // limit
	if soc := b.e.num("loadpoints/2/vehicleSoc"); soc < 25 || soc > 25.1 {
		t.Errorf("stopped at %v %%", soc)
	}
}

func TestNoVehicle(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{})
	b.set("loadpoints/1/vehicle/set", "none")
	b.pass(10 * time.Second)
	b.want(t, "loadpoints/1/vehicleName ", "loadpoints/1/vehicleSoc 0", "loadpoints/1/vehicleRange 0", "loadpoints/1/charging true")
	b.set("loadpoints/1/vehicle/set", "nobody")
	b.want(t, "loadpoints/1/vehicleName ")
}

// What does not move is published all the same.
func TestHold(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{})
	b.step(Hold{On: true})
	b.pass(10 * time.Second)
	b.forget()
	b.pass(time.Minute)
	seen := map[string]string{}
	published := 0
	for _, m := range b.log {
		if m.topic == "evcc/updated" {
			continue
		}
		if old, ok := seen[m.topic]; ok && old != m.payload {
			t.Errorf("%s moved from %s to %s", m.topic, old, m.payload)
		}
		seen[m.topic] = m.payload
		if m.topic == "evcc/site/grid/power" {
			published++
		}
	}
	if published != 20 {
		t.Errorf("%d cycles in a minute", published)
	}
	b.step(Hold{On: false})
	b.pass(time.Minute)
	if b.retained["evcc/site/grid/power"] == seen["evcc/site/grid/power"] {
		t.Error("does not move again")
	}
}

// Home, PV, battery, loadpoints and grid add up; nothing leaves its range.
func TestWorldIsPlausible(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{Demo: true, Seed: 5, Interval: 10 * time.Second})
	for range 360 {
		b.pass(10 * time.Second)
		e := b.e
		sum := e.num("site/grid/power") + e.num("site/pvPower") + e.num("site/battery/power") - e.num("site/homePower")
		for _, lp := range e.loadpoints {
			sum -= lp.num("chargePower")
		}
		if sum > 0.1 || sum < -0.1 {
			t.Fatalf("after %v: %v W too much", b.now.Sub(b.zero), sum)
		}
		if soc := e.num("site/battery/soc"); soc < 5 || soc > 100 {
			t.Fatalf("battery at %v %%", soc)
		}
	}
}

func TestDemo(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{Demo: true})
	b.want(t, "loadpoints/2/mode pv")
	b.pass(25 * time.Second)
	b.want(t, "loadpoints/2/connected false")
	b.pass(30 * time.Second)
	b.want(t, "loadpoints/2/connected true", "loadpoints/2/charging false")
	b.pass(10 * time.Second)
	b.want(t, "loadpoints/2/charging true")
	b.pass(5 * time.Minute)
	b.want(t, "loadpoints/2/charging true")
}

func TestReconfigure(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{Still: true})
	b.step(SetTitle{1, "Left"})
	b.step(SetVehicleTitle{"vehicle_1", "Golf"})
	b.want(t, "loadpoints/1/title Left", "vehicles/vehicle_1/title Golf", "loadpoints/1/vehicleTitle Golf")

	b.step(AddVehicle{"db:9", "New"})
	b.want(t, "vehicles/db:9/title New", "vehicles 4")
	if lines := b.set("vehicles/db:9/minSoc/set", "20"); lines != nil {
		t.Errorf("a new vehicle has setters before the restart: %v", lines)
	}
	b.set("loadpoints/1/vehicle/set", "db:9")
	b.want(t, "loadpoints/1/vehicleTitle New")

	b.step(AddLoadpoint{"Carriage house"})
	b.step(Arrange{Order: []int{1, 3, 4}})
	b.step(RemoveVehicle{"vehicle_4"})
	b.want(t, "loadpoints 3", "loadpoints/2/title Garage")
	b.step(Stop{})
	b.pass(2 * time.Second)
	b.start(t)
	b.want(t, "loadpoints 3", "loadpoints/2/title Heat pump", "loadpoints/3/title Carriage house", "loadpoints/3/name db:4", "vehicles 4")
	checkSetter(t, b, "vehicles/db:9/minSoc 20 = 20")
	checkSetter(t, b, "loadpoints/4/mode now silent")

	b.step(Send{"site/newThing", "42"})
	b.want(t, "site/newThing 42")
}

// evcc.yaml is written anew: a swap, an insertion and a removal. Settings go with their loadpoints, names with the places.
func TestArrange(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{Still: true})
	b.set("loadpoints/1/limitSoc/set", "55")
	b.step(Arrange{Order: []int{3, 0, 1}, Title: "New"})
	b.want(t, "loadpoints/1/title Carport")
	b.step(Stop{})
	b.pass(2 * time.Second)
	b.start(t)
	b.pass(10 * time.Second)
	b.want(t, "loadpoints 3", "loadpoints/1/title Heat pump", "loadpoints/1/name lp-1", "loadpoints/2/title New", "loadpoints/2/name lp-2",
		"loadpoints/3/title Carport", "loadpoints/3/name lp-3", "loadpoints/3/limitSoc 55", "loadpoints/3/connected true")
}

// A removed plan empties its parent only; the fields stay on the broker.
func TestPlanLeavesStaleFields(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{Still: true})
	in := func(d time.Duration) string {
		return fmt.Sprintf(`{"value":90,"time":%q}`, b.now.Add(d).Format(time.RFC3339))
	}
	b.set("vehicles/vehicle_1/planStrategy/set", `{"continuous":true,"precondition":900}`)
	b.set("vehicles/vehicle_1/planSoc/set", in(time.Hour))
	b.want(t, "loadpoints/1/effectivePlanId 1", "loadpoints/1/effectivePlanStrategy/precondition 900")
	b.set("vehicles/vehicle_1/planSoc/set", "{}")
	b.want(t, "vehicles/vehicle_1/plan ", "vehicles/vehicle_1/plan/soc 90", "loadpoints/1/effectivePlanId 0")

	b.set("vehicles/vehicle_1/planSoc/set", in(time.Minute))
	b.pass(2 * time.Minute) // its time passes
	b.want(t, "loadpoints/1/effectivePlanId 0", "loadpoints/1/planActive false")

	// An energy plan does not count while the vehicle tells its soc.
	b.set("loadpoints/1/planEnergy/set", in(time.Hour))
	b.want(t, "loadpoints/1/planEnergy 90", "loadpoints/1/effectivePlanTime ")
	b.set("loadpoints/1/vehicle/set", "vehicle_3")
	b.want(t, "loadpoints/1/effectivePlanId 1")
}

func TestForecastsAreOfToday(t *testing.T) {
	b := newBroker(t, "evcc-0.313.2-demo", time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC), Options{}).start(t)
	for _, key := range []string{"site/forecast/grid", "site/forecast/solar/timeseries"} {
		if got, _ := b.e.Value(key); !strings.Contains(got, "2027-03-01T") || strings.Contains(got, "2026-") {
			t.Errorf("%s: %.60s", key, got)
		}
	}
	b = newBroker(t, "evcc-0.316.0-demo", time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC), Options{}).start(t)
	for key, want := range map[string]string{
		"site/forecast/grid":             "[[1803859200,1803860100,0.239],",
		"site/forecast/solar/timeseries": "[[1803859200,0],",
	} {
		if got, _ := b.e.Value(key); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %.60s", key, got)
		}
	}
}

func FuzzSet(f *testing.F) {
	f.Add("evcc/loadpoints/1/mode/set", "now")
	f.Add("evcc/vehicles/vehicle_1/planSoc/set", `{"value":90,"time":"2027-11-23T08:17:29Z"}`)
	f.Add("evcc/loadpoints/1/vehicle/set", "-")
	f.Add("evcc/site/smartCostLimit/set", "1e308")
	f.Add("evcc/#", "x")
	f.Add("evcc//set", "{}")
	tree := must(f, "evcc-0.313.2-demo")
	maps.DeleteFunc(tree, func(key, _ string) bool { return strings.HasPrefix(key, "site/forecast/") }) // large
	f.Fuzz(func(t *testing.T, topic, payload string) {
		b := newBrokerWith(t, tree, day, Options{}).start(t)
		b.step(Message{Topic: topic, Payload: payload})
		b.step(Message{Topic: topic, Payload: payload, Retained: true})
		b.pass(4 * time.Second)
		for _, m := range b.log {
			if !strings.HasPrefix(m.topic, "evcc/") {
				t.Errorf("published %q", m.topic)
			}
		}
	})
}
