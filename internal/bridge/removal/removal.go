// Package removal takes out of Home Assistant what is not wanted any more: components of a device, and whole devices.
//
// Leaving something out of a message removes nothing, and Home Assistant removes only what it has seen since its own start;
// it may be down, too. So what goes stays on the broker as a tombstone ([discovery.Tombstone]). A removal runs at once, after
// each connect, and once more after Home Assistant's next birth message: in full, then reduced, then left out. Then, when the
// broker cannot tell of a connection of Home Assistant that had broken meanwhile any more, it is forgotten.
//
// [IDs] removes everything and brings it back, so that entities get the ids that they were meant to have.
package removal

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge/retained"
	"evcc-discovery/internal/bridge/step"
)

// Machine follows what goes.
type Machine struct {
	prefix, base string
	store        *retained.Store
	pending      map[string]*pending             // by config topic
	ended        func(config string, whole bool) // is called for what is gone for good: a device, or what was removed of it
	keep         bool                            // nothing more goes of what is on the broker
	repeat       time.Time                       // when all run for the last time, because Home Assistant has started; zero = never
}

// New returns a machine with nothing to remove. Ended is called for what is gone for good: a whole device, or what was removed
// of one.
func New(prefix, base string, store *retained.Store, ended func(config string, whole bool)) *Machine {
	return &Machine{prefix: prefix, base: base, store: store, pending: make(map[string]*pending), ended: ended}
}

// Reconnect drops a last run that was to begin: Home Assistant may not have heard the one before, because its connection may
// have been lost, too. What goes stays known, for a broker without memory.
func (m *Machine) Reconnect(*step.Step) { m.repeat = time.Time{} }

// Keep lets stay in the messages whatever is there and not wanted: it may be another program's. What goes already, goes.
func (m *Machine) Keep(keep bool) { m.keep = keep }

// Leave forgets everything: it is another program's matter now.
func (m *Machine) Leave() { *m = *New(m.prefix, m.base, m.store, m.ended) }

// Learn takes up what an earlier connection, or an earlier run of this program, has begun. What lives, evcc has again since:
// it comes back as it was. What the broker has and nobody wants any more is removed.
func (m *Machine) Learn(s *step.Step, lives func(config string) bool) {
	for topic, payload := range m.store.All() {
		config, ok := discovery.TombstoneOf(m.prefix, m.base, topic)
		if _, known := m.pending[config]; !ok || known {
			continue
		}
		p := &pending{}
		if p.Decode([]byte(payload)) != nil {
			continue
		}
		if m.pending[config] = p; !p.whole() {
			p.plain = p.WithoutComponents(m.store.Have(config)) // it may take long until somebody wants it
		}
	}
	for _, config := range m.order() {
		p := m.pending[config]
		if p.whole() && lives(config) {
			m.cancel(s, config)
			continue
		}
		p.begin(false)
		m.show(s, config)
	}
	m.store.Want(m.Compare(s, m.wanted()))
}

// wanted are the device messages that shall be there, without what goes.
func (m *Machine) wanted() (messages []discovery.Retained) {
	for _, d := range m.store.Devices() {
		switch p := m.pending[d.Topic]; {
		case p != nil && p.whole():
			continue
		case p != nil && p.plain != "":
			d.Payload = p.plain
		}
		messages = append(messages, d)
	}
	return messages
}

// cancel brings a device back as it was. Should evcc have lost it since, it goes again.
func (m *Machine) cancel(s *step.Step, config string) {
	message := string(m.pending[config].Message)
	m.Drop(s, config)
	if !m.store.Wanted(config) && m.store.Have(config) == "" {
		m.store.Want([]discovery.Retained{{Topic: config, Payload: message}})
	}
}

// Going reports whether a whole device is being removed.
func (m *Machine) Going(config string) bool {
	p := m.pending[config]
	return p != nil && p.whole()
}

// Pending reports whether a device, or something of it, is being removed.
func (m *Machine) Pending(config string) bool { return m.pending[config] != nil }

// Compare finds components that are on the broker and not wanted any more. It returns the messages with those of them
// that Home Assistant still has to see.
func (m *Machine) Compare(s *step.Step, configs []discovery.Retained) []discovery.Retained {
	full := slices.Clone(configs)
	for i, config := range configs {
		p := m.pending[config.Topic]
		if m.keep {
			config.Payload = m.withOthers(config)
			full[i] = config
		}
		gone := discovery.DroppedComponents(m.store.Have(config.Topic), config.Payload)
		switch {
		case p == nil && len(gone) == 0:
			continue
		case p == nil:
			p = &pending{}
			m.pending[config.Topic] = p
		case p.whole(): // the device is back: it may lack some of what it had
			gone, p.Message = discovery.DroppedComponents(string(p.Message), config.Payload), nil
		}
		p.plain = config.Payload
		m.add(s, config.Topic, gone)
		if len(p.Components) == 0 {
			m.Drop(s, config.Topic)
			continue
		}
		full[i].Payload = p.message()
	}
	return full
}

// withOthers returns a message with what stands on the broker beside it, and is not on its way out.
func (m *Machine) withOthers(config discovery.Retained) string {
	others := discovery.DroppedComponents(m.store.Have(config.Topic), config.Payload)
	if p := m.pending[config.Topic]; p != nil {
		for key := range p.Components {
			delete(others, key)
		}
	}
	return discovery.WithComponents(config.Payload, others)
}

// add adds components to what goes of a device, and takes those out that are wanted again.
func (m *Machine) add(s *step.Step, config string, gone map[string]json.RawMessage) {
	p := m.pending[config]
	if p.Components == nil {
		p.Components = make(map[string]json.RawMessage)
	}
	for _, key := range slices.Sorted(maps.Keys(gone)) {
		if _, there := p.Components[key]; !there {
			p.Components[key] = gone[key]
			p.begin(false)
			s.Note(step.Info, "removing entity: nothing publishes it any more", "device", config, "component", key)
		}
	}
	for _, key := range discovery.Keys(p.plain) {
		delete(p.Components, key)
	}
	if len(p.Components) > 0 {
		s.Retain(discovery.TombstoneTopic(m.base, config), p.Encode())
	}
}

// Replaced removes components that the broker does not have any more, and Home Assistant may have. Config is the device's
// message without them. It reports whether there is one.
func (m *Machine) Replaced(s *step.Step, config discovery.Retained, gone map[string]json.RawMessage) bool {
	if len(gone) == 0 {
		return false
	}
	p := &pending{plain: config.Payload}
	m.pending[config.Topic] = p
	m.add(s, config.Topic, gone)
	m.show(s, config.Topic)
	return true
}

// Rewrite changes the message of a device of which something is being removed, which is shown stage by stage. It reports whether
// there is one.
func (m *Machine) Rewrite(s *step.Step, config string, change func(message string) string) bool {
	p := m.pending[config]
	if p == nil || p.whole() || p.plain == "" {
		return false
	}
	p.plain = change(p.plain)
	m.show(s, config)
	return true
}

// Device removes a whole device.
func (m *Machine) Device(s *step.Step, config string) {
	message := m.store.Have(config)
	if p := m.pending[config]; p != nil {
		message = discovery.WithComponents(message, p.Components)
	}
	tombstone, ok := discovery.DeviceTombstone(message)
	if !ok {
		return
	}
	m.pending[config] = &pending{Tombstone: tombstone}
	s.Retain(discovery.TombstoneTopic(m.base, config), tombstone.Encode())
}

// Drop ends a removal.
func (m *Machine) Drop(s *step.Step, config string) {
	if _, there := m.pending[config]; !there {
		return
	}
	delete(m.pending, config)
	s.Retain(discovery.TombstoneTopic(m.base, config), "")
}

// Birth lets everything run for the last time, at a time when Home Assistant listens.
func (m *Machine) Birth(at time.Time) { m.repeat = at }

// Will takes that Home Assistant is gone: what ran for the last time may not have been seen.
func (m *Machine) Will() {
	m.repeat = time.Time{}
	for _, p := range m.pending {
		p.last, p.over = false, time.Time{}
	}
}

// order lists what goes, sites before their children.
func (m *Machine) order() []string {
	child := func(topic string) int {
		if strings.HasSuffix(topic, "_site/config") {
			return 0
		}
		return 1
	}
	return slices.SortedFunc(maps.Keys(m.pending), func(a, b string) int {
		return cmp.Or(child(a)-child(b), strings.Compare(a, b))
	})
}
