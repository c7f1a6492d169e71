package bridge

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/retained"
	"evcc-discovery/internal/bridge/step"
)

const brokerClosed = problem.BrokerUnreachable

// broker is the one of a transcript: it retains what evcc, others and we publish.
type broker struct {
	retained  map[string]string
	saved     map[string]string // the same when it was written down last
	connected bool
	reading   []string     // filters that were subscribed just now, whose replay begins
	without   []string     // what begins so is left out of it
	echoes    []step.Event // that are on their way back
	limit     int          // bytes of a message that it keeps; 0 = all
	closes    bool         // it ends the connection on a larger one
	broken    bool         // it has
	slow      bool         // what we publish has not reached it
	forbidden string       // what begins so does not come back
	loses     string       // it has no room for this topic when it is asked for it next
	acked     int          // size of the largest message that it has acknowledged over this connection
	unacked   []step.Sent
}

// load puts in what the named worlds have, where the broker has nothing.
func (b *broker) load(names []string) error {
	world := make(map[string]string)
	for _, name := range names {
		text, err := os.ReadFile("testdata/worlds/" + name + ".txt")
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(text)) {
			verb, rest, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
			topic, payload, _ := strings.Cut(rest, " ")
			switch {
			case verb == "<r" && payload != "":
				world[topic] = payload
			case verb != "#":
				return fmt.Errorf("%s: no such line: %q", name, line)
			}
		}
	}
	maps.Copy(world, b.retained)
	maps.Copy(b.retained, world)
	return nil
}

// live reports whether others publish a topic without retaining it.
func live(topic string) bool {
	return strings.HasSuffix(topic, "/set") || strings.HasSuffix(topic, "/presence") || topic == "homeassistant/status"
}

func (b *broker) keeps(topic string) bool { return b.retained[topic] != "" }

func (b *broker) keep(topic, payload string) {
	b.retained[topic] = payload
	if payload == "" {
		delete(b.retained, topic)
	}
}

// published takes a message of ours and sends it back, as a broker does to everyone who has subscribed. It reports whether
// it ends the connection on it.
func (b *broker) published(m *step.Publish) (ends bool) {
	switch large := b.limit > 0 && len(m.Payload) > b.limit; {
	case !m.Retain && strings.HasSuffix(m.Topic, "/set") && !b.forbids(m.Topic):
		b.echoes = append(b.echoes, step.Event{Kind: step.Received, Topic: m.Topic, Payload: []byte(m.Payload)})
	case !m.Retain:
	case b.broken, large && b.closes:
		b.unacked = append(b.unacked, sent(m.Topic, m.Payload))
		ends, b.broken = !b.broken, true
	case large:
	default:
		if !b.forbids(m.Topic) {
			b.echoes = append(b.echoes, step.Event{Kind: step.Received, Topic: m.Topic, Payload: []byte(m.Payload)})
		}
		if !b.slow || b.forbids(m.Topic) {
			b.acknowledge(m.Topic, m.Payload)
		}
	}
	return ends
}

// acknowledge takes a message of ours that has reached it.
func (b *broker) acknowledge(topic, payload string) {
	b.acked = max(b.acked, retained.Size(topic, payload))
	b.keep(topic, payload)
}

func sent(topic, payload string) step.Sent {
	return step.Sent{Topic: topic, Size: retained.Size(topic, payload)}
}

// lost is the end of the connection.
func (b *broker) lost(why problem.Code, detail string) step.Event {
	e := step.Event{Kind: step.Lost, Problem: why, Detail: detail, Acked: b.acked, Unacked: b.unacked}
	b.connected, b.acked, b.unacked = false, 0, nil
	return e
}

// forbids reports whether we may not read a topic.
func (b *broker) forbids(topic string) bool {
	return b.forbidden != "" && strings.HasPrefix(topic, b.forbidden)
}

// subscribed begins a replay: at once where everything is read, and where we look again with what is on its way.
func (b *broker) subscribed(filters []string, everything bool) {
	if everything {
		b.reading = filters
		return
	}
	for _, e := range b.replay(filters) {
		if e.Topic == b.loses {
			b.loses = ""
			continue
		}
		b.echoes = append(b.echoes, e)
	}
}

// replay is what the broker retains on topics that match.
func (b *broker) replay(filters []string) (events []step.Event) {
	for _, topic := range slices.Sorted(maps.Keys(b.retained)) {
		hidden := b.forbids(topic) || slices.ContainsFunc(b.without, func(prefix string) bool { return strings.HasPrefix(topic, prefix) })
		if !hidden && slices.ContainsFunc(filters, func(filter string) bool { return matches(filter, topic) }) {
			events = append(events, step.Event{Kind: step.Received, Topic: topic, Payload: []byte(b.retained[topic]), Retained: true})
		}
	}
	return events
}

// matches reports whether a topic is one of a filter, as MQTT has it.
func matches(filter, topic string) bool {
	levels := strings.Split(topic, "/")
	for i, f := range strings.Split(filter, "/") {
		switch {
		case f == "#":
			return true
		case i >= len(levels) || f != "+" && f != levels[i]:
			return false
		}
	}
	return strings.Count(filter, "/") == len(levels)-1
}
