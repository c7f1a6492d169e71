package command

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"evcc-discovery/internal/bridge/step"
)

// How long a command may take.
const (
	ackTimeout   = 3 * time.Second        // for evcc's acknowledgement; it takes milliseconds
	valueTimeout = 500 * time.Millisecond // for the value after the acknowledgement, or the other way round
	pairTimeout  = 500 * time.Millisecond // for the related command that makes room for this one
	bothOff      = 2 * time.Second        // between switching off both switches of a charging mode
	maxWait      = time.Minute            // before a command is dropped: late is worse than never
)

// queue publishes commands that concern each other one by one: those of one setter, because quick values of one topic can
// overtake each other inside evcc, and those of related controls ([entities.Group]). One is under way; of each control the
// newest waits.
type queue struct {
	name      string
	busy      bool // current is under way
	current   command
	acked     bool // by evcc's empty message
	ambiguous bool // there was one, but it may have been for the command before
	changed   bool // the value has come since it was published
	returned  bool // the broker has delivered it: we may publish there
	waiting   []command
	deadline  time.Time
}

// queue returns the name of the queue that the command belongs to.
func (c *command) queue() string {
	in := &c.control.Instance
	if g := in.Row.Write.Group; g != 0 {
		return in.Object.Prefix + " " + strconv.Itoa(int(g))
	}
	return c.setter
}

// enqueue publishes the command, or lets it wait while another one of its queue is under way.
func (m *Machine) enqueue(s *step.Step, c command) {
	name := c.queue()
	q := m.queues[name]
	if q == nil {
		q = &queue{name: name}
		m.queues[name] = q
		m.order = append(m.order, q)
	}
	if i := slices.IndexFunc(q.waiting, func(w command) bool { return w.topic == c.topic }); i >= 0 {
		old := q.waiting[i]
		q.waiting = slices.Delete(q.waiting, i, i+1)
		m.end(s, replaced, old, "")
	}
	q.waiting = append(q.waiting, c) // last, because related ones may have come meanwhile: the newest word counts
	if !q.busy {
		m.proceed(s, q)
	}
}

// proceed starts the next command that evcc will take, or removes the queue. A command that evcc would refuse because of a
// related control waits a moment for the one that makes room: people set both at once, in any order.
func (m *Machine) proceed(s *step.Step, q *queue) {
	m.free(q)
	m.setDeadline(q, time.Time{})
	for i := 0; i < len(q.waiting); {
		next := q.waiting[i]
		o, reason, until := m.prepare(s, &next)
		if !until.IsZero() {
			m.setDeadline(q, step.Earlier(q.deadline, until))
			i++
			continue
		}
		q.waiting = slices.Delete(q.waiting, i, i+1)
		if o == "" {
			m.start(s, q, next)
			return
		}
		m.end(s, o, next, reason)
	}
	if len(q.waiting) == 0 {
		delete(m.queues, q.name)
		m.order, m.stale = slices.DeleteFunc(m.order, func(other *queue) bool { return other == q }), true
	}
}

// prepare makes a command ready to be published. Otherwise it returns how the command ends, or until when it waits.
func (m *Machine) prepare(s *step.Step, c *command) (o outcome, reason string, until time.Time) {
	if s.Now.Sub(c.received) > maxWait {
		return dropped, "waited too long", time.Time{}
	}
	if reason := m.unavailable(&c.control); reason != "" {
		return dropped, reason, time.Time{}
	}
	if err := m.encode(s, c); err != nil {
		return refused, err.Error(), time.Time{}
	}
	if c.local {
		m.composer.ChangeDraft(s, c.control.Instance.Object, c.payload)
		return accepted, "", time.Time{}
	}
	if m.isOff(c) {
		return accepted, "", time.Time{}
	}
	reason = c.control.Instance.Conflict(c.payload, m.siblings(c))
	switch until = c.received.Add(pairTimeout); {
	case reason == "":
		return "", "", time.Time{}
	case s.Now.Before(until):
		return "", "", until
	}
	return refused, reason, time.Time{}
}

func (m *Machine) start(s *step.Step, q *queue, c command) {
	c.published = true
	q.busy, q.current, q.acked, q.ambiguous, q.changed, q.returned = true, c, false, false, false, false
	m.setDeadline(q, s.Now.Add(ackTimeout))
	m.setters[c.setter] = q
	s.Publish(c.setter, c.payload)
}

// free ends that the queue's current command is under way.
func (m *Machine) free(q *queue) {
	if q.busy {
		delete(m.setters, q.current.setter)
		q.busy = false
	}
}

// Returned takes what was published on a setter, by us or another, on its way back.
func (m *Machine) Returned(setter string) {
	if q := m.setters[setter]; q != nil {
		q.returned = true
	}
}

// silence returns why evcc may not have answered. Brokers do not say that something may not be published, they drop it.
func (q *queue) silence(s *step.Step) string {
	switch {
	case q.returned:
		return q.current.control.Instance.Silence()
	case s.Busy:
		return "the connection to the broker is too slow"
	}
	return "the broker did not return it: its access list must allow our user to write and read " + q.current.setter
}

// Acknowledge takes evcc's empty message on a setter. evcc sends one for every command that it handles, also for one that
// it refuses.
func (m *Machine) Acknowledge(s *step.Step, setter string) {
	late := s.Now.Before(m.lateAcks[setter])
	delete(m.lateAcks, setter)
	q := m.setters[setter]
	if q == nil || q.acked {
		return
	}
	fulfilled := m.fulfilled(&q.current)
	if late && !fulfilled {
		q.ambiguous = true
		return
	}
	q.acked = true
	m.setDeadline(q, s.Now.Add(valueTimeout))
	if fulfilled || len(q.current.watches) == 0 { // then evcc answers alike when it refuses, and no value tells
		m.finish(s, q, accepted, "")
	}
}

// matchQueues compares a value of evcc with what is under way.
func (m *Machine) matchQueues(s *step.Step, path string) {
	for i := 0; i < len(m.order); i++ {
		q := m.order[i]
		if !q.busy || !slices.Contains(q.current.watches, path) || !m.fulfilled(&q.current) {
			continue
		}
		q.changed = true
		m.setDeadline(q, s.Now.Add(valueTimeout))
		if q.acked {
			m.finish(s, q, accepted, "")
			i = -1 // queues may have gone
		}
	}
}

func (m *Machine) finish(s *step.Step, q *queue, o outcome, reason string) {
	m.free(q)
	m.end(s, o, q.current, reason)
	m.proceed(s, q)
}

func (m *Machine) setDeadline(q *queue, t time.Time) { q.deadline, m.stale = t, true }

// deadline returns the earliest deadline of a queue. It is needed with every message and seldom changes.
func (m *Machine) deadline() time.Time {
	if m.stale {
		m.due, m.stale = time.Time{}, false
		for _, q := range m.order {
			m.due = step.Earlier(m.due, q.deadline)
		}
	}
	return m.due
}

// expire handles the queues whose deadline has passed.
func (m *Machine) expire(s *step.Step) {
	if !s.Due(m.deadline()) {
		return
	}
	for _, q := range slices.Clone(m.order) {
		if s.Now.Before(q.deadline) {
			continue
		}
		switch in := &q.current.control.Instance; {
		case !q.busy:
			m.proceed(s, q)
		case (q.changed || q.acked || q.ambiguous) && m.fulfilled(&q.current):
			m.finish(s, q, accepted, "") // changed alone: an evcc that does not acknowledge
		case q.acked, q.ambiguous:
			m.finish(s, q, refused, cmp.Or(in.Refusal(q.current.payload, m.siblings(&q.current)), "evcc kept its value"))
		default:
			m.lateAcks[q.current.setter] = s.Now.Add(maxWait)
			m.finish(s, q, unanswered, q.silence(s))
		}
	}
}

// Abandon ends everything when the connection is lost: nothing is executed late.
func (m *Machine) Abandon(s *step.Step) {
	const reason = "connection to the broker lost"
	order := m.order
	m.order, m.stale = nil, true
	clear(m.queues)
	clear(m.setters)
	clear(m.lateAcks)
	for _, q := range order {
		if q.busy {
			m.end(s, unanswered, q.current, reason)
		}
		for _, waiting := range q.waiting {
			m.end(s, dropped, waiting, reason)
		}
	}
}
