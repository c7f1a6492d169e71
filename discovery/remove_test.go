package discovery_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

const (
	two = `{"device":{"identifiers":["x"],"name":"Garage"},"origin":{"name":"evcc-discovery"},"availability":[],"availability_mode":"all",` +
		`"components":{"number_a":{"platform":"number","unique_id":"x_a","value_template":"{{ 1 < 2 }}"},"sensor_b":{"platform":"sensor","unique_id":"x_b"}}}`
	one = `{"device":{"identifiers":["x"],"name":"Garage"},"origin":{"name":"evcc-discovery"},"availability":[],"availability_mode":"all",` +
		`"components":{"sensor_b":{"platform":"sensor","unique_id":"x_b"}}}`
	onTheirWay = `{"device":{"identifiers":["x"],"name":"Garage"},"origin":{"name":"evcc-discovery"},"availability":[],"availability_mode":"all",` +
		`"components":{"number_a":{"platform":"number"},"sensor_b":{"platform":"sensor","unique_id":"x_b"}}}`
)

// What goes and what stays make up the message as it was, byte for byte: Home Assistant takes it for the same.
func TestDroppedComponents(t *testing.T) {
	t.Parallel()
	gone := discovery.Tombstone{Components: discovery.DroppedComponents(two, one)}
	if got := discovery.WithComponents(one, gone.Components); got != two {
		t.Errorf("with what goes: got\n%s\nwant\n%s", got, two)
	}
	if got := discovery.WithComponents(one, gone.RemovalComponents()); got != onTheirWay {
		t.Errorf("reduced: got\n%s\nwant\n%s", got, onTheirWay)
	}
	for name, message := range map[string]string{"nothing": "", "no JSON": "{", "foreign": `{"components":{}}`, "already reduced": onTheirWay, "the same": one} {
		if got := discovery.DroppedComponents(message, one); len(got) > 0 {
			t.Errorf("%s: got %s, want nothing", name, got)
		}
	}
}

func TestTombstoneDecode(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ payload, want string }{
		"components":          {`{"components":{"number_a":{"platform":"number","unique_id":"x_a"}}}`, `{"components":{"number_a":{"platform":"number","unique_id":"x_a"}}}`},
		"a device":            {`{"message":` + two + `}`, `{"message":` + two + `}`},
		"unknown root key":    {`{"message":` + strings.Replace(one, `{`, `{"evil":1,`, 1) + `}`, `{"message":` + one + `}`},
		"unknown platform":    {`{"components":{"toaster_a":{"platform":"toaster","unique_id":"x_a"}}}`, `{}`},
		"odd key":             {`{"components":{"sensor_A b":{"platform":"sensor","unique_id":"x_a"}}}`, `{}`},
		"reduced":             {`{"components":{"number_a":{"platform":"number"}}}`, `{}`},
		"no component":        {`{"components":{"sensor_a":7}}`, `{}`},
		"a device of nothing": {`{"message":{"device":{},"components":{}}}`, "error"},
		"no JSON":             {`{`, "error"},
	} {
		var tomb discovery.Tombstone
		got := "error"
		if tomb.Decode([]byte(test.payload)) == nil {
			got = tomb.Encode()
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if !json.Valid([]byte(tomb.Encode())) {
			t.Errorf("%s: encoded as %s", name, tomb.Encode())
		}
	}
}

func TestOwns(t *testing.T) {
	t.Parallel()
	s := discovery.Site{Root: "evcc", Base: "evcc-discovery", Prefix: "homeassistant"}
	for object, want := range map[string]string{
		"evcc_site":                   "site of ours",
		"evcc_loadpoint_1":            "loadpoint of ours",
		"evcc_vehicle_db_3a7":         "vehicle of ours",
		"evcc_vehicle_site":           "vehicle of ours",
		"evcc_5fx_loadpoint_1":        "evcc-discovery/evcc_5fx/",
		"haus_2fevcc_site":            "evcc-discovery/haus_2fevcc/",
		"haus_2fevcc_battery_db_3a7":  "evcc-discovery/haus_2fevcc/",
		"evcc_loadpoint":              "",
		"evcc_loadpoint_":             "",
		"evcc_teapot_1":               "",
		"evcc_site_1":                 "",
		"adapter":                     "",
		"_site":                       "",
		"evcc_loadpoint_1/config/odd": "",
	} {
		got := ""
		topic := "homeassistant/device/evcc-discovery/" + object + "/config"
		if scope, ok := s.Owns(topic); ok {
			got = scope.String() + " of ours"
		} else if own, ok := discovery.OwnTopics(s.Prefix, s.Base, topic); ok {
			got = own
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", object, got, want)
		}
	}
}

// What we retain for an object is below topics of its own.
func TestObjectTopics(t *testing.T) {
	t.Parallel()
	for object, want := range map[string]string{
		"evcc_vehicle_db_3a2": "evcc-discovery/evcc/vehicle/db_3a2/",
		"evcc_loadpoint_1":    "evcc-discovery/evcc/loadpoint/1/",
		"home_5fa_site":       "evcc-discovery/home_5fa/site/",
		"adapter":             "",
	} {
		got, _ := discovery.ObjectTopics("homeassistant", "evcc-discovery", "homeassistant/device/evcc-discovery/"+object+"/config")
		if got != want {
			t.Errorf("%s: got %q, want %q", object, got, want)
		}
	}
}

// A lost registry is no reason to remove anything: what stands in the retained message stays.
func TestAdopt(t *testing.T) {
	t.Parallel()
	s := site(t)
	tree := entities.Tree{"loadpoints": "1", "loadpoints/1/title": "Garage", "loadpoints/1/connected": "true", "loadpoints/1/chargePower": "0"}
	w := s.Wanted(tree, discovery.Registry{}, false)
	retained := make(map[string]string)
	for _, c := range w.Configs {
		retained[c.Topic] = c.Payload
	}
	delete(tree, "loadpoints/1/chargePower")
	w = s.Wanted(tree, discovery.Registry{}, false)
	registry, more := w.Adopt(retained)
	if !more {
		t.Fatal("nothing was adopted")
	}
	for _, c := range s.Wanted(tree, registry, false).Configs {
		if retained[c.Topic] != c.Payload {
			t.Errorf("%s: got\n%s\nwant\n%s", c.Topic, c.Payload, retained[c.Topic])
		}
	}
}

// The same where a new start would publish no message at all: the site repeats the only PV system. An evcc that gets a second
// one has both.
func TestAdoptOnlyUnit(t *testing.T) {
	t.Parallel()
	s := site(t)
	tree := entities.Tree{"loadpoints": "1", "loadpoints/1/title": "Garage", "loadpoints/1/connected": "true", "site/pv": "1", "site/pv/1/power": "6000"}
	w := s.Wanted(tree, discovery.Registry{}, false)
	retained := make(map[string]string)
	for _, c := range w.Configs {
		retained[c.Topic] = c.Payload
	}
	systems := func(w discovery.Wanted) (list []string) {
		for object := range decode(t, w) {
			if strings.HasPrefix(object, "evcc_pv_") {
				list = append(list, object)
			}
		}
		slices.Sort(list)
		return list
	}
	tree["site/pvPower"] = "6000"
	if kept := systems(s.Wanted(tree, w.Registry, false)); len(kept) != 1 {
		t.Errorf("what existed does not stay: %v", kept)
	}
	w = s.Wanted(tree, discovery.Registry{}, false)
	if fresh := systems(w); fresh != nil {
		t.Errorf("a new start has %v", fresh)
	}
	registry, more := w.Adopt(retained)
	if adopted := systems(s.Wanted(tree, registry, false)); !more || len(adopted) != 1 {
		t.Errorf("after the registry was lost: %v", adopted)
	}
	tree["site/pv"], tree["site/pv/2/power"] = "2", "500"
	if diff := cmp.Diff([]string{"evcc_pv_1", "evcc_pv_2"}, systems(s.Wanted(tree, w.Registry, false))); diff != "" {
		t.Errorf("two systems (-want +got):\n%s", diff)
	}
}

// An id that was chosen beside another ("1_" beside "1") is another object.
func TestGoneIsTheRightOne(t *testing.T) {
	t.Parallel()
	site := discovery.Site{Root: "evcc", Base: "evcc-discovery", Prefix: "homeassistant"}
	for range 20 { // the order of a map must not decide
		r := discovery.Registry{Objects: map[string]discovery.Entry{"loadpoint/1": {}, "loadpoint/1_": {}}}
		r = r.MarkGone(site, "homeassistant/device/evcc-discovery/evcc_loadpoint_1/config")
		if !r.Objects["loadpoint/1"].Gone || r.Objects["loadpoint/1_"].Gone {
			t.Fatalf("loadpoint/1 was removed; got %+v", r.Objects)
		}
	}
}
