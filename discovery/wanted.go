package discovery

import (
	"maps"
	"slices"

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
	Connected Connected           // what loadpoints show of vehicles
	Vehicles  entities.Vehicles   // what the options of selects were made of
	Crowded   bool                // there are more objects of a kind than are looked at
	Registry  Registry
	Untitled  []string // topic paths of loadpoints that wait for their title
	Moved     []Move   // places where others stand than before: nothing of them is shown

	messages []*Message        // behind Configs, for tests
	fresh    map[string]string // keys of objects that the registry did not know, by config topic
}

// Adopt returns the registry with what the retained messages of objects hold that it did not know: it was lost, and
// what it remembered is not to be given up for that. more is false when there is nothing to adopt.
func (w Wanted) Adopt(retained map[string]string) (registry Registry, more bool) {
	registry = w.Registry.clone()
	for _, config := range w.Configs {
		object, fresh := w.fresh[config.Topic]
		if !fresh {
			continue
		}
		lost := Buried(retained[config.Topic], config.Payload)
		if len(lost) == 0 {
			continue
		}
		entry := registry.Objects[object]
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

// State is a retained state topic of ours. What its payload is follows from the row's reading: of Titled, Vehicles'
// label of what evcc publishes.
type State struct {
	Topic      string
	Object     string // the registry's key of whose it is
	Config     string // topic of the device message that must be there before: it holds the options
	Attributes string // topic of what is shown beside the state, as JSON; "" = nothing
	Instance   entities.Instance
}

// Reads returns the state's reading.
func (s State) Reads() entities.Reading { return s.Instance.Row.Reading }

// Command is what a command topic stands for.
type Command struct {
	Term     string // the row in words: "loadpoint.mode"
	Device   string // name of the device
	Instance entities.Instance
}

// Wanted returns what shall be on the broker for the site. It is pure: the registry that it returns is a changed copy.
// A loadpoint without a title is left out unless untitled allows it; a vehicle without one does not exist.
func (s Site) Wanted(tree entities.Tree, registry Registry, untitled bool) Wanted {
	w := Wanted{Registry: registry.clone(), Commands: make(map[string]Command), Codes: make(map[string][]string), Modes: make(map[string]string), Bounds: make(map[string]bool), fresh: make(map[string]string)}
	view := tree.View()
	w.Vehicles, w.Crowded = view.Vehicles(), view.Crowded()
	known := registry.identify(view)
	w.Moved = known.moves()
	for _, o := range view.Objects() {
		name, title := tree.Name(o), tree.Title(o)
		id, found := known.ids[o.Prefix]
		switch {
		case known.waits[o.Prefix]:
			continue
		case title == "" && o.Scope == entities.Loadpoint && !found && !untitled:
			w.Untitled = append(w.Untitled, o.Prefix)
			continue
		case o.Scope != entities.Site && !found:
			id = w.Registry.choose(o, name)
		}
		s.add(&w, view, o, id, name, title)
	}
	for _, key := range slices.Sorted(maps.Keys(known.held)) {
		s.hold(&w, view, key, known.held[key])
	}
	return w
}

// add puts one object's device into w.
func (s Site) add(w *Wanted, view *entities.View, o entities.Object, id, name, title string) {
	key := objectKey(o.Scope, id)
	entry, known := w.Registry.Objects[key]
	if !known {
		entry.Slug = w.Registry.chooseSlug(o, id, title)
	}
	entry.Rows = slices.DeleteFunc(slices.Clone(entry.Rows), func(row string) bool { return entities.IsRetired(o.Scope, row) })
	entry.Index, entry.Gone = o.Index(), false
	if name != "" {
		entry.Name = name
	}
	if title != "" && o.Index() > 0 {
		entry.Title = remembered(title)
	}
	if entry.Deleted {
		w.Registry.Objects[key] = entry
		return
	}
	b := builder{site: s, tree: view, object: o, id: id, entry: entry, wanted: w, device: s.deviceName(o, title)}
	m := b.message()
	w.Registry.Objects[key] = b.entry
	topic := configTopic(s.Prefix, s.Base, s.object(o.Scope, id))
	if !known {
		w.fresh[topic] = key
	}
	w.publish(topic, m)
}

func (w *Wanted) publish(topic string, m *Message) {
	if len(m.Components) == 0 {
		return // a device without an entity would be refused
	}
	w.messages = append(w.messages, m)
	w.Configs = append(w.Configs, Retained{Topic: topic, Payload: string(m.Encode())})
}

func (s Site) deviceName(o entities.Object, title string) string {
	if title != "" {
		return title
	}
	name := s.Words.Device(o.Scope.String())
	if o.Scope != entities.Site {
		name += " " + o.Ref
	}
	return name
}

// builder makes the device message of one object.
type builder struct {
	site   Site
	tree   *entities.View
	object entities.Object
	id     string
	device string
	entry  Entry // grows by the rows that are published
	held   bool  // its topics are another's now: everything is there and unavailable
	wanted *Wanted
}

func (b *builder) message() *Message {
	s, scope := b.site, b.object.Scope
	m := &Message{
		Device: Device{
			Identifiers:  []string{identifier(s.Base, s.object(scope, b.id))},
			Name:         b.device,
			Manufacturer: "evcc",
			Model:        s.Words.Model(scope.String()),
			SWVersion:    b.tree.Tree[entities.SiteObject.Path("version")],
		},
		Origin:           s.origin(),
		Availability:     s.availability(),
		AvailabilityMode: "all",
		Components:       make(map[string]Component),
	}
	if scope != entities.Site && !b.wanted.Registry.Objects[objectKey(entities.Site, "")].Deleted {
		m.Device.ViaDevice = identifier(s.Base, s.object(entities.Site, ""))
	}
	published := slices.Clone(b.entry.Rows)
	keep := func(key string) bool { return slices.Contains(published, key) }
	settings := entities.Settings{ReadOnly: s.ReadOnly, Compatible: s.Compatible, Released: b.entry.ReadOnly && !s.ReadOnly && !b.held}
	if settings.Released {
		b.entry.Rows = nil
	}
	b.entry.ReadOnly = s.ReadOnly
	for _, in := range b.tree.Instances(b.object, settings, keep) {
		b.add(m, &in)
	}
	b.addOthers(m)
	slices.Sort(b.entry.Rows)
	return m
}

func (s Site) origin() Origin { return Origin{Name: "evcc-discovery", SWVersion: s.Version} }

// availability of what Home Assistant reads from evcc: evcc's own presence, its tree not blanked, and its values not
// those of a crashed run. Our process is not part of it: values flow without us.
func (s Site) availability() []Availability {
	return []Availability{
		{Topic: s.Root + "/status"},
		{Topic: s.Root + "/loadpoints", ValueTemplate: "{{ 'online' if value else 'offline' }}"},
		{Topic: s.ReadyTopic()},
	}
}

// add turns one instance into a component, and into a command where it can be set.
func (b *builder) add(m *Message, in *entities.Instance) {
	row, s := in.Row, b.site
	if b.held {
		if slices.Contains(b.entry.Rows, row.Key()) {
			m.Components[row.Key()] = b.component(in)
		}
		return
	}
	in.Options = b.options(in)
	b.connect(in)
	if in.Set != "" {
		topic := s.ownTopic(row.Scope, b.id, row.Word(), "set")
		b.wanted.Commands[topic] = Command{Term: row.TermKey(), Device: b.device, Instance: *in}
		if row.Write.Kind == entities.WriteReturn {
			b.wanted.Modes[in.State] = objectKey(row.Scope, b.id)
		}
	}
	if row.Platform == entities.Command {
		return
	}
	if row.Reading.Ours() {
		b.wanted.States = append(b.wanted.States, State{
			Topic: b.stateTopic(row), Attributes: b.attributesTopic(row), Object: objectKey(row.Scope, b.id),
			Instance: *in, Config: configTopic(s.Prefix, s.Base, s.object(row.Scope, b.id)),
		})
	}
	if !slices.Contains(b.entry.Rows, row.Key()) {
		b.entry.Rows = append(b.entry.Rows, row.Key())
	}
	if len(row.Options) > 0 && in.State != "" && !row.Reading.Ours() {
		b.wanted.Codes[in.State] = in.Options
	}
	for _, path := range row.Clip.Bounds(b.object) {
		b.wanted.Bounds[path] = true
	}
	m.Components[row.Key()] = b.component(in)
}
