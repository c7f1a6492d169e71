package command

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"evcc-discovery/internal/bridge/step"
)

// lane is where commands that concern each other go one by one: those of one /set topic, because quick values of one
// topic can overtake each other inside evcc, and those of related controls ([entities.Group]). One is under way; of
// each control the newest waits.
type lane struct {
	name     string
	busy     bool // current is under way
	current  sent
	watches  []string // topic paths below the root that tell what became of it
	answered bool     // by evcc's empty message
	doubtful bool     // there was one, but it may have been for the command before
	changed  bool     // its value came since it was sent
	waiting  []sent
	deadline time.Time
}

// send publishes the command, or lets it wait while another one of its lane is under way.
func (m *Machine) send(s *step.Step, c sent) {
	name := c.lane()
	l := m.lanes[name]
	if l == nil {
		l = &lane{name: name}
		m.lanes[name] = l
		m.order = append(m.order, l)
	}
	if i := slices.IndexFunc(l.waiting, func(w sent) bool { return w.topic == c.topic }); i >= 0 {
		old := l.waiting[i]
		l.waiting = slices.Delete(l.waiting, i, i+1)
		m.end(s, replaced, old, "")
	}
	l.waiting = append(l.waiting, c) // last, because others of the lane may have come meanwhile: the newest word counts
	if !l.busy {
		m.proceed(s, l)
	}
}

// lane names what the command shares with others.
func (c *sent) lane() string {
	in := &c.command.Instance
	if g := in.Row.Write.Group; g != 0 {
		return in.Object.Prefix + " " + strconv.Itoa(int(g))
	}
	return c.setter
}

// proceed starts the next command that evcc will take, or ends the lane. One that evcc would refuse because of a
// related control waits a moment for the command that makes room: people set both at once, in any order.
func (m *Machine) proceed(s *step.Step, l *lane) {
	m.free(l)
	m.wait(l, time.Time{})
	for i := 0; i < len(l.waiting); {
		next := l.waiting[i]
		v, reason, until := m.ready(s, &next)
		if !until.IsZero() {
			m.wait(l, step.Earlier(l.deadline, until))
			i++
			continue
		}
		l.waiting = slices.Delete(l.waiting, i, i+1)
		if v == "" {
			m.start(s, l, next)
			return
		}
		m.end(s, v, next, reason)
	}
	if len(l.waiting) == 0 {
		delete(m.lanes, l.name)
		m.order, m.moved = slices.DeleteFunc(m.order, func(o *lane) bool { return o == l }), true
	}
}

// ready reports whether the command can be sent now; else how it ends, or until when it waits.
func (m *Machine) ready(s *step.Step, c *sent) (v verdict, reason string, until time.Time) {
	if s.Now.Sub(c.since) > staleTime {
		return dropped, "it waited too long", time.Time{}
	}
	if reason := m.world.Closed(); reason != "" {
		return dropped, reason, time.Time{}
	}
	if err := m.encode(s, c); err != nil {
		return refused, err.Error(), time.Time{}
	}
	if c.local {
		m.composer.Change(s, c.command.Instance.Object, c.payload)
		return accepted, "", time.Time{}
	}
	reason = c.command.Instance.Conflict(c.payload, m.around(c))
	if until = c.since.Add(pairTime); reason != "" && s.Now.Before(until) {
		return "", "", until
	}
	if reason != "" {
		return refused, reason, time.Time{}
	}
	return "", "", time.Time{}
}

func (m *Machine) start(s *step.Step, l *lane, c sent) {
	c.handed = true
	l.busy, l.current, l.answered, l.doubtful, l.changed = true, c, false, false, false
	m.wait(l, s.Now.Add(answerTime))
	m.setters[c.setter] = l
	l.watches = c.command.Instance.Watches()
	s.Publish(c.setter, c.payload)
}

// free forgets where the current command was looked for.
func (m *Machine) free(l *lane) {
	if !l.busy {
		return
	}
	delete(m.setters, l.current.setter)
	l.busy = false
}

// Acknowledge takes evcc's empty answer.
func (m *Machine) Acknowledge(s *step.Step, topic string) {
	owed := s.Now.Before(m.owed[topic])
	delete(m.owed, topic)
	l := m.setters[topic]
	if l == nil || l.answered {
		return
	}
	if owed && !m.fulfilled(&l.current) {
		l.doubtful = true // it may be the one that the command before has waited for
		return
	}
	l.answered = true
	m.wait(l, s.Now.Add(valueTime))
	switch {
	case len(l.watches) == 0:
		m.finish(s, l, accepted, "") // evcc answers alike when it refuses, and no value of the control's own tells
	case m.fulfilled(&l.current):
		m.finish(s, l, accepted, "")
	}
}

// follow holds a value of evcc against what is under way.
func (m *Machine) follow(s *step.Step, path string) {
	for i := 0; i < len(m.order); i++ {
		l := m.order[i]
		if !l.busy || !slices.Contains(l.watches, path) || !m.fulfilled(&l.current) {
			continue
		}
		l.changed = true
		m.wait(l, s.Now.Add(valueTime))
		if l.answered {
			m.finish(s, l, accepted, "")
			i = -1 // lanes may have ended
		}
	}
}

func (m *Machine) finish(s *step.Step, l *lane, v verdict, reason string) {
	m.free(l)
	m.end(s, v, l.current, reason)
	m.proceed(s, l)
}

// wait sets when the lane needs a tick.
func (m *Machine) wait(l *lane, until time.Time) { l.deadline, m.moved = until, true }

// deadline returns when the first lane needs a tick. It is asked for at every message, and changes seldom.
func (m *Machine) deadline() time.Time {
	if m.moved {
		m.due, m.moved = time.Time{}, false
		for _, l := range m.order {
			m.due = step.Earlier(m.due, l.deadline)
		}
	}
	return m.due
}

// expire does what lanes have waited for.
func (m *Machine) expire(s *step.Step) {
	if !s.Due(m.deadline()) {
		return
	}
	for _, l := range slices.Clone(m.order) {
		if s.Now.Before(l.deadline) {
			continue
		}
		switch in := &l.current.command.Instance; {
		case !l.busy:
			m.proceed(s, l)
		case (l.changed || l.answered || l.doubtful) && m.fulfilled(&l.current):
			m.finish(s, l, accepted, "") // changed alone: an evcc that does not answer
		case l.answered, l.doubtful:
			m.finish(s, l, refused, cmp.Or(in.Refusal(l.current.payload, m.around(&l.current)), "evcc's value stayed"))
		default:
			m.owed[l.current.setter] = s.Now.Add(staleTime)
			m.finish(s, l, unanswered, in.Silence())
		}
	}
}

// Abandon ends what is under way when the connection is lost: nothing is executed late.
func (m *Machine) Abandon(s *step.Step) {
	const reason = "the connection to the broker was lost"
	order := m.order
	m.order, m.moved = nil, true
	clear(m.lanes)
	clear(m.setters)
	clear(m.owed)
	for _, l := range order {
		if l.busy {
			m.end(s, unanswered, l.current, reason)
		}
		for _, waiting := range l.waiting {
			m.end(s, dropped, waiting, reason)
		}
	}
}
