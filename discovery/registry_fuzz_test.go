package discovery_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

func TestRegistryDecode(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string]string{
		"":                             "",
		`{"version":1,"objects":{}}`:   "",
		`{"version":1,"objects":null}`: "",
		`{"version":1,"unknown":true}`: "",
		`{"version":2,"objects":{}}`:   "registry: version 2, this program knows 1",
		`{}`:                           "registry: version 0, this program knows 1",
		`null`:                         "registry: version 0, this program knows 1",
		`rubbish`:                      "registry: invalid character 'r' looking for beginning of value",
		`{"version":1`:                 "registry: unexpected end of JSON input",
		`{"version":1,"objects":[]}`:   "registry: json: cannot unmarshal array into Go struct field Registry.objects of type map[string]discovery.Entry",
	} {
		r := discovery.Registry{Objects: map[string]discovery.Entry{"loadpoint/1": {Slug: "old"}}}
		got := ""
		if err := r.Decode([]byte(payload)); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: got error %q, want %q", payload, got, want)
		}
		if len(r.Objects) > 0 {
			t.Errorf("%q: old entries are left: %v", payload, r.Objects)
		}
	}
}

func FuzzRegistryDecode(f *testing.F) {
	f.Add(site(f).Wanted(loadpoints("Garage", "db:7=Carport"), discovery.Registry{}, false).Registry.Encode())
	f.Add([]byte(`{"version":1,"objects":{"loadpoint/1":{"index":1,"rows":null,"options":{"a":null}}}}`))
	f.Add([]byte(`{"version":2}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		var first, second discovery.Registry
		if err := first.Decode(payload); err != nil {
			return
		}
		encoded := first.Encode()
		if err := second.Decode(encoded); err != nil {
			t.Fatalf("%q cannot be read back: %v", encoded, err)
		}
		if diff := cmp.Diff(string(encoded), string(second.Encode())); diff != "" {
			t.Errorf("(-first +second):\n%s", diff)
		}
	})
}

// FuzzWanted plays random parts of captured trees with foreign payloads, twice with one registry: nothing panics,
// every message passes Check, and the second look changes nothing.
func FuzzWanted(f *testing.F) {
	var whole []entities.Tree
	for _, version := range trees {
		whole = append(whole, readTree(f, version))
	}
	f.Add(uint64(1), uint8(100), "Garage", "db:7", "pv", []byte{})
	f.Add(uint64(2), uint8(50), "Tom's {{ 1 }}", "", "eco", []byte(`{"version":1,"objects":{"loadpoint/1":{"index":1,"slug":"garage","rows":["select_mode"]}}}`))
	f.Add(uint64(3), uint8(10), "\xff\x00", "x", "true", []byte("rubbish"))
	f.Add(uint64(4), uint8(100), strings.Repeat("車", 200), strings.Repeat("A:", 60), "true", []byte{})
	f.Fuzz(func(t *testing.T, seed uint64, percent uint8, title, name, payload string, kept []byte) {
		r := rand.New(rand.NewPCG(seed, 0))
		tree := entities.Tree{"status": "online"} // a site has always at least this
		captured := whole[r.IntN(len(whole))]
		paths := slices.Sorted(func(yield func(string) bool) {
			for p := range captured {
				if !yield(p) {
					return
				}
			}
		})
		for _, path := range paths {
			if r.IntN(100) >= int(percent) {
				continue
			}
			tree[path] = captured[path]
			switch {
			case strings.HasSuffix(path, "itle"):
				tree[path] = title + strings.Repeat("x", r.IntN(3))
			case strings.HasSuffix(path, "/name"):
				tree[path] = name + path // evcc's names are unique
			case r.IntN(10) == 0 && strings.ToLower(payload) != "none":
				tree[path] = payload
			}
			if tree[path] == "" {
				delete(tree, path)
			}
		}
		var registry discovery.Registry
		_ = registry.Decode(kept) // rubbish is an empty registry
		w := site(t).Wanted(tree, registry, r.IntN(2) == 0)
		for _, m := range w.Messages() {
			if err := m.Check(); err != nil && len(m.Components) > 0 { // of some objects nothing has come yet
				t.Error(err)
			}
		}
		forgetsNothing(t, w.Registry)
		again := site(t).Wanted(tree, w.Registry, true)
		for i, c := range w.Configs {
			if !slices.Contains(again.Configs, c) {
				t.Errorf("another look changes %s:\n%s", c.Topic, w.Configs[i].Payload)
			}
		}
	})
}

// forgetsNothing checks that whatever evcc's names are, what we write we read back.
func forgetsNothing(t *testing.T, r discovery.Registry) {
	t.Helper()
	var back discovery.Registry
	if err := back.Decode(r.Encode()); err != nil {
		t.Fatal(err)
	}
	for key, entry := range r.Objects {
		kept, there := back.Objects[key]
		if !there || kept.Slug != entry.Slug || !slices.Equal(kept.Rows, entry.Rows) {
			t.Errorf("%s with the slug %q is forgotten", key, entry.Slug)
		}
	}
}

// Long titles and names in any script: they are remembered, stay apart, and no entity id is longer than Home Assistant
// takes.
func TestLongTitlesAndNames(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("車", 200), strings.Repeat("ü", 200), strings.Repeat("a ", 100), strings.Repeat("A:", 60), strings.Repeat("🚗", 200)} {
		tree := loadpoints(text, text)
		for _, name := range []string{text, text + "1", text + "2"} {
			tree["vehicles/"+name+"/title"] = text
			tree["site/circuits/"+name+"/power"] = "1"
			tree["vehicles/"+name+"/limitSoc"] = "1"
		}
		w := site(t).Wanted(tree, discovery.Registry{}, true)
		forgetsNothing(t, w.Registry)
		seen := make(map[string]bool)
		for _, device := range decode(t, w) {
			for _, c := range device.Components {
				if len(c.EntityID) > 255 || seen[c.EntityID] {
					t.Errorf("%d characters, or there twice: %s", len(c.EntityID), c.EntityID)
				}
				seen[c.EntityID] = true
			}
		}
		if len(w.Configs) != 9 {
			t.Errorf("%d devices, want the site, two loadpoints, three vehicles and three circuits", len(w.Configs))
		}
	}
}
