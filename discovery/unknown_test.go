package discovery_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// An unknown topic comes, stays while evcc is away, is remembered, and goes when a row, or nothing, stands for it.
func TestUnknownTopics(t *testing.T) {
	t.Parallel()
	s := site(t)
	tree := loadpoints("Garage")
	tree["loadpoints/1/fooBarPower"] = "12"
	first := s.Wanted(tree, discovery.Registry{}, true)
	c := decode(t, first)["evcc_loadpoint_1"].Components["sensor_other_foo_bar_power"]
	if got := c.UniqueID + " " + c.EntityID + " " + c.StateTopic; got != "evcc-discovery_evcc_loadpoint_1_other_foo_bar_power sensor.evcc_garage_other_foo_bar_power evcc/loadpoints/1/fooBarPower" {
		t.Errorf("got %s", got)
	}
	var registry discovery.Registry
	if err := registry.Decode(first.Registry.Encode()); err != nil {
		t.Fatal(err)
	}
	delete(tree, "loadpoints/1/fooBarPower")
	second := s.Wanted(tree, registry, true)
	if diff := cmp.Diff(first.Configs, second.Configs); diff != "" {
		t.Errorf("without its topic (-want +got):\n%s", diff)
	}
	tree["loadpoints/1/fooBarPower/1"], tree["loadpoints/1/fooBarPower"] = "5", "1" // a list, after all
	third := s.Wanted(tree, second.Registry, true)
	if _, there := decode(t, third)["evcc_loadpoint_1"].Components["sensor_other_foo_bar_power"]; there {
		t.Error("a structure is still shown")
	}
	if strings.Contains(string(third.Registry.Encode()), "fooBar") {
		t.Error("it is still remembered")
	}
}

// What is retired is wanted no more, whatever the registry remembers.
func TestRetired(t *testing.T) {
	entities.Retired = append(entities.Retired, entities.Retirement{Scope: entities.Loadpoint, Key: "sensor_retired_test"})
	defer func() { entities.Retired = entities.Retired[:len(entities.Retired)-1] }()
	registry := discovery.Registry{Objects: map[string]discovery.Entry{"loadpoint/1": {Index: 1, Slug: "garage", Rows: []string{"select_mode", "sensor_retired_test"}}}}
	w := site(t).Wanted(loadpoints("Garage"), registry, true)
	if rows := w.Registry.Objects["loadpoint/1"].Rows; slices.Contains(rows, "sensor_retired_test") || !slices.Contains(rows, "select_mode") {
		t.Errorf("remembered: %v", rows)
	}
}

// FuzzUnknown publishes any topic with any payload under every kind of object: what becomes of it is harmless.
func FuzzUnknown(f *testing.F) {
	f.Add("fooBarPower", "12.5")
	f.Add("apiKey", "1234")
	f.Add("foo/bar", "true")
	f.Add("chargePower", "1")
	f.Add("fooIDs", "1")
	f.Add("a'] }}", "{{ 1 }}")
	f.Add("vehicleIdentity", "0")
	for _, key := range []string{"evccid", "meterNumber", "rfidtag", "customernumber", "idtagphone", "powerFromGrid"} {
		f.Add(key, "1")
	}
	number := regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)
	shape := regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
	// written without a look at the program's own list: secrets, people, numbers that stand for them, and places
	telling := regexp.MustCompile(`(?i)password|passwd|passphrase|token|secret|credential|serial|latitude|longitude|certif|username|` +
		`rfid|nfc|phone|mobile|msisdn|card|contract|customer|account|badge|transponder|emaid|evccid|address|macaddr|gps|coord|` +
		`(number|pin|puk|key)$|(?-i:(^|[a-z])(VIN|Vin|vin|IP|Ip|URL|Url|Psk|PSK|Nr|Lat|Lon|Lng)$|Port$|Mail$|Host$)`)
	identifier, word := regexp.MustCompile(`(?i)id$`), regexp.MustCompile(`(?i)(gr|hybr|val|sol|liqu|flu)id$`)
	f.Fuzz(func(t *testing.T, key, payload string) {
		if key == "" || payload == "" {
			return
		}
		base := entities.Tree{
			"status": "online", "loadpoints": "1", "loadpoints/1/connected": "true", "loadpoints/1/title": "Garage", "vehicles/db:1/title": "Zoe",
			"site/pv/1/power": "1", "site/battery/devices/1/power": "1", "site/grid/power": "1",
			"site/aux/1/power": "1", "site/ext/1/power": "1", "site/consumers/1/power": "1",
		}
		without := site(t).Wanted(base, discovery.Registry{}, true)
		for _, prefix := range []string{"loadpoints/1/", "vehicles/db:1/", "site/pv/1/", "site/battery/devices/1/", "site/aux/1/", "site/ext/1/", "site/consumers/1/", "site/grid/", "site/"} {
			if _, there := base[prefix+key]; there {
				continue
			}
			tree := base.Clone()
			tree[prefix+key] = payload
			w := site(t).Wanted(tree, without.Registry, true)
			unique := make(map[string]bool)
			for object, device := range decode(t, w) { // checks every message
				for component, c := range device.Components {
					if domain, _, _ := strings.Cut(component, "_other_"); unique[domain+c.UniqueID] {
						t.Errorf("%s is there twice", c.UniqueID)
					} else {
						unique[domain+c.UniqueID] = true
					}
					if !strings.Contains(component, "_other_") {
						continue
					}
					boolean := payload == "true" || payload == "false"
					switch known, _ := entities.Lookup(prefix + key); {
					case !shape.MatchString(key), !number.MatchString(payload) && !boolean, boolean == strings.HasPrefix(component, "sensor"):
						t.Errorf("%s: %q %q became %s", object, prefix+key, payload, component)
					case telling.MatchString(key), identifier.MatchString(key) && !word.MatchString(key), prefix == "site/", known.Reason != "":
						t.Errorf("%s: %q is let through as %s", object, prefix+key, component)
					case c.StateTopic != "evcc/"+prefix+key:
						t.Errorf("%s reads %s", component, c.StateTopic)
					}
				}
			}
		}
	})
}
