package problem

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// Tracker follows what is wrong. Whoever finds something says so with Set, again and again if that is easier; a problem
// is shown when it has lasted as long as its declaration wants and nothing hides it, and logged once when it is shown and
// once more when it is over. The zero Tracker is ready to use.
type Tracker struct {
	present map[place]*state
	over    []Line    // of logged problems that have ended since the last Tick
	changed bool      // what is shown
	moved   bool      // what is present, and next is to be found anew
	next    time.Time // when a problem will have lasted long enough; zero = never
}

// place is a problem and where it is: one code can be there for several evccs.
type place struct {
	code  Code
	where string
}

// state is a problem that is there.
type state struct {
	*Problem
	detail string
	since  time.Time // when it began, or when what has hidden it was over
	hidden bool
	shown  bool
	logged bool
}

// Line is one line of the log: a problem that is shown from now on, or one that is over.
type Line struct {
	Code   Code
	Over   bool
	Fields []string // name, value, name, value …
}

// Words tell people what a problem is (title) and what to do next (text).
type Words interface {
	Problem(code string) (title, text string)
}

// Set says whether a problem is there.
func (t *Tracker) Set(now time.Time, code Code, where string, on bool, detail string) {
	at := place{code, where}
	s, present := t.present[at]
	switch {
	case on && !present:
		if t.present == nil {
			t.present = make(map[place]*state)
		}
		t.present[at] = &state{Problem: Of(code), detail: detail, since: now}
		t.moved = true
	case on && s.detail != detail:
		s.detail, t.changed = detail, t.changed || s.shown
	case !on && present:
		delete(t.present, at)
		t.moved = true
		t.changed = t.changed || s.shown
		if s.logged && !s.Quiet {
			s.detail = ""
			t.over = append(t.over, Line{code, true, s.fields(where)})
		}
	}
}

// fields are what the log says beside the words.
func (s *state) fields(where string) []string {
	fields := []string{"problem", string(s.Code)}
	if where != "" {
		fields = append(fields, "where", where)
	}
	if s.detail != "" {
		fields = append(fields, "detail", s.detail)
	}
	return fields
}

// hides reports whether something is there from which the problem only follows.
func (t *Tracker) hides(s *state, where string) bool {
	return slices.ContainsFunc(s.HiddenBy, func(code Code) bool {
		return t.present[place{code, ""}] != nil || t.present[place{code, where}] != nil
	})
}

// Next returns when a problem will have lasted long enough; zero means never.
func (t *Tracker) Next() time.Time { return t.next }

// schedule finds when the next problem will have lasted long enough.
func (t *Tracker) schedule() {
	t.next, t.moved = time.Time{}, false
	for _, s := range t.present {
		if due := s.since.Add(s.Grace); !s.shown && !s.hidden && (t.next.IsZero() || due.Before(t.next)) {
			t.next = due
		}
	}
}

// Tick shows what has lasted long enough, and returns what to log since the Tick before: what is over, then what is new.
// Changed reports whether the list of shown problems has changed since then.
func (t *Tracker) Tick(now time.Time) (lines []Line, changed bool) {
	lines, t.over = t.over, nil
	if t.moved || !t.next.IsZero() && !now.Before(t.next) {
		lines = append(lines, t.judge(now)...)
		t.schedule()
	}
	changed, t.changed = t.changed, false
	return lines, changed
}

// judge finds what is shown now.
func (t *Tracker) judge(now time.Time) (lines []Line) {
	fresh := false
	for at, s := range t.present {
		switch hidden := t.hides(s, at.where); {
		case hidden != s.hidden:
			t.changed = t.changed || s.shown
			s.hidden, s.shown, s.since = hidden, false, now
		case hidden || s.shown || now.Before(s.since.Add(s.Grace)):
		default:
			s.shown, t.changed, fresh = true, true, true
		}
	}
	if fresh {
		lines = t.lines()
	}
	return lines
}

// lines are what the log does not know yet.
func (t *Tracker) lines() (lines []Line) {
	for _, at := range t.order() {
		if s := t.present[at]; s.shown && !s.logged {
			s.logged = true
			if !s.Quiet {
				lines = append(lines, Line{at.code, false, s.fields(at.where)})
			}
		}
	}
	return lines
}

// order lists problems as they are declared.
func (t *Tracker) order() []place {
	rank := func(code Code) int {
		return slices.IndexFunc(All, func(p Problem) bool { return p.Code == code })
	}
	return slices.SortedFunc(maps.Keys(t.present), func(a, b place) int {
		return cmp.Or(rank(a.code)-rank(b.code), strings.Compare(a.where, b.where))
	})
}

// List returns what is shown, in the user's words.
func (t *Tracker) List(words Words) []Shown {
	list := []Shown{}
	for _, at := range t.order() {
		if s := t.present[at]; s.shown {
			title, text := words.Problem(string(at.code))
			list = append(list, Shown{Code: at.code, Severity: s.Severity, Title: title, Text: text,
				Where: at.where, Detail: s.detail, Since: s.since.UTC().Truncate(time.Second)})
		}
	}
	return list
}

// Find tells of the first place where a problem is: since when, and whether it has lasted long enough to be shown.
func (t *Tracker) Find(code Code) (since time.Time, shown, present bool) {
	for _, at := range t.order() {
		if at.code == code {
			return t.present[at].since, t.present[at].shown, true
		}
	}
	return since, false, false
}
