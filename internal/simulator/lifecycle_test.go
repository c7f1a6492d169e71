package simulator

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func must(t testing.TB, name string) Tree {
	t.Helper()
	tree, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

var versionTests = []struct {
	tree    string
	version string // the oldest that looks like it
	setters string // of site and loadpoint 1: present, or absent with a minus
}{
	{"evcc-0.123.0-demo", "0.123.0", "site/smartCostLimit loadpoints/1/phases -loadpoints/1/limitEnergy -loadpoints/1/smartCostLimit"},
	{"evcc-0.131.12-demo", "0.131.9", "loadpoints/1/phases loadpoints/1/batteryBoost site/batteryGridChargeLimit -loadpoints/1/priority -site/batteryMode"},
	{"evcc-0.200.9-demo", "0.200.0", "loadpoints/1/priority loadpoints/1/phases -site/batteryMode"},
	{"evcc-0.203.6-demo", "0.203.4", "site/batteryMode loadpoints/1/phases -loadpoints/1/smartFeedInPriorityLimit"},
	{"evcc-0.207.0-demo", "0.205.0", "loadpoints/1/smartFeedInPriorityLimit site/smartCostLimit -loadpoints/1/planStrategy"},
	{"evcc-0.209.8-demo", "0.205.0", "loadpoints/1/phases -loadpoints/1/planStrategy"},
	{"evcc-0.301.2-demo", "0.301.2", "loadpoints/1/phasesConfigured loadpoints/1/planStrategy -loadpoints/1/phases -loadpoints/1/minSoc"},
	{"evcc-0.303.2-demo", "0.303.0", "loadpoints/1/phasesConfigured -loadpoints/1/minSoc"},
	{"evcc-0.312.0-demo", "0.312.0", "loadpoints/1/minSoc site/solarAdjusted -site/batteryGridDischarge"},
	{"evcc-0.313.2-demo", "0.313.0", "site/batteryGridDischarge -site/gridExportLimit -loadpoints/1/alwaysCharge"},
	{"evcc-0.314.1-demo", "0.314.0", "site/gridExportLimit -loadpoints/1/alwaysCharge"},
	{"evcc-0.316.0-demo", "0.316.0", "site/gridExportLimit loadpoints/1/alwaysCharge loadpoints/1/phasesConfigured -loadpoints/1/phases"},
}

// All captured trees start, run, obey and stop.
func TestVersions(t *testing.T) {
	for _, tt := range versionTests {
		t.Run(tt.tree, func(t *testing.T) {
			b := newBroker(t, tt.tree, day, Options{Seed: 1}).start(t)
			if got := b.e.version.String(); got != tt.version {
				t.Errorf("version %s, want %s", got, tt.version)
			}
			for name := range strings.FieldsSeq(tt.setters) {
				want := !strings.HasPrefix(name, "-")
				if _, ok := b.e.settable[strings.TrimPrefix(name, "-")+"/set"]; ok != want {
					t.Errorf("setter %s: present %v", name, ok)
				}
			}
			b.pass(30 * time.Second)
			b.set("loadpoints/1/limitSoc/set", "70")
			if got, _ := b.e.Value("loadpoints/1/effectiveLimitSoc"); got != "70" {
				t.Errorf("effectiveLimitSoc %q", got)
			}
			b.step(Disconnect{Loadpoint: 2})
			b.step(Connect{Loadpoint: 2})
			b.set("loadpoints/2/mode/set", "now")
			b.step(Charge{Loadpoint: 2})
			b.pass(9 * time.Second)
			if got, _ := b.e.Value("loadpoints/2/charging"); got != "true" {
				t.Errorf("charging %q after connect, now and charge", got)
			}
			if diff := cmp.Diff(b.retained, b.truth()); diff != "" {
				t.Errorf("Tree() (-broker +evcc):\n%s", diff)
			}
			b.step(Stop{})
			b.pass(2 * time.Second)
			if left := len(b.retained); b.e.version.blanksAtStop() != (left == 1) {
				t.Errorf("%d retained topics after the stop", left)
			}
		})
	}
}

// truth is what evcc says is retained.
func (b *broker) truth() map[string]string {
	out := map[string]string{}
	for key, payload := range b.e.Tree() {
		if payload != "" {
			out[b.e.topic(key)] = payload
		}
	}
	return out
}

func TestSameSeedSameActions(t *testing.T) {
	run := func() []message {
		b := newBroker(t, "evcc-0.313.2-demo", day, Options{Seed: 9, Demo: true})
		b.step(Start{})
		b.step(Up{})
		b.pass(time.Minute)
		b.step(Message{Topic: "evcc/loadpoints/2/mode/set", Payload: "now"})
		b.pass(time.Minute)
		return b.log
	}
	a, b := run(), run()
	if !slices.Equal(a, b) {
		t.Errorf("two runs differ: %d and %d messages", len(a), len(b))
	}
}

func TestNumbers(t *testing.T) {
	for _, tt := range []struct {
		value    float64
		old, new string
	}{
		{8444.123, "8444.1", "8444.123"},
		{123456, "1.2346e+05", "123456"},
		{0.00245331, "0.0024533", "0.002"},
		{0.0004, "0.0004", "0"},
		{-0.0001, "-0.0001", "0"},
		{6, "6", "6"},
		{0.08, "0.08", "0.08"},
		{-4234.9, "-4234.9", "-4234.9"},
	} {
		if got := v(300, 0).number(tt.value); got != tt.old {
			t.Errorf("%v in 0.300.0: %s, want %s", tt.value, got, tt.old)
		}
		if got := v(300, 8).number(tt.value); got != tt.new {
			t.Errorf("%v in 0.300.8: %s, want %s", tt.value, got, tt.new)
		}
	}
}

// Start over a stale tree and a foreign topic.
func TestStart(t *testing.T) {
	b := newBroker(t, "evcc-0.313.2-demo", day, Options{Root: "/haus/evcc/", Still: true, StartDelay: 3 * time.Second})
	b.retained = map[string]string{
		"haus/evcc/status": "offline", "haus/evcc/foreign/topic": "x", "haus/evcc/loadpoints/1/mode": "now",
		"haus/evcc/loadpoints/1/mode/set": "off", "haus/other": "y",
	}
	b.step(Start{})
	if b.log != nil {
		t.Errorf("published without a broker: %v", b.log)
	}
	b.step(Up{})
	b.pass(2900 * time.Millisecond)
	if diff := cmp.Diff([]string{"status online"}, b.lines()); diff != "" {
		t.Errorf("while devices start (-want +got):\n%s", diff)
	}
	if b.retained["haus/evcc/loadpoints/1/mode"] != "now" {
		t.Error("the old tree must stay until the blanking")
	}
	b.set("loadpoints/1/mode/set", "minpv") // nobody listens
	b.forget()

	b.pass(200 * time.Millisecond)
	if diff := cmp.Diff([]string{"foreign/topic ", "loadpoints/1/mode ", "loadpoints/1/mode/set "}, b.lines()); diff != "" {
		t.Errorf("blanking (-want +got):\n%s", diff)
	}
	if slices.Contains(b.qos, 1) {
		t.Error("deletions have QoS 0 in this version")
	}
	b.forget()
	b.pass(time.Second)
	if !slices.Equal(b.ops[:2], []Op{Unsubscribe, Subscribe}) || b.log[0].topic != "haus/evcc/loadpoints" {
		t.Errorf("after the silence: %v, first %v", b.ops[:2], b.log[0])
	}
	if b.retained["haus/other"] != "y" || b.retained["haus/evcc/loadpoints/1/mode"] != "pv" {
		t.Errorf("foreign root or mode: %v", b.retained)
	}
	if _, ok := b.retained["haus/evcc/foreign/topic"]; ok {
		t.Error("the foreign topic survived")
	}
}

func TestStop(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{Still: true})
	b.retained["evcc/foreign"] = "x"
	b.step(Stop{})
	for _, m := range b.log {
		if m.payload != "" || m.topic == "evcc/status" {
			t.Fatalf("blanking published %v", m)
		}
	}
	if diff := cmp.Diff(map[string]string{"evcc/status": "online"}, b.retained); diff != "" {
		t.Errorf("retained while stopping (-want +got):\n%s", diff)
	}
	b.forget()
	b.pass(999 * time.Millisecond)
	if b.log != nil {
		t.Errorf("%v during the pause", b.log)
	}
	b.pass(time.Millisecond)
	if diff := cmp.Diff([]string{"status offline"}, b.lines()); diff != "" {
		t.Errorf("end (-want +got):\n%s", diff)
	}
	if !b.e.Next().IsZero() || b.set("loadpoints/1/mode/set", "now") != nil {
		t.Error("a stopped evcc does something")
	}
}

func TestCrashAndRestart(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{Still: true})
	b.set("loadpoints/1/mode/set", "now")
	b.set("loadpoints/1/enableDelay/set", "5")
	b.set("site/batteryMode/set", "hold")
	before := len(b.retained)
	b.forget()
	b.step(Crash{})
	if diff := cmp.Diff([]string{"status offline"}, b.lines()); diff != "" || len(b.retained) != before {
		t.Errorf("crash: %d of %d topics left (-want +got):\n%s", len(b.retained), before, diff)
	}
	b.pass(time.Hour)
	b.start(t)
	for key, want := range map[string]string{
		"loadpoints/1/mode":        "now",
		"loadpoints/1/enableDelay": "60", // evcc does not keep it
		"site/batteryMode":         "unknown",
	} {
		if got := b.retained["evcc/"+key]; got != want {
			t.Errorf("%s after the restart: %q, want %q", key, got, want)
		}
	}
	if _, ok := b.retained["evcc/site/batteryModeExternal"]; ok {
		t.Error("the external battery mode survived")
	}
}

// A broker that comes back without its memory gets cyclic topics only.
func TestBrokerLoss(t *testing.T) {
	b := started(t, "evcc-0.313.2-demo", Options{Still: true})
	b.step(Down{})
	b.retained = map[string]string{}
	b.pass(10 * time.Second)
	b.set("loadpoints/1/title/set", "x")
	if len(b.retained) != 0 {
		t.Errorf("heard without a connection: %v", b.retained)
	}
	b.step(Up{})
	if diff := cmp.Diff([]string{"status online"}, b.lines()); diff != "" || len(b.filters) != 1 {
		t.Errorf("reconnect subscribed %d times (-want +got):\n%s", len(b.filters), diff)
	}
	b.pass(10 * time.Second)
	if b.retained["evcc/loadpoints/1/connected"] != "true" || b.retained["evcc/site/homePower"] == "" {
		t.Error("cyclic topics are missing")
	}
	for _, key := range []string{"loadpoints", "loadpoints/1/title", "vehicles/vehicle_1/title"} {
		if _, ok := b.retained["evcc/"+key]; ok {
			t.Errorf("%s was repeated", key)
		}
	}
}
