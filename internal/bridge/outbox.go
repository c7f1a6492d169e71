package bridge

import (
	"hash/fnv"
	"slices"
	"time"

	"evcc-discovery/discovery"
)

// outbox sends device messages: in order, and never the same device twice within a short time, because Home Assistant
// then loses components without a word.
type outbox struct {
	wanted []discovery.Retained // every device message, parents first
	at     map[string]int       // topic → position in wanted
	sent   map[string]time.Time // by topic
	due    map[string]bool      // topics that are to be sent
	held   map[string]time.Time // not before, by topic
	repeat time.Time            // when everything is due once more; zero = never
}

// heardAfter is how long Home Assistant takes to hear the entities of a device message.
const heardAfter = time.Second

func newOutbox() outbox {
	return outbox{at: make(map[string]int), sent: make(map[string]time.Time), due: make(map[string]bool), held: make(map[string]time.Time)}
}

// forget: what is due is due until it was sent, also what is sent once more because Home Assistant has started.
func (o *outbox) forget(*Core) {}

// want makes the messages part of what shall be on the broker. Messages that are there stay due for nothing.
func (o *outbox) want(messages []discovery.Retained, retained map[string]string) {
	for _, m := range messages {
		i, known := o.at[m.Topic]
		if !known {
			i = len(o.wanted)
			o.at[m.Topic] = i
			o.wanted = append(o.wanted, m)
		}
		o.wanted[i] = m
	}
	for _, m := range discovery.Missing(messages, retained) {
		o.due[m.Topic] = true
	}
}

// heard returns when Home Assistant hears what is sent to the entities of a device message; zero while it is not known.
func (o *outbox) heard(topic string) time.Time {
	if o.due[topic] {
		return time.Time{}
	}
	if sent, ok := o.sent[topic]; ok {
		return sent.Add(heardAfter)
	}
	return time.Unix(0, 0) // an earlier run has published it
}

// clear takes a device's message off the broker, and off what is wanted there.
func (o *outbox) clear(c *Core, topic string) {
	if i, known := o.at[topic]; known {
		o.wanted = slices.Delete(o.wanted, i, i+1)
		delete(o.at, topic)
		for i, m := range o.wanted {
			o.at[m.Topic] = i
		}
	}
	delete(o.due, topic)
	o.sent[topic] = c.step.Now
	c.ledger.drop(c, topic)
	c.step.Retain(topic, "")
}

// hold lets a topic wait until a time.
func (o *outbox) hold(topic string, until time.Time) { o.held[topic] = until }

// free returns when the topic may be sent to.
func (o *outbox) free(topic string) time.Time {
	free, held := o.sent[topic].Add(spacing), o.held[topic]
	if held.After(free) {
		return held
	}
	return free
}

// again makes everything due at a time.
func (o *outbox) again(at time.Time) { o.repeat = at }

func (o *outbox) next() time.Time {
	next := o.repeat
	for topic := range o.due {
		if t := o.free(topic); next.IsZero() || t.Before(next) {
			next = t
		}
	}
	return next
}

// tick sends what is due and reports whether it sent anything.
func (o *outbox) tick(c *Core) (sent bool) {
	if !o.repeat.IsZero() && !c.step.Now.Before(o.repeat) {
		o.repeat = time.Time{}
		for _, m := range o.wanted {
			o.due[m.Topic] = true
		}
	}
	if len(o.due) == 0 {
		return false
	}
	for _, m := range o.wanted {
		if !o.due[m.Topic] || c.step.Now.Before(o.free(m.Topic)) {
			continue
		}
		delete(o.due, m.Topic)
		delete(o.held, m.Topic)
		o.sent[m.Topic] = c.step.Now
		c.remember(m.Topic, m.Payload)
		c.ledger.send(c, m.Topic, m.Payload)
		sent = true
	}
	return sent
}

// birthDelay spreads adapters over the seconds after Home Assistant's birth message, each always the same.
func birthDelay(base string) time.Duration {
	h := fnv.New32a()
	h.Write([]byte(base))
	return time.Second + time.Duration(h.Sum32()%4000)*time.Millisecond
}
