package standby

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/problem"
)

var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func begin() *step.Step {
	return &step.Step{Now: start, Problems: new(problem.Tracker)}
}

// said returns what was published, and whether this one stands by as far as people are told.
func said(s *step.Step) string {
	var list []string
	for _, a := range s.Actions {
		if p := a.Publish; p != nil && p.Topic == "ours/peer" && !p.Retain {
			list = append(list, p.Payload)
		}
	}
	if _, _, there := s.Problems.Find(problem.Standby); there {
		list = append(list, "[stands by]")
	}
	return strings.Join(list, ", ")
}

// TestHear: what another says, and what this one, called "m", makes of it.
func TestHear(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		phase   Phase
		heard   string
		said    string
		another bool
		yield   bool
	}{
		"asked while it works":                        {Working, "who? z", "here m f", false, false},
		"asked while it works, by a smaller name":     {Working, "who? a", "here m f", false, false},
		"both start, and this one is first":           {Reading, "who? z", "here m f", false, false},
		"both start, and the other is first":          {Reading, "who? a", "", true, false},
		"answered while it starts":                    {Reading, "here z f", "", true, false},
		"both work, and the other is first":           {Working, "here a f", "", true, true},
		"both work, and this one is first":            {Working, "here z f", "here m f", false, false},
		"answered while it stands by":                 {Standing, "here z f", "[stands by]", true, false},
		"asked while it stands by":                    {Standing, "who? z", "[stands by]", false, false},
		"its own question":                            {Working, "who? m", "", false, false},
		"its own answer":                              {Working, "here m f", "", false, false},
		"nothing":                                     {Working, "", "", false, false},
		"no name":                                     {Reading, "here ", "", false, false},
		"a word that it does not know":                {Working, "where? a", "", false, false},
		"told by one that starts to work, first name": {Working, "here a", "", true, true},
	} {
		m, s := New("ours/peer", "m", "f"), begin()
		yield := m.Hear(s, test.heard, test.phase)
		if said(s) != test.said || m.Another() != test.another || yield != test.yield {
			t.Errorf("%s: says %q, another %v, yields %v; want %q, %v, %v", name, said(s), m.Another(), yield, test.said, test.another, test.yield)
		}
	}
}

// TestTwo plays two programs on one base topic: one works, the other asks, stands by, and takes over when the first is gone.
func TestTwo(t *testing.T) {
	t.Parallel()
	m, s := New("ours/peer", "m", "f"), begin()
	var got []string
	look := func(what string) {
		got = append(got, fmt.Sprintf("%s: %s, answered %v, next %v", what, said(s), m.Answered(s.Now), m.Next().Sub(start)))
		s.Begin(step.Event{At: s.Now})
	}
	m.Ask(s)
	look("starts")
	s.Now = start.Add(time.Second)
	m.Hear(s, "here z f", Reading)
	look("hears")
	m.Stand(s)
	look("stands by")
	s.Now = start.Add(30 * time.Second)
	took := m.Tick(s)
	look("too early")
	s.Now = start.Add(31 * time.Second)
	took = m.Tick(s) || took
	look("asks again")
	m.Hear(s, "here z f", Standing)
	look("answered")
	s.Now = m.Next()
	took = m.Tick(s) || took
	look("asks once more")
	if took {
		t.Error("takes over from one that answers")
	}
	s.Now = s.Now.Add(1999 * time.Millisecond)
	if m.Tick(s) {
		t.Error("takes over too early")
	}
	s.Now = s.Now.Add(time.Millisecond)
	if !m.Tick(s) {
		t.Error("does not take over from one that is gone")
	}
	look("takes over")
	m.Start(s)
	look("works")
	want := []string{
		"starts: who? m, answered false, next 2s",
		"hears: , answered true, next 30s",
		"stands by: [stands by], answered true, next 31s",
		"too early: [stands by], answered true, next 31s",
		"asks again: who? m, [stands by], answered false, next 33s",
		"answered: [stands by], answered true, next 1m1s",
		"asks once more: who? m, [stands by], answered false, next 1m3s",
		"takes over: , answered true, next 1m3s",
		"works: here m, answered true, next 1m3s",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestOtherSettings: whoever stands by for one with other settings does not take over when that is silent, and says why.
func TestOtherSettings(t *testing.T) {
	t.Parallel()
	m, s := New("ours/peer", "m", "f"), begin()
	m.Ask(s)
	m.Hear(s, "here z other", Reading)
	m.Stand(s)
	s.Problems.Tick(s.Now)
	if list := s.Problems.List(noWords{}); len(list) != 1 || !strings.Contains(list[0].Detail, "evcc topics") {
		t.Errorf("problems: %v", list)
	}
	for m.Next().Before(start.Add(silence)) {
		s.Now = m.Next()
		if m.Tick(s) {
			t.Fatalf("takes over from one with other settings after %v", s.Now.Sub(start))
		}
	}
	m.Hear(s, "here z", Standing) // that one has not told its settings
	s.Now = m.Next()
	m.Tick(s)
	if s.Now = m.Next(); m.Tick(s) {
		t.Error("forgets that the other has other settings")
	}
	m.Hear(s, "here z f", Standing) // it was restarted with ours
	s.Now = m.Next()
	m.Tick(s)
	if s.Now = m.Next(); !m.Tick(s) {
		t.Error("does not take over from one with the same settings")
	}
}

// TestInherits: whoever stands by for one with other settings takes over after ten minutes of silence, and says that what is
// there may be the other's. Over a lost connection the time begins anew.
func TestInherits(t *testing.T) {
	t.Parallel()
	m, s := New("ours/peer", "m", "f"), begin()
	m.Ask(s)
	m.Hear(s, "here z other", Reading)
	m.Stand(s)
	s.Now = start.Add(9 * time.Minute)
	m.Hear(s, "here z other", Standing)
	s.Now = start.Add(15 * time.Minute)
	m.Ask(s) // a new connection
	m.Stand(s)
	takes := time.Time{}
	for takes.IsZero() && s.Now.Before(start.Add(time.Hour)) {
		if s.Now = m.Next(); m.Tick(s) {
			takes = s.Now
		}
	}
	if want := start.Add(25 * time.Minute); takes.Before(want) || takes.After(want.Add(askAgain)) {
		t.Errorf("takes over after %v", takes.Sub(start))
	}
	m.Ask(s)
	if m.Another() || !m.Inherits() {
		t.Errorf("another %v, inherits %v", m.Another(), m.Inherits())
	}
	m.Start(s)
	if _, _, there := s.Problems.Find(problem.OtherSettings); !there {
		t.Error("nobody is told")
	}
	m.Hear(s, "who? z", Working)
	if said := said(s); !strings.HasSuffix(said, "here m f") {
		t.Errorf("the other is back and hears %q", said)
	}
}

// TestFormerVersion: the words on the wire are frozen, because a version before this one may say them.
func TestFormerVersion(t *testing.T) {
	t.Parallel()
	for _, said := range []string{"here z", "here z f82b3f63"} {
		m, s := New("ours/peer", "m", "f82b3f63"), begin()
		m.Ask(s)
		m.Hear(s, said, Reading)
		if s.Actions[0].Publish.Payload != "who? m" || !m.Another() || m.incompatible {
			t.Errorf("%s: asks %q, another %v, incompatible %v", said, s.Actions[0].Publish.Payload, m.Another(), m.incompatible)
		}
	}
}

type noWords struct{}

func (noWords) Problem(string) (title, text string) { return "", "" }
