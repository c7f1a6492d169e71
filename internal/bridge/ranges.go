package bridge

import (
	"slices"
	"time"

	"evcc-discovery/discovery"

	"evcc-discovery/internal/bridge/step"
)

// ranges follow what evcc has outside what commands may be. Our check is the only one, so a slip of somebody's pen does not
// widen it: evcc must have had the value for two full rounds.
type ranges struct {
	held map[string]held // by topic path below the root
}

// held is a value outside, and since when evcc has it.
type held struct {
	value string
	since time.Time
}

// value takes another value of evcc.
func (r *ranges) value(s *site, path, value string, now time.Time) {
	delete(r.held, path)
	if slices.ContainsFunc(s.wanted.Ranges[path], func(of discovery.Ranged) bool { return of.Extends(value) }) {
		if r.held == nil {
			r.held = make(map[string]held)
		}
		r.held[path] = held{value, now}
	}
}

// compare looks at all values once more: what is wanted has changed.
func (r *ranges) compare(s *site, now time.Time) {
	before := r.held
	r.held = nil
	for path := range s.wanted.Ranges {
		value, since := s.tree[path], now
		if h, known := before[path]; known && h.value == value {
			since = h.since
		}
		r.value(s, path, value, since)
	}
}

// next returns when evcc has had a value for long enough; zero while its topics cannot be believed.
func (r *ranges) next(s *site) (next time.Time) {
	live := s.trust.LiveSince()
	if live.IsZero() || !s.changed.IsZero() {
		return next // first the shape settles
	}
	for _, h := range r.held {
		next = step.Earlier(next, h.until(s, live))
	}
	return next
}

func (h held) until(s *site, live time.Time) time.Time {
	since := h.since
	if since.Before(live) {
		since = live
	}
	return since.Add(2 * s.trust.Round())
}

// tick lets commands reach as far as evcc's values, which takes effect with the next look at what is wanted.
func (r *ranges) tick(c *Core, s *site) {
	if !c.step.Due(r.next(s)) {
		return
	}
	for path, h := range r.held {
		if c.step.Now.Before(h.until(s, s.trust.LiveSince())) {
			continue
		}
		for _, of := range s.wanted.Ranges[path] {
			if s.displaced(of.Object, of.Instance.Object) == "" {
				s.registry = s.registry.Hold(of, h.value)
			}
		}
		delete(r.held, path)
	}
	s.remember(c)
	s.dirty(c.step.Now)
}
