package retained

import (
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge/step"
)

// verify asks the broker some seconds after device messages, registries or removals were sent what it keeps of them. That
// they come back when they are sent does not tell: there are brokers that hand on what they do not keep, and such that drop
// without a word what is too large for them; and we may not read everywhere. What is absent is a problem, and is tried again
// as what was withheld is.
type verify struct {
	due    time.Time            // when the broker is asked; zero = there is nothing to ask
	asked  time.Time            // when it was; zero = no question is open
	ends   time.Time            // when its answer is over
	seen   map[string]bool      // topics that it has answered with: with what shall be there, or with something else
	sentAt map[string]time.Time // device messages, registries and removals over this connection
	sizes  map[string]int       // of what the broker was seen to keep over this connection, by topic
}

const (
	verifyAfter = 10 * time.Second
	quiet       = time.Second // without another message the answer is over
)

// sent takes that something was sent. While more is sent the question waits; where as much was seen to be kept, and nothing
// was dropped, there is none.
func (v *verify) sent(s *step.Step, topic, payload string, dropped bool) {
	if v.sentAt == nil {
		v.sentAt = make(map[string]time.Time)
	}
	v.sentAt[topic] = s.Now
	if dropped || Size(topic, payload) > v.sizes[topic] {
		v.due = s.Now.Add(verifyAfter)
	}
}

// keeps takes what the broker keeps.
func (v *verify) keeps(topic, payload string) {
	if v.sizes == nil {
		v.sizes = make(map[string]int)
	}
	v.sizes[topic] = max(v.sizes[topic], Size(topic, payload))
}

// Replay takes what the broker has retained, as its answer.
func (st *Store) Replay(s *step.Step, topic, payload string) {
	v := &st.verify
	if v.asked.IsZero() {
		return
	}
	v.seen[topic], v.ends = payload == st.have[topic], s.Now.Add(quiet)
	if v.seen[topic] {
		v.keeps(topic, payload)
	}
}

// next returns when an answer is over, or else when the broker is asked.
func (v *verify) next() time.Time {
	if v.ends.IsZero() {
		return v.due
	}
	return v.ends
}

// ask asks the broker, and reports whether an answer is over.
func (st *Store) ask(s *step.Step) (answered bool) {
	v := &st.verify
	if s.Due(v.ends) {
		v.ends = time.Time{}
		return true
	}
	switch {
	case !s.Due(v.due) || !v.asked.IsZero():
	case s.Busy: // what was sent is still under way
		v.due = s.Now.Add(verifyAfter)
	default:
		v.due, v.asked, v.ends = time.Time{}, s.Now, s.Now.Add(verifyAfter)
		v.seen = make(map[string]bool)
		s.Subscribe(discovery.ConfigFilter(st.prefix, st.base), st.base+"/+/registry", st.base+"/removal/+")
	}
	return false
}

// conclude compares the answer with what shall be there. What was sent since the question may not be in it.
func (st *Store) conclude(s *step.Step) {
	v := &st.verify
	for topic, right := range v.seen {
		if right && st.have[topic] == st.shall(topic) {
			st.forget(s, topic)
		}
	}
	for topic, sent := range v.sentAt {
		payload := st.shall(topic)
		if !sent.Before(v.asked) || payload == "" || payload != st.have[topic] || v.seen[topic] || st.foreign.pending(topic) {
			continue
		}
		st.limits.missing[topic] = true
		// What was sent before it does not come back any more.
		if o, waits := st.open[topic]; waits {
			st.open[topic] = open{payloads: o.payloads[len(o.payloads)-1:], since: o.since}
		}
		st.plan(s)
	}
	v.asked = time.Time{}
	st.tell(s)
}

// readBack takes what was read over a new connection: what is there is not missing any more.
func (st *Store) readBack(s *step.Step) {
	for topic := range st.limits.missing {
		if payload := st.shall(topic); payload != "" && payload == st.have[topic] {
			st.forget(s, topic)
		}
	}
}

// Kept reports whether the broker was seen to keep a device's message: when the retained world was read, or by its answer.
func (st *Store) Kept(topic string) bool {
	return st.have[topic] != "" && (st.verify.seen[topic] || st.read[topic])
}
