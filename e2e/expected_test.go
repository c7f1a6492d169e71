package e2e

import (
	"fmt"
	"math"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"evcc-discovery/e2e/internal/homeassistant"
)

// expectation is a line of the table that says what a tree must become; it is written by hand.
type expectation struct {
	EntityID, Enabled, Unit, DeviceClass, StateClass, Category, Device, Topic, Reading string
}

func (e expectation) domain() string {
	domain, _, _ := strings.Cut(e.EntityID, ".")
	return domain
}

// readTable reads a tree's table, which may be another one's with differences: see expected in package discovery.
func readTable(t *testing.T, tree string) []expectation {
	t.Helper()
	content, err := os.ReadFile("../discovery/testdata/expected-" + tree + ".tsv")
	check(t, err)
	var table []expectation
	for line := range strings.Lines(string(content)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		pattern, minus := strings.CutPrefix(f[0], "-")
		switch {
		case f[0] == "entity_id":
		case f[0] == "like":
			table = readTable(t, f[1])
		case minus:
			table = slices.DeleteFunc(table, func(e expectation) bool { ok, _ := path.Match(pattern, e.EntityID); return ok })
		default:
			table = slices.DeleteFunc(table, func(e expectation) bool { return e.EntityID == f[0] })
			table = append(table, expectation{f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8]})
		}
	}
	slices.SortFunc(table, func(a, b expectation) int { return strings.Compare(a.EntityID, b.EntityID) })
	return table
}

// seeEntities compares Home Assistant's registries with the table, in both directions.
func seeEntities(t *testing.T, s *site, want []expectation) {
	registry := s.waitEntities(t, len(want))
	devices := make(map[string]string)
	all, err := s.Devices(t.Context())
	check(t, err)
	for _, d := range all {
		devices[d.ID] = d.Name
	}
	count := make(map[string]int)
	for _, e := range want {
		got, ok := registry[e.EntityID]
		if !ok {
			t.Errorf("%s does not exist", e.EntityID)
			continue
		}
		delete(registry, e.EntityID)
		enabled := map[bool]string{true: "yes", false: "no"}[got.DisabledBy == ""]
		if enabled != e.Enabled || got.EntityCategory != e.Category || devices[got.DeviceID] != e.Device {
			t.Errorf("%s: enabled %s, category %q, device %q; want %s, %q, %q", e.EntityID, enabled, got.EntityCategory,
				devices[got.DeviceID], e.Enabled, e.Category, e.Device)
		}
		count[e.Device]++
	}
	for id := range registry {
		t.Errorf("%s exists and is not in the table", id)
	}
	t.Logf("entities per device: %v", count)
}

// waitEntities returns the program's entities as soon as there are as many as expected.
func (s *site) waitEntities(t *testing.T, n int) map[string]homeassistant.Entity {
	t.Helper()
	var found map[string]homeassistant.Entity
	deadline := time.Now().Add(40 * time.Second)
	for {
		all, err := s.Entities(t.Context())
		check(t, err)
		found = make(map[string]homeassistant.Entity)
		for _, e := range all {
			if strings.HasPrefix(e.UniqueID, "evcc-discovery_") {
				found[e.EntityID] = e
			}
		}
		if len(found) >= n || time.Now().After(deadline) {
			return found
		}
		select {
		case <-time.After(200 * time.Millisecond): // the registry has no event for "complete"
		case <-t.Context().Done():
			return found
		}
	}
}

// enableAll switches on what is off by default; Home Assistant reloads MQTT 30 s later.
func enableAll(t *testing.T, s *site, want []expectation) {
	s.waitBirth(t, 0) // the one of its own start
	since := s.MQTT.Mark()
	for _, e := range want {
		if e.Enabled == "no" {
			check(t, s.UpdateEntity(t.Context(), e.EntityID, map[string]any{"disabled_by": nil}))
		}
	}
	s.waitBirth(t, since)
}

// seeAllStates compares every entity's state, unit and classes with evcc's value, as the table says.
func seeAllStates(t *testing.T, s *site, want []expectation) {
	t.Helper()
	unknown := 0
	check(t, s.WaitStates(t.Context(), func(all map[string]homeassistant.State) error {
		var wrong []string
		unknown = 0
		for _, e := range want {
			if strings.HasSuffix(e.Topic, "/connected") && s.value(e.Topic) == "" {
				return fmt.Errorf("evcc has not had a full cycle: %s is empty", e.Topic)
			}
			got, ok := all[e.EntityID]
			if !ok {
				wrong = append(wrong, e.EntityID+" has no state")
				continue
			}
			if got.State == "unknown" {
				unknown++
			}
			if err := e.compare(got, s.payload(e), s.title(s.value(e.Topic))); err != nil {
				wrong = append(wrong, err.Error())
			}
		}
		if len(wrong) > 0 {
			return fmt.Errorf("%d of %d are wrong:\n%s", len(wrong), len(want), strings.Join(wrong, "\n"))
		}
		return nil
	}))
	t.Logf("%d of %d unknown at rest", unknown, len(want))
}

// value is what evcc has published on a topic; the program's own presence is always online here, and of a limit for all
// loadpoints it is what they have in common.
func (s *site) value(topic string) string {
	switch topic {
	case "evcc-discovery/status":
		return "online"
	case "evcc-discovery/adapter/problem/state":
		return "false" // nothing is wrong
	}
	if key := sharedLimits[topic]; key != "" {
		return s.shared(key)
	}
	if topic == holdTopic {
		topic = "evcc/site/batteryModeExternal"
	}
	v, _ := s.evcc.Value(strings.TrimPrefix(topic, "evcc/"))
	return v
}

// payload is what the entity must show of evcc's value.
func (s *site) payload(e expectation) string {
	mode := s.value(e.Topic)
	if e.Reading != "legacy" || mode != "smart" {
		return mode
	}
	if s.value(strings.TrimSuffix(e.Topic, "mode")+"alwaysCharge") == "off" {
		return "pv"
	}
	return "minpv"
}

// sharedLimits are our topics of what evcc writes to all loadpoints, with evcc's key.
var sharedLimits = map[string]string{
	"evcc-discovery/evcc/site/smart_cost_limit/state":             "smartCostLimit",
	"evcc-discovery/evcc/site/smart_feed_in_priority_limit/state": "smartFeedInPriorityLimit",
}

// shared is the value of the site, or the one that every loadpoint has.
func (s *site) shared(key string) string {
	if v, ok := s.evcc.Value("site/" + key); ok {
		return v
	}
	count, _ := s.evcc.Value("loadpoints")
	n, _ := strconv.Atoi(count)
	first, _ := s.evcc.Value("loadpoints/1/" + key)
	for i := 2; i <= n; i++ {
		if v, _ := s.evcc.Value("loadpoints/" + strconv.Itoa(i) + "/" + key); v != first {
			return ""
		}
	}
	return first
}

// compare returns what of the entity is not as the table and evcc's value say.
func (e expectation) compare(got homeassistant.State, payload, title string) error {
	for name, want := range map[string]string{"unit_of_measurement": e.Unit, "device_class": e.DeviceClass, "state_class": e.StateClass} {
		if have := got.Attribute(name); have != want {
			return fmt.Errorf("%s: %s is %q, want %q", e.EntityID, name, have, want)
		}
	}
	if slices.Contains([]string{"none", "result"}, e.Reading) && got.State != "unavailable" {
		return nil // a button shows when it was pressed last, results of commands what was done before
	}
	want := e.state(payload, title)
	if got.State == want || sameNumber(got.State, want) {
		return nil
	}
	return fmt.Errorf("%s is %q, want %q (evcc: %q)", e.EntityID, got.State, want, payload)
}

// state is what Home Assistant must show for evcc's payload; title is that of the vehicle it names.
func (e expectation) state(payload, title string) string {
	const unknown = "unknown"
	number, err := strconv.ParseFloat(payload, 64)
	bad := err != nil
	switch e.Reading {
	case "none":
		return unknown
	case "vehicle":
		return title
	case "requested": // evcc has no word for it before the first command, and unknown after it
		if payload == "" || payload == unknown {
			return "automatic"
		}
		return payload
	case "out": // evcc says it only of a loadpoint that is, and all of these report
		return onOff(payload == "true")
	case "held": // evcc has no word for it before the first command
		return onOff(payload == "hold")
	case "bool", "online":
		if payload == "" {
			return unknown
		}
		return onOff(payload == "true" || payload == "online")
	case "*0.001":
		number /= 1000
	case "*100":
		number *= 100
	case "positive":
		bad = bad || number <= 0
	case "hours", "minutes": // half a second more, or 3,660 s would be shown as 1h 0m
		bad = bad || number > 9e9
		if number > 0 {
			number = math.Round((number+0.5)/map[string]float64{"hours": 3600, "minutes": 60}[e.Reading]*1e6) / 1e6
		}
	case "time":
		if bad {
			return unknown
		}
		return time.Unix(int64(number), 0).UTC().Format("2006-01-02T15:04:05+00:00")
	case "series":
		end := seriesEnd(payload)
		if end.IsZero() {
			return unknown
		}
		return end.UTC().Format("2006-01-02T15:04:05+00:00")
	case "zero": // evcc publishes nothing while it is 0
		bad = bad && payload != ""
	case "number":
	default: // word, text, or "in" some words
		if payload == "" {
			return unknown
		}
		if on, ok := strings.CutPrefix(e.Reading, "in "); ok {
			return onOff(slices.Contains(strings.Fields(on), payload))
		}
		return payload
	}
	if bad {
		return unknown
	}
	return strconv.FormatFloat(number, 'f', -1, 64)
}

func sameNumber(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err == nil && err2 == nil && math.Abs(x-y) < 1e-4+1e-6*math.Abs(y)
}
