package bridge

import (
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/problem"
)

const (
	returnWait = 10 * time.Second // for our own status to come back
	lasting    = 30 * time.Second // a connection that holds as long is none that the broker ends at once
	askReturn  = 5 * time.Minute  // after it has not, before it is tried again: an access list may change
	mostShort  = 5                // in a row, before it is a problem; fewer are restarts, or messages that are too large
)

// rights find out what brokers do not say: they accept every subscription and drop what may not be published, or end the
// connection on it.
type rights struct {
	due   time.Time // when our status must have come back; zero = it has, or nothing was sent
	again time.Time // when it is sent once more; zero = it is not
	holds time.Time // when the connection has held for long enough; zero = it has, or there is none
	short int       // connections in a row that the broker has ended before that
}

func (r *rights) connected(s *step.Step) { r.holds = s.Now.Add(lasting) }

// lost takes the end of a connection, or of an attempt, and returns the problem that it is.
func (r *rights) lost(s *step.Step, e step.Event) problem.Code {
	early := !r.holds.IsZero()
	r.due, r.again, r.holds = time.Time{}, time.Time{}, time.Time{}
	if e.Problem != problem.BrokerCloses {
		return e.Problem
	}
	if r.short++; !early {
		r.short = 1
	}
	if r.short < mostShort {
		return problem.BrokerUnreachable
	}
	s.Problem(problem.BrokerCloses, "", true, e.Detail)
	return ""
}

// sent takes that our status was published.
func (r *rights) sent(s *step.Step) { r.due = s.Now.Add(returnWait) }

// returned takes that it has come back.
func (r *rights) returned(s *step.Step) {
	r.due, r.again = time.Time{}, time.Time{}
	s.Problem(problem.BrokerDrops, "", false, "")
}

func (r *rights) next() time.Time { return step.Earlier(r.due, step.Earlier(r.again, r.holds)) }

// tick concludes from what has not happened in time.
func (r *rights) tick(s *step.Step, base string) {
	switch {
	case !s.Due(r.due):
	case s.Busy:
		r.due = s.Now.Add(returnWait)
	default:
		r.due, r.again = time.Time{}, s.Now.Add(askReturn)
		s.Problem(problem.BrokerDrops, "", true, base+"/#")
	}
	if s.Due(r.again) {
		r.again = time.Time{}
		s.Send(discovery.StatusTopic(base), "online")
		r.sent(s)
	}
	if s.Due(r.holds) {
		r.holds, r.short = time.Time{}, 0
		s.Problem(problem.BrokerCloses, "", false, "")
	}
}
