package command

import (
	"time"

	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// keepEvery is twice in the 60 s after which evcc drops a battery mode that it has not heard again: one may be lost.
const keepEvery = 25 * time.Second

// keeper repeats the home battery's mode for as long as the user wants it, because evcc gives every other program a
// minute. It keeps nothing but what the newest command wants. It ends when the user asks for automatic, whether evcc
// hears that or not, when evcc does not answer a command for another mode, when it shows another mode (somebody else's,
// or its own because it refuses ours), when evcc starts anew, and when this program ends in order. If this program
// crashes, evcc's minute ends it.
type keeper struct {
	kept   sent      // the command that was accepted last; without payload evcc decides
	wish   string    // what the newest command wants of evcc, whatever became of it
	due    time.Time // of the next repeat
	unseen bool      // the broker has forgotten what evcc shows
}

// holds reports whether there is something to repeat.
func (k *keeper) holds() bool { return k.kept.payload != "" }

// shown is the topic path below the root where evcc shows the mode.
func (k *keeper) shown() string { return k.kept.command.Instance.State }

// ask takes a well-formed command when it comes. Automatic needs no answer: evcc's minute does the rest.
func (k *keeper) ask(c *sent) {
	switch in := &c.command.Instance; {
	case !in.Row.Write.Kept:
	case c.payload == entities.Automatic:
		*k = keeper{wish: c.payload}
	default:
		k.wish = c.payload
	}
}

// ended takes the end of a command. After another mode that was refused or never sent, the one before stays.
func (k *keeper) ended(s *step.Step, v verdict, c *sent) {
	if in := &c.command.Instance; in.Row == nil || !in.Row.Write.Kept || c.payload != k.wish {
		return // not ours, or a newer one is on its way
	}
	switch {
	case v == accepted && c.payload != entities.Automatic:
		*k = keeper{kept: *c, wish: k.wish, due: s.Now.Add(keepEvery)}
		k.kept.quiet = true
	case !k.holds() || c.payload == k.kept.payload:
	case v == unanswered:
		s.Note(step.Info, "the home battery's mode is not repeated any more: evcc did not answer the command for another one",
			"mode", k.kept.payload, "wanted", c.payload)
		*k = keeper{wish: k.wish}
	}
}

// see takes the mode that evcc shows. While a command is under way it may be that one's.
func (k *keeper) see(m *Machine, s *step.Step, mode string) {
	kept := k.kept.payload
	if l := m.setters[k.kept.setter]; mode == kept || l != nil && !l.current.quiet {
		return
	}
	switch mode {
	case "":
		s.Note(step.Info, "the home battery is evcc's own again: evcc starts or stops", "mode", kept)
	case entities.Automatic:
		s.Note(step.Warn, "the home battery is evcc's own again: evcc does not hold the mode any longer", "mode", kept)
	default:
		s.Note(step.Info, "the home battery's mode was changed elsewhere and is not repeated any more", "mode", kept, "now", mode)
	}
	*k = keeper{}
}

// again repeats at once: after a new connection.
func (k *keeper) again(now time.Time) { k.due = now }

// value takes a value of evcc.
func (k *keeper) value(m *Machine, s *step.Step, path string) {
	if k.holds() && path == k.shown() {
		k.see(m, s, m.world.Value(path))
	}
}

// blanked: evcc starts or stops.
func (k *keeper) blanked(m *Machine, s *step.Step) {
	if k.holds() && k.unseen {
		k.unseen = false
		k.see(m, s, "")
	}
}

// next returns when a tick is due; zero means never.
func (k *keeper) next() time.Time {
	if !k.holds() {
		return time.Time{}
	}
	return k.due
}

// tick repeats the mode, in the lane of the commands that people send: what comes meanwhile waits, and is not
// overtaken. Whether evcc answers does not matter: what it shows does. An evcc that is away hears nothing, and when it
// comes back, having emptied its tree, there is nothing to repeat any more.
func (k *keeper) tick(m *Machine, s *step.Step) {
	if !s.Due(k.next()) {
		return
	}
	k.due = s.Now.Add(keepEvery)
	if m.world.Closed() != "" {
		return
	}
	mode := m.world.Value(k.shown())
	if k.unseen = k.unseen && mode == ""; !k.unseen {
		k.see(m, s, mode)
	}
	if !k.holds() {
		return
	}
	if m.lanes[k.kept.lane()] != nil {
		k.due = s.Now.Add(answerTime)
		return
	}
	again := k.kept
	again.since = s.Now
	m.send(s, again)
}

// release gives the battery back to evcc.
func (k *keeper) release(s *step.Step) {
	if k.holds() {
		s.Publish(k.kept.setter, entities.Automatic)
	}
}
