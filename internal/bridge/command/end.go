package command

import (
	"strconv"

	"evcc-discovery/internal/bridge/step"
)

// verdict is how a command ended: an event type and a state in Home Assistant.
type verdict string

// The verdicts. A command has exactly one.
const (
	accepted   verdict = "accepted"   // evcc shows the wanted value
	refused    verdict = "refused"    // by us or by evcc: nothing has changed
	replaced   verdict = "replaced"   // a newer one for the same control came while it waited
	unanswered verdict = "unanswered" // sent, and evcc did not answer
	dropped    verdict = "dropped"    // not sent, because it would have been late
)

// failed reports whether the verdict is one that a person should know of.
func (v verdict) failed() bool { return v == refused || v == unanswered || v == dropped }

// texts of the log, by verdict; reasons stand beside them.
var texts = map[verdict]string{
	accepted: "command accepted", refused: "command refused", replaced: "command replaced by a newer one",
	unanswered: "command unanswered", dropped: "command dropped",
}

// end tells how a command ended, if anybody wants to know. It is called once for each.
func (m *Machine) end(s *step.Step, v verdict, c sent, reason string) {
	if c.quiet {
		return
	}
	reason = shorten(reason, cause)
	level, took := step.Info, s.Now.Sub(c.since)
	if v.failed() {
		level = step.Warn
	}
	payload := c.payload
	if payload == "" {
		payload = short(c.raw)
	}
	list := []string{"control", c.command.Term, "device", c.command.Device, "payload", payload}
	if reason != "" {
		list = append(list, "reason", reason)
	}
	s.Note(level, texts[v], append(list, "milliseconds", strconv.FormatInt(took.Milliseconds(), 10))...)
	m.add(s, result{verdict: v, control: c.command.Term, device: c.command.Device, value: short(c.raw), reason: reason, took: took, at: s.Now, sent: c})
}
