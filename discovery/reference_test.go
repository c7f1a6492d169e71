package discovery_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"evcc-discovery/discovery"
)

// otherwise lists entities of ours that have an id of the ha-evcc integration and another unit, or lack some of its
// words, with the reason.
var otherwise = map[string]string{
	"select.evcc_battery_mode": "its word null is our unknown: both give the decision back to evcc",
}

// TestReference: the same entity id means the same unit and the same option codes as in the ha-evcc integration, so
// that whoever switches keeps history, dashboards and automations. testdata/ha-evcc-entities.txt was measured there.
func TestReference(t *testing.T) {
	ours := make(map[string]map[string]any)
	for _, c := range site(t).Wanted(readTree(t, "0.313.2"), discovery.Registry{}, false).Configs {
		var m struct{ Components map[string]map[string]any }
		if err := json.Unmarshal([]byte(c.Payload), &m); err != nil {
			t.Fatal(err)
		}
		for _, component := range m.Components {
			ours[component["default_entity_id"].(string)] = component
		}
	}
	content, err := os.ReadFile("testdata/ha-evcc-entities.txt")
	if err != nil {
		t.Fatal(err)
	}
	shared, used := 0, make(map[string]bool)
	for line := range strings.Lines(string(content)) {
		f := strings.Split(strings.TrimSpace(line), " | ")
		component, same := ours[f[0]]
		if strings.HasPrefix(line, "#") || !same {
			continue
		}
		shared++
		if problem := differs(component, f[3], f[6]); problem != "" {
			used[f[0]] = true
			if otherwise[f[0]] == "" {
				t.Errorf("%s: %s", f[0], problem)
			}
		}
	}
	for id := range otherwise {
		if !used[id] {
			t.Errorf("%s is an exception and does not differ any more", id)
		}
	}
	t.Logf("%d ids are shared", shared)
}

func differs(component map[string]any, unit, options string) string {
	have, _ := component["unit_of_measurement"].(string)
	if unit = strings.TrimSpace(unit); have != unit {
		return fmt.Sprintf("unit %q, there %q", have, unit)
	}
	if component["platform"] != "select" {
		return ""
	}
	var codes []string
	for _, o := range component["options"].([]any) {
		codes = append(codes, o.(string))
	}
	for code := range strings.SplitSeq(options, ",") {
		if !slices.Contains(codes, strings.TrimSpace(code)) {
			return fmt.Sprintf("lacks the option %q of %q", code, options)
		}
	}
	return ""
}
