package simulator

import (
	"maps"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type exclusion struct {
	topics *regexp.Regexp
	reason string
}

// All topics of a session are compared, but those that a row of excluded
// matches. masked ones are compared as empty, 0 (or null), or anything else.
var excluded = []exclusion{
	{regexp.MustCompile(`/site/(gridPower|pvPower|homePower|batteryPower|battery/power|grid/power|(pv|battery|battery/devices)/\d+/power)$`), "power"},
	{regexp.MustCompile(`/loadpoints/\d+/(chargePower|offeredCurrent|chargeCurrent)$`), "power"},
	{regexp.MustCompile(`/site/(batterySoc|battery/soc|battery/\d+/soc|battery/devices/\d+/soc)$`), "energy in the home battery"},
	{regexp.MustCompile(`/site/(greenShare|tariffCo2)\w*$|/sessionCo2PerKWh$`), "shares of grid power, and CO2 that follows from them"},
	{regexp.MustCompile(`/loadpoints/\d+/todayEnergy$`), "energy: goes on from the captured tree"},
	{regexp.MustCompile(`/site/(hems/config|influx|messaging|modbusproxy|mqtt|network|ocpp|ocppforwarder|shm)\b`), "configuration, left out of the recordings"},
	{regexp.MustCompile(`/loadpoints/3/(charging|chargeDuration|chargedEnergy|session\w*|enabled|pvAction|pvRemaining|chargerStatusReason)$`), "power: the sun switched the heat pump on and off"},
}

// heard alone: something that the recording leaves out was published at 60.1 s.
var orphan = message{topic: "evcc/updated", payload: "1795349868"}

// How far a vehicle is charged follows from power, the slots of a plan from
// power and tariffs, forecasts are recorded as sizes only; that these appear,
// vanish and start at 0 is compared.
var masked = regexp.MustCompile(`/site/(forecast/.*|tariff[A-Z]\w*)$|` +
	`/loadpoints/\d+/(charge(dEnergy|Duration|RemainingDuration|RemainingEnergy)|plan(Projected\w+)?|` +
	`session(Energy|Price|PricePerKWh|SolarPercentage)|vehicle(Soc|Range))$`)

func TestOracle(t *testing.T) {
	for _, tt := range []struct {
		session, tree string
		// Fraction of a second at which the recording began: its `updated`
		// values leave only a window, from which this is taken.
		phase time.Duration
	}{
		{"evcc-0.313.2-session.txt", "evcc-0.313.2-demo", 500 * time.Millisecond},
		{"evcc-0.123.0-session.txt", "evcc-0.123.0-demo", 200 * time.Millisecond},
	} {
		t.Run(tt.session, func(t *testing.T) {
			recorded, first := readSession(t, tt.session)
			recorded = slices.DeleteFunc(recorded, func(m message) bool {
				return m.topic == orphan.topic && m.payload == orphan.payload
			})
			got := compared(sequences(replay(t, tt.tree, recorded, first.Add(tt.phase))))
			want := compared(sequences(recorded))
			if len(want) < 150 {
				t.Fatalf("only %d topics to compare", len(want))
			}
			t.Logf("%d topics compared, %d recorded", len(want), len(sequences(recorded)))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("payload sequences (-recorded +simulated):\n%s", diff)
			}
		})
	}
}

// replay sends the commands of a recording at their times, and its end.
func replay(t *testing.T, tree string, recorded []message, first time.Time) []message {
	t.Helper()
	b := newBroker(t, tree, first, Options{Seed: 7})
	lead := b.e.opt.Pause
	if !b.e.version.blanksAtStart() {
		lead = 0
	}
	b.now = first.Add(-lead)
	b.step(Start{})
	b.step(Up{})
	b.until(first)
	b.log = slices.DeleteFunc(b.log, func(m message) bool { return m.topic == "evcc/status" })
	for _, m := range recorded {
		switch {
		case m.isCommand():
			b.until(first.Add(m.at))
			b.log = append(b.log, m)
			b.step(Message{Topic: m.topic, Payload: m.payload})
		case m.payload == "" && m.topic == "evcc/loadpoints", m.topic == "evcc/status" && b.e.phase == running:
			b.until(first.Add(m.at))
			b.step(Stop{})
		}
	}
	b.pass(2 * time.Second)
	return b.log
}

func compared(all map[string][]string) map[string][]string {
	maps.DeleteFunc(all, func(topic string, _ []string) bool {
		return slices.ContainsFunc(excluded, func(x exclusion) bool { return x.topics.MatchString(topic) })
	})
	for topic, seq := range all {
		if masked.MatchString(topic) {
			all[topic] = mask(seq)
		}
	}
	return all
}

func mask(seq []string) []string {
	var out []string
	for _, s := range seq {
		if s != "" && s != "0" && s != "null" {
			s = "*"
		}
		if len(out) == 0 || out[len(out)-1] != s {
			out = append(out, s)
		}
	}
	return out
}

// An exclusion that matches nothing hides a mistake.
func TestExclusionsMatch(t *testing.T) {
	var topics []string
	for _, name := range []string{"evcc-0.313.2-session.txt", "evcc-0.123.0-session.txt"} {
		all, _ := readSession(t, name)
		for topic := range sequences(all) {
			topics = append(topics, topic)
		}
	}
	for _, x := range excluded {
		if !slices.ContainsFunc(topics, x.topics.MatchString) {
			t.Errorf("%s (%s) matches no recorded topic: remove it", x.topics, x.reason)
		}
	}
}
