package bridge

import (
	"strconv"
	"time"

	"evcc-discovery/discovery"

	"evcc-discovery/internal/bridge/step"
)

// reset gives entities the ids that they were meant to have. Home Assistant takes default_entity_id only for an entity
// that it creates, or that comes back after it was removed; whose id was taken when we came, because the ha-evcc
// integration was still there, is called …_2 for ever. So everything is removed, and published in full again when
// Home Assistant has done that. Names and icons that the user gave are kept there; ids that the user gave are not.
type reset struct {
	full    map[string]string // messages that shall come back, by config topic; none: nothing is under way
	reduced map[string]string // what was sent to remove their entities
}

// begin removes the entities of every device that is on the broker. Devices from which something is being removed
// anyway are left alone.
func (r *reset) begin(c *Core) {
	r.full, r.reduced = make(map[string]string), make(map[string]string)
	for _, m := range c.outbox.wanted {
		less, ok := discovery.RemovalMessage(m.Payload)
		if _, busy := c.removal.graves[m.Topic]; ok && !busy && !c.ledger.holds(m.Topic) && c.retained[m.Topic] == m.Payload {
			r.full[m.Topic], r.reduced[m.Topic] = m.Payload, less
		}
	}
	c.step.Note(step.Info, "entity ids are reset: every entity is removed from Home Assistant and comes back with the id it was meant to have",
		"devices", strconv.Itoa(len(r.full)))
	r.swap(c, r.full, r.reduced)
}

// swap makes messages that are still as in one list as in the other one, in the outbox's order.
func (r *reset) swap(c *Core, from, to map[string]string) {
	var messages []discovery.Retained
	for _, m := range c.outbox.wanted {
		if old, ours := from[m.Topic]; ours && old == m.Payload {
			messages = append(messages, discovery.Retained{Topic: m.Topic, Payload: to[m.Topic]})
		}
	}
	c.outbox.want(messages, c.retained)
	c.outbox.tick(c)
}

// forget: what was taken out must come back.
func (r *reset) forget(*Core) {}

// next returns when a device can come back.
func (r *reset) next(o *outbox) (next time.Time) {
	for topic := range r.full {
		if t := o.sent[topic].Add(spacing); !o.due[topic] && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next
}

// tick brings everything back at once, parents first, when the last device is gone: an id may be one that another of
// ours had taken.
func (r *reset) tick(c *Core) {
	if len(r.full) == 0 {
		return
	}
	for topic := range r.full {
		if c.outbox.due[topic] || c.step.Now.Before(c.outbox.sent[topic].Add(spacing)) {
			return
		}
	}
	r.swap(c, r.reduced, r.full)
	r.full, r.reduced = nil, nil
}

// resetIDs is the user's word for it.
func (c *Core) resetIDs() {
	if len(c.reset.full) > 0 {
		c.step.Note(step.Warn, "command refused", "control", discovery.ResetIDs, "reason", "it is still under way")
		return
	}
	c.reset.begin(c)
}
