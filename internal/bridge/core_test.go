package bridge

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"evcc-discovery/translations"

	"evcc-discovery/internal/bridge/step"
)

// start is when these tests begin.
var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// settingsFor returns what a core needs for some roots.
func settingsFor(t testing.TB, roots ...string) Settings {
	t.Helper()
	words, err := translations.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	return Settings{Roots: roots, Base: "evcc-discovery", Prefix: "homeassistant", Instance: "me", Words: words, Version: "1.0.0"}
}

// runningCore returns a core that has read a captured tree and published all there is to publish, and the time by then.
func runningCore(t testing.TB, version string) (*Core, time.Time) {
	t.Helper()
	b, err := os.ReadFile("../simulator/trees/evcc-" + version + "-demo.txt")
	if err != nil {
		t.Fatal(err)
	}
	c := New(settingsFor(t, "evcc"))
	c.Step(step.Event{At: start, Kind: step.Connected})
	for line := range strings.Lines(string(b)) {
		topic, payload, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		if payload != "" {
			c.Step(step.Event{At: start, Kind: step.Received, Topic: topic, Payload: []byte(payload), Retained: true})
		}
	}
	now := start
	for range 60 {
		now = now.Add(time.Second)
		echo(c, now, c.Step(step.Event{At: now, Kind: step.Received, Topic: "evcc/site/homePower", Payload: []byte("500")})) // evcc lives
	}
	if c.phase != running || len(topics(c)) == 0 {
		t.Fatal("the core does not run")
	}
	return c, now
}

// echo sends back what is retained, as a broker does.
func echo(c *Core, now time.Time, actions []step.Action) {
	for _, a := range slices.Clone(actions) {
		if a.Publish != nil && a.Publish.Retain {
			echo(c, now, c.Step(step.Event{At: now, Kind: step.Received, Topic: a.Publish.Topic, Payload: []byte(a.Publish.Payload)}))
		}
	}
}

// unchanged is what evcc sends most: a value that is known already.
func unchanged(now time.Time) step.Event {
	return step.Event{At: now, Kind: step.Received, Topic: "evcc/loadpoints/3/chargePower", Payload: []byte("3918.376")}
}

func TestUnchangedValueCostsNothing(t *testing.T) {
	c, now := runningCore(t, "0.313.2")
	for name, e := range map[string]step.Event{
		"a value":        unchanged(now),
		"a short topic":  {At: now, Kind: step.Received, Topic: "evcc/updated", Payload: []byte("1795352452")},
		"an empty value": {At: now, Kind: step.Received, Topic: "evcc/loadpoints/1/planTime"},
		"time":           {At: now, Kind: step.Tick},
	} {
		allocations := testing.AllocsPerRun(100, func() {
			if actions := c.Step(e); len(actions) > 0 {
				t.Errorf("%s: got actions %+v, want none", name, actions)
			}
		})
		if allocations != 0 {
			t.Errorf("%s: got %v allocations, want none", name, allocations)
		}
	}
}

func BenchmarkStepUnchanged(b *testing.B) {
	c, now := runningCore(b, "0.313.2")
	e := unchanged(now)
	b.ReportAllocs()
	for b.Loop() {
		c.Step(e)
	}
}

// The core asks for no ticks while nothing is to come but evcc's silence.
func TestIdleCoreSleeps(t *testing.T) {
	c, now := runningCore(t, "0.313.2")
	if next := c.Next(); next.Before(now.Add(30 * time.Second)) {
		t.Errorf("wants a tick at %v, before evcc could count as silent", next)
	}
}

func TestGoodbye(t *testing.T) {
	t.Parallel()
	c, _ := runningCore(t, "0.313.2")
	actions := c.Goodbye()
	if len(actions) != 1 || *actions[0].Publish != (step.Publish{Topic: "evcc-discovery/status", Payload: "offline", Retain: true}) {
		t.Errorf("got %+v", actions)
	}
}

// words of the fuzzer's grammar: each byte of its input picks one.
var (
	fuzzRoots = []string{"evcc", "haus/evcc", "evcc-discovery/evcc", "evcc-discovery/haus_2fevcc", "homeassistant", "solar", ""}
	fuzzPaths = []string{"status", "loadpoints", "loadpoints/1/title", "loadpoints/1/connected", "loadpoints/1/chargePower", "loadpoints/1/mode",
		"loadpoints/1/mode/set", "loadpoints/1/name", "loadpoints/1/vehicleName", "loadpoints/1/vehicleDetectionActive", "loadpoints/2/connected",
		"loadpoints/1/planStrategy/continuous", "loadpoints/1/planStrategy/set", "vehicles/db:1/title", "vehicles/db:2/title", "site/battery/power",
		"loadpoint/1/mode/set", "loadpoint/1/vehicle/set", "loadpoint/1/plan/set", "loadpoint/1/limit_soc/set", "loadpoint/1/plan_strategy_continuous/set",
		"loadpoint/1/plan_strategy_precondition/set", "loadpoint/1/min_current/set", "loadpoint/1/plan_time/set", "loadpoint/1/plan_energy/set", "vehicle/db_3a1/plan/set", "vehicle/db_3a1/plan_soc/set",
		"loadpoints/1/planTime", "vehicles/db:1/plan", "vehicles/db:1/plan/time", "vehicles/db:1/plan/soc", "vehicles/db:1/planSoc/set", "vehicles/db:1/repeatingPlans", "site/timezone", "loadpoints/1/minCurrent", "loadpoints/1/minCurrent/set",
		"loadpoints/1/limitSoc", "loadpoints/1/planEnergy",
		"loadpoint/1/fast_charging/set", "loadpoint/1/solar_charging/set", "site/battery/devices/1/controllable", "loadpoints/1/offeredCurrent",
		"site/batteryModeExternal", "site/batteryMode/set", "site/hold_battery/set", "site/battery_mode/set", "registry", "ready", "device/evcc-discovery/evcc_site/config", "/", ""}
	fuzzPayloads = []string{"", "online", "offline", "1", "2", "0", "true", "false", "pv", "now", "eco", "Garage", "db:1", "Zoe", "-", "80", "10.5", "-1",
		`{"value":10,"time":"2026-11-23T06:00:00Z"}`, "{}", `{"value":80,"time":"02:30","continuous":true,"precondition":900}`, "1795413600", "2026-11-24T06:00:00+01:00", "CET +01:00", "rubbish", `{"version":1,"objects":{"loadpoint/1":{"index":1,"slug":"x","rows":["select_mode"]}}}`}
	fuzzWaits = []time.Duration{0, 0, time.Millisecond, 400 * time.Millisecond, 2 * time.Second, 61 * time.Second}
)

// FuzzStep plays sequences of events, four bytes each. Whatever comes, evcc gets nothing but non-empty, unretained
// commands on its known setters.
func FuzzStep(f *testing.F) {
	beginning := []byte{0, 0, 0, 255}
	for _, e := range [][4]byte{{0, 0, 1, 3}, {0, 1, 3, 0}, {0, 2, 11, 0}, {0, 3, 7, 0}, {0, 4, 5, 0}, {0, 5, 8, 0}, {0, 13, 13, 0}, {0, 31, 0, 8}, {0, 31, 0, 8}, {0, 31, 0, 8}, {2, 16, 9, 0}, {0, 6, 0, 0}} {
		beginning = append(beginning, e[:]...)
	}
	f.Add(beginning, "now")
	f.Add(append(slices.Clone(beginning), 2, 16, 255, 0, 2, 18, 18, 0, 0, 0, 0, 254), "{{ 1 }}")
	f.Fuzz(func(t *testing.T, script []byte, free string) {
		c, now := New(settingsFor(t, "evcc", "haus/evcc")), start
		for ; len(script) >= 4; script = script[4:] {
			now = now.Add(fuzzWaits[int(script[3]>>1)%len(fuzzWaits)])
			e := step.Event{At: now, Kind: step.Received, Retained: script[3]&1 == 1}
			switch {
			case script[3] == 255:
				e.Kind = step.Connected
			case script[3] == 254:
				e.Kind = step.Lost
			}
			e.Topic = strings.Trim(fuzzRoots[int(script[0])%len(fuzzRoots)]+"/"+fuzzPaths[int(script[1])%len(fuzzPaths)], "/")
			payload := free
			if p := int(script[2]); p < 128 {
				payload = fuzzPayloads[p%len(fuzzPayloads)]
			}
			e.Payload = []byte(payload)
			checkActions(t, c, c.Step(e))
			if next := c.Next(); !next.IsZero() && next.Before(now) && c.phase == running {
				checkActions(t, c, c.Step(step.Event{At: now, Kind: step.Tick}))
				if again := c.Next(); !again.IsZero() && again.Before(now) {
					t.Fatalf("the core asks for a tick at %v after one at %v: the loop would spin", again, now)
				}
			}
		}
	})
}

// checkActions holds what may never be sent.
func checkActions(t *testing.T, c *Core, actions []step.Action) {
	t.Helper()
	for _, a := range actions {
		p := a.Publish
		if p == nil {
			continue
		}
		if strings.ContainsAny(p.Topic, "+#\x00") || p.Topic == "" {
			t.Errorf("published to %q", p.Topic)
		}
		for _, s := range c.sites {
			path, ours := below(p.Topic, s.Root)
			if !ours {
				continue
			}
			if p.Retain || p.Payload == "" || !isSetter(c, s, path) {
				t.Errorf("sent to evcc: %s %q, retained %v", p.Topic, p.Payload, p.Retain)
			}
		}
	}
}

// isSetter reports whether the path below the root is the /set topic of a command that the site serves.
func isSetter(c *Core, s *site, path string) bool {
	for _, control := range s.commands.Controls() {
		if control.Instance.Set+"/set" == path {
			return true
		}
	}
	return false
}

// Two hundred commands on one topic: one is under way, and the last one ends up at evcc.
func TestCommandsCoalesce(t *testing.T) {
	t.Parallel()
	c, now := runningCore(t, "0.313.2")
	var sent []string
	play := func(kind step.Kind, topic, payload string) {
		for _, a := range c.Step(step.Event{At: now, Kind: kind, Topic: topic, Payload: []byte(payload)}) {
			if p := a.Publish; p != nil && strings.HasPrefix(p.Topic, "evcc/") {
				sent = append(sent, p.Topic+" "+p.Payload)
			}
		}
	}
	for i := range 200 {
		play(step.Received, "evcc-discovery/evcc/loadpoint/1/enable_delay/set", strconv.Itoa(i))
	}
	for range 3 {
		play(step.Received, "evcc/loadpoints/1/enableDelay/set", "")
		now = now.Add(time.Second)
		play(step.Tick, "", "")
	}
	want := []string{"evcc/loadpoints/1/enableDelay/set 0", "evcc/loadpoints/1/enableDelay/set 199"}
	if !slices.Equal(sent, want) {
		t.Errorf("got %q, want %q", sent, want)
	}
}

// manySites returns a core that has published everything of n sites alike, and the time by then.
func manySites(t testing.TB, n int) (*Core, time.Time) {
	t.Helper()
	b, err := os.ReadFile("../simulator/trees/evcc-0.123.0-demo.txt")
	if err != nil {
		t.Fatal(err)
	}
	roots := make([]string, n)
	for i := range roots {
		roots[i] = "site" + strconv.Itoa(i)
	}
	c, now := New(settingsFor(t, roots...)), start
	c.Step(step.Event{At: now, Kind: step.Connected})
	for _, root := range roots {
		for line := range strings.Lines(string(b)) {
			topic, payload, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
			if path, _ := below(topic, "evcc"); payload != "" {
				c.Step(step.Event{At: now, Kind: step.Received, Topic: root + "/" + path, Payload: []byte(payload), Retained: true})
			}
		}
	}
	for range 40 {
		now = now.Add(time.Second)
		for _, root := range roots {
			echo(c, now, c.Step(step.Event{At: now, Kind: step.Received, Topic: root + "/site/homePower", Payload: []byte("500")}))
		}
	}
	if c.phase != running || len(c.store.Devices()) < 5*n {
		t.Fatalf("%d devices of %d sites", len(c.store.Devices()), n)
	}
	return c, now
}

// BenchmarkChanged is the cost of one value that changes, beside other sites.
func BenchmarkChanged(b *testing.B) {
	for _, n := range []int{1, 100, 300} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			c, now := manySites(b, n)
			e := step.Event{At: now, Kind: step.Received, Topic: "site0/loadpoints/1/chargePower"}
			payloads := [][]byte{[]byte("1000"), []byte("2000")}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				e.At = e.At.Add(time.Millisecond)
				e.Payload = payloads[i%2]
				c.Step(e)
				c.Next()
			}
		})
	}
}
