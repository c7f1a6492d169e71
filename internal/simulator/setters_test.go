package simulator

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Each line is a command and what evcc makes of it: the value, or `refused`
// (acknowledged, nothing changes), or `silent` (nobody listens). A line `@` lets
// time pass. Commands of one case follow each other.
var setterTests = []struct {
	name  string
	tree  string
	lines string
}{
	{"site", "evcc-0.313.2-demo", `
		site/residualPower -100.5 = -100.5
		site/residualPower 1e3 = 1000
		site/residualPower NaN refused
		site/residualPower 5W refused
		site/prioritySoc 150 = 150
		site/bufferSoc 80 refused
		site/prioritySoc 50 = 50
		site/bufferSoc 50 = 50
		site/bufferStartSoc 40 refused
		site/bufferStartSoc 90 = 90
		site/bufferSoc 95 refused
		site/prioritySoc 60 refused
		site/bufferSoc 0 = 0
		site/batteryDischargeControl true = true
		site/batteryDischargeControl ON refused
		site/batteryDischargeControl F = false
		site/batteryGridChargeLimit 0.2 = 0.2
		site/batteryGridChargeLimit None refused
		site/batteryGridChargeLimit none =
		site/batteryGridDischarge 1 = true
		site/solarAdjusted true = true
		site/gridExportLimit 100 silent
		site/unknown 1 silent
		site/homePower 1 silent`},
	{"loadpoint", "evcc-0.313.2-demo", `
		loadpoints/1/mode NOW = now
		loadpoints/1/mode smart refused
		loadpoints/1/mode minpv = minpv
		loadpoints/1/limitSoc 500 = 500
		loadpoints/1/limitSoc 80.5 refused
		loadpoints/1/limitSoc null refused
		loadpoints/1/limitSoc 0 = 0
		loadpoints/1/limitEnergy 7.5 = 7.5
		loadpoints/1/minSoc 30 = 30
		loadpoints/1/minCurrent 17 refused
		loadpoints/1/minCurrent -3 = -3
		loadpoints/1/maxCurrent -4 refused
		loadpoints/1/maxCurrent 31.5 = 31.5
		loadpoints/1/maxCurrent 16 A refused
		loadpoints/1/priority -1 = -1
		loadpoints/1/enableThreshold -500 = -500
		loadpoints/1/disableThreshold 12.5 = 12.5
		loadpoints/1/enableDelay 90 = 90
		loadpoints/1/disableDelay 1m30s refused
		loadpoints/1/disableDelay 30 = 30
		loadpoints/1/smartCostLimit -0.01 = -0.01
		loadpoints/1/smartCostLimit - =
		loadpoints/1/smartFeedInPriorityLimit 0.1 = 0.1
		loadpoints/1/smartFeedInPriorityLimit nil =
		loadpoints/1/batteryBoostLimit 20 = 20
		loadpoints/1/batteryBoost true = true
		loadpoints/1/mode now = now
		loadpoints/1/batteryBoost true refused
		loadpoints/1/phases 1 silent
		loadpoints/1/phasesConfigured 0 refused
		loadpoints/1/phasesConfigured 2 refused
		loadpoints/1/phasesConfigured 1 = 1
		loadpoints/2/phasesConfigured 3 = 3
		loadpoints/2/phasesConfigured 0 = 0
		loadpoints/1/alwaysCharge on silent
		loadpoints/4/mode now silent`},
	{"plan", "evcc-0.313.2-demo", `
		loadpoints/3/planEnergy {"time":"2026-11-23T06:00:00Z","value":10} = 10
		loadpoints/3/planEnergy {"time":"2020-11-23T06:00:00Z","value":11} refused
		loadpoints/3/planEnergy 12 refused
		loadpoints/3/planEnergy {"value":5} = 5
		loadpoints/3/planEnergy {} = 0
		vehicles/vehicle_1/minSoc 20 = 20
		vehicles/vehicle_1/minSoc 0 =
		vehicles/vehicle_1/limitSoc 90 = 90
		vehicles/vehicle_1/limitSoc 90.5 refused
		vehicles/nobody/limitSoc 90 silent`},
	{"0.123", "evcc-0.123.0-demo", `
		site/smartCostLimit 0.12 = 0.12
		site/smartCostLimit - refused
		site/bufferSoc 50 = 50
		site/prioritySoc 50 refused
		site/batteryMode hold silent
		site/batteryDischargeControl true silent
		loadpoints/1/smartCostLimit 0.1 silent
		loadpoints/1/minCurrent 17 = 17
		loadpoints/1/phases 1 refused
		loadpoints/2/phases 1 = silent-name
		loadpoints/1/vehicle - refused
		loadpoints/1/limitEnergy 5 silent
		loadpoints/1/priority 1 silent
		loadpoints/1/enableDelay 5 silent
		vehicles/vehicle_1/minSoc 20 = 20
		vehicles/vehicle_1/minSoc 0 = 0`},
}

func TestSetters(t *testing.T) {
	for _, tt := range setterTests {
		t.Run(tt.name, func(t *testing.T) {
			b := started(t, tt.tree, Options{Still: true})
			for line := range strings.Lines(strings.TrimSpace(tt.lines)) {
				checkSetter(t, b, strings.TrimSpace(line))
			}
		})
	}
}

func checkSetter(t *testing.T, b *broker, line string) {
	t.Helper()
	key, rest, _ := strings.Cut(line, " ")
	payload, want := rest, ""
	for _, mark := range []string{" refused", " silent", " ="} {
		if i := strings.LastIndex(rest, mark); i >= 0 {
			payload, want = rest[:i], strings.TrimSpace(rest[i:])
			break
		}
	}
	before, _ := b.e.Value(key)
	lines := b.set(key+"/set", payload)
	acks := 0
	for _, l := range lines {
		if l == key+"/set " {
			acks++
		}
	}
	after, _ := b.e.Value(key)
	value, accepted := strings.CutPrefix(want, "=")
	switch {
	case want == "silent":
		if len(lines) != 0 {
			t.Errorf("%s: answered %v", line, lines)
		}
	case acks != 1:
		t.Errorf("%s: %d acknowledgements", line, acks)
	case want == "refused" && after != before:
		t.Errorf("%s: became %q", line, after)
	case accepted && strings.TrimSpace(value) == "silent-name":
		if got, _ := b.e.Value("loadpoints/2/phasesConfigured"); got != payload {
			t.Errorf("%s: got %q", line, got)
		}
	case accepted && after != strings.TrimSpace(value):
		t.Errorf("%s: got %q", line, after)
	}
}

// Every setter row is tried in the newest profile it belongs to: it answers,
// and garbage changes nothing.
func TestEverySetterAcknowledges(t *testing.T) {
	for _, name := range Trees() {
		b := started(t, name, Options{Still: true})
		for key := range b.e.settable {
			before := b.e.Tree()
			lines := b.set(key, "\x00garbage")
			if !slices.Equal(lines, []string{key + " "}) {
				t.Errorf("%s %s: garbage answered with %v", name, key, lines)
			}
			if got, _ := b.e.Value(strings.TrimSuffix(key, "/set")); got != before[strings.TrimSuffix(key, "/set")] {
				t.Errorf("%s %s: garbage became %q", name, key, got)
			}
			if lines := b.set(key, ""); len(lines) != 0 {
				t.Errorf("%s %s: empty payload answered with %v", name, key, lines)
			}
		}
	}
}

// A value equal to the present one is acknowledged, but not published again.
func TestUnchanged(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{Still: true})
	b.set("loadpoints/1/limitSoc/set", "80")
	for range 50 {
		if lines := b.set("loadpoints/1/limitSoc/set", "80"); !slices.Equal(lines, []string{"loadpoints/1/limitSoc/set "}) {
			t.Fatalf("repeated: %v", lines)
		}
	}
}

// A changed charging setting is followed by a cycle of its loadpoint, others
// and site settings are not.
func TestExtraCycle(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{Still: true})
	for line, want := range map[string]bool{
		"loadpoints/2/limitEnergy/set 5":      true,
		"loadpoints/2/mode/set now":           true,
		"loadpoints/2/maxCurrent/set 20":      false,
		"loadpoints/2/smartCostLimit/set 0.1": false,
		"site/residualPower/set 7":            false,
	} {
		key, payload, _ := strings.Cut(line, " ")
		lines := b.set(key, payload)
		if got := slices.Contains(lines, "loadpoints/2/connected true") && slices.Contains(lines, "site/homePower 500"); got != want {
			t.Errorf("%s: cycle %v", line, got)
		}
		if slices.Contains(lines, "loadpoints/1/connected true") {
			t.Errorf("%s: cycle of another loadpoint", line)
		}
	}
}

func TestSmartCost(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{Still: true})
	b.set("loadpoints/1/smartCostLimit/set", "0.5") // the tree's price is 0.215
	b.pass(10 * time.Second)
	b.want(t, "loadpoints/1/smartCostActive true", "loadpoints/1/offeredCurrent 16")
	b.set("loadpoints/1/smartCostLimit/set", "none")
	b.pass(10 * time.Second)
	b.want(t, "loadpoints/1/smartCostActive false")
}

// Rows are sorted, and rows of one name never overlap.
func TestSetterRows(t *testing.T) {
	for i, s := range setters[1:] {
		last := setters[i]
		same := s.scope == last.scope && s.name == last.name
		if s.scope < last.scope || s.scope == last.scope && s.name < last.name || same && (last.until == 0 || last.until > s.since) {
			t.Errorf("%s (since %s) is out of order after %s", s.name, s.since, last.name)
		}
	}
}

func TestPlanStrategy(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{Still: true})
	for _, prefix := range []string{"loadpoints/3/", "vehicles/vehicle_1/"} {
		b.set(prefix+"planStrategy/set", `{"continuous":true,"precondition":900}`)
		b.want(t, prefix+"planStrategy/continuous true", prefix+"planStrategy/precondition 900")
		b.set(prefix+"planStrategy/set", `{"precondition":"10m"}`) // refused
		b.want(t, prefix+"planStrategy/precondition 900")
		b.set(prefix+"planStrategy/set", `{"continuous":true}`) // what is missing is reset
		b.want(t, prefix+"planStrategy/continuous true", prefix+"planStrategy/precondition 0")
	}
}

func TestBatteryModeMovesPower(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{})
	for mode, want := range map[string]string{"charge": "-3000", "hold": "0"} {
		b.set("site/batteryMode/set", mode)
		b.pass(7 * time.Second)
		b.want(t, "site/battery/power "+want, "site/battery/devices/1/power "+want)
	}
}

func TestSiteLimitReachesAllLoadpoints(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{Still: true})
	b.set("site/smartCostLimit/set", "0.2")
	for _, key := range []string{"loadpoints/1/smartCostLimit", "loadpoints/3/smartCostLimit"} {
		if got, _ := b.e.Value(key); got != "0.2" {
			t.Errorf("%s: %q", key, got)
		}
	}
	if _, ok := b.e.Value("site/smartCostLimit"); ok {
		t.Error("the site's limit has no read topic")
	}
}

func TestBatteryMode(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{Still: true})
	if _, ok := b.e.Value("site/batteryModeExternal"); ok {
		t.Error("external mode before the first set")
	}
	modes := func(external, mode string) {
		t.Helper()
		gotExternal, _ := b.e.Value("site/batteryModeExternal")
		if got, _ := b.e.Value("site/batteryMode"); got != mode || gotExternal != external {
			t.Errorf("after %v: external %q, mode %q, want %q, %q", b.now.Sub(b.zero), gotExternal, got, external, mode)
		}
	}
	b.set("site/batteryMode/set", "Hold")
	modes("hold", "unknown")
	b.pass(4 * time.Second)
	modes("hold", "hold")
	b.pass(51 * time.Second)
	b.set("site/batteryMode/set", "hold") // repeated: a minute more
	b.pass(59 * time.Second)
	modes("hold", "hold")
	b.pass(time.Second)
	modes("unknown", "hold")
	b.pass(3 * time.Second)
	modes("unknown", "normal")
}

func TestUncontrollableBattery(t *testing.T) {
	tree, err := Open("evcc-0.313.2-demo")
	if err != nil {
		t.Fatal(err)
	}
	tree["site/battery/devices/1/controllable"] = "false"
	b := newBrokerWith(t, tree, day, Options{Still: true}).start(t)
	for _, line := range []string{
		"site/batteryMode hold refused",
		"site/batteryDischargeControl true refused",
		"site/batteryGridChargeLimit 0.1 refused",
		"site/batteryGridDischarge true refused",
	} {
		checkSetter(t, b, line)
	}
}

// Before 0.313 evcc says nothing to that.
func TestUncontrollableBatteryBefore(t *testing.T) {
	tree := must(t, "evcc-0.312.0-demo")
	tree["site/battery/devices/1/controllable"] = "false"
	b := newBrokerWith(t, tree, day, Options{Still: true}).start(t)
	checkSetter(t, b, "site/batteryDischargeControl true = true")
	checkSetter(t, b, "site/batteryMode hold refused") // acknowledged without effect
}

// Modes of 0.316: the old words stand for the new ones.
func TestSmartModes(t *testing.T) {
	b := started(t, "evcc-0.316.0-demo", Options{Still: true})
	pair := func(lp, set, mode, always string) {
		t.Helper()
		b.set("loadpoints/"+lp+"/mode/set", set)
		gotMode, _ := b.e.Value("loadpoints/" + lp + "/mode")
		if got, _ := b.e.Value("loadpoints/" + lp + "/alwaysCharge"); got != always || gotMode != mode {
			t.Errorf("loadpoint %s, %s: %s and %s, want %s and %s", lp, set, gotMode, got, mode, always)
		}
	}
	pair("1", "minpv", "smart", "on")
	b.want(t, "loadpoints/1/offeredCurrent 6") // the minimum, whatever the sun does
	pair("1", "smart", "smart", "on")
	pair("1", "pv", "smart", "off")
	pair("1", "now", "now", "off")
	pair("3", "minpv", "smart", "off") // a switch knows no minimum power
	checkSetter(t, b, "loadpoints/3/alwaysCharge on refused")
	checkSetter(t, b, "loadpoints/1/batteryBoost true refused") // it needs smart
	checkSetter(t, b, "loadpoints/1/mode minpv = smart")
	checkSetter(t, b, "loadpoints/1/batteryBoost true = true")
	checkSetter(t, b, "loadpoints/2/alwaysCharge ONCE = once")
	checkSetter(t, b, "loadpoints/2/alwaysCharge true refused")
	checkSetter(t, b, "site/gridExportLimit -1 refused")
	checkSetter(t, b, "site/gridExportLimit 5000 = 5000")
	b.step(Disconnect{Loadpoint: 2})
	b.want(t, "loadpoints/2/alwaysCharge off") // once is until the vehicle leaves
}

// alwaysCharge once ends with evcc, too.
func TestOnceIsNotKept(t *testing.T) {
	b := started(t, "evcc-0.316.0-demo", Options{Still: true})
	b.set("loadpoints/1/alwaysCharge/set", "once")
	b.set("loadpoints/2/alwaysCharge/set", "on")
	b.step(Stop{})
	b.pass(2 * time.Second)
	b.start(t)
	b.want(t, "loadpoints/1/alwaysCharge off", "loadpoints/2/alwaysCharge on")
}

// A vehicle brings its mode with it.
func TestVehicleMode(t *testing.T) {
	tree := must(t, "evcc-0.316.0-demo")
	tree["vehicles/vehicle_1/mode"], tree["vehicles/vehicle_1/alwaysCharge"] = "now", "on"
	b := newBrokerWith(t, tree, day, Options{Still: true}).start(t)
	b.set("loadpoints/2/vehicle/set", "vehicle_1")
	b.want(t, "loadpoints/2/mode now", "loadpoints/2/alwaysCharge on")
	b.set("loadpoints/2/vehicle/set", "vehicle_2")
	b.want(t, "loadpoints/2/mode now")
}
