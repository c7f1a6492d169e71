package command

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/entities"
	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/step"
)

// result is the end of a command.
type result struct {
	outcome outcome
	term    string // of the control, in the words of the catalogue: "loadpoint.mode"
	device  string
	value   string // as it was sent to us, shortened
	reason  string // "" when it was accepted or replaced
	took    time.Duration
	at      time.Time
	command command // what evcc's later values are compared with
}

// How results are shown.
const (
	stateInterval = 500 * time.Millisecond // between two states of the same sensor: a burst is not a history
	failureTime   = 24 * time.Hour         // that a control counts as failed
	maxEvents     = 1000                   // that wait until Home Assistant listens
	maxListed     = 20                     // failed controls in attributes
	maxListBytes  = 12 << 10               // of them: Home Assistant keeps no history of attributes above 16 kB
	maxNamed      = 10                     // failed controls in a problem's detail
	maxValue      = 120                    // characters
	maxDevice     = 100                    // characters
	maxReason     = 300                    // characters: it may quote a value or name many options
)

// results reports to Home Assistant how commands ended. Each result is an event, published once and never retained; the
// last one and the failed ones are states. A control counts as failed until a command for it is accepted, evcc shows the
// wanted value after all (it may be slow), the control ends, or a day has passed. A new run of this program starts without
// failures. What evcc never heard of because it was refused here, a typing error, is no problem of the program.
type results struct {
	events        []result // not published yet
	overflow      int      // events that were too many
	last          *result
	failed        map[string]*result // by command topic
	due           time.Time          // when the states are published next; zero = they are
	published     time.Time          // when they were last
	expiry        time.Time          // when the oldest failure ends by time; zero = there is none
	statusChanged bool               // since the status was asked for
}

// record takes a command's result.
func (m *Machine) record(s *step.Step, res result) {
	r := &m.results
	if res.outcome != replaced { // the newer one is the last
		r.last = &res
	}
	m.hold.ended(s, res.outcome, &res.command)
	switch {
	case res.outcome == accepted:
		delete(r.failed, res.command.topic)
	case res.outcome.failed() && res.command.topic != "":
		if r.failed == nil {
			r.failed = make(map[string]*result)
		}
		r.failed[res.command.topic] = &res
		r.expiry = step.Earlier(r.expiry, res.at.Add(failureTime))
	}
	switch {
	case m.site.ReadOnly: // nobody listens
	case len(r.events) < maxEvents:
		r.events = append(r.events, res)
	default:
		r.overflow++
	}
	r.statusChanged = r.statusChanged || !m.world.Running() // the status does not wait for the broker
	r.schedule(s.Now)
	m.publish(s)
}

// schedule makes the states due.
func (r *results) schedule(now time.Time) {
	if r.due.IsZero() {
		r.due = now
		if soonest := r.published.Add(stateInterval); soonest.After(now) {
			r.due = soonest
		}
	}
}

// failures lists the controls whose last command failed, in order.
func (r *results) failures() []*result { return slices.SortedFunc(maps.Values(r.failed), byControl) }

func byControl(a, b *result) int {
	return cmp.Or(strings.Compare(a.device, b.device), strings.Compare(a.term, b.term), strings.Compare(a.command.topic, b.command.topic))
}

// clear drops the failure of one control.
func (r *results) clear(now time.Time, topic string) {
	if _, failed := r.failed[topic]; failed {
		delete(r.failed, topic)
		r.schedule(now)
	}
}

// matchFailures ends the failures of commands whose value a slow evcc shows now.
func (m *Machine) matchFailures(s *step.Step, path string) {
	var late []*result
	for _, res := range m.results.failed {
		if slices.Contains(res.command.watches, path) && m.fulfilled(&res.command) {
			late = append(late, res)
		}
	}
	slices.SortFunc(late, byControl)
	for _, res := range late {
		s.Note(step.Info, "evcc shows the requested value after all", "control", res.term, "device", res.device, "value", res.value)
		m.results.clear(s.Now, res.command.topic)
		if res.command.published && s.Now.Sub(res.at) < maxWait { // else the value is somebody else's wish
			m.hold.ended(s, accepted, &res.command)
		}
	}
}

// nextResult returns when something can be published; zero means never.
func (m *Machine) nextResult() time.Time {
	r := &m.results
	next := step.Earlier(r.due, r.expiry)
	if state, ok := m.states[entities.EachCommand]; ok && len(r.events) > 0 {
		return step.Earlier(m.world.ListeningSince(state.Config), next)
	}
	return next
}

// expire drops failures that are a day old.
func (r *results) expire(now time.Time) {
	if r.expiry.IsZero() || now.Before(r.expiry) {
		return
	}
	r.expiry = time.Time{}
	for topic, res := range r.failed {
		if end := res.at.Add(failureTime); now.Before(end) {
			r.expiry = step.Earlier(r.expiry, end)
		} else {
			delete(r.failed, topic)
			r.schedule(now)
		}
	}
}

// publish publishes what is due: events once Home Assistant listens, states not too often.
func (m *Machine) publish(s *step.Step) {
	if !m.world.Running() {
		return
	}
	r := &m.results
	r.expire(s.Now)
	if state, ok := m.states[entities.EachCommand]; ok && len(r.events) > 0 && s.Due(m.world.ListeningSince(state.Config)) {
		for _, res := range r.events {
			if s.Now.Sub(res.at) < maxWait { // news, not history
				s.Publish(state.Topic, res.event())
			}
		}
		if r.overflow > 0 {
			s.Note(step.Warn, "some command results not published: too many at once", "commands", strconv.Itoa(r.overflow))
		}
		r.events, r.overflow = nil, 0
	}
	if !s.Due(r.due) {
		return
	}
	r.due, r.published, r.statusChanged = time.Time{}, s.Now, true
	failures := r.failures()
	m.reportProblem(s, failures)
	if state, ok := m.states[entities.FailedCommand]; ok {
		s.Retain(state.Attributes, encode(map[string]any{"failed": listed(failures)}))
		s.Retain(state.Topic, strconv.FormatBool(len(failures) > 0))
	}
	if state, ok := m.states[entities.LastCommand]; ok && r.last != nil {
		s.Retain(state.Attributes, encode(r.last.ending()))
		s.Retain(state.Topic, string(r.last.outcome))
	}
}

// reportProblem names the controls whose last command failed.
func (m *Machine) reportProblem(s *step.Step, failures []*result) {
	var names []string
	failures = slices.DeleteFunc(slices.Clone(failures), (*result).refusedHere)
	for _, res := range failures[:min(len(failures), maxNamed)] {
		names = append(names, shorten(res.device, maxDevice)+": "+m.site.Words.Name(res.term))
	}
	if len(failures) > maxNamed {
		names = append(names, "…")
	}
	s.Problem(problem.CommandFailed, m.site.Root, len(names) > 0, strings.Join(names, ", "))
}

// refusedHere reports whether evcc never heard of the command.
func (res *result) refusedHere() bool { return res.outcome == refused && !res.command.published }

// Status returns how the last command ended, nil before the first one, and the controls whose last command failed.
func (m *Machine) Status() (last *Ending, failed []Failure) {
	if m.results.last != nil {
		ending := m.results.last.ending()
		last = &ending
	}
	return last, listed(m.results.failures())
}

// StatusChanged reports whether the status has changed since this was asked last.
func (m *Machine) StatusChanged() (changed bool) {
	changed, m.results.statusChanged = m.results.statusChanged, false
	return changed
}
