package discovery_test

import (
	"strings"
	"testing"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// everything is a tree in which that version publishes all that it is known to publish, also for devices that no
// captured tree has: one of each, and a heating device beside the car's loadpoint.
func everything(list []documented, version string) entities.Tree {
	tree := entities.Tree{"status": "online"}
	for _, d := range list {
		if !d.In(version) || re(`never|only ever|not on MQTT|name is REST`).MatchString(d.When) || d.Path() == "site/vehicles/*" {
			continue
		}
		for _, replace := range []*strings.Replacer{
			strings.NewReplacer("<id>", "1", "<n>", "1", "<name>", "one", "<period>", "30d", "l*", "l1", "*", "1"),
			strings.NewReplacer("<id>", "2", "<n>", "1", "<name>", "one", "<period>", "total", "l*", "l3", "*", "1"),
		} {
			tree[replace.Replace(d.Path())] = sample(d)
		}
	}
	for path := range tree {
		if re(`/chargerFeature`).MatchString(path) {
			tree[path] = "false"
		}
	}
	for path, payload := range map[string]string{
		"loadpoints": "2", "vehicles": "1", "loadpoints/1/title": "Carport", "loadpoints/2/title": "Boiler", "vehicles/one/title": "One",
		"site/currency": "EUR", "site/smartCostType": "pricedynamic", "loadpoints/1/vehicleName": "one", "loadpoints/2/vehicleName": "",
		"loadpoints/1/disabled": "false", "loadpoints/2/disabled": "false", "loadpoints/1/chargerSinglePhase": "false",
		"loadpoints/2/chargerFeatureHeating": "true", "loadpoints/2/chargerFeatureIntegratedDevice": "true",
		"vehicles/one/features": "0", "vehicles/one/features/1": "", "site/battery/1/controllable": "true",
	} {
		if tree[path] != "" {
			tree[path] = payload
		}
		if payload == "" {
			delete(tree, path)
		}
	}
	return tree
}

// sample is a payload of the topic's type.
func sample(d documented) string {
	switch d.Type {
	case "bool":
		return "true"
	case "time_unix":
		return "1795417200"
	case "string":
		return "text"
	case "json":
		return `[{"start":"2026-11-22T00:00:00Z","end":"2026-11-22T00:15:00Z","value":1}]`
	case "enum":
		return "off"
	}
	return "1"
}

// TestDocumentedBecomeEntities: what the program makes of topics that no captured tree has is what the facts make of them.
func TestDocumentedBecomeEntities(t *testing.T) {
	list := readFacts(t)
	checked, topics := 0, make(map[string]bool)
	for _, version := range everyTree(t) {
		tree := everything(list, version)
		for _, config := range site(t).Wanted(tree, discovery.Registry{}, true).Configs {
			for _, e := range actual(t, config.Payload) {
				path, evccs := strings.CutPrefix(e.Topic, "evcc/")
				d, known := factOf(list, path, version)
				if !evccs || !known || beside.MatchString(e.EntityID) {
					continue
				}
				checked++
				topics[d.Path()] = true
				want := derive(d, path, version, tree)
				want.Reading = ""
				platform, _, _ := strings.Cut(e.EntityID, ".")
				if got := (look{platform, e.Unit, e.DeviceClass, e.StateClass, ""}); got != want {
					t.Errorf("%s: %s reads %s (%s in %q): it is %+v, the facts say %+v", version, e.EntityID, path, d.Type, d.Unit, got, want)
				}
			}
		}
	}
	if len(topics) < 240 {
		t.Errorf("only %d topics were compared", len(topics))
	}
	t.Logf("%d entities of %d documented topics", checked, len(topics))
}
