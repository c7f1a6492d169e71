package bridge

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"evcc-discovery/discovery"

	"evcc-discovery/internal/bridge/step"
)

// removal takes out of Home Assistant what is not wanted any more: components of a device, and whole devices. Leaving
// something out of a message removes nothing, and Home Assistant removes only what it has seen since its own start; it
// may be down, too. So what goes stays on the broker as a tombstone. It runs at once, after each connect, and once more
// after Home Assistant's next birth message, in full, then reduced, then left out; then, when the broker cannot tell of a
// connection of Home Assistant that had broken meanwhile any more, it is forgotten.
type removal struct {
	graves map[string]*grave // by config topic
	repeat time.Time         // when all run for the last time, because Home Assistant has started; zero = never
}

func newRemoval() removal { return removal{graves: make(map[string]*grave)} }

// forget: what ran for the last time Home Assistant may not have heard, because its connection may have been lost, too.
// What goes stays known, for a broker without memory.
func (r *removal) forget(*Core) { r.repeat = zero }

// learn takes up what an earlier connection, or an earlier run of this program, has begun.
func (r *removal) learn(c *Core) {
	for topic, payload := range c.retained {
		config, ok := discovery.TombstoneOf(c.settings.Prefix, c.settings.Base, topic)
		if _, known := r.graves[config]; !ok || known {
			continue
		}
		g := &grave{}
		if g.Decode([]byte(payload)) == nil {
			r.graves[config] = g
		}
	}
	for _, config := range r.order() {
		g := r.graves[config]
		if g.whole() && c.lives(config) {
			r.revive(c, config)
			continue
		}
		g.begin(false)
		r.show(c, config)
	}
}

// compare finds components that are on the broker and not wanted any more. It returns the messages with those of them
// that Home Assistant still has to see.
func (r *removal) compare(c *Core, configs []discovery.Retained) []discovery.Retained {
	dressed := slices.Clone(configs)
	for i, config := range configs {
		g := r.graves[config.Topic]
		gone := discovery.DroppedComponents(c.retained[config.Topic], config.Payload)
		switch {
		case g == nil && len(gone) == 0:
			continue
		case g == nil:
			g = &grave{}
			r.graves[config.Topic] = g
		case g.whole(): // the device is back: it may lack some of what it had
			gone, g.Message = discovery.DroppedComponents(string(g.Message), config.Payload), nil
		}
		g.plain = config.Payload
		r.bury(c, config.Topic, gone)
		if len(g.Components) == 0 {
			r.drop(c, config.Topic)
			continue
		}
		dressed[i].Payload = g.message()
	}
	return dressed
}

// bury adds components to a grave, and takes those out that are wanted again.
func (r *removal) bury(c *Core, topic string, gone map[string]json.RawMessage) {
	g := r.graves[topic]
	if g.Components == nil {
		g.Components = make(map[string]json.RawMessage)
	}
	for _, key := range slices.Sorted(maps.Keys(gone)) {
		if _, there := g.Components[key]; !there {
			g.Components[key] = gone[key]
			g.begin(false)
			c.step.Note(step.Info, "an entity is removed: nothing publishes it any more", "device", topic, "component", key)
		}
	}
	for _, key := range discovery.Keys(g.plain) {
		delete(g.Components, key)
	}
	if len(g.Components) > 0 {
		c.step.Retain(discovery.TombstoneTopic(c.settings.Base, topic), g.Encode())
	}
}

// buryDevice removes a whole device.
func (r *removal) buryDevice(c *Core, topic string) {
	message := c.retained[topic]
	if g := r.graves[topic]; g != nil {
		message = discovery.WithComponents(message, g.Components)
	}
	tomb, ok := discovery.DeviceTombstone(message)
	if !ok {
		return
	}
	r.graves[topic] = &grave{Tombstone: tomb}
	c.step.Retain(discovery.TombstoneTopic(c.settings.Base, topic), tomb.Encode())
}

func (r *removal) drop(c *Core, topic string) {
	if _, there := r.graves[topic]; !there {
		return
	}
	delete(r.graves, topic)
	c.step.Retain(discovery.TombstoneTopic(c.settings.Base, topic), "")
}

// birth lets everything run for the last time, at a time when Home Assistant listens.
func (r *removal) birth(at time.Time) { r.repeat = at }

// death: what ran for the last time may not have been seen.
func (r *removal) death() {
	r.repeat = time.Time{}
	for _, g := range r.graves {
		g.last, g.over = false, zero
	}
}

// next returns when the removal needs a tick. What waits in the outbox is the outbox's matter, and what is under way is the
// ledger's.
func (r *removal) next(o *outbox, l *ledger) time.Time {
	next := r.repeat
	for topic, g := range r.graves {
		if t := o.sent[topic].Add(spacing); g.runs() && !o.due[topic] && !l.waits(topic) && (next.IsZero() || t.Before(next)) {
			next = t
		}
		if t := g.over.Add(lateWill); !g.over.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next
}

// tick goes one stage further where the message of the one before is on the broker since long enough. One that the broker
// does not take, or not now, is passed over, because the device's own message must not wait for it; what goes then stays
// known, and runs again after the next connect, and after Home Assistant's next start.
func (r *removal) tick(c *Core) {
	if !r.repeat.IsZero() && !c.step.Now.Before(r.repeat) {
		r.repeat = time.Time{}
		for _, topic := range r.order() {
			g := r.graves[topic]
			g.begin(true)
			r.show(c, topic)
		}
	}
	if len(r.graves) == 0 {
		return
	}
	order := r.order()
	slices.Reverse(order) // children before their site
	for _, topic := range order {
		g := r.graves[topic]
		if !g.over.IsZero() && !c.step.Now.Before(g.over.Add(lateWill)) {
			if own, ok := discovery.ObjectTopics(c.settings.Prefix, c.settings.Base, topic); ok && g.whole() {
				c.clear(own)
			}
			r.drop(c, topic)
			continue
		}
		if !g.runs() || c.outbox.due[topic] || c.ledger.waits(topic) || c.step.Now.Before(c.outbox.sent[topic].Add(spacing)) {
			continue
		}
		r.pass(c, topic)
		g.stage++
		if g.whole() {
			g.stage = out
		}
		r.show(c, topic)
		if g.last && g.stage == out && !g.left {
			g.over = c.step.Now
		}
	}
}

// pass looks whether the broker has taken the stage that is over. Without the full message Home Assistant removes what it
// has seen before; without the reduced one it removes nothing.
func (r *removal) pass(c *Core, topic string) {
	g := r.graves[topic]
	if !c.ledger.holds(topic) {
		return
	}
	c.ledger.pass(topic)
	if g.left {
		return
	}
	g.left = true
	c.step.Note(step.Warn, "what is removed may stay in Home Assistant: the broker does not take the message, which is tried again after the next connect or start of Home Assistant", "device", topic)
}

// show puts the grave's message on its way.
func (r *removal) show(c *Core, topic string) {
	g := r.graves[topic]
	switch payload := g.message(); {
	case g.whole() && payload == "":
		c.outbox.clear(c, topic)
	case payload != "":
		c.outbox.want([]discovery.Retained{{Topic: topic, Payload: payload}}, c.retained)
	}
}

// order lists the graves, sites before their children.
func (r *removal) order() []string {
	child := func(topic string) int {
		if strings.HasSuffix(topic, "_site/config") {
			return 0
		}
		return 1
	}
	return slices.SortedFunc(maps.Keys(r.graves), func(a, b string) int {
		return cmp.Or(child(a)-child(b), strings.Compare(a, b))
	})
}
