package bridge

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"

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

// result is the end of a command.
type result struct {
	verdict verdict
	control string // in the words of the catalogue: "loadpoint.mode"
	device  string
	value   string // as it was sent to us, shortened
	reason  string // "" when it was accepted or replaced
	took    time.Duration
	at      time.Time
	sent    sent // what evcc's later values are held against
}

// How results are shown.
const (
	heardAfter = time.Second            // after a device message Home Assistant's entity hears events
	calm       = 500 * time.Millisecond // between two states of the same sensor: a burst is not a history
	mostEvents = 1000                   // that wait for Home Assistant's entity
	mostListed = 20                     // failed controls in attributes
	mostBytes  = 12 << 10               // of them: Home Assistant keeps no history of attributes above 16 kB
	mostNamed  = 10                     // failed controls in a problem's detail
	valueShown = 120                    // characters of a value
	mostTitle  = 100                    // characters of a device's name
	cause      = 300                    // characters of a reason: it may quote a value or name many options
)

// results tells Home Assistant how commands ended. Each is an event, sent once and never retained; the last one and
// whatever has failed are states. A control that has failed counts as failed until a command on it is accepted, or
// evcc shows the wanted value after all: answers are given once, but evcc may be slow. A new run of this program
// starts without failures.
type results struct {
	events []result          // that were not sent yet
	untold int               // that were too many
	last   *result           // the newest
	fails  map[string]result // by command topic
	due    time.Time         // when the states are shown next; zero = they are
	shown  time.Time         // when they were shown last
}

// add takes a command's end.
func (r *results) add(c *Core, s *site, res result) {
	if res.verdict != replaced { // the newer one is the last
		r.last = &res
	}
	s.battery.ended(c, res.verdict, &res.sent)
	switch {
	case res.verdict == accepted:
		delete(r.fails, res.sent.topic)
	case res.verdict.failed() && res.sent.topic != "":
		if r.fails == nil {
			r.fails = make(map[string]result)
		}
		r.fails[res.sent.topic] = res
	}
	switch {
	case c.settings.ReadOnly: // nobody listens
	case len(r.events) < mostEvents:
		r.events = append(r.events, res)
	default:
		r.untold++
	}
	c.reporter.due = c.reporter.due || c.phase != running // who asks over HTTP need not wait for the broker
	r.show(c.step.Now)
	r.tick(c, s)
}

// show makes the states due.
func (r *results) show(now time.Time) {
	if r.due.IsZero() {
		r.due = now
		if soonest := r.shown.Add(calm); soonest.After(now) {
			r.due = soonest
		}
	}
}

// failing lists the controls whose last command failed, in order.
func (r *results) failing() []result {
	return slices.SortedFunc(maps.Values(r.fails), func(a, b result) int {
		return cmp.Or(strings.Compare(a.device, b.device), strings.Compare(a.control, b.control), strings.Compare(a.sent.topic, b.sent.topic))
	})
}

// value takes a value of evcc: what came late is no failure any more.
func (r *results) value(c *Core, s *site, path string) {
	if len(r.fails) == 0 {
		return
	}
	for _, res := range r.failing() {
		if in := res.sent.command.Instance; in.Row != nil && slices.Contains(in.Watches(), path) && res.sent.fulfilled(c) {
			c.step.Note(step.Info, "evcc shows the wanted value after all", "control", res.control, "device", res.device, "value", res.value)
			delete(r.fails, res.sent.topic)
			r.show(c.step.Now)
			if res.sent.handed && c.step.Now.Sub(res.at) < staleTime { // else the wish is somebody else's
				s.battery.ended(c, accepted, &res.sent)
			}
		}
	}
	r.tick(c, s)
}

// forget: answers are given once, and those that nobody has heard yet still wait.
func (r *results) forget(*Core) {}

// over drops the failure of one control.
func (r *results) over(c *Core, topic string) {
	if _, failed := r.fails[topic]; failed {
		delete(r.fails, topic)
		r.show(c.step.Now)
	}
}

// prune drops failures of controls that do not exist any more.
func (r *results) prune(c *Core, s *site) {
	before := len(r.fails)
	maps.DeleteFunc(r.fails, func(topic string, _ result) bool { _, there := s.wanted.Commands[topic]; return !there })
	if len(r.fails) != before {
		r.show(c.step.Now)
	}
}

// next returns when a tick is due; zero means never.
func (r *results) next(c *Core, s *site) time.Time {
	state, ok := s.state(entities.EachCommand)
	if !ok || len(r.events) == 0 {
		return r.due
	}
	next := c.outbox.heard(state.Config)
	if !r.due.IsZero() && (next.IsZero() || r.due.Before(next)) {
		return r.due
	}
	return next
}

// tick sends what can be sent: events once Home Assistant's entity is there, states not too often.
func (r *results) tick(c *Core, s *site) {
	if c.phase != running {
		return
	}
	if state, ok := s.state(entities.EachCommand); ok && len(r.events) > 0 {
		if heard := c.outbox.heard(state.Config); !heard.IsZero() && !c.step.Now.Before(heard) {
			for _, res := range r.events {
				if c.step.Now.Sub(res.at) < staleTime { // news, not history
					c.step.Publish(state.Topic, res.event())
				}
			}
			if r.untold > 0 {
				c.step.Note(step.Warn, "Home Assistant is not told how some commands ended: too many at once", "commands", strconv.Itoa(r.untold))
			}
			r.events, r.untold = nil, 0
		}
	}
	if r.due.IsZero() || c.step.Now.Before(r.due) {
		return
	}
	r.due, r.shown, c.reporter.due = time.Time{}, c.step.Now, true
	r.problem(c, s)
	if state, ok := s.state(entities.FailedCommand); ok {
		c.step.Retain(state.Attributes, encode(map[string]any{"failed": failures(r.failing())}))
		c.step.Retain(state.Topic, strconv.FormatBool(len(r.fails) > 0))
	}
	if state, ok := s.state(entities.LastCommand); ok && r.last != nil {
		c.step.Retain(state.Attributes, encode(r.last.ending()))
		c.step.Retain(state.Topic, string(r.last.verdict))
	}
}

// state returns the site's own state of that kind.
func (s *site) state(reading entities.OwnState) (discovery.State, bool) {
	i := slices.IndexFunc(s.wanted.States, func(st discovery.State) bool { return st.Reads() == reading })
	if i < 0 {
		return discovery.State{}, false
	}
	return s.wanted.States[i], true
}
