package entities_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/entities"
)

const (
	socPlan    = "vehicle.switch_plan"
	energyPlan = "loadpoint.switch_plan"
)

func TestEncodePlans(t *testing.T) {
	t.Parallel()
	const hint = ` is not a plan: write {"value":80,"time":"07:00"}, or {} to delete it; continuous and precondition (seconds) may be added`
	const want = `{"value":80,"time":"2026-11-23T06:00:00Z"}`
	const zero, needed = "a target of 0 is no plan: send {} to delete it", "a plan needs a value: send {} to delete it"
	for _, test := range []struct{ control, command, want, err string }{
		{control: socPlan, command: `true`, want: `{"value":70,"time":"2026-11-23T06:00:00Z"}`},
		{control: socPlan, command: `false`, want: `{}`},
		{control: socPlan, command: `ON`, err: `ON` + hint},
		{control: socPlan, command: `{"value":80,"when":"` + strings.Repeat("7", 100) + `"}`, err: `{"value":80,"when":"` + strings.Repeat("7", 40) + "…" + hint},
		{control: socPlan, command: `{"value":80,"time":"` + strings.Repeat("7", 100) + `"}`, err: `"` + strings.Repeat("7", 60) + `…" is not a time: write 07:00, 2026-01-31T07:00 or 2026-01-31T07:00:00+01:00`},
		{control: socPlan, command: `{"value":80,"time":"2026-11-23T06:00:00Z"}`, want: want},
		{control: socPlan, command: ` { "time" : "2026-11-23T06:00:00Z", "value" : 8e1 } `, want: want},
		{control: socPlan, command: `{"value":80,"time":"2026-11-23T07:00:00+01:00"}`, want: want},
		{control: socPlan, command: `{"value":80,"time":"2026-11-23T07:00:00.123456+01:00"}`, want: want},
		{control: socPlan, command: `{"value":80,"time":"2026-11-23T07:00:00"}`, want: want},
		{control: socPlan, command: `{"value":80,"time":"2026-11-23 07:00"}`, want: want},
		{control: socPlan, command: `{"value":80,"time":"07:00"}`, want: want},
		{control: socPlan, command: `{"value":80,"time":"7:00"}`, want: want},
		{control: socPlan, command: `{"value":80,"time":"07:00:00"}`, want: want},
		{control: socPlan, command: `{"value":80,"time":"13:01"}`, want: `{"value":80,"time":"2026-11-22T12:01:00Z"}`},
		{control: socPlan, command: `{"value":80,"time":"13:00"}`, want: `{"value":80,"time":"2026-11-23T12:00:00Z"}`},
		{control: socPlan, command: `{"value":80,"time":"07:00","continuous":true,"precondition":900}`, want: want}, // the strategy goes its own way
		{control: socPlan, command: `{"value":80,"time":"2026-11-22T12:30:00+01:00"}`, err: "the time 2026-11-22T12:30:00+01:00 is in the past"},
		{control: socPlan, command: `{"value":80,"time":"2026-11-22T12:00:00Z"}`, err: "the time 2026-11-22T12:00:00Z is in the past"},
		{control: socPlan, command: `{"value":80,"time":"2026-11-22T12:00:01Z"}`, want: `{"value":80,"time":"2026-11-22T12:00:01Z"}`},
		{control: socPlan, command: `{"value":80,"time":"2026-11-22T13:00"}`, err: "the time 2026-11-22T13:00:00+01:00 is in the past"},
		{control: socPlan, command: `{"value":80.5,"time":"07:00"}`, err: "value 80.5 is not a whole number"},
		{control: socPlan, command: `{"value":100,"time":"07:00"}`, want: `{"value":100,"time":"2026-11-23T06:00:00Z"}`},
		{control: socPlan, command: `{"value":101,"time":"07:00"}`, err: "value 101 is outside 1 to 100"},
		{control: socPlan, command: `{"value":-1,"time":"07:00"}`, err: "value -1 is outside 1 to 100"},
		{control: energyPlan, command: `{"value":10.5,"time":"07:00"}`, want: `{"value":10.5,"time":"2026-11-23T06:00:00Z"}`},
		{control: energyPlan, command: `{"value":1001,"time":"07:00"}`, err: "value 1001 is outside 0.1 to 1000"},
		{control: energyPlan, command: `{"value":10}`, err: "a plan needs a time, such as 07:00 or 2026-01-31T07:00:00Z"},
		{control: energyPlan, command: `{"value":10,"time":null}`, err: "a plan needs a time, such as 07:00 or 2026-01-31T07:00:00Z"},
		{control: energyPlan, command: `{}`, want: `{}`},
		{control: energyPlan, command: `{"value":0}`, want: `{}`},
		{control: energyPlan, command: ` { "value" : 0.0 } `, want: `{}`},
		{control: energyPlan, command: `{"value":-0}`, err: zero},
		{control: energyPlan, command: `{"value":0,"time":"2020-01-01T00:00:00Z"}`, err: zero},
		{control: socPlan, command: `{"value":0,"time":"07:00"}`, err: zero},
		{control: energyPlan, command: `{"value":0,"time":null}`, err: zero},
		{control: energyPlan, command: `{"value":0,"precondition":900}`, err: zero},
		{control: energyPlan, command: `{"value":0,"continuous":true}`, err: zero},
		{control: energyPlan, command: `{"value":null,"continuous":null}`, err: needed},
		{control: energyPlan, command: `{"value":null}`, err: needed},
		{control: energyPlan, command: `{"time":null}`, err: needed},
		{control: energyPlan, command: `{"time":"07:00"}`, err: needed},
		{control: energyPlan, command: `{"continuous":true}`, err: needed},
		{control: energyPlan, command: `{"value":10,"value":0}`, err: "value given twice"},
		{control: energyPlan, command: `{"value":10,"time":"07:00","time":"08:00"}`, err: "time given twice"},
		{control: energyPlan, command: `{"Value":10,"time":"07:00"}`, err: `{"Value":10,"time":"07:00"}` + hint},
		{control: energyPlan, command: `{"value":10,"time":"07:00",}`, err: `{"value":10,"time":"07:00",}` + hint},
		{control: energyPlan, command: `{"value":10,"time":"07:00","":1}`, err: `{"value":10,"time":"07:00","":1}` + hint},
		{control: socPlan, command: `{"value":80,"time":" 07:00 "}`, want: want},
		{control: socPlan, command: `{"value":80,"time":"07:00","continuous":null}`, want: want}, // as if it were left out
		{control: socPlan, command: `{"value":80,"time":"07:00","precondition":900.0}`, want: want},
		{control: socPlan, command: `{"value":80,"time":"07:00","precondition":9e2}`, want: want},
		{control: energyPlan, command: `{"value":10,"time":"07:00","precondition":900.5}`, err: "precondition 900.5 is not a whole number of 0 to 604800 seconds"},
		{control: energyPlan, command: `{"value":10,"time":"07:00","precondition":-1}`, err: "precondition -1 is not a whole number of 0 to 604800 seconds"},
		{control: energyPlan, command: `{"value":10,"time":"07:00","precondition":604801}`, err: "precondition 604801 is not a whole number of 0 to 604800 seconds"},
		{control: energyPlan, command: `{"value":10,"time":"07:00","precondition":1e400}`, err: `{"value":10,"time":"07:00","precondition":1e400}` + hint},
		{control: energyPlan, command: `{"value":10,"time":"07:00","precondition":"15m"}`, err: `{"value":10,"time":"07:00","precondition":"15m"}` + hint},
		{control: energyPlan, command: `{"value":0.0000001,"time":"07:00"}`, err: "value 0 is outside 0.1 to 1000"},
		{control: energyPlan, command: `{"value":1.23456,"time":"07:00"}`, want: `{"value":1.235,"time":"2026-11-23T06:00:00Z"}`},
		{control: energyPlan, command: `{}}`, err: `{}}` + hint},
		{control: energyPlan, command: `null`, err: `null` + hint},
		{control: energyPlan, command: `{"value":10,"soc":80}`, err: `{"value":10,"soc":80}` + hint},
		{control: energyPlan, command: `{"value":"10"}`, err: `{"value":"10"}` + hint},
		{control: energyPlan, command: `{"value":10,"time":"tomorrow"}`, err: `"tomorrow" is not a time: write 07:00, 2026-01-31T07:00 or 2026-01-31T07:00:00+01:00`},
		{control: energyPlan, command: `{"value":10,"time":"25:00"}`, err: `"25:00" is not a time: write 07:00, 2026-01-31T07:00 or 2026-01-31T07:00:00+01:00`},
		{control: energyPlan, command: `{"value":10,"time":"2200-01-01T00:00:00Z"}`, err: `"2200-01-01T00:00:00Z" is out of range for a plan's time`},
		{control: energyPlan, command: `{"value":10,"time":"1970-01-01T00:00:00Z"}`, err: `"1970-01-01T00:00:00Z" is out of range for a plan's time`},
		{control: energyPlan, command: `{"value":10,"time":1795417200}`, err: `{"value":10,"time":1795417200}` + hint},
		{control: energyPlan, command: `{} {}`, err: `{} {}` + hint},
		{control: energyPlan, command: `{}x`, err: `{}x` + hint},
		{control: energyPlan, command: `[]`, err: `[]` + hint},
		{control: energyPlan, command: `10`, err: `10` + hint},
		{control: energyPlan, command: `{"value":`, err: `{"value":` + hint},
		{control: "vehicle.datetime_plan_time", command: "2026-11-23T07:00:00+01:00", want: "2026-11-23T06:00:00Z"},
		{control: "vehicle.datetime_plan_time", command: "2026-11-22T12:00:00Z", want: "2026-11-22T12:00:00Z"},
		{control: "vehicle.datetime_plan_time", command: "2000-01-01T00:00:00Z", want: "2000-01-01T00:00:00Z"},
		{control: "vehicle.datetime_plan_time", command: "1970-01-01T00:00:00Z", err: `"1970-01-01T00:00:00Z" is out of range for a plan's time`},
		{control: "vehicle.datetime_plan_time", command: "soon", err: `"soon" is not a time: write 07:00, 2026-01-31T07:00 or 2026-01-31T07:00:00+01:00`},
		{control: "vehicle.number_plan_soc", command: "80", want: "80"},
		{control: "vehicle.number_plan_soc", command: "0", err: "0 is outside 1 to 100"},
		{control: "vehicle.number_plan_soc", command: "80.5", err: "80.5 is not a whole number"},
		{control: "loadpoint.number_plan_energy", command: "7.5", want: "7.5"},
		{control: "loadpoint.number_plan_energy", command: "0", err: "0 is outside 0.1 to 1000"},
	} {
		checkEncode(t, control(t, test.control, entities.Context{}), test.command, nil, test.want, test.err)
	}
}

// Times without a zone are meant where the site is; clocks that are put forward or back are theirs.
func TestParseTime(t *testing.T) {
	t.Parallel()
	utc := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	lord, err := time.LoadLocation("Australia/Lord_Howe") // half an hour of summer time
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		what, text string
		zone       *time.Location
		now, want  string
	}{
		{"this morning", "07:00", berlin, "2026-11-22T05:59:59Z", "2026-11-22T06:00:00Z"},
		{"now is not next", "07:00", berlin, "2026-11-22T06:00:00Z", "2026-11-23T06:00:00Z"},
		{"across the new year", "07:00", berlin, "2026-12-31T12:00:00Z", "2027-01-01T06:00:00Z"},
		{"local midnight", "00:00", berlin, "2026-11-22T12:00:00Z", "2026-11-22T23:00:00Z"},
		{"the day is the site's", "00:30", berlin, "2026-11-22T23:15:00Z", "2026-11-22T23:30:00Z"},
		{"summer time begins over night", "07:00", berlin, "2026-03-28T20:00:00Z", "2026-03-29T05:00:00Z"},
		{"an hour that is skipped", "02:30", berlin, "2026-03-28T20:00:00Z", "2026-03-29T01:30:00Z"},
		{"the day after it", "02:30", berlin, "2026-03-29T02:00:00Z", "2026-03-30T00:30:00Z"},
		{"summer time ends over night", "07:00", berlin, "2026-10-24T20:00:00Z", "2026-10-25T06:00:00Z"},
		{"an hour that comes twice, before it", "02:30", berlin, "2026-10-24T20:00:00Z", "2026-10-25T00:30:00Z"},
		{"between the two", "02:30", berlin, "2026-10-25T00:45:00Z", "2026-10-25T01:30:00Z"},
		{"after both", "02:30", berlin, "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"},
		{"half an hour is skipped", "02:15", lord, "2026-10-03T10:00:00Z", "2026-10-03T15:45:00Z"},
		{"far in the west", "07:00", time.FixedZone("", -11*3600), "2026-11-22T12:00:00Z", "2026-11-22T18:00:00Z"},
		{"far in the east", "07:00", time.FixedZone("", 14*3600), "2026-11-22T12:00:00Z", "2026-11-22T17:00:00Z"},
		{"a date in summer, from winter", "2027-07-01T07:00", berlin, "2026-11-22T12:00:00Z", "2027-07-01T05:00:00Z"},
		{"a date and an hour that is skipped", "2027-03-28T02:30:00", berlin, "2026-11-22T12:00:00Z", "2027-03-28T01:30:00Z"},
		{"a date and an hour that comes twice", "2026-10-25 02:30:00", berlin, "2026-10-01T12:00:00Z", "2026-10-25T00:30:00Z"},
		{"a zone of its own", "2026-11-23T07:00-05:00", berlin, "2026-11-22T12:00:00Z", "2026-11-23T12:00:00Z"},
		{"a zone without a colon", "2026-11-23T07:00:00+0100", berlin, "2026-11-22T12:00:00Z", "2026-11-23T06:00:00Z"},
		{"a zone of whole hours", "2026-11-23T07:00+01", berlin, "2026-11-22T12:00:00Z", "2026-11-23T06:00:00Z"},
		{"a zone of half an hour", "2026-11-23 07:00:00 +0530", berlin, "2026-11-22T12:00:00Z", "2026-11-23T01:30:00Z"},
		{"spaces", " 2026-11-23 07:00 -05:00\n", berlin, "2026-11-22T12:00:00Z", "2026-11-23T12:00:00Z"},
		{"spaces around a clock", " 07:00 ", berlin, "2026-11-22T05:59:59Z", "2026-11-22T06:00:00Z"},
		{"fractions", "2026-11-23T07:00:00.9Z", berlin, "2026-11-22T12:00:00Z", "2026-11-23T07:00:00Z"},
	} {
		got, err := entities.ParseTime(test.text, test.zone, utc(test.now))
		if err != nil || !got.Equal(utc(test.want)) {
			t.Errorf("%s: %s at %s is %s (%v), want %s", test.what, test.text, test.now, got.UTC().Format(time.RFC3339), err, test.want)
		}
	}
}

// Every minute of the days on which clocks change has a next occurrence within a day and an hour, and reads so.
func TestNextClockAlwaysComes(t *testing.T) {
	t.Parallel()
	for _, day := range []time.Time{time.Date(2026, 3, 28, 0, 0, 0, 0, berlin), time.Date(2026, 10, 24, 0, 0, 0, 0, berlin)} {
		for minute := 0; minute < 3*24*60; minute += 17 {
			now := day.Add(time.Duration(minute) * time.Minute)
			for clock := 0; clock < 24*60; clock += 29 {
				next := entities.NextClock(clock/60, clock%60, 0, berlin, now)
				skipped := next.In(berlin).Hour() == 3 && clock/60 == 2 && next.In(berlin).Month() == time.March
				if !next.After(now) || next.Sub(now) > 25*time.Hour || next.In(berlin).Hour()*60+next.In(berlin).Minute() != clock && !skipped {
					t.Fatalf("%02d:%02d after %s is %s", clock/60, clock%60, now, next.In(berlin))
				}
			}
		}
	}
}

func TestPlanPayload(t *testing.T) {
	t.Parallel()
	plan := entities.PlanCommand{Plan: entities.Plan{Value: 80, Time: noon.In(berlin)}}
	seconds := int64(900)
	if diff := cmp.Diff(`{"value":80,"time":"2026-11-22T12:00:00Z","precondition":900}`, plan.Payload(&seconds)); diff != "" {
		t.Error(diff)
	}
}

// FuzzPlan holds that a plan command which is accepted is one that evcc takes: whole, in range, in the future.
func FuzzPlan(f *testing.F) {
	for _, command := range []string{`{"value":80,"time":"07:00"}`, `{}`, `true`, `{"value":1e1,"time":"2026-12-01T07:00","precondition":900}`, `{"value":80,"time":"24:00"}`, "{\"value\":80,\"time\":\"\\u0030\"}"} {
		f.Add(command, int64(0), true)
	}
	f.Fuzz(func(t *testing.T, command string, seconds int64, vehicle bool) {
		row := energyPlan
		if vehicle {
			row = socPlan
		}
		in := control(t, row, entities.Context{})
		now := noon.Add(time.Duration(seconds%(1<<32)) * time.Second)
		p, err := in.ParsePlan([]byte(command), garage(nil), now)
		if err != nil || p.Clear() {
			return
		}
		if !p.Time.After(now) || p.Value <= 0 || p.Value > 1000 {
			t.Errorf("%q at %s: %+v", command, now, p)
		}
		var back struct {
			Value float64
			Time  time.Time
		}
		if err := json.Unmarshal([]byte(p.Payload(nil)), &back); err != nil || back.Value != p.Value || !back.Time.Equal(p.Time) {
			t.Errorf("%q: %s says %+v, %v", command, p.Payload(nil), back, err)
		}
	})
}
