package bridge

import (
	"slices"
	"strconv"
	"time"

	"evcc-discovery/entities"
)

// keepEvery is twice in the 60 s after which evcc drops a battery mode that it has not heard again: one may be lost.
const keepEvery = 25 * time.Second

// keeper repeats the home battery's mode for as long as the user wants it, because evcc gives every other program a
// minute. It ends when the user chooses automatic, when evcc shows another mode (somebody else's, or its own because it
// refuses ours), when evcc starts anew, and when this program ends in order. If this program crashes, evcc's minute
// ends it.
type keeper struct {
	mode   string    // "" = evcc decides
	setter string    // evcc's /set topic
	shown  string    // topic path below the root where evcc shows it
	due    time.Time // of the next repeat
}

// taken takes a command that evcc has accepted.
func (k *keeper) taken(s *sent, now time.Time) {
	in := &s.command.Instance
	switch {
	case !in.Row.Write.Kept:
	case s.payload == entities.Automatic:
		*k = keeper{}
	default:
		*k = keeper{mode: s.payload, setter: s.setter(), shown: in.State, due: now.Add(keepEvery)}
	}
}

// see takes the mode that evcc shows. While a command is under way it may be that one's.
func (k *keeper) see(c *Core, mode string) {
	if mode == k.mode || c.relay.setters[k.setter] != nil {
		return
	}
	switch mode {
	case "":
		c.note(Info, "the home battery is evcc's own again: evcc starts or stops", "mode", k.mode)
	case entities.Automatic:
		c.note(Warn, "the home battery is evcc's own again: evcc does not hold the mode any longer", "mode", k.mode)
	default:
		c.note(Info, "the home battery's mode was changed elsewhere and is not repeated any more", "mode", k.mode, "now", mode)
	}
	*k = keeper{}
}

// again repeats at once: after a new connection.
func (k *keeper) again(now time.Time) { k.due = now }

// next returns when a tick is due; zero means never.
func (k *keeper) next() time.Time {
	if k.mode == "" {
		return time.Time{}
	}
	return k.due
}

// tick repeats the mode. Whether evcc answers does not matter: what it shows does. An evcc that is away hears nothing,
// and when it comes back, having emptied its tree, there is nothing to repeat any more.
func (k *keeper) tick(c *Core, s *site) {
	if k.mode == "" || c.now.Before(k.due) {
		return
	}
	k.due = c.now.Add(keepEvery)
	if s.closed(c) != "" {
		return
	}
	if k.see(c, s.tree[k.shown]); k.mode == "" {
		return
	}
	if c.relay.setters[k.setter] != nil {
		k.due = c.now.Add(answerTime) // quick values of one topic can overtake each other inside evcc
		return
	}
	c.publish(k.setter, k.mode, false)
}

// release gives the battery back to evcc.
func (k *keeper) release(c *Core) {
	if k.mode != "" {
		c.publish(k.setter, entities.Automatic, false)
	}
}

// batteryMode takes the mode that evcc shows.
func (s *site) batteryMode(c *Core, path, value string) {
	if s.battery.mode != "" && path == s.battery.shown {
		s.battery.see(c, value)
	}
	if state, ok := s.state(entities.Held); ok && path == state.Instance.State {
		s.showHeld(c)
	}
}

// showHeld publishes whether the battery is held.
func (s *site) showHeld(c *Core) {
	if state, ok := s.state(entities.Held); ok && c.phase == running && !s.presence.blanked {
		held := slices.Contains(state.Instance.Row.On, s.tree[state.Instance.State])
		c.retain(state.Topic, strconv.FormatBool(held))
	}
}
