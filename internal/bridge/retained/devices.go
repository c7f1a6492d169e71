package retained

import (
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge/step"
)

// Want makes device messages part of what shall be on the broker, and reports whether one has to be sent.
func (st *Store) Want(messages []discovery.Retained) (news bool) {
	for _, m := range messages {
		before := st.byTopic[m.Topic]
		changed := before == nil || before.Payload != m.Payload
		d := st.want(m)
		d.adopted = false
		switch missing := st.have[m.Topic] != m.Payload; {
		case missing && !d.due:
			st.schedule(d, true)
			news = true
		case changed: // one that is withheld and has changed back is sent, so that it comes back
			_, withheld := st.limits.missing[m.Topic]
			st.schedule(d, missing || withheld)
		}
	}
	return news
}

func (st *Store) want(m discovery.Retained) *device {
	d := st.byTopic[m.Topic]
	if d == nil {
		d = &device{rank: st.rank(m.Topic)}
		st.byTopic[m.Topic] = d
		i := slices.IndexFunc(st.devices, func(other *device) bool { return other.rank > d.rank })
		if i < 0 {
			i = len(st.devices)
		}
		st.devices = slices.Insert(st.devices, i, d)
	}
	d.Retained = m
	return d
}

// rank orders device messages: our own, sites, what hangs on them.
func (st *Store) rank(topic string) int {
	switch {
	case topic == discovery.AdapterTopic(st.prefix, st.base):
		return 0
	case strings.HasSuffix(topic, "_site/config"):
		return 1
	}
	return 2
}

// Drop takes a device's message off the broker, and off what shall be there.
func (st *Store) Drop(s *step.Step, topic string) {
	if d := st.byTopic[topic]; d != nil {
		delete(st.byTopic, topic)
		st.devices = slices.DeleteFunc(st.devices, func(other *device) bool { return other == d })
	}
	st.sent[topic] = s.Now
	delete(st.verify.sizes, topic)
	st.forget(s, topic)
	st.put(s, topic, "")
}

// Wanted reports whether there shall be a message for a device.
func (st *Store) Wanted(topic string) bool { return st.byTopic[topic] != nil }

// Repeat makes every device message due once more: Home Assistant has started.
func (st *Store) Repeat(at time.Time) { st.repeat = at }

// BirthDelay spreads programs over the seconds after Home Assistant's birth message, each always the same.
func BirthDelay(base string) time.Duration {
	h := fnv.New32a()
	h.Write([]byte(base))
	return time.Second + time.Duration(h.Sum32()%4000)*time.Millisecond
}

// Due reports whether a device's message has still to be sent.
func (st *Store) Due(topic string) bool {
	d := st.byTopic[topic]
	_, waits := st.limits.queue[topic]
	return waits || d != nil && d.due
}

// Sent returns when a device's message was sent last; zero = not in this run.
func (st *Store) Sent(topic string) time.Time { return st.sent[topic] }

// Heard returns when Home Assistant hears what is sent to the entities of a device message; zero while it is not known.
func (st *Store) Heard(topic string) time.Time {
	if st.Due(topic) {
		return time.Time{}
	}
	if sent, ok := st.sent[topic]; ok {
		return sent.Add(heardAfter)
	}
	return time.Unix(0, 0) // an earlier run has published it
}

// schedule makes a device's message due, or not any more.
func (st *Store) schedule(d *device, due bool) {
	d.due, st.pending = due, st.pending || due
}

// Reads returns when Home Assistant reads what the broker has of a device: a moment after it has come back.
func (st *Store) Reads(topic string) time.Time {
	if at, confirmed := st.Settled(topic); !confirmed && !at.IsZero() {
		return at
	}
	if sent, ok := st.sent[topic]; ok {
		return sent.Add(heardAfter)
	}
	return time.Unix(0, 0) // an earlier run has published it
}

// free returns when a device's message may be sent: not while it is open who has emptied its topic; zero then.
func (st *Store) free(d *device) time.Time {
	if _, emptied := st.foreign.emptied[d.Topic]; emptied {
		return time.Time{}
	}
	return st.sent[d.Topic].Add(Spacing)
}

func (st *Store) nextDevice() time.Time {
	next := st.repeat
	if !st.pending { // most of the time, and there may be thousands of devices
		return next
	}
	for _, d := range st.devices {
		if d.due {
			next = step.Earlier(next, st.free(d))
		}
	}
	return next
}

// Announce sends the device messages that are due and reports whether there was one.
func (st *Store) Announce(s *step.Step) (sent bool) {
	if s.Due(st.repeat) {
		st.repeat = time.Time{}
		for _, d := range st.devices {
			st.schedule(d, true)
		}
	}
	if !st.pending {
		return false
	}
	st.pending = false
	for _, d := range st.devices {
		if !d.due || !s.Due(st.free(d)) {
			st.pending = st.pending || d.due
			continue
		}
		d.due = false
		if st.emit(s, d.Topic, d.Payload) {
			st.sent[d.Topic] = s.Now
			st.set(d.Topic, d.Payload)
		}
		sent = true
	}
	return sent
}
