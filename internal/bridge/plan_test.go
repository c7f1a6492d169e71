package bridge

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// planSeeds are commands for plans, good ones and bad ones.
var planSeeds = []string{`{"value":80,"time":"07:00"}`, `{"value":80,"time":"02:30","continuous":true,"precondition":900}`, `{"value":0,"time":"07:00"}`,
	`{"value":0}`, `{"value":null}`, `{"value":80,"time":"2020-01-01T00:00:00Z"}`, `{"value":80,"time":"2036-01-01T00:00+0100","precondition":900.0}`,
	`{"value":8e1,"time":"2199-12-31T23:59:59-12:00"}`, `{"Value":80,"time":"07:00"}`, `{"value":80,"value":1e6,"time":"07:00"}`, "2036-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "false"}

var (
	wholePlan     = regexp.MustCompile(`^{"value":([0-9.]+),"time":"([0-9TZ:-]+)"(,"precondition":([0-9]+))?}$`)
	wholeStrategy = regexp.MustCompile(`^{"continuous":(true|false),"precondition":([0-9]+)}$`)
)

// allowedPlan reports whether evcc may get the payload as a plan: its keys, each once, a target in range, and a time to
// come. What evcc takes is written down here once more.
func allowedPlan(in *entities.Instance, payload string, now time.Time) bool {
	if payload == "{}" {
		return in.Row.Own == entities.PlanSwitch
	}
	m := wholePlan.FindStringSubmatch(payload)
	if m == nil {
		return false
	}
	value, err := strconv.ParseFloat(m[1], 64)
	inRange := err == nil && plainNumber.MatchString(m[1]) && value >= 0.1 && value <= 1000
	if in.Object.Scope == entities.Vehicle {
		inRange = inRange && value >= 1 && value <= 100 && !strings.Contains(m[1], ".")
	}
	at, err := time.Parse(time.RFC3339, m[2])
	inTime := err == nil && strings.HasSuffix(m[2], "Z") && at.After(now) && at.Year() < 2200
	return inRange && inTime && (m[4] == "" || allowedSeconds(m[4]))
}

func allowedStrategy(payload string) bool {
	m := wholeStrategy.FindStringSubmatch(payload)
	return m != nil && allowedSeconds(m[2])
}

func allowedSeconds(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && strconv.Itoa(n) == text && n <= 7*24*60*60
}

// The judge of FuzzCommand knows a bad plan.
func TestAllowedPlan(t *testing.T) {
	t.Parallel()
	vehicle := &entities.Instance{Row: &entities.Row{Own: entities.PlanTarget, Write: &entities.Write{Kind: entities.WriteInt}}, Object: entities.Object{Scope: entities.Vehicle}}
	for payload, want := range map[string]bool{
		`{"value":80,"time":"2026-11-23T06:00:00Z"}`:                       true,
		`{"value":80,"time":"2026-11-23T06:00:00Z","precondition":900}`:    true,
		`{"value":80,"time":"2026-11-23T06:00:00Z","precondition":604801}`: false,
		`{"value":80,"time":"2026-11-23T06:00:00Z","precondition":09}`:     false,
		`{"value":80,"time":"2026-11-23T06:00:00Z","soc":80}`:              false,
		`{"value":80.5,"time":"2026-11-23T06:00:00Z"}`:                     false,
		`{"value":101,"time":"2026-11-23T06:00:00Z"}`:                      false,
		`{"value":0,"time":"2026-11-23T06:00:00Z"}`:                        false,
		`{"value":80,"time":"2026-11-22T12:00:00Z"}`:                       false,
		`{"value":80,"time":"2026-11-23T06:00:00+01:00"}`:                  false,
		`{"value":80}`: false,
		`{}`:           false, // for the switch alone
		`80`:           false,
	} {
		if got := allowed(vehicle, nil, payload, start); got != want {
			t.Errorf("%s: %v, want %v", payload, got, want)
		}
	}
}

// planAnswers are the values with which evcc answers a plan: they stand on other topics than it was set on.
func planAnswers(path, payload string) (list []step.Event) {
	object, soc := strings.CutSuffix(path, "/planSoc/set")
	object, energy := strings.CutSuffix(object, "/planEnergy/set")
	var plan struct {
		Value json.Number
		Time  time.Time
	}
	if !soc && !energy || json.Unmarshal([]byte(payload), &plan) != nil {
		return nil
	}
	add := func(key, value string) {
		list = append(list, step.Event{Kind: step.Received, Topic: "evcc/" + object + key, Payload: []byte(value)})
	}
	at := ""
	if plan.Value != "" {
		at = strconv.FormatInt(plan.Time.Unix(), 10)
	}
	switch {
	case energy:
		add("/planEnergy", plan.Value.String())
		add("/planTime", at)
	case plan.Value == "":
		add("/plan", "")
	default:
		add("/plan/soc", plan.Value.String())
		add("/plan/time", at)
	}
	return list
}
