// Package retained is the one store of what we keep on the broker: what shall be there, what is there, and the difference.
//
// # Topics
//
//   - device messages, wanted as a whole ([Store.Want]): parents first, never the same device twice within 5 s, because Home
//     Assistant then loses components without a word, and all of them once more after its birth message.
//   - registries and removals under way: they outlive a broker that comes back without its memory, or with an old one.
//   - every other state of ours ([Store.Retain]): sent at once; after a reconnect whoever owns it says it again.
//
// What was on the broker when we came and nobody wants, or has given up, is kept there until somebody does.
//
// # What may go wrong
//
//   - A message ends the connection (too large for the broker): limits.go.
//   - The broker drops a message without a word, or we may not read it: verify.go.
//   - Somebody else empties or overwrites a topic; Home Assistant's user deletes a device: foreign.go.
//
// In the end the broker has what is wanted, or the message is withheld and a problem names it. Only of small states nobody asks
// whether the broker has dropped them without a word.
package retained

import (
	"maps"
	"slices"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/problem"
)

const (
	// Spacing is the least time between two messages for one device.
	Spacing    = 5 * time.Second
	heardAfter = time.Second // after a device message Home Assistant's entities hear what is sent to them
	maxTopics  = 20000       // that are remembered; ours are a few hundred
	maxOpen    = 8           // echoes that are waited for on one topic
)

// Store is what we keep on the broker. See [New].
type Store struct {
	prefix, base string
	changed      func(topic, payload string) // what the broker has of ours

	have    map[string]string    // what the broker has, as far as is known: read, or sent
	states  map[string]string    // what shall be there beside device messages: of registries and removals, and of all else over this connection
	read    map[string]bool      // device messages that were read over this connection
	devices []*device            // device messages that shall be there, parents first
	byTopic map[string]*device   // the same
	sent    map[string]time.Time // device messages, over any connection
	pending bool                 // a device message may be due
	repeat  time.Time            // when all are due once more; zero = never
	open    map[string]open      // what was sent and has not come back
	flooded bool                 // there is more below our base topic than can be ours
	limits  limits
	verify  verify
	foreign foreign
}

// device is one device message.
type device struct {
	discovery.Retained
	rank    int
	adopted bool // it was on the broker, and nobody has wanted it yet
	due     bool
}

// open are payloads that were sent on one topic and have not come back, the oldest first.
type open struct {
	payloads []string
	since    time.Time
	more     bool // were sent than are remembered
}

// New returns the store of a program with a discovery prefix and a base topic. Changed hears of everything that the broker
// has of ours now.
func New(prefix, base string, changed func(topic, payload string)) *Store {
	return &Store{prefix: prefix, base: base, changed: changed, have: make(map[string]string), states: make(map[string]string),
		read: make(map[string]bool), byTopic: make(map[string]*device), sent: make(map[string]time.Time), open: make(map[string]open),
		limits: newLimits(), foreign: newForeign()}
}

// Reconnect forgets what the broker has: it is read again. What shall be there stays.
func (st *Store) Reconnect() {
	st.have, st.open, st.flooded = make(map[string]string), make(map[string]open), false
	maps.DeleteFunc(st.states, func(topic, _ string) bool { return !isLasting(topic) })
	clear(st.read)
	st.verify = verify{}
	st.foreign.reconnect()
}

// Read takes what the broker has while the retained world is read, "" for what was emptied meanwhile.
func (st *Store) Read(topic, payload string) {
	if payload == "" {
		delete(st.have, topic)
		return
	}
	if _, known := st.have[topic]; !known && (len(st.have) >= 2*maxTopics || len(st.have) >= maxTopics && !st.isDevice(topic) && !isLasting(topic)) {
		st.flooded = true // rubbish of others; without its registry and devices a site would begin anew
		return
	}
	st.have[topic] = payload
	st.verify.keeps(topic, payload)
	if st.isDevice(topic) {
		st.read[topic] = true
	}
}

// Start is when the retained world has been read: what is not as it shall be is due.
func (st *Store) Start(s *step.Step) {
	st.readBack(s)
	st.adopt()
	for _, d := range st.devices {
		st.schedule(d, d.due || st.have[d.Topic] != d.Payload)
	}
	for _, topic := range slices.Sorted(maps.Keys(st.states)) {
		st.put(s, topic, st.states[topic])
	}
	st.limits.start(s)
	s.Problem(problem.Flood, st.base, st.flooded, "")
}

// adopt keeps the device messages that nobody wants: they may be somebody's who has not been heard yet, and one that is gone
// for good is removed by whoever knows.
func (st *Store) adopt() {
	var kept []discovery.Retained
	for topic, payload := range st.have {
		if st.isDevice(topic) && st.byTopic[topic] == nil {
			kept = append(kept, discovery.Retained{Topic: topic, Payload: payload})
		}
	}
	slices.SortFunc(kept, func(a, b discovery.Retained) int { return strings.Compare(a.Topic, b.Topic) })
	for _, m := range kept {
		st.want(m).adopted = true
	}
}

// Flooded reports whether there was more below our base topic than was read.
func (st *Store) Flooded() bool { return st.flooded }

// Leave forgets what shall be there: it is another program's matter from here on.
func (st *Store) Leave(s *step.Step) {
	st.limits.leave()
	st.verify = verify{}
	st.tell(s)
	clear(st.states)
	clear(st.byTopic)
	st.devices = nil
}

func (st *Store) isDevice(topic string) bool { return discovery.IsConfig(st.prefix, st.base, topic) }

// isLasting reports whether a topic under our base is a registry's or that of a removal under way.
func isLasting(topic string) bool {
	return strings.HasSuffix(topic, "/registry") || strings.Contains(topic, "/registry_") || strings.Contains(topic, "/removal/")
}

// Have returns what the broker has on one of our topics, "" for nothing.
func (st *Store) Have(topic string) string { return st.have[topic] }

// Topics returns what the broker has something on, sorted.
func (st *Store) Topics() []string { return slices.Sorted(maps.Keys(st.have)) }

// All is what the broker has, for adopting it: not to be changed.
func (st *Store) All() map[string]string { return st.have }

// Lasting returns what shall be on a registry's topic, or that of a removal.
func (st *Store) Lasting(topic string) string { return st.states[topic] }

// Devices returns the device messages that somebody wants, parents first.
func (st *Store) Devices() (list []discovery.Retained) {
	for _, d := range st.devices {
		if !d.adopted {
			list = append(list, d.Retained)
		}
	}
	return list
}

// Retain makes payload what the broker shall have on a topic that is no device's; "" takes it off. What is there already
// costs nothing.
func (st *Store) Retain(s *step.Step, topic, payload string) {
	st.states[topic] = payload
	st.put(s, topic, payload)
}

// put sends what is not there.
func (st *Store) put(s *step.Step, topic, payload string) {
	if st.have[topic] == payload {
		st.there(s, topic)
	} else if st.emit(s, topic, payload) {
		st.set(topic, payload)
	}
}

// set takes what the broker has now.
func (st *Store) set(topic, payload string) {
	if st.have[topic] = payload; payload == "" {
		delete(st.have, topic)
	}
	st.changed(topic, payload)
}

// send hands a message over. It comes back when the broker has it, where we may read it.
func (st *Store) send(s *step.Step, topic, payload string) {
	o := st.open[topic]
	if len(o.payloads) == 0 {
		o.since = s.Now
	}
	if o.payloads = append(o.payloads, payload); len(o.payloads) > maxOpen {
		o.payloads, o.more = o.payloads[1:], true
	}
	st.open[topic] = o
	if payload != "" && (st.isDevice(topic) || isLasting(topic)) {
		st.verify.sent(s, topic, payload, st.limits.missing[topic])
	}
	s.Send(topic, payload)
}
