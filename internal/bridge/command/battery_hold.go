package command

import (
	"time"

	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// repeatEvery is twice in the 60 s after which evcc drops a battery mode that it has not received again: one may be lost.
const repeatEvery = 25 * time.Second

// batteryHold repeats the home battery's mode for as long as the user wants it, because evcc drops an external mode after a
// minute. It only repeats what the newest command wants. It ends when the user asks for automatic, whether evcc hears that
// or not, when evcc does not answer a command for another mode, when evcc shows another mode (set by someone else, or by
// itself because it refuses ours), when evcc restarts, and when this program ends in order. If this program crashes, evcc's
// minute ends it.
type batteryHold struct {
	held   command   // the command that was accepted last; without a payload nothing is held
	wish   string    // what the newest command wants, whatever became of it
	due    time.Time // of the next repeat
	unseen bool      // the broker has lost what evcc shows
}

func (h *batteryHold) active() bool { return h.held.payload != "" }

// state is the topic path below the root where evcc shows the mode.
func (h *batteryHold) state() string { return h.held.control.Instance.State }

// requested takes a well-formed command when it arrives. Automatic needs no answer: evcc's minute does the rest.
func (h *batteryHold) requested(c *command) {
	switch {
	case !c.control.Instance.Row.Write.Kept:
	case c.payload == entities.Automatic:
		*h = batteryHold{wish: c.payload}
	default:
		h.wish = c.payload
	}
}

// ended takes the end of a command. After another mode that was refused or never published, the one before stays.
func (h *batteryHold) ended(s *step.Step, o outcome, c *command) {
	if in := &c.control.Instance; in.Row == nil || !in.Row.Write.Kept || c.payload != h.wish {
		return // another control's, or a newer one is on its way
	}
	switch {
	case o == accepted && c.payload != entities.Automatic:
		*h = batteryHold{held: *c, wish: h.wish, due: s.Now.Add(repeatEvery)}
		h.held.repeat = true
	case !h.active() || c.payload == h.held.payload:
	case o == unanswered:
		s.Note(step.Info, "home battery mode no longer repeated: evcc did not answer the command for another one",
			"mode", h.held.payload, "wanted", c.payload)
		*h = batteryHold{wish: h.wish}
	}
}

// compare ends the hold when evcc shows another mode. While a command is under way it may be that one's; no mode at all is
// evcc's start or stop.
func (h *batteryHold) compare(m *Machine, s *step.Step, mode string) {
	held := h.held.payload
	if q := m.setters[h.held.setter]; mode == held || mode != "" && q != nil && !q.current.repeat {
		return
	}
	switch mode {
	case "":
		s.Note(step.Info, "home battery released to evcc: evcc starts or stops", "mode", held)
	case entities.Automatic:
		s.Note(step.Warn, "home battery released to evcc: evcc dropped the mode", "mode", held)
	default:
		s.Note(step.Info, "home battery mode changed elsewhere; no longer repeated", "mode", held, "now", mode)
	}
	*h = batteryHold{wish: h.wish} // a command may be waiting
}

func (h *batteryHold) value(m *Machine, s *step.Step, path string) {
	if h.active() && path == h.state() {
		h.compare(m, s, m.world.Value(path))
	}
}

// treeBlanked ends the hold of an evcc that starts or stops. Where the broker has lost the mode, no value tells that.
func (h *batteryHold) treeBlanked(m *Machine, s *step.Step) {
	if h.active() && h.unseen {
		h.unseen = false
		h.compare(m, s, "")
	}
}

func (h *batteryHold) next() time.Time {
	if !h.active() {
		return time.Time{}
	}
	return h.due
}

// tick repeats the mode through the queue of people's commands: what arrives meanwhile waits, and is not overtaken. Whether
// evcc answers does not matter: what it shows does. An evcc that is away receives nothing, and when it comes back, having
// blanked its topics, there is nothing to repeat any more.
func (h *batteryHold) tick(m *Machine, s *step.Step) {
	if !s.Due(h.next()) {
		return
	}
	h.due = s.Now.Add(repeatEvery)
	if m.world.Unavailable("", entities.Object{}) != "" {
		return
	}
	mode := m.world.Value(h.state())
	if h.unseen = h.unseen && mode == ""; !h.unseen {
		h.compare(m, s, mode)
	}
	switch {
	case !h.active():
	case m.queues[h.held.queue()] != nil:
		h.due = s.Now.Add(ackTimeout)
	default:
		repeat := h.held
		repeat.received = s.Now
		m.enqueue(s, repeat)
	}
}

// release gives the battery back to evcc.
func (h *batteryHold) release(s *step.Step) {
	if h.active() {
		s.Publish(h.held.setter, entities.Automatic)
	}
}
