package discovery

import (
	"slices"

	"evcc-discovery/entities"
)

// builder makes the device message of one object.
type builder struct {
	site      Site
	tree      *entities.View
	object    entities.Object
	id        string
	device    string
	entry     Entry    // grows by the rows that are published
	published []string // rows that were before, sorted
	wanted    *Wanted

	// What its rows have in common.
	identifier string          // of the device; the unique ids begin with it
	ids        string          // begins the entity ids
	topics     string          // begins the topics of our own
	config     string          // topic of the device message
	handled    *[]Availability // of what we handle: it also follows our own status
}

// builder returns the builder of an object's message.
func (s Site) builder(w *Wanted, view *entities.View, o entities.Object, id, title string, entry Entry) *builder {
	name := s.object(o.Scope, id)
	b := builder{
		site: s, tree: view, object: o, id: id, device: s.deviceName(view, o, title), entry: entry, wanted: w,
		identifier: identifier(s.Base, name), ids: s.entityPrefix() + "_", topics: s.own(o.Scope.String()) + "/",
		config: configTopic(s.Prefix, s.Base, name),
	}
	handled := append(b.availability(), Availability{Topic: StatusTopic(s.Base)})
	b.handled = &handled
	if id != "" {
		b.topics += id + "/"
	}
	if entry.Slug != "" {
		b.ids += entry.Slug + "_"
	}
	return &b
}

func (b *builder) message() *Message {
	s, scope := b.site, b.object.Scope
	b.published = slices.Clone(b.entry.Rows)
	slices.Sort(b.published)
	settings := entities.Settings{ReadOnly: s.ReadOnly, Compatible: s.Compatible, Released: b.entry.ReadOnly && !s.ReadOnly}
	instances := b.tree.Instances(b.object, settings, b.had)
	if b.entry.ReadOnly != s.ReadOnly && len(b.published) > 0 {
		b.entry.Switched = true
	}
	if settings.Released {
		b.entry.Rows, b.published = nil, nil
	}
	b.entry.ReadOnly = s.ReadOnly
	m := &Message{
		Device: Device{
			Identifiers:  []string{b.identifier},
			Name:         b.device,
			Manufacturer: "evcc",
			Model:        s.Words.Model(scope.String()),
			SWVersion:    b.tree.Tree[entities.SiteObject.Path("version")],
		},
		Origin:           s.origin(),
		Availability:     b.availability(),
		AvailabilityMode: "all",
		Components:       make(map[string]Component, len(instances)),
	}
	if scope != entities.Site && !b.wanted.Registry.Objects[objectKey(entities.Site, "")].Deleted {
		m.Device.ViaDevice = identifier(s.Base, s.object(entities.Site, ""))
	}
	for i := range instances {
		b.add(m, &instances[i])
	}
	b.addUnknown(m)
	slices.Sort(b.entry.Rows)
	return m
}

// had reports whether a component was published before.
func (b *builder) had(key string) bool {
	_, found := slices.BinarySearch(b.published, key)
	return found
}

func (s Site) origin() Origin { return Origin{Name: "evcc-discovery", SWVersion: s.Version} }

// availability of what Home Assistant reads from evcc: evcc's own presence, and that its values may be believed and are the
// object's own. Our process is not part of it: values flow without us. Neither is evcc's count of loadpoints, which a broker
// without memory loses and evcc does not repeat.
func (b *builder) availability() []Availability {
	return []Availability{{Topic: b.site.Root + "/status"}, {Topic: b.site.ready(b.object, b.id)}}
}

// add turns one instance into a component, and into a command where it can be set.
func (b *builder) add(m *Message, in *entities.Instance) {
	row, key := in.Row, in.Row.ComponentKey()
	in.Options = b.options(in)
	b.widen(in)
	b.connect(in)
	if in.Set != "" {
		b.wanted.Commands[b.topic(row, "set")] = Command{Term: row.TermKey(), Object: objectKey(row.Scope, b.id), Device: b.device, Instance: *in}
		if row.Write.Kind == entities.WriteReturn {
			b.wanted.Modes[in.State] = objectKey(row.Scope, b.id)
		}
	}
	if row.Own != entities.FromEvcc {
		b.wanted.States = append(b.wanted.States, State{
			Topic: b.stateTopic(row), Attributes: b.attributesTopic(row), Object: objectKey(row.Scope, b.id),
			Instance: *in, Config: b.config,
		})
	}
	if !b.had(key) {
		b.entry.Rows = append(b.entry.Rows, key)
	}
	if len(row.Options) > 0 && in.State != "" && row.ReadsWords() {
		b.wanted.Codes[in.State] = in.Options
	}
	for _, path := range in.Bounds() {
		b.wanted.Bounds[path] = true
	}
	m.Components[key] = b.component(in)
}
