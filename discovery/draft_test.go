package discovery_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
)

// A draft survives the registry's way to the broker and back; one that nobody can have made costs no ids.
func TestDraft(t *testing.T) {
	t.Parallel()
	const car = "vehicle/db_3a7"
	registry := discovery.Registry{Objects: map[string]discovery.Entry{car: {Name: "db:7", Slug: "e_golf", Rows: []string{}}}}
	want := discovery.Draft{Time: 1795411800, Target: 55, Gone: "1795411800 55"}
	changed := registry.WithDraft(car, want)
	if registry.Draft(car) != (discovery.Draft{}) {
		t.Error("the registry itself has changed")
	}
	if lost := registry.WithDraft("vehicle/nobody", want); len(lost.Objects) != 1 {
		t.Errorf("a draft of nobody made %v", lost.Objects)
	}
	var read discovery.Registry
	if err := read.Decode(changed.Encode()); err != nil || read.Draft(car) != want {
		t.Errorf("got %+v, %v", read.Draft(car), err)
	}
	for _, odd := range []string{`{"time":-1}`, `{"time":137438953472}`, `{"target":-1}`, `{"target":1001}`, `{"gone":"000000000000000000000000000000000000"}`} {
		payload := `{"version":1,"objects":{"vehicle/db_3a7":{"name":"db:7","slug":"e_golf","rows":[],"plan":` + odd + `}}}`
		if err := read.Decode([]byte(payload)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(registry.Objects, read.Objects); diff != "" {
			t.Errorf("%s (-want +got):\n%s", odd, diff)
		}
	}
}
