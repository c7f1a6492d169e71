package entities

import (
	"slices"
	"strings"
)

// Marker is an always-published key whose presence tells that this evcc knows something. Keys of loadpoints count
// when any loadpoint has them, because evcc's first cycle fills only one; keys of vehicles on the vehicle itself.
// The zero Marker stands for nothing. [Key.Marker] is the same for a name of a key, always on the object itself.
type Marker struct {
	Scope Scope
	Key   string
}

// on reports whether the marker was seen.
func (m Marker) on(v *View, o Object) bool {
	switch m.Scope {
	case o.Scope, Site:
		if m.Scope == Site {
			o = SiteObject
		}
		if v.Has(o, m.Key) {
			return true
		}
	}
	if m.Scope != Loadpoint {
		return false
	}
	return slices.ContainsFunc(v.objects, func(other Object) bool { return other.Scope == Loadpoint && v.Has(other, m.Key) })
}

// Applies says when a row exists on an object. The zero value: once one of its keys was seen there.
type Applies struct {
	Since         Marker     // the row exists when this is there, even while its own keys are empty
	Needs, Except Capability // what the object must have, what it must not have
	Idle          bool       // makes sense also on a loadpoint that is taken out of operation
}

// Instance is a row on an object: what one entity is made of.
type Instance struct {
	Row     *Row // its read-only twin where this evcc has no setter
	Object  Object
	State   string // topic path below the root where evcc publishes it, "" when it cannot be read
	Set     string // topic path below the root for /set, "" when it is read-only
	Context Context
	Options []string // codes that this object knows
	Name    string   // what people read where no translation can exist: a topic of a newer evcc; "" = the row's
	Shares  []string // topic paths below the root whose common value it shows or sets
	Clears  bool     // of a number: evcc takes a word for "none"
	Held    Beyond   // of a number: what evcc has had outside the row's range for two rounds
	Told    Beyond   // of a number: how far its range has grown for what evcc has told
}

// Bounds returns the topic paths whose values bound what the instance shows and takes.
func (in *Instance) Bounds() []string {
	paths := in.Row.Clip.bounds(in.Object)
	if in.Row.Range == Levels && in.Context.Capabilities.fits(Heating, 0) {
		paths = append(paths, in.Object.Path(sliderEnd))
	}
	return paths
}

// Settings narrow what exists.
type Settings struct {
	Compatible bool // also what only dashboards for the ha-evcc integration need
	ReadOnly   bool // no setters at all
	Released   bool // the object was published with ReadOnly, and that is over: twins give way to their controls
}

// View is a tree whose objects have been found: what one look at a site's topics needs many times.
type View struct {
	Tree
	leaves   map[string][]string // last elements of paths, by what stands above them
	objects  []Object
	vehicles Vehicles
	crowded  bool       // some were left out
	site     Capability // what counts for every object
}

// View finds the tree's objects. It shares the tree, which must not change while the view is in use.
func (t Tree) View() *View {
	v := &View{Tree: t, leaves: t.leaves()}
	v.objects = append(v.objects, SiteObject)
	candidates := refs(v.leaves)
	for _, s := range Scopes[1:] {
		found := t.find(s, candidates)
		v.crowded = v.crowded || len(found) > MostObjects
		v.objects = append(v.objects, found[:min(len(found), MostObjects)]...)
	}
	v.site = v.capabilities(SiteObject)
	v.vehicles = t.labels(v.objects)
	return v
}

// Sketch is a view in which no objects have been found: enough for what is counted or known, at no cost.
func (t Tree) Sketch() *View { return &View{Tree: t} }

// MostObjects is how many of one kind are looked at: more than any house has, and few enough for a select.
const MostObjects = 200

// Crowded reports whether there are more objects of a kind than are looked at.
func (v *View) Crowded() bool { return v.crowded }

// Vehicles returns the site's vehicles; they stay as they are when the tree changes.
func (v *View) Vehicles() Vehicles { return v.vehicles }

// Objects returns what exists, site first, in evcc's order. The slice is shared.
func (v *View) Objects() []Object { return v.objects }

// Instances returns what exists on the object, in the order of the catalogue. keep names component keys that were
// published before; what becomes of them is in [existence].
func (v *View) Instances(o Object, s Settings, keep func(key string) bool) []Instance {
	have := v.Capabilities(o)
	if s.Compatible {
		have |= Compatible | told
	}
	c := Context{Capabilities: have, Currency: v.Tree["site/currency"], Hottest: v.hottest(o)}
	list := make([]Instance, 0, len(ByScope(o.Scope)))
	add := func(row *Row, set string) {
		list = append(list, Instance{Row: row, Object: o, State: v.state(row, o), Set: set, Context: c, Options: v.options(row, o, have), Shares: v.shares(row, o), Clears: v.clears(row, o, have)})
	}
	for _, row := range ByScope(o.Scope) {
		if row.Applies.Needs&Compatible != 0 && !s.Compatible || row.Own.OfCommands() && s.ReadOnly {
			continue
		}
		twin, set := readOnlyTwin[row], v.set(row, o, have, s)
		p := existence{kept: keep(row.ComponentKey()), twinKept: twin != nil && keep(twin.ComponentKey()), released: s.Released}
		if row.Write != nil && set == "" && p.kept && !s.ReadOnly {
			set = v.setter(row, o) // once a control, always a control: evcc answers, or does not
		}
		p.possible, p.applies = row.Write == nil || set != "", v.applies(row, o, have) && (s.Compatible || !v.repeatsSite(row, o))
		if p.itself() {
			add(row, set)
		}
		if twin != nil && p.twin() {
			add(twin, "")
		}
	}
	return list
}

// options returns the codes that the row has on the object.
func (v *View) options(row *Row, o Object, have Capability) []string {
	switch row.Own {
	case Titled:
		return v.vehicles.options()
	case Named:
		return v.vehicles.names()
	}
	return v.clip(row.Clip, o, row.Codes(have))
}

func (v *View) applies(row *Row, o Object, have Capability) bool {
	if !have.fits(row.Applies.Needs, row.Applies.Except) || (have.fits(Idle, 0) && !row.Applies.Idle) {
		return false
	}
	if since := row.Applies.Since; since != (Marker{}) {
		if on := since.on(v, o); on || row.Own != Shared { // what is shared may be evcc's own as well
			return on
		}
	}
	for _, k := range row.Keys {
		if v.Has(o, k.Path) {
			return true
		}
	}
	return false
}

// state returns the topic path where evcc publishes the row: the newest name that this evcc uses.
func (v *View) state(row *Row, o Object) string {
	if k := v.pick(row.Keys, o); k != "" {
		return o.Path(k)
	}
	return ""
}

// clears reports whether the number has a button that clears it: evcc takes a word for that.
func (v *View) clears(row *Row, o Object, have Capability) bool {
	button := clearButton[row]
	return button != nil && v.applies(button, o, have)
}

// shares returns the topic paths of what the row is common to: its own where evcc publishes it, else every loadpoint's.
func (v *View) shares(row *Row, o Object) []string {
	name := v.pick(row.Keys, o)
	if row.Write != nil && row.Write.All {
		name = strings.TrimPrefix(v.setter(row, o), o.Prefix+"/")
	} else if row.Own != Shared {
		return nil
	}
	if v.Has(o, name) {
		return []string{o.Path(name)}
	}
	var paths []string
	for _, other := range v.objects {
		if other.Scope == Loadpoint {
			paths = append(paths, other.Path(name))
		}
	}
	return paths
}

// set returns the topic path of the row's setter without "/set", "" when this evcc has none.
func (v *View) set(row *Row, o Object, have Capability, s Settings) string {
	w := row.Write
	if w == nil || s.ReadOnly || !have.fits(w.Needs, w.Except) {
		return ""
	}
	if w.Since != (Marker{}) && !w.Since.on(v, o) {
		return ""
	}
	return v.setter(row, o)
}

func (v *View) setter(row *Row, o Object) string {
	names := row.Write.Sets
	if len(names) == 0 {
		names = row.Keys
	}
	return o.Path(v.pick(names, o))
}

// pick returns the newest name whose marker was seen; the newest of all when none was.
func (v *View) pick(names []Key, o Object) string {
	for _, k := range names {
		marker := k.Marker
		if marker == "" {
			marker = k.Path
		}
		if v.Has(o, marker) {
			return k.Path
		}
	}
	if len(names) == 0 {
		return ""
	}
	return names[0].Path
}
