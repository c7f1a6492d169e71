package discovery_test

import (
	"encoding/json"
	"testing"

	"evcc-discovery/discovery"
)

// FuzzForeignConfig takes what others may have retained on our config topics. Whatever it is, what we make of it is a
// message that Home Assistant takes, and a tombstone reads as it was written.
func FuzzForeignConfig(f *testing.F) {
	f.Add(two, one)
	f.Add(onTheirWay, one)
	f.Add(`{"device":{},"components":{"a b":{"platform":"sensor","unique_id":"x"}}}`, two)
	f.Add(`{"device":{"name":null},"components":{"lock_x":{"platform":"lock","unique_id":"x"},"sensor_y":{"platform":"sensor","unique_id":7}}}`, `[]`)
	f.Fuzz(func(t *testing.T, foreign, ours string) {
		buried := discovery.Tombstone{Components: discovery.DroppedComponents(foreign, ours)}
		whole, ok := discovery.DeviceTombstone(foreign)
		for _, tomb := range []discovery.Tombstone{buried, whole} {
			var read discovery.Tombstone
			if err := read.Decode([]byte(tomb.Encode())); err != nil {
				t.Fatalf("%s cannot be read: %v", tomb.Encode(), err)
			}
			if read.Encode() != tomb.Encode() {
				t.Errorf("read as %s, written %s", read.Encode(), tomb.Encode())
			}
			for key, c := range tomb.RemovalComponents() {
				if known := platform(t, c); known == "" {
					t.Errorf("%s is reduced to %s", key, c)
				}
			}
		}
		if ok {
			discovery.Keys(string(whole.Message))
		}
		if message := discovery.WithComponents(one, buried.Components); !json.Valid([]byte(message)) || len(discovery.DroppedComponents(one, message)) > 0 {
			t.Errorf("with what goes: %s", message)
		}
		var tomb discovery.Tombstone
		_ = tomb.Decode([]byte(foreign)) // an error at most
	})
}

func platform(t *testing.T, component json.RawMessage) string {
	t.Helper()
	var c struct{ Platform string }
	if err := json.Unmarshal(component, &c); err != nil {
		t.Fatal(err)
	}
	return c.Platform
}
