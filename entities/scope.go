package entities

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Scope is what a topic belongs to.
type Scope uint8

// The scopes. Their order is the order in which devices are published: the site is everybody's parent.
const (
	Site Scope = iota
	Loadpoint
	Vehicle
	PV
	Battery
	Aux      // consumers that regulate themselves by what is left
	Ext      // other meters
	Consumer // meters of single consumers
	Circuit  // of the load management
)

// Scopes lists every scope in publishing order.
var Scopes = []Scope{Site, Loadpoint, Vehicle, PV, Battery, Aux, Ext, Consumer, Circuit}

// scopes says how evcc writes each scope. A "*" stands for the object; prefixes are newest first, because
// evcc 0.301 moved batteries.
var scopes = [...]struct {
	name     string
	prefixes []string
	count    []string // topics with the number of objects, newest first; none: objects are found by witness alone
	witness  string   // key that every object has once evcc has told everything about it: a loadpoint after its first cycle
}{
	Site:      {name: "site", prefixes: []string{"site"}},
	Loadpoint: {name: "loadpoint", prefixes: []string{"loadpoints/*"}, count: []string{"loadpoints"}, witness: "connected"},
	Vehicle:   {name: "vehicle", prefixes: []string{"vehicles/*"}, witness: "title"},
	PV:        {name: "pv", prefixes: []string{"site/pv/*"}, count: []string{"site/pv"}, witness: "power"},
	Battery: {name: "battery", prefixes: []string{"site/battery/devices/*", "site/battery/*"},
		count: []string{"site/battery/devices", "site/battery"}, witness: "power"},
	Aux:      {name: "aux", prefixes: []string{"site/aux/*"}, count: []string{"site/aux"}, witness: "power"},
	Ext:      {name: "ext", prefixes: []string{"site/ext/*"}, count: []string{"site/ext"}, witness: "power"},
	Consumer: {name: "consumer", prefixes: []string{"site/consumers/*"}, count: []string{"site/consumers"}, witness: "power"},
	Circuit:  {name: "circuit", prefixes: []string{"site/circuits/*"}, witness: "power"},
}

// String returns the scope's word in topics and ids: "loadpoint".
func (s Scope) String() string { return scopes[s].name }

// Prefixes returns where evcc writes the scope, newest first, with "*" for the object. The slice is shared.
func (s Scope) Prefixes() []string { return scopes[s].prefixes }

// Meter reports whether objects of the scope are meters, which people know by their number.
func (s Scope) Meter() bool { return s >= PV && s <= Consumer }

// numbered tells whether evcc counts the scope's objects from 1; vehicles and circuits have names.
func (s Scope) numbered() bool { return len(scopes[s].count) > 0 }

// Object is one thing of a scope: the site, a loadpoint, a vehicle …
type Object struct {
	Scope  Scope
	Ref    string // as evcc writes it: "1" for numbered scopes, the name of a vehicle or circuit, "" for the site
	Prefix string // topic path below the root: "loadpoints/1"
}

// SiteObject is the site itself, which always exists.
var SiteObject = Object{Scope: Site, Prefix: "site"}

// Path returns the topic path below the root of the object's key. A key that begins with a slash is a path below
// the root already ("/updated").
func (o Object) Path(key string) string {
	if rest, ok := strings.CutPrefix(key, "/"); ok {
		return rest
	}
	return o.Prefix + "/" + key
}

// find returns the objects of one scope in evcc's order. A count that evcc publishes limits numbered objects,
// because evcc leaves the topics of removed ones behind.
func (t Tree) find(s Scope, candidates map[string][]string) []Object {
	var found []Object
	for i, prefix := range scopes[s].prefixes {
		base := strings.TrimSuffix(prefix, "/*")
		limit := -1
		if s.numbered() {
			limit = t.count(scopes[s].count[i])
		}
		for _, ref := range candidates[base] {
			o := Object{Scope: s, Ref: ref, Prefix: base + "/" + ref}
			if s.exists(ref, limit) && t.Complete(o) {
				found = append(found, o)
			}
		}
		if len(found) > 0 {
			break // newer names win; evcc leaves the older ones behind on the broker
		}
	}
	slices.SortFunc(found, func(a, b Object) int {
		return cmp.Or(cmp.Compare(number(a.Ref), number(b.Ref)), strings.Compare(a.Ref, b.Ref))
	})
	return found
}

// Counted reports whether evcc says how many objects of the scope it has, and all of them are there: then what is not
// among them does not exist any more. evcc counts vehicles when it starts and leaves the topics of removed ones behind
// until it starts again; a broker that lost its memory has no count.
func (v *View) Counted(s Scope) bool {
	if s == Vehicle {
		return v.has(s, v.count("vehicles"))
	}
	for _, path := range scopes[s].count {
		if n := v.count(path); n >= 0 {
			return v.has(s, n)
		}
	}
	return false
}

// has reports whether the view has at least n objects of the scope. A negative n stands for no knowledge.
func (v *View) has(s Scope, n int) bool {
	found := 0
	for _, o := range v.objects {
		if o.Scope == s {
			found++
		}
	}
	return n >= 0 && found >= n
}

// Places returns where objects of a scope stand: as many places as evcc says it has, told of or not. Without a count it is
// what was found, and what is known by its position.
func (v *View) Places(s Scope, known []int) (list []Object, counted bool) {
	found := slices.DeleteFunc(slices.Clone(v.objects), func(o Object) bool { return o.Scope != s })
	if !s.numbered() {
		return found, true
	}
	at, n := 0, -1
	for i, prefix := range scopes[s].prefixes {
		base := strings.TrimSuffix(prefix, "*")
		if len(found) > 0 && found[0].Prefix != base+found[0].Ref { // newer names win, and older ones may be left behind
			continue
		}
		if n = v.count(scopes[s].count[i]); n >= 0 || len(found) > 0 {
			at = i
			break
		}
	}
	for i := range min(n, MostObjects) {
		list = append(list, s.at(at, i+1))
	}
	if n >= 0 {
		return list, true
	}
	for _, o := range found {
		known = append(known, o.Index())
	}
	for _, index := range slices.Compact(slices.Sorted(slices.Values(known))) {
		list = append(list, s.at(at, index))
	}
	return list, false
}

// at is the object at a position of a numbered scope, below one of its prefixes.
func (s Scope) at(prefix, index int) Object {
	ref := strconv.Itoa(index)
	return Object{Scope: s, Ref: ref, Prefix: strings.TrimSuffix(scopes[s].prefixes[prefix], "*") + ref}
}

// ConcernsPlaces reports whether a topic path tells which object of a numbered scope stands where: a count, a name or a title.
func ConcernsPlaces(path string) bool {
	last := path[strings.LastIndexByte(path, '/')+1:]
	for _, s := range Scopes {
		if slices.Contains(scopes[s].count, path) {
			return true
		}
		for _, prefix := range scopes[s].prefixes {
			base := strings.TrimSuffix(prefix, "*")
			if (last == "title" || last == "name") && s.numbered() && strings.HasPrefix(path, base) && number(path[len(base):len(path)-len(last)-1]) > 0 {
				return true
			}
		}
	}
	return false
}

// witnesses are the keys by which objects are found.
var witnesses = func() []string {
	keys := []string{idle}
	for _, s := range Scopes[1:] {
		keys = append(keys, scopes[s].witness)
	}
	return slices.Compact(slices.Sorted(slices.Values(keys)))
}()

// Complete reports whether evcc has published everything about the object; of a loadpoint out of operation no more will come.
func (t Tree) Complete(o Object) bool {
	return t.Has(o, scopes[o.Scope].witness) || (o.Scope == Loadpoint && t[o.Path(idle)] == "true")
}

func (s Scope) exists(ref string, limit int) bool {
	if !s.numbered() {
		return ref != "" && IsClean(ref) // Home Assistant refuses topics with control characters
	}
	n := number(ref)
	return n >= 1 && (limit < 0 || n <= limit)
}

// number returns the position that ref stands for, 0 for a name.
func number(ref string) int {
	n, err := strconv.Atoi(ref)
	if err != nil || strconv.Itoa(n) != ref {
		return 0
	}
	return n
}

// Index returns the object's position counted from 1, 0 for the site and for objects with names.
func (o Object) Index() int {
	if !o.Scope.numbered() {
		return 0
	}
	return number(o.Ref)
}

// Name returns evcc's stable name of the object ("db:7", a vehicle's name), or "" where evcc gives none or one
// that is only a position ("lp-1").
func (t Tree) Name(o Object) string {
	switch o.Scope {
	case Site:
		return ""
	case Vehicle, Circuit:
		return o.Ref
	}
	name := t[o.Path("name")]
	if o.Scope == Loadpoint && !strings.HasPrefix(name, "db:") {
		return ""
	}
	return name
}

// Title returns the text that the user gave the object, "" if none.
func (t Tree) Title(o Object) string {
	if o.Scope == Site {
		return Clean(t[o.Path("siteTitle")])
	}
	return Clean(t[o.Path("title")])
}

// HasName reports whether evcc gives the object a name, be it only its position.
func (t Tree) HasName(o Object) bool { return o.Index() == 0 || t.Has(o, "name") }
