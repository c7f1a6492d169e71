package faults

import (
	"maps"
	"slices"
	"strings"

	"evcc-discovery/discovery"
)

// message is one on its way.
type message struct {
	topic, payload string
	retained       bool // to the broker: keep it; to a client: it was kept
}

// broker is Mosquitto as its clients see it.
type broker struct {
	w        *world
	running  bool
	retained map[string]string
	stored   map[string]string // what a crash leaves of it
}

func newBroker(w *world) *broker {
	return &broker{w: w, running: true, retained: make(map[string]string)}
}

// retainedFor is what is retained where the client is connected.
func (b *broker) retainedFor(p *peer) map[string]string {
	if p != nil && p.behind != nil {
		return p.behind
	}
	return b.retained
}

// publish takes a message and hands it on.
func (b *broker) publish(from *peer, m message) {
	if m.retained {
		retained := b.retainedFor(from)
		if m.payload == "" {
			delete(retained, m.topic)
		} else {
			retained[m.topic] = m.payload
		}
	}
	if from != nil && from.spy != nil {
		from.spy(m)
	}
	for _, p := range b.w.peers {
		if p.session && p.subscribed(m.topic) {
			p.deliver(message{m.topic, m.payload, false})
		}
	}
}

// replay sends what is retained to a new subscription, in any order.
func (b *broker) replay(p *peer, filter string) {
	var topics []string
	retained := b.retainedFor(p)
	if strings.ContainsAny(filter, "+#") {
		for topic := range retained {
			if matches(filter, topic) {
				topics = append(topics, topic)
			}
		}
		slices.Sort(topics)
		b.w.rnd.Shuffle(len(topics), func(i, j int) { topics[i], topics[j] = topics[j], topics[i] })
	} else if retained[filter] != "" {
		topics = []string{filter}
	}
	for _, topic := range topics {
		p.deliver(message{topic, retained[topic], true})
	}
}

// stop ends the broker in order: it sends the wills of those who are connected, and stores what it retains.
func (b *broker) stop() {
	if !b.running {
		return
	}
	for _, p := range b.w.peers {
		if p.session && p.will.topic != "" && p.will.retained {
			b.retainedFor(p)[p.will.topic] = p.will.payload
		}
	}
	b.stored = maps.Clone(b.retained)
	b.gone()
}

// save is what a broker does now and then.
func (b *broker) save() {
	if b.running {
		b.stored = maps.Clone(b.retained)
	}
}

// kill ends it at once: what it stored may be old.
func (b *broker) kill() {
	if !b.running {
		return
	}
	if b.w.rnd.IntN(2) == 0 {
		b.stored = maps.Clone(b.retained)
	}
	b.gone()
}

func (b *broker) gone() {
	b.running = false
	for _, p := range b.w.peers {
		p.session, p.zombie = false, false
		p.lose()
	}
}

// start runs it again, with what it stored or without any memory.
func (b *broker) start(persistent bool) {
	if b.running {
		return
	}
	before := b.retained
	b.running, b.retained = true, make(map[string]string)
	if persistent {
		maps.Copy(b.retained, b.stored)
	}
	for topic := range merged(before, b.retained) {
		switch {
		case before[topic] == b.retained[topic]:
		case strings.HasPrefix(topic, root+"/"):
			b.w.evcc.forgotten = true
		case strings.HasPrefix(topic, barn+"/"):
			b.w.barn.forgotten = true
		default:
			b.w.robbed(topic)
			if config, ok := discovery.TombstoneOf(prefix, base, topic); ok { // nobody else knows what is being removed
				b.w.robbed(config)
			}
		}
	}
	b.stored = maps.Clone(b.retained)
}

// matches reports whether a topic fits a filter with wildcards.
func matches(filter, topic string) bool {
	for {
		f, filterRest, filterMore := strings.Cut(filter, "/")
		t, topicRest, topicMore := strings.Cut(topic, "/")
		switch {
		case f == "#":
			return true
		case f != "+" && f != t:
			return false
		case filterMore && !topicMore:
			return filterRest == "#" // the parent belongs to it
		case !filterMore || !topicMore:
			return filterMore == topicMore
		}
		filter, topic = filterRest, topicRest
	}
}
