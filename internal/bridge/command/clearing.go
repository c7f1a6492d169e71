package command

import (
	"slices"
	"time"

	"evcc-discovery/internal/bridge/step"
)

const (
	quietTopic = time.Second // without another command: the broker is asked whether it keeps the last one
	lookWait   = 2 * time.Second
	twice      = 100 * time.Millisecond // while a topic is asked for, brokers may deliver a message twice in a row
	longest    = 1024                   // bytes of a payload that is compared
	mostHeard  = 200                    // topics; retained commands on more are cleared with the next connection
)

// Clearing takes retained commands off the broker. One that arrives live is not marked as retained, so its topic is asked for
// once it has been quiet, and cleared if there is something. One that arrives as retained may be old: it is no command.
// The zero Clearing is ready to use.
type Clearing struct {
	heard map[string]*heard // by command topic
	last  string            // the topic of the command that was the last message of all; "" = it was none
	next  time.Time         // when one of them is due, or earlier
}

// heard is a topic on which a command has arrived live.
type heard struct {
	at      time.Time // when the last one did
	asked   time.Time // when the broker was asked what it keeps since then; zero = not yet
	looked  time.Time // when it was asked last
	lost    bool      // the connection has been since the last one: what is kept may be newer
	payload string    // of the last one, unless it is long
}

// Takes takes a message on a command topic, and reports whether it is no command.
func (c *Clearing) Takes(s *step.Step, e step.Event) bool {
	h, last := c.heard[e.Topic], c.last
	if !e.Retained && len(e.Payload) > 0 {
		c.last = e.Topic
	}
	switch {
	case len(e.Payload) == 0: // our own clearing, or nothing at all
		return true
	case e.Retained:
		if h != nil && (!h.lost || h.payload == string(e.Payload)) {
			s.Note(step.Info, "retained command cleared: it was handled when it arrived", "topic", e.Topic)
		} else {
			s.Note(step.Warn, "retained command ignored and cleared: it may be outdated", "topic", e.Topic)
		}
		s.Send(e.Topic, "")
		if h != nil {
			h.asked = s.Now // it is done
		}
		return true
	case h == nil && len(c.heard) >= mostHeard:
		return false
	case h == nil:
		if c.heard == nil {
			c.heard = make(map[string]*heard)
		}
		h = &heard{}
		c.heard[e.Topic] = h
	case last == e.Topic && h.duplicate(s.Now, e.Payload):
		return true
	}
	h.at, h.asked, h.lost, h.payload = s.Now, time.Time{}, false, ""
	if len(e.Payload) <= longest {
		h.payload = string(e.Payload)
	}
	c.next = step.Earlier(c.next, s.Now.Add(quietTopic))
	return false
}

// Heard takes the topic of any message that has come: what is delivered twice comes twice in a row.
func (c *Clearing) Heard(topic string) {
	if topic != c.last {
		c.last = ""
	}
}

// looking reports whether the topic is, or was just now, subscribed twice.
func (h *heard) looking(now time.Time) bool {
	return !h.looked.IsZero() && now.Before(h.looked.Add(lookWait))
}

func (h *heard) duplicate(now time.Time, payload []byte) bool {
	return h.looking(now) && len(payload) <= longest && h.payload == string(payload) && now.Sub(h.at) < twice
}

// Reconnect keeps what was heard: it may come as retained over the new connection.
func (c *Clearing) Reconnect(s *step.Step) {
	for _, h := range c.heard {
		h.lost, h.asked, h.looked = true, time.Time{}, time.Time{}
		c.next = s.Now
	}
}

// Next returns when a topic has been quiet for long enough; zero means never.
func (c *Clearing) Next() time.Time { return c.next }

// Tick asks for the topics that have been quiet, and forgets those on which nothing is kept.
func (c *Clearing) Tick(s *step.Step) {
	if !s.Due(c.next) {
		return
	}
	c.next = time.Time{}
	var quiet []string
	for topic, h := range c.heard {
		due := h.at.Add(quietTopic)
		switch {
		case !h.asked.IsZero():
			if due = h.asked.Add(lookWait); s.Due(due) {
				delete(c.heard, topic)
				continue
			}
		case s.Due(due) && s.Busy: // the answer would be late
			due = s.Now.Add(quietTopic)
		case s.Due(due):
			h.asked, h.looked = s.Now, s.Now
			quiet = append(quiet, topic)
			due = s.Now.Add(lookWait)
		}
		c.next = step.Earlier(c.next, due)
	}
	if len(quiet) > 0 {
		slices.Sort(quiet)
		s.Look(quiet...)
	}
}
