package discovery_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// crowd is a registry of many objects, half of which are gone.
func crowd(n int) discovery.Registry {
	r := discovery.Registry{Version: 1, Prefix: "homeassistant", Objects: map[string]discovery.Entry{"site/": {Announced: true}}}
	for i := range n {
		r.Objects[fmt.Sprintf("vehicle/%d", i)] = discovery.Entry{Slug: fmt.Sprintf("car_%d", i), Rows: []string{"sensor_soc"}, Announced: i%2 == 0, Gone: i%2 == 1}
	}
	return r
}

// Anyone on the broker can write a registry: no more of it is taken than a site can have, and first what is there.
func TestRegistryIsBoundedWhenDecoded(t *testing.T) {
	t.Parallel()
	var r discovery.Registry
	if err := r.Decode(crowd(10_000).Encode()); err != nil {
		t.Fatal(err)
	}
	gone := 0
	for _, e := range r.Objects {
		if e.Gone {
			gone++
		}
	}
	if len(r.Objects) != 1+2*entities.MostObjects || gone > 0 || !r.Objects["site/"].Announced {
		t.Errorf("%d objects are remembered, %d of them gone", len(r.Objects), gone)
	}
	many := make([]string, 10_000)
	for i := range many {
		many[i] = fmt.Sprintf("sensor_%d", i)
	}
	reads, options, others := make(map[string]string), make(map[string][]string), make(map[string]string)
	for _, key := range many {
		reads[key], options[key], others[key] = "0", []string{"a"}, "x"
	}
	for name, e := range map[string]discovery.Entry{
		"rows": {Rows: many}, "reads": {Reads: reads}, "options": {Options: options}, "unknown": {Unknown: others},
		"a key without end": {Rows: []string{"sensor_" + strings.Repeat("x", 1000)}},
		"a long title":      {Title: strings.Repeat("x", 1000)},
	} {
		e.Slug = "car"
		err := r.Decode(discovery.Registry{Objects: map[string]discovery.Entry{"vehicle/1": e, "vehicle/2": {Slug: "other"}}}.Encode())
		if keys := slices.Collect(maps.Keys(r.Objects)); err != nil || !slices.Equal(keys, []string{"vehicle/2"}) {
			t.Errorf("%s: %v, there are %q", name, err, keys)
		}
	}
}

// What is written stays within what is read, however often objects come and go.
func TestRegistryIsBoundedWhenWritten(t *testing.T) {
	t.Parallel()
	w := discovery.Wanted{Registry: crowd(2 * entities.MostObjects)}
	for i := range 5 {
		name := fmt.Sprintf("car%d", i)
		w = site(t).Wanted(entities.Tree{"status": "online", "vehicles/" + name + "/title": name}, w.Registry, true)
		w.Registry = w.Registry.MarkGone(site(t), "homeassistant/device/evcc-discovery/evcc_vehicle_"+name+"/config")
	}
	var r discovery.Registry
	if err := r.Decode(w.Registry.Encode()); err != nil || len(r.Objects) != len(w.Registry.Objects) || len(r.Objects) > 2+2*entities.MostObjects {
		t.Errorf("%v; %d objects are written, %d are read", err, len(w.Registry.Objects), len(r.Objects))
	}
}

// To find an object costs the same in a large registry, and to announce all only as much as there are.
func TestRegistryIsIndexed(t *testing.T) {
	s := site(t)
	cost := func(n int) (find, announce float64) {
		r := crowd(n)
		config := "homeassistant/device/evcc-discovery/evcc_vehicle_0/config"
		if !r.Announced(s, config) {
			t.Fatal("not found")
		}
		find = testing.AllocsPerRun(10, func() { r.Announced(s, config) })
		announce = testing.AllocsPerRun(2, func() { r.Announce(s, func(config string) bool { return r.Announced(s, config) }) })
		return find, announce
	}
	find, announce := cost(50)
	find10, announce10 := cost(500)
	if find10 > find || announce10 > 15*announce {
		t.Errorf("10 times the objects cost %.1f times as much to find one, and %.1f to announce all", find10/find, announce10/announce)
	}
}

// A config topic is that of one object, whatever ids and scopes look like.
func TestRegistryFinds(t *testing.T) {
	t.Parallel()
	s := site(t)
	var keys []string
	for _, scope := range entities.Scopes[1:] {
		for _, id := range []string{"1", "a_b", "site", scope.String(), "_"} {
			keys = append(keys, scope.String()+"/"+id)
		}
	}
	for _, key := range append(keys, "site/", "adapter/") {
		scope, id, _ := strings.Cut(key, "/")
		r := discovery.Registry{Objects: map[string]discovery.Entry{key: {Deleted: true}}}
		config := strings.TrimSuffix("homeassistant/device/evcc-discovery/evcc_"+scope+"_"+id, "_") + "/config"
		if id == "_" {
			config = "homeassistant/device/evcc-discovery/evcc_" + scope + "__/config"
		}
		if key == "adapter/" {
			config = discovery.AdapterTopic("homeassistant", "evcc-discovery")
		}
		if !r.Deleted(s, config) {
			t.Errorf("%s is not found by %s", key, config)
		}
		for _, other := range []string{"homeassistant/device/other/evcc_" + scope + "_" + id + "/config", config + "x", strings.Replace(config, "evcc_", "evccc_", 1), "evcc/status"} {
			if other != config && r.Deleted(s, other) {
				t.Errorf("%s is found by %s", key, other)
			}
		}
	}
}
