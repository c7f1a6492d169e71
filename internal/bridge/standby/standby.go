// Package standby lets only one program work on a base topic. What the broker says of another cannot be trusted, because a
// will may be lost with the broker, so the other is asked: who starts, asks; who works, answers; who hears an answer, stands
// by and asks again, now and then and when the other's status is offline. Of two that start at once, or have not heard of
// each other, the one with the smaller name goes on. Who stands by for one with other settings waits for longer, because that
// may only be restarted, and then inherits: until its user restarts it, it removes nothing, because that could be the other's.
//
// What is said on the peer topic is never retained: a word, a space and the speaker's name; in an answer to another also the
// fingerprint of its settings.
package standby

import (
	"strings"
	"time"

	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/problem"
)

const (
	answerWait = 2 * time.Second // for an answer, before the other is taken for gone
	askAgain   = 30 * time.Second
	silence    = 10 * time.Minute // of one with other settings, before it is taken for gone
)

// The words.
const (
	question = "who?"
	answer   = "here"
)

// Phase is what this program does.
type Phase uint8

// The phases.
const (
	Reading  Phase = iota // it starts
	Working               // it is the one that works
	Standing              // by, for another
)

// Machine follows who works.
type Machine struct {
	topic        string
	name         string    // of this run
	fingerprint  string    // tells its settings from others
	other        string    // who works, "" when nobody does
	incompatible bool      // the other has other settings
	heard        time.Time // when the other was heard last, or this one began to stand by
	inherits     bool      // it works in place of one with other settings
	asked        time.Time // when this one has asked last
	again        time.Time // when it asks next, while it stands by
}

// New returns a machine that has asked nobody yet. The name is never the same twice.
func New(topic, name, fingerprint string) Machine {
	return Machine{topic: topic, name: name, fingerprint: fingerprint}
}

// Inherits reports whether this one has taken over from one with other settings: what is on the broker may be the other's.
func (m *Machine) Inherits() bool { return m.inherits }

// Ask asks who works. Who did may be gone; one with other settings is waited for all the same.
func (m *Machine) Ask(s *step.Step) {
	if !m.incompatible {
		m.other = ""
	}
	m.asked, m.again = s.Now, s.Now.Add(askAgain)
	s.Publish(m.topic, question+" "+m.name)
}

// Start tells everybody that this one works.
func (m *Machine) Start(s *step.Step) {
	s.Problem(problem.Standby, "", false, "") // it may have stood by when its connection was lost
	s.Problem(problem.OtherSettings, "", m.inherits, "")
	s.Publish(m.topic, answer+" "+m.name)
}

// Stand begins to stand by.
func (m *Machine) Stand(s *step.Step) {
	m.heard, m.again = s.Now, s.Now.Add(askAgain)
	m.show(s)
}

// reply tells another who works.
func (m *Machine) reply(s *step.Step) { s.Publish(m.topic, answer+" "+m.name+" "+m.fingerprint) }

func (m *Machine) show(s *step.Step) {
	detail := ""
	if m.incompatible {
		detail = "its evcc topics, READ_ONLY, COMPATIBILITY or discovery prefix differ: this instance takes over when it has been silent for ten minutes, or when you restart this instance"
	}
	s.Problem(problem.Standby, "", true, detail)
}

// Hear takes what another has said, and our own words, which come back. It reports whether this one, which works, has to
// stand by from now on.
func (m *Machine) Hear(s *step.Step, payload string, phase Phase) (yield bool) {
	what, name, _ := strings.Cut(payload, " ")
	name, fingerprint, _ := strings.Cut(name, " ")
	if name == "" || name == m.name {
		return false
	}
	first := m.name < name
	switch {
	case what == question && phase == Working, what == question && phase == Reading && first:
		m.reply(s)
	case what == question && phase == Reading, what == answer && (phase != Working || !first):
		m.other, m.heard = name, s.Now
		if fingerprint != "" {
			m.incompatible = fingerprint != m.fingerprint
		}
	case what == answer:
		m.reply(s) // the other does not know of us
	}
	if phase == Standing {
		m.show(s)
	}
	return m.other != "" && phase == Working
}

// Another reports whether somebody else works, as far as is known.
func (m *Machine) Another() bool { return m.other != "" }

// Answered reports whether whoever works has said so, or has had the time to.
func (m *Machine) Answered(now time.Time) bool {
	return m.other != "" || !now.Before(m.asked.Add(answerWait))
}

// Next returns when an answer must have come, or when to ask again.
func (m *Machine) Next() time.Time {
	if m.other == "" {
		return m.asked.Add(answerWait)
	}
	return m.again
}

// Tick asks again while another works, and reports whether to take over from one that has not answered.
func (m *Machine) Tick(s *step.Step) (takeOver bool) {
	switch {
	case !s.Due(m.Next()):
	case m.incompatible && s.Due(m.heard.Add(silence)):
		m.other, m.incompatible, m.inherits = "", false, true
		s.Problem(problem.Standby, "", false, "")
		return true
	case m.other != "":
		m.Ask(s)
	default:
		s.Problem(problem.Standby, "", false, "")
		return true
	}
	return false
}
