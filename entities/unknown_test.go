package entities_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/entities"
)

// others lists what becomes of unknown topics: "object component name".
func others(tree entities.Tree) []string {
	var list []string
	view := tree.View()
	for _, o := range view.Objects() {
		instances, _ := view.UnknownTopics(o, nil)
		for _, in := range instances {
			list = append(list, o.Prefix+" "+in.Row.ComponentKey()+" "+in.Name)
		}
	}
	return list
}

// world is a site with one of everything that unknown topics may stand under.
func world() entities.Tree {
	return entities.Tree{
		"loadpoints": "1", "loadpoints/1/connected": "true", "vehicles/db:1/title": "Zoe", "site/pv/1/power": "1",
		"site/battery/devices/1/power": "1", "site/grid/power": "1",
	}
}

func TestUnknownTopics(t *testing.T) {
	t.Parallel()
	tree := world()
	maps.Copy(tree, entities.Tree{
		"loadpoints/1/fooBarPower": "12.5", "loadpoints/1/fooDCPower": "-3", "loadpoints/1/barActive": "false", "loadpoints/1/last3hEnergy": "0",
		"vehicles/db:1/fooLevel": "1", "site/pv/1/fooLevel": "2", "site/battery/devices/1/fooLevel": "3", "site/grid/fooLevel": "4",
	})
	want := []string{
		"site sensor_other_grid_foo_level Grid foo level",
		"loadpoints/1 binary_sensor_other_bar_active Bar active",
		"loadpoints/1 sensor_other_foo_bar_power Foo bar power",
		"loadpoints/1 sensor_other_foo_dc_power Foo DC power",
		"loadpoints/1 sensor_other_last3h_energy Last3h energy",
		"vehicles/db:1 sensor_other_foo_level Foo level",
		"site/pv/1 sensor_other_foo_level Foo level",
		"site/battery/devices/1 sensor_other_foo_level Foo level",
	}
	if diff := cmp.Diff(want, others(tree)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Nothing that is a text, a structure, known already, out of place, or could be private becomes an entity.
func TestNoOthers(t *testing.T) {
	t.Parallel()
	for topic, payload := range map[string]string{
		"loadpoints/1/fooMode":         "fast",
		"loadpoints/1/fooJSON":         `{"a":1}`,
		"loadpoints/1/fooList":         "[1]",
		"loadpoints/1/fooTime":         "2026-11-25T07:00:00Z",
		"loadpoints/1/fooExponent":     "1.2e+05",
		"loadpoints/1/fooHex":          "0x10",
		"loadpoints/1/fooNaN":          "NaN",
		"loadpoints/1/fooLong":         "1234567890123",
		"loadpoints/1/fooPlus":         "+1",
		"loadpoints/1/fooPoint":        ".5",
		"loadpoints/1/fooWord":         "True",
		"loadpoints/1/foo_bar":         "1",
		"loadpoints/1/Foo":             "1",
		"loadpoints/1/f":               "1",
		"loadpoints/1/föö":             "1",
		"loadpoints/1/a'b":             "1",
		"loadpoints/1/foo/bar":         "1",
		"loadpoints/1/chargePower":     "1", // a row
		"loadpoints/1/phases":          "1", // a setter
		"loadpoints/1/planStrategy":    "1", // above a row
		"loadpoints/1/chargerIcon":     "1", // ignored
		"loadpoints/2/fooPower":        "1", // beyond the count
		"loadpoints/1/chargerPin":      "1234",
		"loadpoints/1/userPIN":         "1234",
		"loadpoints/1/cardpin":         "1234",
		"loadpoints/1/apiKey":          "1234",
		"loadpoints/1/fooIDs":          "1234",
		"loadpoints/1/fooId":           "1234",
		"loadpoints/1/fooID2":          "1234",
		"loadpoints/1/ocppPort":        "1234",
		"loadpoints/1/modemSerials":    "1234",
		"loadpoints/1/myPasswordValue": "1234",
		"loadpoints/1/mypassword":      "1234",
		"loadpoints/1/authorized":      "true",
		"vehicles/db:1/vin":            "1234",
		"vehicles/db:1/latitude":       "48.1",
		"vehicles/db:1/lastLongitude":  "11.5",
		"vehicles/db:1/phoneNumber":    "1234",
		"site/fooPower":                "1", // the site itself holds evcc's settings
		"site/mqtt/fooPower":           "1",
		"site/grid/foo/bar":            "1",
		"site/hems/fooPower":           "1",
		"fooPower":                     "1",
	} {
		tree := world()
		tree[topic] = payload
		if got := others(tree); len(got) > 0 {
			t.Errorf("%s %s became %v", topic, payload, got)
		}
	}
	tree := world()
	tree["loadpoints/1/fooCurrents"], tree["loadpoints/1/fooCurrents/1"] = "3", "16"
	if got := others(tree); len(got) > 0 {
		t.Errorf("a list became %v", got)
	}
}

// What every tree that we know publishes is a row or ignored: nothing is unknown there.
func TestNoOthersInKnownTrees(t *testing.T) {
	t.Parallel()
	tree := make(entities.Tree)
	for path := range capturedPaths(t) {
		tree[path] = "1"
	}
	tree["loadpoints"], tree["vehicles"], tree["site/pv"] = "3", "5", "3"
	if got := others(tree); len(got) > 0 {
		t.Errorf("unknown in captured trees: %v", got)
	}
}

// What was published stays while evcc's tree is empty, keeps its platform, and goes when the catalogue knows better.
func TestUnknownTopicsStay(t *testing.T) {
	t.Parallel()
	known := map[string]string{
		"sensor_other_foo_power": "fooPower", "binary_sensor_other_bar": "bar",
		"sensor_other_charge_power": "chargePower",    // a row came
		"sensor_other_charger_icon": "chargerIcon",    // ignored by now
		"sensor_other_user_pin":     "userPin",        // somebody else wrote this
		"sensor_other_x":            "fooPower' }} {", // and this
		"sensor_other_y":            "fooPower",
		"select_other_z":            "z",
	}
	tree := world()
	tree["loadpoints/1/bar"] = "7"
	view := tree.View()
	list, fresh := view.UnknownTopics(view.Objects()[1], known)
	var got []string
	for _, in := range list {
		got = append(got, in.Row.ComponentKey()+" "+in.State)
	}
	if diff := cmp.Diff([]string{"binary_sensor_other_bar loadpoints/1/bar", "sensor_other_foo_power loadpoints/1/fooPower"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"sensor_other_foo_power": "fooPower", "binary_sensor_other_bar": "bar"}, fresh); diff != "" {
		t.Errorf("remembered (-want +got):\n%s", diff)
	}
}

// A flood of keys makes no flood of entities, and does not drive out what was there.
func TestUnknownTopicsAreBounded(t *testing.T) {
	t.Parallel()
	tree := world()
	for i := range 2000 {
		tree["loadpoints/1/a"+strings.Repeat("x", i%30)+string(rune('A'+i%26))+"b"] = "1"
	}
	view := tree.View()
	list, fresh := view.UnknownTopics(view.Objects()[1], map[string]string{"sensor_other_zzz": "zzz"})
	if len(list) != 20 || len(fresh) != 20 || fresh["sensor_other_zzz"] == "" {
		t.Errorf("%d entities, %d remembered: %v", len(list), len(fresh), fresh)
	}
}

// Two spellings of one id are one entity.
func TestUnknownTopicsShareNoID(t *testing.T) {
	t.Parallel()
	tree := world()
	tree["loadpoints/1/fooBAR"], tree["loadpoints/1/fooBar"] = "1", "2"
	if got := others(tree); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}

func TestPrivateWords(t *testing.T) {
	t.Parallel()
	for _, word := range entities.Private {
		title := strings.ToUpper(word[:1]) + word[1:]
		for _, key := range []string{word, "foo" + title, word + "Foo", "foo" + title + "Bar", "foo" + strings.ToUpper(word), "foo" + title + "s", "foo" + title + "2"} {
			if words, ok := entities.UnknownWords(key); ok {
				t.Errorf("%s is let through as %v", key, words)
			}
		}
	}
}

// What is private in any spelling, and what only looks like it.
func TestPrivateSpellings(t *testing.T) {
	t.Parallel()
	for _, key := range strings.Fields(`evccid msisdn mobile phonenumber cardnumber rfidtag nfctag macaddr evseid userid authid sessionid emaid meterid
		meterNumber customernumber contract contractNumber accountnr badge transponder chassis employee simcard psk ski nonce challenge coords gpsx lati
		longi heading position elevation altitude postal street streetName city atHome homezone idTag`) {
		if words, ok := entities.UnknownWords(key); ok {
			t.Errorf("%s is let through as %v", key, words)
		}
	}
	for _, key := range strings.Fields(`ventilationPower capacityLeft powerFromGrid hybridPower dataValid longTermEnergy skipCount keyedPower2 relativeHumidity`) {
		if _, ok := entities.UnknownWords(key); !ok {
			t.Errorf("%s is held back", key)
		}
	}
}

func TestRetired(t *testing.T) {
	t.Parallel()
	for _, r := range entities.Retired {
		if r.Reason == "" || r.Since == "" {
			t.Errorf("%s.%s: say why and since when", r.Scope, r.Key)
		}
		if slices.ContainsFunc(entities.All, func(row *entities.Row) bool { return row.Scope == r.Scope && row.ComponentKey() == r.Key }) {
			t.Errorf("%s.%s is retired and a row: keys never get another meaning", r.Scope, r.Key)
		}
	}
}
