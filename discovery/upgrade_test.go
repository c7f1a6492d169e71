package discovery_test

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/internal/topicstest"
)

// everyTree lists the versions of all trees, oldest first.
func everyTree(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../internal/simulator/trees/evcc-*-demo.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no trees", err)
	}
	var versions []string
	for _, f := range files {
		versions = append(versions, strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), "evcc-"), "-demo.txt"))
	}
	slices.SortFunc(versions, topicstest.Compare)
	return versions
}

// upgrade is what an evcc that is replaced by a newer one leaves of its entities.
type upgrade struct {
	before, after, fresh map[string]published
	same                 map[string]string // objects of after by their name in fresh
}

func upgraded(t *testing.T, older, newer entities.Tree) upgrade {
	t.Helper()
	first := site(t).Wanted(older, discovery.Registry{}, true)
	second := site(t).Wanted(newer, first.Registry, true)
	fresh := site(t).Wanted(newer, discovery.Registry{}, true)
	u := upgrade{before: evccTopics(t, first), after: evccTopics(t, second), fresh: evccTopics(t, fresh), same: make(map[string]string)}
	for key, e := range fresh.Registry.Objects {
		scope, _, _ := strings.Cut(key, "/")
		for other, o := range second.Registry.Objects {
			if strings.HasPrefix(other, scope+"/") && (o.Index == e.Index && e.Index > 0 || o.Name == e.Name && e.Name != "" || key == other) {
				u.same[object(key)] = object(other)
			}
		}
	}
	return u
}

// evccTopics decodes the messages; a state of ours is named after the topic of evcc's that it is made of.
func evccTopics(t *testing.T, w discovery.Wanted) map[string]published {
	t.Helper()
	of := make(map[string]string)
	for _, s := range w.States {
		if s.Instance.State != "" {
			of[s.Topic] = "evcc/" + s.Instance.State
		}
	}
	devices := decode(t, w)
	for _, d := range devices {
		for key, c := range d.Components {
			if source := of[c.StateTopic]; source != "" {
				c.StateTopic = source
				d.Components[key] = c
			}
		}
	}
	return devices
}

// object is a registry's key as it stands in topics.
func object(key string) string {
	return strings.TrimSuffix("evcc_"+strings.Replace(key, "/", "_", 1), "_")
}

// TestUpgrades plays every upgrade from a tree to a newer one: what exists in both keeps its identity, everything reads
// from where a new start would read it, and nothing is lost that evcc still publishes under any name.
func TestUpgrades(t *testing.T) {
	versions := everyTree(t)
	for i, older := range versions {
		for _, newer := range versions[i+1:] {
			u := upgraded(t, readTree(t, older), readTree(t, newer))
			name := older + " → " + newer
			for object, was := range u.before {
				is, there := u.after[object]
				if !there {
					if slices.Contains(slices.Collect(maps.Values(u.same)), object) {
						t.Errorf("%s: the device %s is lost", name, object)
					}
					continue
				}
				u.keeps(t, name, object, was, is)
			}
			for object, new := range u.fresh {
				u.follows(t, name, new, u.after[u.same[object]])
			}
		}
	}
}

// keeps: nothing vanishes from a device that is still there, and every identity stays.
func (u upgrade) keeps(t *testing.T, name, object string, was, is published) {
	if !slices.Equal(was.Device.Identifiers, is.Device.Identifiers) {
		t.Errorf("%s: %s was the device %v and is %v", name, object, was.Device.Identifiers, is.Device.Identifiers)
	}
	for key, c := range was.Components {
		now, there := is.Components[key]
		if !there {
			t.Errorf("%s: %s of %s vanishes", name, key, object)
			continue
		}
		if now.UniqueID != c.UniqueID || now.EntityID != c.EntityID {
			t.Errorf("%s: %s of %s was %s %s and is %s %s", name, key, object, c.UniqueID, c.EntityID, now.UniqueID, now.EntityID)
		}
	}
}

// follows: what a new start finds is there after the upgrade, too, and reads the same topic.
func (u upgrade) follows(t *testing.T, name string, fresh, after published) {
	for key, want := range fresh.Components {
		got, there := after.Components[key]
		if !there || got.StateTopic != want.StateTopic {
			t.Errorf("%s: %s of %v reads %q, a new start reads %q", name, key, fresh.Device.Name, got.StateTopic, want.StateTopic)
		}
	}
}

// moved are renamed keys that no entity follows, with the reason.
var moved = map[string]string{
	"loadpoints/<id>/chargerPhaseSwitching":         shape,
	"loadpoints/<id>/chargerPhysicalPhases":         shape,
	"loadpoints/<id>/phases1p3p":                    shape,
	"loadpoints/<id>/phasesEnabled":                 "phasesActive was there all the time and has an entity of its own",
	"loadpoints/<id>/vehicleCapacity":               "the vehicle's device has it since then",
	"loadpoints/<id>/vehicleFeatureOffline":         shape,
	"loadpoints/<id>/vehicleIcon":                   "how evcc's own pages look",
	"site/battery":                                  shape,
	"site/battery/<n>/currents":                     "a count",
	"site/battery/<n>/icon":                         "how evcc's own pages look",
	"site/battery/<n>/powers":                       "a count",
	"site/battery/<n>/title":                        "the device's name",
	"site/battery/forecast/empty":                   "when it is empty is not when it is lowest",
	"site/battery/forecast/full":                    "when it is full is not when it is highest",
	"site/batteryConfigured":                        shape,
	"site/circuits/<name>/curtailed":                "the site's since then, not one circuit's",
	"site/circuits/<name>/dimmed":                   "the site's since then, not one circuit's",
	"site/forecast/solar":                           "a series of up to 47 kB",
	"site/gridCurrents":                             "a sum; each phase is followed",
	"site/gridPowers":                               "a sum; each phase is followed",
	"site/hems":                                     "a setting of evcc",
	"site/pvConfigured":                             shape,
	"site/smartCostActive":                          "each loadpoint's since then, with an entity of its own",
	"site/smartCostLimit":                           "a state of ours: what all loadpoints have in common since then",
	"site/startup":                                  "evcc's internals",
	"vehicles/<name>/plans":                         "a count; the plan itself is followed",
	"vehicles/<name>/repeatingPlans/*/precondition": "part of a list of any length",
}

const shape = "decides which entities exist"

// TestRenamedKeys: for every key that evcc has renamed, as documented, the entity that reads the old name reads the new
// one after the upgrade, whatever other names there are.
func TestRenamedKeys(t *testing.T) {
	followed, used := 0, make(map[string]bool)
	for _, d := range topicstest.Read(t, facts) {
		if d.ReplacedBy == "" || d.Until == "" {
			continue
		}
		r := renaming(d)
		older, newer := r.trees(t)
		u := upgraded(t, older, newer)
		device, key := reading(u.before, "evcc/"+r.old)
		if key == "" {
			used[r.name] = true
			if moved[r.name] == "" {
				t.Errorf("%s: nothing reads %s", r.name, r.old)
			}
			continue
		}
		followed++
		if got := u.after[device].Components[key].StateTopic; got != "evcc/"+r.new {
			used[r.name] = true
			if moved[r.name] == "" {
				t.Errorf("%s: %s of %s read %s and reads %s, want %s", r.name, key, device, r.old, got, r.new)
			}
		}
	}
	for name := range moved {
		if !used[name] {
			t.Errorf("%s is an exception and is followed", name)
		}
	}
	t.Logf("%d renamed keys are followed, %d are not, with a reason", followed, len(moved))
}

// renamed is a line of the documented list with a replacement.
type renamed struct{ name, old, new, sample, since, until string }

func renaming(d topicstest.Topic) renamed {
	concrete := strings.NewReplacer("<n>", "1", "<id>", "1", "<name>", "vehicle_1", "/l*", "/l1", "/*", "/1").Replace
	r := renamed{name: d.Path(), old: concrete(d.Path()), new: concrete(d.ReplacedBy), since: d.Since, until: d.Until}
	if !strings.HasPrefix(r.new, "site/") && !strings.HasPrefix(r.new, "loadpoints/") && !strings.HasPrefix(r.new, "vehicles/") {
		r.new = concrete(d.Scope) + "/" + r.new
	}
	r.sample = map[string]string{"bool": "true", "time_unix": "1795417200", "string": "text", "json": "[]"}[d.Type]
	return r
}

// trees returns the newest tree before the change and the oldest after it, with the key in both.
func (r renamed) trees(t *testing.T) (older, newer entities.Tree) {
	t.Helper()
	versions := everyTree(t)
	i := slices.IndexFunc(versions, func(v string) bool { return topicstest.Compare(v, r.until) >= 0 })
	older, newer = readTree(t, versions[i-1]), readTree(t, versions[i])
	for tree, list := range map[*entities.Tree]string{&older: "site/battery", &newer: "site/battery/devices"} {
		(*tree)[list], (*tree)[list+"/2/power"] = "2", "1" // the only one would repeat the site
	}
	for tree, path := range map[*entities.Tree]string{&older: r.old, &newer: r.new} {
		if (*tree)[path] == "" {
			(*tree)[path] = cmp.Or(r.sample, "1")
		}
	}
	return older, newer
}

// reading finds the entity that reads a topic.
func reading(devices map[string]published, topic string) (device, key string) {
	for _, device := range slices.Sorted(maps.Keys(devices)) {
		for _, key := range slices.Sorted(maps.Keys(devices[device].Components)) {
			if devices[device].Components[key].StateTopic == topic {
				return device, key
			}
		}
	}
	return "", ""
}
