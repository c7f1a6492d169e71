package state_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/state"
)

var registry = discovery.Registry{Version: 1, Objects: map[string]discovery.Entry{"loadpoint/1": {Index: 1, Slug: "garage", Rows: []string{"select_mode"}}}}

// What was saved comes back, by root; another base topic sees nothing of it.
func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	f, err := state.Open(path, "mine")
	if err != nil || len(f.Known()) != 0 {
		t.Fatalf("a file that is not there: %v, %v", f.Known(), err)
	}
	for _, root := range []string{"evcc", "haus/evcc"} {
		if err := f.Save(root, registry.Encode()); err != nil {
			t.Fatal(err)
		}
	}
	f.Close()
	again, err := state.Open(path, "mine")
	if diff := cmp.Diff(map[string]discovery.Registry{"evcc": registry, "haus/evcc": registry}, again.Known()); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	again.Close()
	if other, err := state.Open(path, "another"); len(other.Known()) != 0 || err != nil {
		t.Errorf("another base topic: %v, %v", other.Known(), err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("%d files beside the state file", len(entries)-1)
	}
}

// Unusable content is a named problem and a fresh start, never an end; the next change replaces it.
func TestUnusable(t *testing.T) {
	for name, content := range map[string]string{
		"rubbish":          "\x00\x01",
		"cut off":          `{"version":1,"base":"mine","registries":{"evcc":{"ver`,
		"newer":            `{"version":9,"base":"mine"}`,
		"a newer registry": `{"version":1,"base":"mine","registries":{"evcc":{"version":9}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.json")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := state.Open(path, "mine")
			var problem *state.Error
			if found := f.Known(); len(found) != 0 || !errors.As(err, &problem) || !strings.Contains(err.Error(), path) || problem.Hint() == "" {
				t.Fatalf("found %v, error %v", f.Known(), err)
			}
			if err := f.Save("evcc", registry.Encode()); err != nil {
				t.Fatal(err)
			}
			f.Close()
			if again, err := state.Open(path, "mine"); len(again.Known()) != 1 || err != nil {
				t.Errorf("after the next change: %v, %v", again.Known(), err)
			}
		})
	}
}

func TestNowhere(t *testing.T) {
	f, err := state.Open("", "mine")
	if err != nil || f.Save("evcc", registry.Encode()) != nil || len(f.Known()) != 1 {
		t.Errorf("no path: %v", err)
	}
	f, err = state.Open(filepath.Join(t.TempDir(), "missing", "state.json"), "mine")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Save("evcc", registry.Encode()); err == nil {
		t.Error("a directory that is not there: no error")
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(`{"version":1,"base":"mine","registries":{"evcc":{"version":1,"objects":{}}}}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "state.json")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s, _ := state.Open(path, "mine")
		for root, r := range s.Known() {
			if err := s.Save(root, r.Encode()); err != nil {
				t.Error(err)
			}
		}
	})
}
