package discovery_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
)

// inFull are the trees whose messages are held to the byte: the oldest, one from the middle, the newest capture and the
// newest. Of every other one each component is a line.
var inFull = []string{"0.123.0", "0.207.0", "0.313.2", "0.316.0"}

// TestCompactGolden holds what every component of the other trees is, one file per tree.
func TestCompactGolden(t *testing.T) {
	for _, version := range everyTree(t) {
		if slices.Contains(inFull, version) {
			continue
		}
		file := filepath.Join("testdata", "golden", version+".txt")
		got := compact(t, site(t).Wanted(readTree(t, version), discovery.Registry{}, false))
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("%v; run go generate ./...", err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got); run go generate ./...\n%s", file, diff)
		}
	}
}

// compact writes a line per component: its device and key, entity id, and whatever else is not empty. Names, icons and
// availability do not depend on the version.
func compact(t *testing.T, w discovery.Wanted) string {
	t.Helper()
	var b strings.Builder
	for _, c := range w.Configs {
		var m struct {
			Device     struct{ Name string }
			Components map[string]map[string]any
		}
		if err := json.Unmarshal([]byte(c.Payload), &m); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %q\n", strings.Split(c.Topic, "/")[3], m.Device.Name)
		for _, key := range slices.Sorted(maps.Keys(m.Components)) {
			fmt.Fprintf(&b, "  %s", key)
			for _, field := range []string{"default_entity_id", "unit_of_measurement", "device_class", "state_class", "entity_category",
				"enabled_by_default", "state_topic", "json_attributes_topic", "command_topic", "options", "min", "max", "step", "qos"} {
				if v, ok := m.Components[key][field]; ok {
					fmt.Fprintf(&b, " %s=%v", field, v)
				}
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}
