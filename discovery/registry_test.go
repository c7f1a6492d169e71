package discovery_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// published is a device message as far as identity goes.
type published struct {
	Device struct {
		Name        string
		Identifiers []string
	}
	Components map[string]struct {
		UniqueID      string `json:"unique_id"`
		EntityID      string `json:"default_entity_id"`
		StateTopic    string `json:"state_topic"`
		CommandTopic  string `json:"command_topic"`
		ValueTemplate string `json:"value_template"`
		Options       []string
		Min, Max      float64
		Mode          string
		QoS           int
	}
}

// decode reads the wanted device messages by their object ("evcc_loadpoint_1"), and checks each.
func decode(t testing.TB, w discovery.Wanted) map[string]published {
	t.Helper()
	devices := make(map[string]published)
	for _, m := range w.Messages() {
		if err := m.Check(); err != nil {
			t.Error(err)
		}
	}
	for _, c := range w.Configs {
		var p published
		if err := json.Unmarshal([]byte(c.Payload), &p); err != nil {
			t.Fatal(err)
		}
		object := strings.Split(c.Topic, "/")[3]
		if _, twice := devices[object]; twice {
			t.Errorf("two messages for %s", c.Topic)
		}
		devices[object] = p
	}
	return devices
}

// ids lists device, component and entity id of some component on every device that has it.
func ids(t testing.TB, w discovery.Wanted, component string) []string {
	t.Helper()
	var list []string
	for object, device := range decode(t, w) {
		if c, ok := device.Components[component]; ok {
			list = append(list, object+" "+c.UniqueID+" "+c.EntityID)
		}
	}
	slices.Sort(list)
	return list
}

// loadpoints makes a tree of loadpoints with these titles; "name=title" gives evcc's name as well.
func loadpoints(titles ...string) entities.Tree {
	tree := entities.Tree{"status": "online"}
	for i, title := range titles {
		prefix := "loadpoints/" + string(rune('1'+i))
		tree[prefix+"/connected"] = "true"
		tree[prefix+"/mode"] = "pv"
		if name, rest, ok := strings.Cut(title, "="); ok {
			tree[prefix+"/name"], title = name, rest
		}
		tree[prefix+"/title"] = title
	}
	return tree
}

// TestIdentity plays trees one after the other, each with the registry that the one before left.
func TestIdentity(t *testing.T) {
	t.Parallel()
	garage := "evcc_loadpoint_1 evcc-discovery_evcc_loadpoint_1_mode select.evcc_garage_mode"
	for name, test := range map[string]struct {
		trees []entities.Tree
		want  []string
	}{
		"first":                  {[]entities.Tree{loadpoints("Garage")}, []string{garage}},
		"renamed":                {[]entities.Tree{loadpoints("Garage"), loadpoints("Carport"), loadpoints("Außen")}, []string{garage}},
		"its title is gone":      {[]entities.Tree{loadpoints("Garage"), loadpoints("")}, []string{garage}},
		"names since an upgrade": {[]entities.Tree{loadpoints("Garage"), loadpoints("lp-1=Garage"), loadpoints("db:7=Garage")}, []string{garage}},
		"a name from the start": {[]entities.Tree{loadpoints("db:7=Garage")},
			[]string{"evcc_loadpoint_db_3a7 evcc-discovery_evcc_loadpoint_db_3a7_mode select.evcc_garage_mode"}},
		"named ones change positions": {[]entities.Tree{loadpoints("db:7=Garage", "db:8=Carport"), loadpoints("db:8=Carport", "db:7=Garage")},
			[]string{"evcc_loadpoint_db_3a7 evcc-discovery_evcc_loadpoint_db_3a7_mode select.evcc_garage_mode",
				"evcc_loadpoint_db_3a8 evcc-discovery_evcc_loadpoint_db_3a8_mode select.evcc_carport_mode"}},
		"names since an upgrade, then other positions": {[]entities.Tree{loadpoints("Garage", "Carport"), loadpoints("db:7=Garage", "db:8=Carport"), loadpoints("db:8=Carport", "db:7=Garage")},
			[]string{garage, "evcc_loadpoint_2 evcc-discovery_evcc_loadpoint_2_mode select.evcc_carport_mode"}},
		"replaced by another one": {[]entities.Tree{loadpoints("db:7=Garage"), loadpoints("db:9=Garage")},
			[]string{"evcc_loadpoint_db_3a9 evcc-discovery_evcc_loadpoint_db_3a9_mode select.evcc_garage_db_3a9_mode"}},
		"one title twice": {[]entities.Tree{loadpoints("Garage", "Garage")},
			[]string{garage, "evcc_loadpoint_2 evcc-discovery_evcc_loadpoint_2_mode select.evcc_garage_2_mode"}},
		"one slug": {[]entities.Tree{loadpoints("Garage", "GARAGE!")},
			[]string{garage, "evcc_loadpoint_2 evcc-discovery_evcc_loadpoint_2_mode select.evcc_garage_2_mode"}},
		"an entity id of the site": {[]entities.Tree{loadpoints("Battery")},
			[]string{"evcc_loadpoint_1 evcc-discovery_evcc_loadpoint_1_mode select.evcc_battery_1_mode"}},
		"an entity id of ours": {[]entities.Tree{loadpoints("Discovery")},
			[]string{"evcc_loadpoint_1 evcc-discovery_evcc_loadpoint_1_mode select.evcc_discovery_1_mode"}},
		"nothing to make ids of": {[]entities.Tree{loadpoints("🚗")},
			[]string{"evcc_loadpoint_1 evcc-discovery_evcc_loadpoint_1_mode select.evcc_loadpoint_1_mode"}},
	} {
		t.Run(name, func(t *testing.T) {
			var w discovery.Wanted
			for _, tree := range test.trees {
				w = site(t).Wanted(tree, w.Registry, true)
			}
			if diff := cmp.Diff(test.want, ids(t, w, "select_mode")); diff != "" {
				t.Errorf("device, unique id and entity id (-want +got):\n%s", diff)
			}
		})
	}
}

// Meters count from 0 in entity ids, as in the ha-evcc integration; circuits say what they are, because their titles
// are often those of loadpoints. What was chosen survives a restart.
func TestMetersAndCircuits(t *testing.T) {
	t.Parallel()
	tree := loadpoints("Garage")
	for _, prefix := range []string{"site/pv/1", "site/battery/devices/2", "site/aux/1", "site/ext/1", "site/ext/2", "site/consumers/1", "site/circuits/main", "site/circuits/db:4", "site/circuits/b"} {
		tree[prefix+"/power"] = "1"
	}
	tree["site/ext/2/name"], tree["site/ext/2/title"] = "db:9", "Sauna"
	tree["site/circuits/main/title"], tree["site/circuits/b/title"] = "Garage", "garage"
	w := site(t).Wanted(tree, discovery.Registry{}, false)
	want := []string{
		"evcc_aux_1 evcc-discovery_evcc_aux_1_power sensor.evcc_aux_0_power",
		"evcc_battery_2 evcc-discovery_evcc_battery_2_power sensor.evcc_battery_1_power",
		"evcc_circuit_b evcc-discovery_evcc_circuit_b_power sensor.evcc_circuit_garage_power",
		"evcc_circuit_db_3a4 evcc-discovery_evcc_circuit_db_3a4_power sensor.evcc_circuit_db_4_power",
		"evcc_circuit_main evcc-discovery_evcc_circuit_main_power sensor.evcc_circuit_garage_main_power",
		"evcc_consumer_1 evcc-discovery_evcc_consumer_1_power sensor.evcc_consumer_0_power",
		"evcc_ext_1 evcc-discovery_evcc_ext_1_power sensor.evcc_ext_0_power",
		"evcc_ext_db_3a9 evcc-discovery_evcc_ext_db_3a9_power sensor.evcc_ext_1_power",
		"evcc_pv_1 evcc-discovery_evcc_pv_1_power sensor.evcc_pv_0_power",
	}
	if diff := cmp.Diff(want, ids(t, w, "sensor_power")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	names := make(map[string]string)
	for object, device := range decode(t, w) {
		names[object] = device.Device.Name
	}
	for object, want := range map[string]string{"evcc_aux_1": "Consumer 1", "evcc_ext_1": "Meter 1", "evcc_ext_db_3a9": "Sauna", "evcc_circuit_main": "Garage", "evcc_circuit_db_3a4": "Circuit db:4"} {
		if names[object] != want {
			t.Errorf("%s is called %q, want %q", object, names[object], want)
		}
	}
	var again discovery.Registry
	if err := again.Decode(w.Registry.Encode()); err != nil {
		t.Fatal(err)
	}
	tree["site/ext/2/title"], tree["site/circuits/main/title"] = "Pool", "House"
	if diff := cmp.Diff(want, ids(t, site(t).Wanted(tree, again, false), "sensor_power")); diff != "" {
		t.Errorf("after a restart, renamed (-want +got):\n%s", diff)
	}
}

func TestVehicleRenamed(t *testing.T) {
	t.Parallel()
	tree := entities.Tree{"status": "online", "vehicles/db:3/title": "e-Golf", "vehicles/db:4/title": "e-Golf"}
	first := site(t).Wanted(tree, discovery.Registry{}, false)
	want := []string{"evcc_vehicle_db_3a3 evcc-discovery_evcc_vehicle_db_3a3_limit_soc number.evcc_e_golf_limit_soc",
		"evcc_vehicle_db_3a4 evcc-discovery_evcc_vehicle_db_3a4_limit_soc number.evcc_e_golf_db_3a4_limit_soc"}
	if diff := cmp.Diff(want, ids(t, first, "number_limit_soc")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	tree["vehicles/db:3/title"] = "Familienauto"
	second := site(t).Wanted(tree, first.Registry, false)
	if diff := cmp.Diff(want, ids(t, second, "number_limit_soc")); diff != "" {
		t.Errorf("renamed (-want +got):\n%s", diff)
	}
	if got := decode(t, second)["evcc_vehicle_db_3a3"].Device.Name; got != "Familienauto" {
		t.Errorf("the device is called %q", got)
	}
}

// hostile titles are what people and attackers write.
var hostile = []string{"Söhne & Töchter", `Tom's "Blitz" {{ states('x') }}`, "a/b\\c", "🚗", "日本の車", "{% raw %}", "'] else Ξ }}", "\x00\n\t", "%s%!d", strings.Repeat("Ö", 200), "None", "-", "a\xffb"}

func TestHostileTitles(t *testing.T) {
	t.Parallel()
	clean := templates(decode(t, site(t).Wanted(hostileTree(func(int) string { return "Auto" }), discovery.Registry{}, false)))
	for version, tree := range map[string]entities.Tree{"small": {}, "0.123.0": readTree(t, "0.123.0"), "0.313.2": readTree(t, "0.313.2")} {
		for i := range hostile {
			maps.Copy(tree, hostileTree(func(n int) string { return hostile[(i+n)%len(hostile)] }))
			w := site(t).Wanted(tree, discovery.Registry{}, false)
			devices := decode(t, w)
			for template := range templates(devices) {
				for _, title := range hostile {
					if len(title) > 1 && strings.Contains(template, title) {
						t.Errorf("%s: %q stands in the template %s", version, title, template)
					}
				}
				if version == "small" && !clean[template] {
					t.Errorf("the template depends on titles: %s", template)
				}
			}
			again := site(t).Wanted(tree, w.Registry, false)
			if diff := cmp.Diff(w.Configs, again.Configs); diff != "" {
				t.Errorf("%s changes with its own registry (-first +second):\n%s", version, diff)
			}
		}
	}
}

// hostileTree has foreign text wherever evcc lets people write, and wherever a broker lets anybody.
func hostileTree(title func(int) string) entities.Tree {
	return entities.Tree{
		"site/siteTitle": title(0), "site/currency": title(7), "site/version": title(8),
		"loadpoints/1/connected": "true", "loadpoints/1/chargePower": "1", "loadpoints/1/title": title(1), "loadpoints/1/mode": title(9),
		"loadpoints/1/vehicleDetectionActive": "false", "loadpoints/1/vehicleName": title(2), "loadpoints/1/vehicleTitle": title(2),
		"loadpoints/2/connected": "true", "loadpoints/2/title": title(3), "loadpoints/2/name": title(10), "loadpoints/2/phasesConfigured": title(11),
		"vehicles/db:1/title": title(4), "vehicles/db:2/title": title(5), "vehicles/db:2/mode": title(12),
		"site/pv/1/power": "1", "site/pv/1/title": title(6), "site/pv/1/name": title(6),
	}
}

func templates(devices map[string]published) map[string]bool {
	all := make(map[string]bool)
	for _, d := range devices {
		for _, c := range d.Components {
			all[c.ValueTemplate] = true
		}
	}
	return all
}

// evcc 0.123 becomes 0.313: every entity that both have keeps its ids, and moves its topic where evcc moved it.
func TestUpgradeKeepsIdentity(t *testing.T) {
	t.Parallel()
	before := site(t).Wanted(readTree(t, "0.123.0"), discovery.Registry{}, false)
	after := site(t).Wanted(readTree(t, "0.313.2"), before.Registry, false)
	old, now := decode(t, before), decode(t, after)
	for object, device := range old {
		if object == "evcc_vehicle_vehicle_5f5" {
			continue // the newer demo has no fifth vehicle
		}
		for key, c := range device.Components {
			n := now[object].Components[key]
			if n.UniqueID != c.UniqueID || n.EntityID != c.EntityID {
				t.Errorf("%s %s was %s %s, is %q %q", object, key, c.UniqueID, c.EntityID, n.UniqueID, n.EntityID)
			}
		}
	}
	power := func(devices map[string]published) string {
		return devices["evcc_site"].Components["sensor_grid_power"].StateTopic
	}
	if diff := cmp.Diff([]string{"evcc/site/gridPower", "evcc/site/grid/power"}, []string{power(old), power(now)}); diff != "" {
		t.Errorf("topics of grid power (-want +got):\n%s", diff)
	}
}

// Another root gives other ids throughout; the entity ids begin with its slug.
func TestOtherRoots(t *testing.T) {
	t.Parallel()
	seen := make(map[string]string)
	for _, root := range []string{"evcc", "haus/evcc", "haus-evcc", "haus_evcc", "Haus/evcc", "häuser/1", "evcc_site", "evcc_loadpoint_1", "a", "a_", "a_2f"} {
		s := site(t)
		s.Root = root
		w := s.Wanted(readTree(t, "0.313.2"), discovery.Registry{}, false)
		for _, device := range decode(t, w) {
			for _, c := range device.Components {
				_, entity, _ := strings.Cut(c.EntityID, ".")
				if !strings.HasPrefix(entity, discovery.Slug(root)+"_") {
					t.Errorf("%s: entity id %s", root, c.EntityID)
				}
				domain, _, _ := strings.Cut(c.EntityID, ".")
				for _, unique := range []string{domain + " " + c.UniqueID, c.CommandTopic, device.Device.Identifiers[0]} {
					if other, taken := seen[unique]; taken && other != root && unique != "" {
						t.Errorf("%s and %s share %s", root, other, unique)
					}
					seen[unique] = root
				}
			}
		}
	}
}

// Anyone on the broker can write the registry: what this program cannot have written is left out.
func TestForeignRegistryEntries(t *testing.T) {
	t.Parallel()
	for name, entry := range map[string]string{
		"a path for an id":      `"loadpoint/../../x":{"rows":[]}`,
		"no such scope":         `"moon/1":{"rows":[]}`,
		"a slug with a quote":   `"loadpoint/1":{"slug":"a b'","rows":[]}`,
		"code for an option":    `"loadpoint/1":{"rows":[],"options":{"select_mode":["x'] or states('secret') }}"]}}`,
		"the option none":       `"loadpoint/1":{"rows":[],"options":{"select_mode":["none"]}}`,
		"a row with a space":    `"loadpoint/1":{"rows":["sensor x"]}`,
		"an option of nonsense": `"loadpoint/1":{"rows":[],"options":{"select mode":["eco"]}}`,
	} {
		var r discovery.Registry
		if err := r.Decode([]byte(`{"version":1,"objects":{` + entry + `,"vehicle/zoe":{"slug":"zoe","rows":["sensor_capacity"]}}}`)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(r.Objects) != 1 || r.Objects["vehicle/zoe"].Slug != "zoe" {
			t.Errorf("%s: kept %v", name, r.Objects)
		}
	}
}

// Whatever evcc says about names, no two objects are one device, and no two have the same entity ids.
func TestNoTwoObjectsAreOne(t *testing.T) {
	t.Parallel()
	first := site(t).Wanted(entities.Tree{
		"loadpoints": "1", "loadpoints/1/connected": "true", "loadpoints/1/name": "db:5", "loadpoints/1/title": "Garage", "loadpoints/1/mode": "pv",
	}, discovery.Registry{}, true)
	second := site(t).Wanted(entities.Tree{
		"loadpoints":             "3",
		"loadpoints/1/connected": "true", "loadpoints/1/title": "Garage", "loadpoints/1/mode": "pv",
		"loadpoints/2/connected": "true", "loadpoints/2/name": "db:5", "loadpoints/2/title": "Garage 3", "loadpoints/2/mode": "pv",
		"loadpoints/3/connected": "true", "loadpoints/3/title": "Garage", "loadpoints/3/mode": "pv",
	}, first.Registry, true)
	topics, ids := make(map[string]bool), make(map[string]bool)
	for i, c := range second.Configs {
		if topics[c.Topic] {
			t.Errorf("%s is there twice", c.Topic)
		}
		topics[c.Topic] = true
		for _, e := range actual(t, second.Configs[i].Payload) {
			if ids[e.EntityID] {
				t.Errorf("%s is there twice", e.EntityID)
			}
			ids[e.EntityID] = true
		}
	}
	if len(topics) != 4 {
		t.Errorf("%d devices, want the site and three loadpoints", len(topics))
	}
}
