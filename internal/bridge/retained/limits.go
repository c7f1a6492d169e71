package retained

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/problem"
)

// limits are what the broker takes. Some brokers close the connection on a message that is too large for them, and what was
// sent behind it is lost with it; the rest must go on, and the message must not be sent again and again.
//
// When a connection ends, the MQTT client knows which messages the broker had not acknowledged. If one of them is larger than
// everything acknowledged, messages are sent one by one from then on, smallest first, each when the one before it is on the
// broker: a closing broker takes acknowledgements with it, and of several under way nobody could tell which was too large. If
// the connection ends on one of them, nothing as large as that is sent: however many messages are too large, they cost two
// connections. What is withheld is tried again after the next connect that follows another end, and ever more seldom, daily
// at last.
type limits struct {
	max     int               // messages of that size are withheld; 0 = none is
	careful time.Time         // until then messages are sent one by one
	queue   map[string]string // payloads that wait for their turn, by topic
	probe   string            // topic of the one that was sent last
	turn    time.Time         // when the next one is sent, even if the probe has not come back; zero = none waits
	missing map[string]bool   // topics whose message is withheld, or being tried; true = dropped without a word: that it comes back says nothing
	retry   time.Time         // when that is tried; zero = nothing is
	failed  int               // how often it was tried in vain
	soon    bool              // it is tried after the next connect
}

const (
	small      = 512 // bytes: no broker finds that too large
	turnAfter  = time.Second
	carefulFor = 10 * time.Minute
	firstRetry = 5 * time.Minute
	lastRetry  = 24 * time.Hour
	soonRetry  = 30 * time.Second // after the connect: by then everything was asked for
	maxNamed   = 5                // topics in the problem's detail
)

func newLimits() limits {
	return limits{queue: make(map[string]string), missing: make(map[string]bool)}
}

func (l *limits) leave() { *l = newLimits() }

// Size is the size of a message as brokers measure it, at most.
func Size(topic, payload string) int { return len(topic) + len(payload) + 9 }

// Withholds reports whether a message would not be sent, because it is too large for the broker.
func (st *Store) Withholds(topic, payload string) bool {
	return st.limits.max > 0 && payload != "" && Size(topic, payload) >= st.limits.max
}

// emit sends a message, unless it is too large for the broker, and reports whether it does.
func (st *Store) emit(s *step.Step, topic, payload string) bool {
	l := &st.limits
	if st.Withholds(topic, payload) {
		if _, known := l.missing[topic]; !known {
			l.missing[topic] = false
			s.Note(step.Warn, "message withheld: too large for the broker; retrying later", "topic", topic, "bytes", strconv.Itoa(Size(topic, payload)))
			st.tell(s)
		}
		st.plan(s)
		return false
	}
	if payload == "" {
		st.forget(s, topic)
	}
	delete(l.queue, topic)
	switch one := s.Now.Before(l.careful) && Size(topic, payload) > small; {
	case !one:
		st.send(s, topic, payload)
	case l.turn.IsZero(): // what else is due with it goes first if it is smaller
		l.turn = s.Now.Add(turnAfter)
		fallthrough
	default:
		l.queue[topic] = payload
	}
	return true
}

// Flush ends a step: the next one of what waits for its turn is sent.
func (st *Store) Flush(s *step.Step) {
	l := &st.limits
	if len(l.queue) == 0 || !st.isTurn(s) {
		return
	}
	topic := slices.MinFunc(slices.Collect(maps.Keys(l.queue)), func(a, b string) int {
		return cmp.Or(Size(a, l.queue[a])-Size(b, l.queue[b]), strings.Compare(a, b))
	})
	payload := l.queue[topic]
	delete(l.queue, topic)
	if st.isDevice(topic) {
		st.sent[topic] = s.Now
	}
	l.probe, l.turn = topic, s.Now.Add(turnAfter)
	st.send(s, topic, payload)
}

// isTurn reports whether the next message may be sent: the one before it has come back, or the broker has acknowledged it.
func (st *Store) isTurn(s *step.Step) bool {
	l := &st.limits
	if _, waits := st.open[l.probe]; l.probe != "" && !waits {
		return true
	}
	if !s.Due(l.turn) {
		return false
	}
	if s.Busy {
		l.turn = s.Now.Add(turnAfter)
	}
	return !s.Busy
}

// nextTurn returns when the next message is sent at the latest.
func (l *limits) nextTurn() time.Time {
	if len(l.queue) == 0 {
		return time.Time{}
	}
	return l.turn
}

// Lost takes what the broker had not acknowledged when the connection ended.
func (st *Store) Lost(s *step.Step, unacked []step.Sent, acked int) {
	l := &st.limits
	suspect := func(m step.Sent) bool { return m.Size > max(small, acked) }
	i := slices.IndexFunc(unacked, func(m step.Sent) bool { return m.Topic == l.probe && suspect(m) })
	switch {
	case i >= 0:
		l.max = unacked[i].Size
	case s.Now.Before(l.careful) || !slices.ContainsFunc(unacked, suspect): // it ended for another reason
		l.soon = slices.Contains(slices.Collect(maps.Values(l.missing)), false) // what was dropped is sent with the connect
	default:
		l.careful = s.Now.Add(carefulFor)
	}
	clear(l.queue)
	l.probe, l.turn = "", time.Time{}
}

// start is when the retained world has been read.
func (l *limits) start(s *step.Step) {
	if soon := s.Now.Add(soonRetry); l.soon {
		l.retry, l.soon = soon, false
	}
}

// plan lets what is not on the broker be tried again, ever more seldom.
func (st *Store) plan(s *step.Step) {
	if l := &st.limits; l.retry.IsZero() {
		l.retry = s.Now.Add(min(firstRetry<<min(2*l.failed, 10), lastRetry))
		l.failed++
	}
}

// tryAgain sends what was withheld, or dropped without a word.
func (st *Store) tryAgain(s *step.Step) {
	l := &st.limits
	switch {
	case !s.Due(l.retry):
		return
	case s.Busy: // what was sent is still under way
		l.retry = s.Now.Add(verifyAfter)
		return
	}
	if l.retry = (time.Time{}); l.max > 0 {
		l.max, l.careful = 0, s.Now.Add(carefulFor)
	}
	for _, topic := range slices.Sorted(maps.Keys(l.missing)) {
		if d := st.byTopic[topic]; d != nil {
			st.schedule(d, true)
		} else if payload := st.states[topic]; payload != "" {
			delete(st.have, topic)
			st.put(s, topic, payload)
		} else {
			st.forget(s, topic)
		}
	}
}

// shall returns what shall be on a topic.
func (st *Store) shall(topic string) string {
	if d := st.byTopic[topic]; d != nil {
		return d.Payload
	}
	return st.states[topic]
}

// there takes that the broker has what is wanted on a topic: it has come back, or was there before. What was dropped once
// without a word is there when the broker says so.
func (st *Store) there(s *step.Step, topic string) {
	if _, waits := st.open[topic]; !waits && !st.limits.missing[topic] {
		st.forget(s, topic)
	}
}

// forget is when nothing that is wanted on a topic is missing on the broker.
func (st *Store) forget(s *step.Step, topic string) {
	if _, missing := st.limits.missing[topic]; !missing {
		return
	}
	delete(st.limits.missing, topic)
	if len(st.limits.missing) == 0 {
		st.limits.retry, st.limits.failed = time.Time{}, 0
	}
	st.tell(s)
}

// tell names what is not on the broker, in few words: they are a message, too.
func (st *Store) tell(s *step.Step) {
	var list []string
	for _, topic := range slices.Sorted(maps.Keys(st.limits.missing)) {
		list = append(list, topic+" ("+strconv.Itoa(Size(topic, st.shall(topic)))+" bytes)")
	}
	if more := len(list) - maxNamed; more > 0 {
		list = append(list[:maxNamed], "and "+strconv.Itoa(more)+" more")
	}
	s.Problem(problem.MessageTooLarge, "", len(list) > 0, strings.Join(list, ", "))
}
