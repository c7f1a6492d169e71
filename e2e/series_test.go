package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/e2e/internal/homeassistant"
	"evcc-discovery/entities"
	"evcc-discovery/translations"
)

// recorded is how many bytes of attributes the recorder stores.
const recorded = 16384

// slot is one of a forecast as evcc has it in any version.
type slot struct {
	Start, End, TS    time.Time
	Value, Price, Val float64
}

// TestSeries: each shape of forecast that evcc has published becomes the same attribute, a real one of a week fits what
// the recorder stores, and everything else is unknown without a line in the log.
func TestSeries(t *testing.T) {
	t.Run("newest", func(t *testing.T) { testSeries(t, newest(t)) })
	t.Run("minimum", func(t *testing.T) { testSeries(t, minimum(t)) })
}

func testSeries(t *testing.T, h *home) {
	const topic, entity = "series/site/forecast/grid", "sensor.series_forecast_grid_until"
	publishSeries(t, h, topic)
	show := func(payload, state, series string) {
		t.Helper()
		check(t, h.MQTT.Publish(t.Context(), topic, payload, true))
		var got homeassistant.State
		_, err := h.WaitState(t.Context(), entity, func(s homeassistant.State) bool {
			got = s
			have, _ := json.Marshal(s.Attributes["series"])
			return s.State == state && string(have) == series
		})
		if err != nil {
			t.Errorf("%.80s: state %s, series %.200v: %v", payload, got.State, got.Attributes["series"], err)
		}
		if b, _ := json.Marshal(got.Attributes); len(b) > recorded {
			t.Errorf("%.80s: %d bytes of attributes", payload, len(b))
		}
	}
	for _, list := range capturedSeries(t) {
		state, series := expectSeries(t, list)
		show(list, state, series)
		show(compact(t, list), state, series) // as evcc 0.314 writes the same
		show("null", "unknown", "null")
	}
	show(`[{"start":"2026-11-22T00:00:00Z","end":"2026-11-22T01:00:00Z","price":0.2}]`, "2026-11-22T01:00:00+00:00", `[[1795305600,0.2]]`) // before 0.203
	for _, odd := range []string{"288", "[]", "{}", `"x"`, "[1,2]", "[[]]", "[null]", "rubbish", ""} {
		show(odd, "unknown", map[bool]string{true: "[]", false: "null"}[strings.HasPrefix(odd, "[") && odd != "[]"])
		show(`[[1795305600,1795309200,-1.5]]`, "2026-11-22T01:00:00+00:00", `[[1795305600,-1.5]]`)
	}
	check(t, h.MQTT.Publish(t.Context(), topic, longest(), true))
	got, err := h.WaitState(t.Context(), entity, func(s homeassistant.State) bool { return strings.HasPrefix(s.State, "2026-12") })
	check(t, err)
	if b, _ := json.Marshal(got.Attributes); len(b) > recorded {
		t.Errorf("the longest: %d bytes of attributes", len(b))
	}
}

// publishSeries makes Home Assistant have the sensor of the topic, as our message describes it but for "off by default".
func publishSeries(t *testing.T, h *home, topic string) {
	words, err := translations.Load("en")
	check(t, err)
	s := discovery.Site{Root: "series", Base: "evcc-discovery", Prefix: "homeassistant", Words: words}
	tree := entities.Tree{"status": "online", strings.TrimPrefix(topic, "series/"): "(long)"}
	config := s.Wanted(tree, discovery.Registry{}, false).Configs[0]
	retained := map[string]string{
		config.Topic:    strings.ReplaceAll(config.Payload, `"enabled_by_default":false,`, ""),
		"series/status": "online", s.ReadyTopic(): "online", topic: "null",
		discovery.StatusTopic(s.Base): "online",
	}
	for topic, payload := range retained {
		check(t, h.MQTT.Publish(t.Context(), topic, payload, true))
		t.Cleanup(func() { check(t, h.MQTT.Publish(context.WithoutCancel(t.Context()), topic, "", true)) })
	}
}

// capturedSeries returns every forecast that a real evcc published.
func capturedSeries(t *testing.T) []string {
	t.Helper()
	content, err := os.ReadFile("../internal/simulator/trees/evcc-0.313.2-demo.txt")
	check(t, err)
	var list []string
	for line := range strings.Lines(string(content)) {
		topic, payload, _ := strings.Cut(strings.TrimSpace(line), " ")
		if strings.HasPrefix(topic, "evcc/site/forecast/") && strings.HasPrefix(payload, "[") {
			list = append(list, payload)
		}
	}
	if len(list) != 6 {
		t.Fatalf("%d forecasts, want 6", len(list))
	}
	return list
}

// seriesEnd is when the last slot of a forecast ends, in the shape of any version; the zero time without one.
func seriesEnd(payload string) time.Time {
	var objects []slot
	if json.Unmarshal([]byte(payload), &objects) == nil && len(objects) > 0 {
		last := objects[len(objects)-1]
		if last.End.IsZero() {
			return last.TS
		}
		return last.End
	}
	var lists [][]float64 // since 0.314: [start,end,value] or [ts,val]
	if json.Unmarshal([]byte(payload), &lists) == nil && len(lists) > 0 {
		last := lists[len(lists)-1]
		return time.Unix(int64(last[len(last)-2]), 0)
	}
	return time.Time{}
}

func slots(t *testing.T, payload string) []slot {
	t.Helper()
	var list []slot
	check(t, json.Unmarshal([]byte(payload), &list))
	return list
}

// expectSeries is the state and the attribute that a captured forecast becomes.
func expectSeries(t *testing.T, payload string) (state, series string) {
	t.Helper()
	list := slots(t, payload)
	var pairs [][2]float64
	for _, s := range list {
		start := s.Start
		if start.IsZero() {
			start = s.TS
		}
		pairs = append(pairs, [2]float64{float64(start.Unix()), s.Value + s.Val})
	}
	end := seriesEnd(payload)
	b, err := json.Marshal(pairs)
	check(t, err)
	return end.UTC().Format("2006-01-02T15:04:05+00:00"), string(b)
}

// compact writes a captured forecast as evcc 0.314 does.
func compact(t *testing.T, payload string) string {
	t.Helper()
	var list [][]float64
	for _, s := range slots(t, payload) {
		if s.Start.IsZero() {
			list = append(list, []float64{float64(s.TS.Unix()), s.Val})
		} else {
			list = append(list, []float64{float64(s.Start.Unix()), float64(s.End.Unix()), s.Value})
		}
	}
	b, err := json.Marshal(list)
	check(t, err)
	return string(b)
}

// longest is longer than anything that evcc has been seen to publish, with the longest numbers.
func longest() string {
	var b strings.Builder
	for i := range 1500 {
		fmt.Fprintf(&b, ",[%d,%d,-12345.678]", 1795344000+900*i, 1795344900+900*i)
	}
	return "[" + b.String()[1:] + "]"
}
