package discovery_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/translations"
)

//go:generate go test -run ^(TestGolden|TestCompactGolden)$ -update
var update = flag.Bool("update", false, "rewrite the golden files")

// trees are the captured trees that CI holds in every detail.
var trees = []string{"0.123.0", "0.313.2"}

func site(t testing.TB) discovery.Site {
	t.Helper()
	words, err := translations.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	return discovery.Site{Root: "evcc", Base: "evcc-discovery", Prefix: "homeassistant", Words: words, Version: "1.0.0"}
}

// readTree reads a captured tree: "topic payload" per line.
func readTree(t testing.TB, version string) entities.Tree {
	t.Helper()
	b, err := os.ReadFile("../internal/simulator/trees/evcc-" + version + "-demo.txt")
	if err != nil {
		t.Fatal(err)
	}
	tree := make(entities.Tree)
	for line := range strings.Lines(string(b)) {
		topic, payload, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		if payload != "" {
			tree[strings.TrimPrefix(topic, "evcc/")] = payload
		}
	}
	return tree
}

// TestGolden holds the bytes of every message, one file per device and tree.
func TestGolden(t *testing.T) {
	for _, version := range inFull {
		t.Run(version, func(t *testing.T) {
			dir := filepath.Join("testdata", "golden", version)
			wanted := site(t).Wanted(readTree(t, version), discovery.Registry{}, false)
			files := map[string]string{"registry": string(wanted.Registry.Encode()), "adapter": site(t).Adapter().Payload}
			for _, c := range wanted.Configs {
				files[strings.Split(c.Topic, "/")[3]] = c.Payload
			}
			if *update {
				if err := os.RemoveAll(dir); err != nil {
					t.Fatal(err)
				}
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for name, payload := range files {
				compareGolden(t, filepath.Join(dir, name+".json"), payload)
			}
			committed, _ := filepath.Glob(filepath.Join(dir, "*.json"))
			if len(committed) != len(files) {
				t.Errorf("%s holds %d files, there are %d messages; run go generate ./...", dir, len(committed), len(files))
			}
		})
	}
}

// compareGolden compares the payload with the file, which is indented for the eye.
func compareGolden(t *testing.T, file, payload string) {
	t.Helper()
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(payload), "", "  "); err != nil {
		t.Fatal(err)
	}
	indented.WriteByte('\n')
	if *update {
		if err := os.WriteFile(file, indented.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run go generate ./...", err)
	}
	if diff := cmp.Diff(string(want), indented.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestMessagesPassCheck(t *testing.T) {
	for _, version := range everyTree(t) {
		wanted := site(t).Wanted(readTree(t, version), discovery.Registry{}, false)
		for _, m := range wanted.Messages() {
			if err := m.Check(); err != nil {
				t.Errorf("%s: %v", version, err)
			}
		}
	}
}

// expectation is a line of the table that says, independently of the catalogue, what a tree must become.
// Reading says how the topic's payload becomes the state; messages show it only by their templates.
type expectation struct {
	EntityID, Enabled, Unit, DeviceClass, StateClass, Category, Device, Topic, Reading string
}

// TestExpected compares every entity with the table written by hand.
func TestExpected(t *testing.T) {
	for _, version := range everyTree(t) {
		t.Run(version, func(t *testing.T) {
			want := expected(t, version)
			got := make(map[string]expectation)
			s := site(t)
			wanted := s.Wanted(readTree(t, version), discovery.Registry{}, false)
			for _, payload := range append(wanted.Configs, s.Adapter()) {
				for _, e := range actual(t, payload.Payload) {
					got[e.EntityID] = e
				}
			}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(expectation{}, "Reading")); diff != "" {
				t.Errorf("(-table +messages):\n%s", diff)
			}
		})
	}
}

// expected reads a tree's table. A table that is like another one has its lines, without those that a line with a minus
// matches, and then its own; e2e reads the same tables.
func expected(t *testing.T, version string) map[string]expectation {
	t.Helper()
	b, err := os.ReadFile("testdata/expected-" + version + ".tsv")
	if err != nil {
		t.Fatal(err)
	}
	table := make(map[string]expectation)
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		pattern, minus := strings.CutPrefix(f[0], "-")
		switch {
		case f[0] == "entity_id":
		case f[0] == "like":
			table = expected(t, f[1])
		case minus:
			without(t, table, pattern)
		default:
			table[f[0]] = expectation{f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8]}
		}
	}
	return table
}

func without(t *testing.T, table map[string]expectation, pattern string) {
	t.Helper()
	before := len(table)
	maps.DeleteFunc(table, func(id string, _ expectation) bool { ok, _ := path.Match(pattern, id); return ok })
	if len(table) == before {
		t.Errorf("-%s takes nothing away", pattern)
	}
}

// actual reads a device message as Home Assistant would.
func actual(t *testing.T, payload string) []expectation {
	t.Helper()
	var m struct {
		Device     struct{ Name string }
		Components map[string]map[string]any
	}
	if err := json.Unmarshal([]byte(payload), &m); err != nil {
		t.Fatal(err)
	}
	var list []expectation
	for _, c := range m.Components {
		text := func(key string) string {
			if v, ok := c[key]; ok {
				return fmt.Sprint(v)
			}
			return ""
		}
		enabled := "yes"
		if text("enabled_by_default") == "false" {
			enabled = "no"
		}
		list = append(list, expectation{text("default_entity_id"), enabled, text("unit_of_measurement"), text("device_class"),
			text("state_class"), text("entity_category"), m.Device.Name, evccTopic(text("state_topic")), ""})
	}
	return list
}

// evccTopic is the topic that a table names: of some states of ours it is the one of evcc that they follow.
func evccTopic(topic string) string {
	f := strings.Split(topic, "/")
	if topic == "evcc-discovery/evcc/site/battery_mode/state" {
		return "evcc/site/batteryModeExternal"
	}
	if len(f) != 6 || f[5] != "state" {
		return topic
	}
	followed := map[string]string{
		"loadpoint/vehicle": "loadpoints/" + f[3] + "/vehicleName", "loadpoint/disabled_in_config": "loadpoints/" + f[3] + "/disabled", "loadpoint/legacy_mode": "loadpoints/" + f[3] + "/mode",
		"vehicle/limit_soc": "vehicles/" + strings.Replace(f[3], "_5f", "_", 1) + "/limitSoc",
		"vehicle/min_soc":   "vehicles/" + strings.Replace(f[3], "_5f", "_", 1) + "/minSoc",
	}
	if path := followed[f[2]+"/"+f[4]]; path != "" {
		return "evcc/" + path
	}
	return topic
}

// The same input gives the same bytes, and what was wanted stays wanted when the registry comes back.
func TestWantedIsStable(t *testing.T) {
	for _, version := range everyTree(t) {
		tree := readTree(t, version)
		first := site(t).Wanted(tree, discovery.Registry{}, false)
		second := site(t).Wanted(tree, first.Registry, false)
		if diff := cmp.Diff(first.Configs, second.Configs); diff != "" {
			t.Errorf("%s changed with its own registry (-first +second):\n%s", version, diff)
		}
	}
}

func BenchmarkWanted(b *testing.B) {
	s, tree := site(b), readTree(b, "0.313.2")
	registry := s.Wanted(tree, discovery.Registry{}, false).Registry
	b.ReportAllocs()
	for b.Loop() {
		s.Wanted(tree, registry, false)
	}
}
