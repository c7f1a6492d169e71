package discovery_test

import (
	"strings"
	"testing"

	"evcc-discovery/entities"
)

// unread are topics that evcc publishes and no entity reads, with the reason; the condition is what the same object
// must publish for it, "key=value".
var unread = []struct{ topics, only, why string }{
	{`(^|/)(title|siteTitle|name|icon|chargerIcon|vehicleIcon|vehiclePresent)$`, "", "names and shows the object"},
	{`^site/(pv|battery(/devices)?)/1/(power|soc|capacity)$`, "", "the site has the same: there is one PV system, and one battery"},
	{`^site/(currency|\w+Configured|pv|battery|battery/devices|aux|ext)$`, "", "part of units; what exists, and how many"},
	{`/(chargerFeature|chargerPhases1p3p|chargerSinglePhase|vehicleFeature)\w*$|/features(/1)?$|/ui/m\w+$`, "", "decides what exists"},
	{`^site/(apiReady|optimizerChargingStrategies(/\d)?)$`, "", "evcc's internals"},
	{`^site/smartCostLimit$`, "", "shown on a topic of ours, with what later versions have on every loadpoint"},
	{`^loadpoints/\d+/plan$`, "", "a list; shown on topics of ours"},
	{`/phasesConfigured$|/(effectiveM|m)(ax|in)Current$|/alwaysCharge$`, "chargerFeatureSwitchDevice=true", "on or off, no currents"},
	{`/(connected|connectedDuration|limitEnergy|planStrategy/\w+|vehicle(Range|Odometer|Name|Title|DetectionActive|WelcomeActive))$`, "chargerFeatureIntegratedDevice=true", "no plug and no vehicle"},
	{`/((min|limit)Soc|planStrategy/\w+)$`, "features/1=Offline", "evcc does not know its charge level"},
	{`smartFeedInPriority(Limit|Active|NextStart)$`, "site/smartFeedInPriorityAvailable=false", "the feed-in price is always the same"},
	{`smartCost(Limit|Active|NextStart)$|^site/batteryGridChargeLimit$`, "site/smartCostAvailable=false", "the price is always the same"},
	{`^site/batteryMode$`, "site/battery/1/controllable=false", "nobody can switch it"},
	{`^site/(influx|mqtt|network|ocpp|ocppforwarder|shm|messaging|modbusproxy|tariffs|config|database|mcp|deviceColors)(/|$)`, "", "evcc.md §16, §17"},
}

// TestNothingIsLeftOut: every topic that a tree publishes, and every setter that its version has, is in the tree's table
// or left out for a reason. Both follow from the list of topics, the tree and the table alone.
func TestNothingIsLeftOut(t *testing.T) {
	list, used := readFacts(t), make(map[string]bool)
	checked := 0
	for _, version := range everyTree(t) {
		tree, read := readTree(t, version), make(map[string]bool)
		for _, e := range expected(t, version) {
			read[strings.TrimPrefix(e.Topic, "evcc/")] = true
		}
		for path, why := range wantedPaths(list, tree, version) {
			checked++
			if !read[path] && !leftOut(tree, path, used) {
				t.Errorf("%s: %s %s, and nothing in the table reads it", version, path, why)
			}
		}
	}
	for _, u := range unread {
		if !used[u.topics+u.only] {
			t.Errorf("nothing is left out because of %s", u.topics)
		}
	}
	t.Logf("%d topics and setters are in the tables or left out for a reason", checked)
}

// wantedPaths are what evcc publishes in the tree and what it takes there, also where it shows no value at present.
func wantedPaths(list []documented, tree entities.Tree, version string) map[string]string {
	paths := make(map[string]string)
	for path, payload := range tree {
		if payload != "" {
			paths[path] = "is published"
		}
	}
	for _, d := range list {
		if !d.In(version) || !d.Settable(version) || d.Path() != d.SetPath() || d.Written || setElsewhere[d.Path()] {
			continue
		}
		for path := range tree {
			if object, ok := strings.CutSuffix(path, "/title"); ok && re(`^(loadpoints|vehicles)/[^/]+$`).MatchString(object) {
				kind, _, _ := strings.Cut(object, "/")
				if rest, ok := strings.CutPrefix(d.Path(), kind+"/<"); ok {
					_, key, _ := strings.Cut(rest, "/")
					paths[object+"/"+key] = "can be set"
				}
			}
		}
		if !strings.Contains(d.Path(), "<") {
			paths[d.Path()] = "can be set"
		}
	}
	return paths
}

// leftOut reports whether there is a reason not to read a path.
func leftOut(tree entities.Tree, path string, used map[string]bool) bool {
	found := false
	for _, u := range unread {
		key, value, conditional := strings.Cut(u.only, "=")
		object := re(`^[^/]+/[^/]+/`).FindString(path)
		if strings.Contains(key, "site/") {
			object = ""
		}
		if re(u.topics).MatchString(path) && (!conditional || tree[object+key] == value) {
			used[u.topics+u.only], found = true, true
		}
	}
	return found
}
