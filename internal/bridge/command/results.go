package command

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/step"
)

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
	news   bool              // the status has not been given away since
}

// add takes a command's end.
func (m *Machine) add(s *step.Step, res result) {
	r := &m.results
	if res.verdict != replaced { // the newer one is the last
		r.last = &res
	}
	m.battery.ended(s, res.verdict, &res.sent)
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
	case m.site.ReadOnly: // nobody listens
	case len(r.events) < mostEvents:
		r.events = append(r.events, res)
	default:
		r.untold++
	}
	r.news = r.news || !m.world.Running() // who asks over HTTP need not wait for the broker
	r.show(s.Now)
	m.tell(s)
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

// late takes a value of evcc: what came late is no failure any more.
func (m *Machine) late(s *step.Step, path string) {
	r := &m.results
	if len(r.fails) == 0 {
		return
	}
	for _, res := range r.failing() {
		if c := &res.sent; slices.Contains(c.command.Instance.Watches(), path) && m.fulfilled(c) {
			s.Note(step.Info, "evcc shows the wanted value after all", "control", res.control, "device", res.device, "value", res.value)
			delete(r.fails, c.topic)
			r.show(s.Now)
			if c.handed && s.Now.Sub(res.at) < staleTime { // else the wish is somebody else's
				m.battery.ended(s, accepted, c)
			}
		}
	}
	m.tell(s)
}

// over drops the failure of one control.
func (r *results) over(s *step.Step, topic string) {
	if _, failed := r.fails[topic]; failed {
		delete(r.fails, topic)
		r.show(s.Now)
	}
}

// prune drops failures of controls that do not exist any more.
func (r *results) prune(s *step.Step, controls map[string]discovery.Command) {
	before := len(r.fails)
	maps.DeleteFunc(r.fails, func(topic string, _ result) bool { _, there := controls[topic]; return !there })
	if len(r.fails) != before {
		r.show(s.Now)
	}
}

// nextResult returns when something can be told; zero means never.
func (m *Machine) nextResult() time.Time {
	r := &m.results
	if state, ok := m.states[entities.EachCommand]; ok && len(r.events) > 0 {
		return step.Earlier(m.world.Heard(state.Config), r.due)
	}
	return r.due
}

// tell sends what can be sent: events once Home Assistant's entity is there, states not too often.
func (m *Machine) tell(s *step.Step) {
	if !m.world.Running() {
		return
	}
	r := &m.results
	if state, ok := m.states[entities.EachCommand]; ok && len(r.events) > 0 && s.Due(m.world.Heard(state.Config)) {
		for _, res := range r.events {
			if s.Now.Sub(res.at) < staleTime { // news, not history
				s.Publish(state.Topic, res.event())
			}
		}
		if r.untold > 0 {
			s.Note(step.Warn, "Home Assistant is not told how some commands ended: too many at once", "commands", strconv.Itoa(r.untold))
		}
		r.events, r.untold = nil, 0
	}
	if !s.Due(r.due) {
		return
	}
	r.due, r.shown, r.news = time.Time{}, s.Now, true
	m.problem(s)
	if state, ok := m.states[entities.FailedCommand]; ok {
		s.Retain(state.Attributes, encode(map[string]any{"failed": failures(r.failing())}))
		s.Retain(state.Topic, strconv.FormatBool(len(r.fails) > 0))
	}
	if state, ok := m.states[entities.LastCommand]; ok && r.last != nil {
		s.Retain(state.Attributes, encode(r.last.ending()))
		s.Retain(state.Topic, string(r.last.verdict))
	}
}

// problem says which controls have failed.
func (m *Machine) problem(s *step.Step) {
	var list []string
	for i, res := range m.results.failing() {
		if i == mostNamed {
			list = append(list, "…")
			break
		}
		list = append(list, shorten(res.device, mostTitle)+": "+m.site.Words.Name(res.control))
	}
	s.Problem(problem.CommandFailed, m.site.Root, len(list) > 0, strings.Join(list, ", "))
}

// Status returns how the last command ended, nil if there was none yet, and the controls whose last command failed.
func (m *Machine) Status() (last *Ending, failed []Failure) {
	if m.results.last != nil {
		ended := m.results.last.ending()
		last = &ended
	}
	return last, failures(m.results.failing())
}

// News reports whether the status has changed since it was asked last.
func (m *Machine) News() (news bool) {
	news, m.results.news = m.results.news, false
	return news
}
