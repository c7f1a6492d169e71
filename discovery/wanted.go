package discovery

import (
	"maps"
	"slices"
	"strings"
	"time"

	"evcc-discovery/entities"
)

// Retained is one retained message that shall be on the broker.
type Retained struct {
	Topic   string
	Payload string
}

// Wanted is everything that follows from a site's topics.
type Wanted struct {
	Configs   []Retained          // device messages, parents first
	States    []State             // what evcc does not publish as Home Assistant can show it
	Commands  map[string]Command  // by command topic
	Codes     map[string][]string // words that are known of enums and selects, by topic path below the root
	Modes     map[string]string   // objects whose modes are remembered: key in the registry by topic path below the root
	Bounds    map[string]bool     // topic paths below the root whose values bound options
	Ranges    map[string][]Ranged // numbers that other values widen, by topic path below the root
	Connected Connected           // what loadpoints show of vehicles
	Vehicles  entities.Vehicles   // what the options of selects were made of
	Crowded   bool                // there are more objects of a kind than are looked at
	Registry  Registry
	Untitled  []string // topic paths of loadpoints that wait for their title
	Places    Places   // who stands where; nothing is published of what is held

	messages []*Message        // behind Configs, for tests
	fresh    map[string]string // keys of objects that the registry did not know, by config topic
	bare     map[string]Entry  // those of them that have no entity, and are not remembered for that, by key
}

// Adopt returns the registry with what the retained messages of objects hold that it did not know: it was lost, and
// what it remembered is not to be given up for that. more is false when there is nothing to adopt.
func (w Wanted) Adopt(retained map[string]string) (registry Registry, more bool) {
	registry = w.Registry.clone()
	payloads := make(map[string]string, len(w.Configs))
	for _, config := range w.Configs {
		payloads[config.Topic] = config.Payload
	}
	for topic, object := range w.fresh {
		lost := DroppedComponents(retained[topic], payloads[topic])
		if len(lost) == 0 {
			continue
		}
		entry, remembered := registry.Objects[object]
		if !remembered {
			entry = w.bare[object]
		}
		entry.Rows = slices.Sorted(maps.Keys(lost))
		for _, key := range w.Registry.Objects[object].Rows {
			if _, has := lost[key]; !has {
				entry.Rows = append(entry.Rows, key)
			}
		}
		slices.Sort(entry.Rows)
		registry.Objects[object], more = entry, true
	}
	return registry, more
}

// State is a retained state topic of ours. What its payload is follows from the row's own state: of Titled, Vehicles'
// label of what evcc publishes.
type State struct {
	Topic      string
	Object     string // the registry's key of whose it is
	Config     string // topic of the device message that must be there before: it holds the options
	Attributes string // topic of what is shown beside the state, as JSON; "" = nothing
	Instance   entities.Instance
}

// Reads returns which state it is.
func (s State) Reads() entities.OwnState { return s.Instance.Row.Own }

// Command is what a command topic stands for.
type Command struct {
	Term     string // the row in words: "loadpoint.mode"
	Object   string // the registry's key of whose it is
	Device   string // name of the device
	Instance entities.Instance
}

// Wanted returns what shall be on the broker for the site. It is pure: the registry that it returns is a changed copy.
// A loadpoint without a title is left out unless untitled allows it; a vehicle without one does not exist.
func (s Site) Wanted(tree entities.Tree, registry Registry, untitled bool) Wanted {
	w := Wanted{Registry: registry.clone(), Commands: make(map[string]Command), Codes: make(map[string][]string), Modes: make(map[string]string), Bounds: make(map[string]bool), Ranges: make(map[string][]Ranged), fresh: make(map[string]string), bare: make(map[string]Entry)}
	view := tree.View()
	w.Vehicles, w.Crowded = view.Vehicles(), view.Crowded()
	w.Places = registry.Places(view)
	for _, o := range view.Objects() {
		name, title := tree.Name(o), tree.Title(o)
		key, told := w.Places.at(o)
		_, id, _ := strings.Cut(key, "/")
		switch {
		case o.Scope == entities.Site:
		case !told:
			continue
		case title == "" && o.Scope == entities.Loadpoint && key == "" && !untitled:
			w.Untitled = append(w.Untitled, o.Prefix)
			continue
		case key == "":
			id = w.Registry.choose(o, name)
		}
		s.add(&w, view, o, id, name, title)
	}
	w.count()
	w.Registry.shed()
	return w
}

// count remembers how many of a kind there are while not all of them are remembered: then what stands beside is nothing new.
func (w *Wanted) count() {
	for _, scope := range entities.Scopes[1:] {
		if w.Places.doubtful[scope] {
			continue
		}
		var placed []string
		for key, e := range w.Registry.Objects {
			if _, ok := cutScope(key, scope); ok && e.seat().placed {
				placed = append(placed, key)
			}
		}
		for _, key := range placed {
			e := w.Registry.Objects[key]
			if e.Among = 0; w.Places.count[scope] > len(placed) {
				e.Among = w.Places.count[scope]
			}
			w.Registry.Objects[key] = e
		}
	}
}

// add puts one object's device into w.
func (s Site) add(w *Wanted, view *entities.View, o entities.Object, id, name, title string) {
	key := objectKey(o.Scope, id)
	entry, known := w.Registry.Objects[key]
	if !known {
		entry.Slug = w.Registry.chooseSlug(o, id, title)
	}
	entry.Rows = slices.DeleteFunc(slices.Clone(entry.Rows), func(row string) bool { return entities.IsRetired(o.Scope, row) })
	entry.Gone = false
	if interval, told := view.Interval(); told && o.Scope == entities.Site {
		entry.Interval = int(interval / time.Second)
	}
	if !known || !w.Places.doubtful[o.Scope] {
		entry.place(o, name, title)
	}
	if entry.Deleted {
		w.Registry.Objects[key] = entry
		return
	}
	b := s.builder(w, view, o, id, title, entry)
	m := b.message()
	if !known {
		w.fresh[b.config] = key
	}
	if !known && len(m.Components) == 0 {
		w.bare[key] = b.entry
		return
	}
	w.Registry.Objects[key] = b.entry
	w.publish(b.config, m)
}

// place remembers where an object stands, and what it is called there.
func (e *Entry) place(o entities.Object, name, title string) {
	if e.Index = o.Index(); title != "" && e.Index > 0 {
		e.Title = remembered(title)
	}
	if name != "" {
		e.Name = name
	}
}

func (w *Wanted) publish(topic string, m *Message) {
	if len(m.Components) == 0 {
		return // a device without an entity would be refused
	}
	m.Device.SWVersion = entities.Clean(m.Device.SWVersion)
	w.messages = append(w.messages, m)
	w.Configs = append(w.Configs, Retained{Topic: topic, Payload: m.Encode()})
}

// deviceName is the title; where another object of its kind has the same, its number as well.
func (s Site) deviceName(view *entities.View, o entities.Object, title string) string {
	name := title
	if title == "" {
		name = s.Words.Device(o.Scope.String())
	}
	all, _ := view.Places(o.Scope, nil)
	twin := slices.ContainsFunc(all, func(other entities.Object) bool { return other != o && view.Title(other) == title })
	if o.Scope != entities.Site && (title == "" || twin) {
		name += " " + o.Ref
	}
	return name
}
