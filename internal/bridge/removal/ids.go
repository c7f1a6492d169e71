package removal

import (
	"strconv"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge/retained"
	"evcc-discovery/internal/bridge/step"
)

// IDs gives entities the ids that they were meant to have. Home Assistant takes default_entity_id only for an entity that it
// creates, or that comes back after it was removed; whose id was taken when we came, because the ha-evcc integration was
// still there, is called …_2 for ever. So everything is removed, and published in full again when Home Assistant has done
// that. Names and icons that the user gave are kept there; ids that the user gave are not. The zero IDs does nothing.
type IDs struct {
	full, reduced map[string]string // messages by config topic, while they are taken out
}

// Reset begins. Devices from which something is being removed anyway, or whose message is not on the broker, are left
// alone. It reports false while it is still under way.
func (r *IDs) Reset(s *step.Step, m *Machine) bool {
	if len(r.full) > 0 {
		return false
	}
	r.full, r.reduced = make(map[string]string), make(map[string]string)
	for _, d := range m.store.Devices() {
		less, ok := discovery.RemovalMessage(d.Payload)
		if ok && !m.Pending(d.Topic) && m.store.Have(d.Topic) == d.Payload {
			r.full[d.Topic], r.reduced[d.Topic] = d.Payload, less
		}
	}
	s.Note(step.Info, "resetting entity ids: removing every entity and publishing it again with its default id",
		"devices", strconv.Itoa(len(r.full)))
	r.swap(s, m.store, r.full, r.reduced)
	return true
}

// swap makes messages that are still as in one list as in the other one.
func (r *IDs) swap(s *step.Step, store *retained.Store, from, to map[string]string) {
	var messages []discovery.Retained
	for _, d := range store.Devices() {
		if old, ours := from[d.Topic]; ours && old == d.Payload {
			messages = append(messages, discovery.Retained{Topic: d.Topic, Payload: to[d.Topic]})
		}
	}
	store.Want(messages)
	store.Announce(s)
}

// Next returns when a device can come back; zero means never.
func (r *IDs) Next(store *retained.Store) (next time.Time) {
	for topic := range r.full {
		if !store.Due(topic) {
			next = step.Earlier(next, store.Sent(topic).Add(retained.Spacing))
		}
	}
	return next
}

// Tick brings everything back at once, parents first, when the last device is gone: an id may be one that another of
// ours had taken.
func (r *IDs) Tick(s *step.Step, store *retained.Store) {
	if len(r.full) == 0 {
		return
	}
	for topic := range r.full {
		if store.Due(topic) || s.Now.Before(store.Sent(topic).Add(retained.Spacing)) {
			return
		}
	}
	r.swap(s, store, r.reduced, r.full)
	r.full, r.reduced = nil, nil
}
