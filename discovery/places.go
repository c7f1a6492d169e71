package discovery

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"evcc-discovery/entities"
)

// evcc tells loadpoints and meters apart by position alone, but for a stable name in newer versions. When one is removed or
// written elsewhere in evcc.yaml, the topics of one feed the entities of another. So the registry remembers who stood where
// under which title, and evcc's places are held against that ([judge]). What it remembers stays as it is while anything of a
// scope is held: then everything follows from what was there before, also after another start, and when evcc goes back, all
// is as it was.

// Verdict is what has become of an object that is remembered.
type Verdict uint8

// The verdicts.
const (
	Same     Verdict = iota // it stands where it stood
	Followed                // it is known by its name or its title, and stands elsewhere
	Renamed                 // it stands where it stood, under another title
	Held                    // nobody can tell
	Gone                    // evcc does not have it
)

// Place is where an object stands.
type Place struct {
	Scope    entities.Scope
	Key      string // in the registry
	Index    int    // counted from 1; of what is held or gone where it stood
	Verdict  Verdict
	Was, Now string // titles: its own, and the one at that place now
}

// Stands reports whether evcc's topics at its place are its own.
func (p Place) Stands() bool { return p.Verdict < Held }

// Places says who stands where.
type Places struct {
	List []Place // of what had a place, by scope and place

	keys     map[string]string       // in the registry, by topic prefix; "" = it is new
	told     map[entities.Scope]bool // evcc says how many there are, or publishes values of one
	settled  map[entities.Scope]bool // no title that may still come changes anything
	doubtful map[entities.Scope]bool // something is held
	count    map[entities.Scope]int  // places that there are
}

// Told reports whether evcc has told anything of a scope: how many there are, or values of one.
func (p *Places) Told(s entities.Scope) bool { return p.told[s] }

// Settled reports whether evcc counts them, and no title that may still come changes anything.
func (p *Places) Settled(s entities.Scope) bool { return p.settled[s] }

// Changed reports whether anything does not stand where it stood.
func (p *Places) Changed() bool {
	return slices.ContainsFunc(p.List, func(p Place) bool { return p.Verdict != Same && p.Verdict != Renamed })
}

// Of returns the place of an object by its key in the registry.
func (p *Places) Of(key string) (place Place, ok bool) {
	i := slices.IndexFunc(p.List, func(p Place) bool { return p.Key == key })
	if i < 0 {
		return place, false
	}
	return p.List[i], true
}

// Held lists what nobody can tell the place of.
func (p *Places) Held() (held []Place) {
	for _, at := range p.List {
		if at.Verdict == Held {
			held = append(held, at)
		}
	}
	return held
}

// longestTitle bounds what is remembered of a title, in bytes.
const longestTitle = 200

// remembered is a title as the registry keeps it: JSON has no broken UTF-8.
func remembered(title string) string {
	title = strings.ToValidUTF8(title, "")
	if len(title) > longestTitle {
		title = strings.ToValidUTF8(title[:longestTitle], "")
	}
	return title
}

// seat is an entry as it is judged.
func (e Entry) seat() seat {
	return seat{index: e.Index, placed: e.Index > 0 && !e.Gone, name: e.Name, title: e.Title, among: e.Among}
}

// Places judges who of the registry stands where.
func (r Registry) Places(view *entities.View) Places {
	p := Places{keys: make(map[string]string), told: make(map[entities.Scope]bool), settled: make(map[entities.Scope]bool), doubtful: make(map[entities.Scope]bool), count: make(map[entities.Scope]int)}
	keys := slices.Sorted(maps.Keys(r.Objects))
	for _, scope := range entities.Scopes[1:] {
		p.judge(r, view, scope, slices.DeleteFunc(slices.Clone(keys), func(key string) bool {
			_, sameScope := cutScope(key, scope)
			return !sameScope
		}))
	}
	return p
}

// judge adds a scope, of which the registry has these keys.
func (p *Places) judge(r Registry, view *entities.View, scope entities.Scope, keys []string) {
	var known, there []seat
	var indexes []int
	for _, key := range keys {
		s := r.Objects[key].seat()
		if known = append(known, s); s.placed {
			indexes = append(indexes, s.index)
		}
	}
	objects, counted := view.Places(scope, indexes)
	named := false
	for _, o := range objects {
		there = append(there, seat{index: o.Index(), placed: true, name: view.Name(o), title: remembered(view.Title(o))})
		named = named || view.HasName(o)
	}
	at, told := judge(known, there, named)
	p.count[scope] = len(there)
	p.told[scope], p.settled[scope] = counted || slices.ContainsFunc(objects, view.Complete), counted && told
	stands, titles := make(map[int]seat), make(map[int]string)
	for i, o := range objects {
		titles[o.Index()] = there[i].title
		switch who := at[i]; {
		case who == waits:
			p.doubtful[scope] = true
		case who == fresh:
			p.keys[o.Prefix] = ""
		default:
			p.keys[o.Prefix], stands[who] = keys[who], there[i]
		}
	}
	for k, s := range known {
		place := Place{Scope: scope, Key: keys[k], Index: s.index, Verdict: Gone, Was: s.title}
		now, there := stands[k]
		switch {
		case there && now.index != s.index:
			place.Verdict, place.Index = Followed, now.index
		case there && now.title != "" && now.title != s.title:
			place.Verdict = Renamed
		case there:
			place.Verdict = Same
		case !s.placed:
			continue
		case p.doubtful[scope] && (s.name == "" || !named):
			place.Verdict = Held
		}
		if place.Index > 0 {
			place.Now = titles[place.Index]
			p.List = append(p.List, place)
		}
	}
	slices.SortStableFunc(p.List, func(a, b Place) int { return cmp.Or(int(a.Scope)-int(b.Scope), a.Index-b.Index) })
}

// at returns the registry's key of what stands there, "" for what is new; ok is false where nobody can tell.
func (p *Places) at(o entities.Object) (key string, ok bool) {
	key, ok = p.keys[o.Prefix]
	return key, ok
}

// Follow returns the registry as it is when entities go with their titles: what the user says where something is held. What
// is held then has no place, until its title comes again.
func (r Registry) Follow(view *entities.View) Registry {
	places, after := r.Places(view), r.clone()
	for _, p := range places.List {
		e := r.Objects[p.Key]
		switch {
		case p.Verdict == Held:
			e.Index = 0
		case p.Stands() && p.Now != "":
			e.Index, e.Title = p.Index, p.Now
		case p.Stands():
			e.Index = p.Index
		}
		after.Objects[p.Key] = e
	}
	return after
}

// PlaceTopic is offline while what stands at a place is not, or may not be, that object, or has not reported. There is one
// for each object and place, so that nothing that Home Assistant still knows of another place makes it available.
func (s Site) PlaceTopic(key string, index int) string {
	return s.own(key + "@" + strconv.Itoa(index) + "/ready")
}

// IsPlaceTopic reports whether a topic is one of [Site.PlaceTopic].
func (s Site) IsPlaceTopic(topic string) bool {
	rest, ours := strings.CutPrefix(topic, s.Topic()+"/")
	key, _, at := strings.Cut(rest, "@")
	return ours && at && strings.HasSuffix(topic, "/ready") && validObject.MatchString(key)
}

// ready is the topic that makes an object available.
func (s Site) ready(o entities.Object, id string) string {
	if o.Index() == 0 {
		return s.ReadyTopic()
	}
	return s.PlaceTopic(objectKey(o.Scope, id), o.Index())
}
