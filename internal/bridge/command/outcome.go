package command

import (
	"strconv"

	"evcc-discovery/internal/bridge/step"
)

// outcome is how a command ended: an event type and a state in Home Assistant.
type outcome string

// The outcomes. A command has exactly one.
const (
	accepted   outcome = "accepted"   // evcc shows the wanted value
	refused    outcome = "refused"    // by us or by evcc: nothing has changed
	replaced   outcome = "replaced"   // by a newer one for the same control while it waited
	unanswered outcome = "unanswered" // published, and evcc did not answer
	dropped    outcome = "dropped"    // not published, because it would have been late
)

// failed reports whether a person should know of it.
func (o outcome) failed() bool { return o == refused || o == unanswered || o == dropped }

// notes are the log's texts by outcome.
var notes = map[outcome]string{
	accepted: "command accepted", refused: "command refused", replaced: "command replaced by a newer one",
	unanswered: "command unanswered", dropped: "command dropped",
}

// end reports how a command ended. It is called exactly once for each, and does nothing for our own repeats.
func (m *Machine) end(s *step.Step, o outcome, c command, reason string) {
	if c.repeat {
		return
	}
	if o == accepted {
		reason = c.control.Instance.Remark(c.payload, m.siblings(&c))
	}
	reason = shorten(reason, maxReason)
	level, took := step.Info, s.Now.Sub(c.received)
	if o.failed() {
		level = step.Warn
	}
	value := shorten(c.raw, maxValue)
	payload := c.payload
	if payload == "" {
		payload = value
	}
	fields := []string{"control", c.control.Term, "device", c.control.Device, "payload", payload}
	if reason != "" {
		fields = append(fields, "reason", reason)
	}
	s.Note(level, notes[o], append(fields, "milliseconds", strconv.FormatInt(took.Milliseconds(), 10))...)
	m.record(s, result{outcome: o, term: c.control.Term, device: c.control.Device, value: value, reason: reason, took: took, at: s.Now, command: c})
}
