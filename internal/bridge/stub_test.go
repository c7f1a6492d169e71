package bridge

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/internal/bridge/step"
)

// evccStub answers what the core sends to evcc, as far as a test wants it to.
type evccStub struct {
	core    *Core
	now     time.Time
	deaf    bool                // never answers
	sent    map[string][]string // payloads by /set topic, in order
	results map[string]int      // events of how commands ended, by type
	halves  int                 // of these, of halves of a plan's strategy
	check   func(topic, payload string)
}

func newStub(c *Core, now time.Time) *evccStub {
	return &evccStub{core: c, now: now, sent: make(map[string][]string), results: make(map[string]int)}
}

// step plays an event, and what evcc answers to what comes of it: the value, then the empty message.
func (e *evccStub) step(ev step.Event) {
	ev.At = e.now
	var answers []step.Event
	for _, a := range e.core.Step(ev) {
		p := a.Publish
		if p == nil {
			continue
		}
		path, evcc := below(p.Topic, "evcc")
		switch {
		case evcc:
			if e.check != nil {
				e.check(p.Topic, p.Payload)
			}
			e.sent[p.Topic] = append(e.sent[p.Topic], p.Payload)
			if !e.deaf {
				answers = append(answers, planAnswers(path, p.Payload)...)
				answers = append(answers, step.Event{Kind: step.Received, Topic: "evcc/" + strings.TrimSuffix(path, "/set"), Payload: []byte(p.Payload)},
					step.Event{Kind: step.Received, Topic: p.Topic})
			}
		case strings.HasSuffix(p.Topic, "/command/event"):
			var told struct {
				Type    string `json:"event_type"`
				Control string
			}
			if json.Unmarshal([]byte(p.Payload), &told) == nil {
				e.results[told.Type]++
				if strings.Contains(told.Control, ".plan_strategy_") {
					e.halves++
				}
			}
		}
	}
	for _, answer := range answers {
		e.step(answer)
	}
}

func (e *evccStub) command(topic, payload string) {
	e.step(step.Event{Kind: step.Received, Topic: topic, Payload: []byte(payload)})
}

// pass lets time go by with a tick whenever the core asks for one, while evcc lives.
func (e *evccStub) pass(d time.Duration) {
	for end := e.now.Add(d); e.now.Before(end); {
		next := e.core.Next()
		if next.IsZero() || next.After(end) {
			next = end
		}
		e.now = maxTime(next, e.now.Add(time.Millisecond))
		e.step(step.Event{Kind: step.Received, Topic: "evcc/updated", Payload: []byte(strconv.FormatInt(e.now.UnixMilli(), 10))})
	}
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// ended is how many commands have had their answer.
func (e *evccStub) ended() (n int) {
	for _, count := range e.results {
		n += count
	}
	return n
}
