package bridge

import (
	"strconv"
	"strings"

	"evcc-discovery/entities"
)

func (l *lane) start(c *Core, s sent) {
	l.current, l.answered = s, false
	l.deadline = c.now.Add(answerTime)
	c.publish(l.topic, s.payload, false)
}

// acknowledge takes evcc's empty answer.
func (r *relay) acknowledge(c *Core, topic string) {
	l := r.lanes[topic]
	if l == nil || l.answered {
		return
	}
	l.answered = true
	if l.state == "" || l.fulfilled() {
		r.accept(c, l)
		return
	}
	l.deadline = c.now.Add(valueTime)
}

// value takes a value of evcc that has changed.
func (r *relay) value(c *Core, root, path, value string) {
	if len(r.values) == 0 {
		return
	}
	if l := r.values[root+"/"+path]; l != nil && l.answered && l.fulfilled() {
		r.accept(c, l)
	}
}

// valuePath is where evcc shows what a control has set, below the root: a button that clears has no state of its own,
// but evcc's setter is named like the value.
func valuePath(in *entities.Instance) string {
	if in.Row.Write.Kind == entities.WriteClear {
		return in.Set
	}
	return in.State
}

// fulfilled reports whether evcc's value is the wanted one.
func (l *lane) fulfilled() bool {
	in := l.current.command.Instance
	want, have := l.current.payload, l.current.command.site.tree[valuePath(&in)]
	if k := in.Row.Write.Kind; k == entities.WriteContinuous || k == entities.WritePrecondition {
		want = strings.TrimSpace(l.current.raw) // the payload holds the sibling as well
	}
	if want == entities.Clear {
		return have == ""
	}
	if w, err := strconv.ParseFloat(want, 64); err == nil {
		h, err := strconv.ParseFloat(have, 64)
		return (err == nil && h == w) || (w == 0 && have == "") // evcc empties a limit of 0
	}
	return want == have
}

func (r *relay) accept(c *Core, l *lane) {
	text := "command accepted"
	if l.state == "" {
		text = "command answered" // evcc answers alike when it refuses, and no value of the control's own tells
	}
	r.result(c, Info, text, l.current)
	r.proceed(c, l)
}

// proceed ends the lane's command and starts the one that waits.
func (r *relay) proceed(c *Core, l *lane) {
	for len(l.waiting) > 0 {
		next := l.waiting[0]
		l.waiting = l.waiting[1:]
		if c.now.Sub(next.since) > staleTime {
			r.result(c, Warn, "command dropped: it waited too long", next)
			continue
		}
		if err := next.encode(c); err != nil {
			r.refuse(c, next.topic, next.command, err.Error())
			continue
		}
		l.start(c, next)
		return
	}
	delete(r.lanes, l.topic)
	delete(r.values, l.state)
	for i, topic := range r.order {
		if topic == l.topic {
			r.order = append(r.order[:i], r.order[i+1:]...)
			return
		}
	}
}
