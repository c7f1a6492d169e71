// Package step is what the core of the bridge and its machines share: what happens ([Event]), what follows ([Action]), and
// the [Step] in which one leads to the other. It knows no machine.
package step

import (
	"time"

	"evcc-discovery/internal/problem"
)

// Retainer keeps our own retained messages on the broker.
type Retainer interface {
	// Retain makes payload what the broker shall have on topic; "" takes it off. What is there already costs nothing.
	Retain(s *Step, topic, payload string)
}

// Step is one step of the core: its time, and what follows from it so far. Machines get it and nothing else of the core.
type Step struct {
	Now      time.Time
	Actions  []Action
	Retainer Retainer
	Problems *problem.Tracker
	Busy     bool // what was published before still waits for the broker
}

// Begin starts a step. Actions of the step before are gone.
func (s *Step) Begin(e Event) {
	s.Now, s.Busy, s.Actions = e.At, e.Busy, s.Actions[:0]
}

// Publish sends a message that is not retained.
func (s *Step) Publish(topic, payload string) { s.send(topic, payload, false) }

// Send sends a retained message past the store of retained messages, which does not hear of it.
func (s *Step) Send(topic, payload string) { s.send(topic, payload, true) }

func (s *Step) send(topic, payload string, retain bool) {
	s.Actions = append(s.Actions, Action{Publish: &Publish{Topic: topic, Payload: payload, Retain: retain}})
}

// Retain publishes one of our own retained messages unless the broker has it already.
func (s *Step) Retain(topic, payload string) { s.Retainer.Retain(s, topic, payload) }

// Subscribe asks the broker for filters. Several at once are asked for one after the other.
func (s *Step) Subscribe(filters ...string) {
	s.Actions = append(s.Actions, Action{Subscribe: filters})
}

// Ask asks the broker once more for single topics, one after the other; behind one without an answer for no more.
func (s *Step) Ask(topics ...string) {
	s.Actions = append(s.Actions, Action{Ask: topics})
}

// Look asks the broker what it retains on topics that stay unsubscribed by themselves.
func (s *Step) Look(topics ...string) {
	s.Actions = append(s.Actions, Action{Look: topics})
}

// Store has a site's registry remembered outside the broker.
func (s *Step) Store(root string, registry []byte) {
	s.Actions = append(s.Actions, Action{Store: &Store{Root: root, Registry: registry}})
}

// Note writes to the log: a constant text, then name, value, name, value …
func (s *Step) Note(level Level, text string, fields ...string) {
	s.Actions = append(s.Actions, Action{Note: &Note{Level: level, Text: text, Fields: fields}})
}

// Problem says whether a problem is there, as often as is convenient. Where is what it concerns, "" for the program.
func (s *Step) Problem(code problem.Code, where string, on bool, detail string) {
	s.Problems.Set(s.Now, code, where, on, detail)
}

// Earlier returns the earlier of two times at which something is due; a zero time is never.
func Earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Due reports whether the time for something has come; a zero time never does.
func (s *Step) Due(t time.Time) bool { return !t.IsZero() && !s.Now.Before(t) }
