package retained

import (
	"time"

	"evcc-discovery/internal/bridge/step"
)

// echoWait is how long a message may take to come back, before nobody waits for it any more.
const echoWait = 30 * time.Second

// Next returns when a tick is due; zero means never.
func (st *Store) Next() time.Time {
	next := step.Earlier(st.nextDevice(), st.nextForeign())
	next = step.Earlier(next, step.Earlier(st.verify.next(), st.limits.retry))
	return step.Earlier(next, st.limits.nextTurn())
}

// Outcome is what became known with a tick.
type Outcome struct {
	Deleted  []string // devices that their user has deleted
	Returned []string // devices that counted as deleted and were emptied by a program
	Verified bool     // the broker has said what it keeps, see [Store.Kept]
	Sent     bool     // device messages were sent
}

// Tick does what time has made due.
func (st *Store) Tick(s *step.Step) (o Outcome) {
	if s.Busy { // what was sent has not left yet
		for topic, open := range st.open {
			open.since = s.Now
			st.open[topic] = open
		}
	}
	o.Deleted, o.Returned = st.settleForeign(s)
	st.tryAgain(s)
	if st.ask(s) {
		st.conclude(s)
		o.Verified = true
	}
	o.Sent = st.Announce(s)
	return o
}

// Settled returns when what was sent last on a topic is on the broker, or nobody waits for it any more: zero when it is
// now. Confirmed is whether it is on the broker.
func (st *Store) Settled(topic string) (at time.Time, confirmed bool) {
	if st.Withholds(topic, st.shall(topic)) {
		return time.Time{}, false
	}
	if _, waits := st.limits.queue[topic]; waits {
		return st.limits.turn, false
	}
	o, waits := st.open[topic]
	if !waits {
		return time.Time{}, true
	}
	return o.since.Add(echoWait), false
}
