package discovery_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"evcc-discovery/entities"
	"evcc-discovery/internal/topicstest"
	"evcc-discovery/translations"
)

// TestEntitiesPage holds the tables of docs/entities.md against the rows and the documented list of evcc's topics.
//
//go:generate go test -run TestEntitiesPage -update
func TestEntitiesPage(t *testing.T) {
	holdPart(t, "../docs/entities.md", "entities", entityTables(t))
}

func entityTables(t *testing.T) string {
	t.Helper()
	words, err := translations.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	lives := topicLives(t)
	var b strings.Builder
	for _, scope := range entities.Scopes {
		fmt.Fprintf(&b, "## %s\n\n| Name | Entity | Unit | On | Category | Settable | evcc |\n|---|---|---|---|---|---|---|\n", words.Model(scope.String()))
		for _, r := range entities.ByScope(scope) {
			fmt.Fprintf(&b, "| %s | `%s.evcc_%s%s` | %s | %s | %s | %s | %s |\n", words.Name(r.TermKey()), r.Platform, placeholders[scope], r.ID,
				units(r), on(r), cmp.Or(r.Category.String(), "–"), yes(r.Write != nil), lifeOf(r, lives))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// placeholders stand for the object's part of entity ids.
var placeholders = map[entities.Scope]string{
	entities.Loadpoint: "<loadpoint>_", entities.Vehicle: "<vehicle>_", entities.PV: "pv_<n>_", entities.Battery: "battery_<n>_",
	entities.Aux: "aux_<n>_", entities.Ext: "ext_<n>_", entities.Consumer: "consumer_<n>_", entities.Circuit: "circuit_<circuit>_",
}

// units are those that the row has on some object; what differs only in the currency is told once.
func units(r *entities.Row) string {
	var list []string
	for _, have := range []entities.Capability{0, entities.Heating, entities.CO2} {
		unit := r.Quantity(entities.Context{Capabilities: have}).Unit
		if unit != "" && (len(list) == 0 || unit != list[0]) && (have != entities.Heating || r.Scope == entities.Loadpoint) {
			list = append(list, unit)
		}
	}
	return strings.Join(list, ", ")
}

// on says whether the entity is enabled by default, and where it only exists on demand.
func on(r *entities.Row) string {
	if r.Applies.Needs&entities.Compatible != 0 {
		return "with `COMPATIBILITY`"
	}
	return yes(r.Enabled())
}

func yes(v bool) string { return map[bool]string{true: "yes", false: "–"}[v] }

// lifetime is when evcc has a topic.
type lifetime struct{ since, until string }

// topicLives reads when evcc has each topic, by path with "*" for objects, and each setter.
func topicLives(t *testing.T) map[string]lifetime {
	t.Helper()
	lives := make(map[string]lifetime)
	for _, d := range topicstest.Read(t, facts) {
		for _, path := range topicstest.Periods(topicstest.Objects(d.Path())) {
			lives[path] = lifetime{d.Since, d.Until}
		}
		if d.Set == "" {
			continue
		}
		until := d.SetUntil
		if _, _, gap := d.Gap(); gap { // not the end
			until = ""
		}
		lives[topicstest.Objects(d.SetPath())+"/set"] = lifetime{d.SetSince, until}
	}
	return lives
}

// lifeOf says in which versions of evcc the row exists: from the first that had one of its keys to the last.
func lifeOf(r *entities.Row, lives map[string]lifetime) string {
	var whole lifetime
	for _, path := range sources(r) {
		life, ok := find(lives, path)
		if !ok {
			continue
		}
		if whole.since == "" {
			whole = life
		}
		if older(life.since, whole.since) {
			whole.since = life.since
		}
		if whole.until != "" && (life.until == "" || older(whole.until, life.until)) {
			whole.until = life.until
		}
	}
	switch {
	case whole.since == "":
		return "–"
	case whole.until != "":
		return whole.since + " until " + whole.until
	}
	return whole.since
}

// sources are the topics that feed the row or, where nothing of evcc's does, those that its commands go to.
func sources(r *entities.Row) []string {
	keys, leaf := r.Keys, ""
	if r.Write != nil && (len(keys) == 0 || r.Own == entities.Shared) {
		leaf = "/set"
		if len(r.Write.Sets) > 0 {
			keys = r.Write.Sets
		}
	}
	var paths []string
	for _, prefix := range r.Scope.Prefixes() {
		for _, k := range keys {
			paths = append(paths, entities.Object{Prefix: prefix, Ref: "*"}.Path(k.Path)+leaf)
		}
	}
	return paths
}

// find looks a path up whose last element may be one of a list: currents/1 and chargeCurrents/l1.
func find(lives map[string]lifetime, path string) (lifetime, bool) {
	begin := path[:strings.LastIndexByte(path, '/')+1]
	for _, p := range []string{path, begin + "*", begin + "l*", strings.Replace(path, "plans/1/", "plans/*/", 1)} {
		if life, ok := lives[p]; ok {
			return life, true
		}
	}
	return lifetime{}, false
}
