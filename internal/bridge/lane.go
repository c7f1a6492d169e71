package bridge

import (
	"cmp"
	"slices"
	"strconv"
	"time"
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
func (r *relay) send(c *Core, s sent) {
	name := s.lane()
	l := r.lanes[name]
	if l == nil {
		l = &lane{name: name}
		r.lanes[name] = l
		r.order = append(r.order, l)
	}
	if i := slices.IndexFunc(l.waiting, func(w sent) bool { return w.topic == s.topic }); i >= 0 {
		old := l.waiting[i]
		l.waiting = slices.Delete(l.waiting, i, i+1)
		r.end(c, replaced, old, "")
	}
	l.waiting = append(l.waiting, s) // last, because others of the lane may have come meanwhile: the newest word counts
	if !l.busy {
		r.proceed(c, l)
	}
}

// lane names what the command shares with others.
func (s *sent) lane() string {
	in := &s.command.Instance
	if g := in.Row.Write.Group; g != 0 {
		return s.site().Root + "/" + in.Object.Prefix + " " + strconv.Itoa(int(g))
	}
	return s.setter()
}

func (s *sent) setter() string { return s.site().Root + "/" + s.command.Instance.Set + "/set" }

// proceed starts the next command that evcc will take, or ends the lane. One that evcc would refuse because of a
// related control waits a moment for the command that makes room: people set both at once, in any order.
func (r *relay) proceed(c *Core, l *lane) {
	r.free(l)
	l.deadline = time.Time{}
	for i := 0; i < len(l.waiting); {
		next := l.waiting[i]
		v, reason, until := r.ready(c, &next)
		if !until.IsZero() {
			if l.deadline.IsZero() || until.Before(l.deadline) {
				l.deadline = until
			}
			i++
			continue
		}
		l.waiting = slices.Delete(l.waiting, i, i+1)
		if v == "" {
			r.start(c, l, next)
			return
		}
		r.end(c, v, next, reason)
	}
	if len(l.waiting) == 0 {
		delete(r.lanes, l.name)
		r.order = slices.DeleteFunc(r.order, func(o *lane) bool { return o == l })
	}
}

// ready reports whether the command can be sent now; else how it ends, or until when it waits.
func (r *relay) ready(c *Core, s *sent) (v verdict, reason string, until time.Time) {
	if c.step.Now.Sub(s.since) > staleTime {
		return dropped, "it waited too long", time.Time{}
	}
	if reason := s.site().closed(c); reason != "" {
		return dropped, reason, time.Time{}
	}
	if err := s.encode(c); err != nil {
		return refused, err.Error(), time.Time{}
	}
	if s.local {
		s.change(c)
		return accepted, "", time.Time{}
	}
	reason = s.command.Instance.Conflict(s.payload, s.siblings(c))
	if until = s.since.Add(pairTime); reason != "" && c.step.Now.Before(until) {
		return "", "", until
	}
	if reason != "" {
		return refused, reason, time.Time{}
	}
	return "", "", time.Time{}
}

func (r *relay) start(c *Core, l *lane, s sent) {
	s.handed = true
	l.busy, l.current, l.answered, l.doubtful, l.changed = true, s, false, false, false
	l.deadline = c.step.Now.Add(answerTime)
	r.setters[s.setter()] = l
	l.watches = s.command.Instance.Watches()
	c.step.Publish(s.setter(), s.payload)
}

// free forgets where the current command was looked for.
func (r *relay) free(l *lane) {
	if !l.busy {
		return
	}
	delete(r.setters, l.current.setter())
	l.busy = false
}

// acknowledge takes evcc's empty answer.
func (r *relay) acknowledge(c *Core, topic string) {
	owed := c.step.Now.Before(r.owed[topic])
	delete(r.owed, topic)
	l := r.setters[topic]
	if l == nil || l.answered {
		return
	}
	if owed && !l.current.fulfilled(c) {
		l.doubtful = true // it may be the one that the command before has waited for
		return
	}
	l.answered = true
	l.deadline = c.step.Now.Add(valueTime)
	switch {
	case len(l.watches) == 0:
		r.finish(c, l, accepted, "") // evcc answers alike when it refuses, and no value of the control's own tells
	case l.current.fulfilled(c):
		r.finish(c, l, accepted, "")
	}
}

// value takes a value of evcc that has changed.
func (r *relay) value(c *Core, s *site, path string) {
	for i := 0; i < len(r.order); i++ {
		l := r.order[i]
		if !l.busy || l.current.site() != s || !slices.Contains(l.watches, path) || !l.current.fulfilled(c) {
			continue
		}
		l.changed = true
		l.deadline = c.step.Now.Add(valueTime)
		if l.answered {
			r.finish(c, l, accepted, "")
			i = -1 // lanes may have ended
		}
	}
	s.results.value(c, s, path)
}

func (r *relay) finish(c *Core, l *lane, v verdict, reason string) {
	r.free(l)
	r.end(c, v, l.current, reason)
	r.proceed(c, l)
}

func (r *relay) next() time.Time {
	var next time.Time
	for _, l := range r.order {
		if next.IsZero() || l.deadline.Before(next) {
			next = l.deadline
		}
	}
	return next
}

func (r *relay) tick(c *Core) {
	for _, l := range slices.Clone(r.order) {
		if c.step.Now.Before(l.deadline) {
			continue
		}
		switch in := &l.current.command.Instance; {
		case !l.busy:
			r.proceed(c, l)
		case (l.changed || l.answered || l.doubtful) && l.current.fulfilled(c):
			r.finish(c, l, accepted, "") // changed alone: an evcc that does not answer
		case l.answered, l.doubtful:
			r.finish(c, l, refused, cmp.Or(in.Refusal(l.current.payload, l.current.siblings(c)), "evcc's value stayed"))
		default:
			r.owed[l.current.setter()] = c.step.Now.Add(staleTime)
			r.finish(c, l, unanswered, in.Silence())
		}
	}
}

// forget: what is under way ends, with an answer.
func (r *relay) forget(c *Core) { r.abandon(c) }

// abandon ends what is under way when the connection is lost: nothing is executed late.
func (r *relay) abandon(c *Core) {
	const reason = "the connection to the broker was lost"
	order := r.order
	r.order = nil
	clear(r.lanes)
	clear(r.setters)
	clear(r.owed)
	for _, l := range order {
		if l.busy {
			r.end(c, unanswered, l.current, reason)
		}
		for _, waiting := range l.waiting {
			r.end(c, dropped, waiting, reason)
		}
	}
}
