package command

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"evcc-discovery/internal/bridge/step"
)

// clearer plays a Clearing alone.
type clearer struct {
	c Clearing
	s step.Step
}

// hears returns "taken" for a command, otherwise what is noted and sent.
func (r *clearer) hears(topic, payload string, retained bool) string {
	r.s.Begin(step.Event{At: r.s.Now})
	if !r.c.Takes(&r.s, step.Event{Topic: topic, Payload: []byte(payload), Retained: retained}) {
		return "taken"
	}
	return r.done()
}

func (r *clearer) done() string {
	var done []string
	for _, a := range r.s.Actions {
		switch {
		case a.Note != nil:
			done = append(done, strings.Fields(a.Note.Text)[2])
		case a.Publish != nil:
			done = append(done, fmt.Sprintf("%s=%q", a.Publish.Topic, a.Publish.Payload))
		case a.Look != nil:
			done = append(done, "?"+strings.Join(a.Look, ","))
		}
	}
	return strings.Join(done, " ")
}

// other is a message on a topic without commands.
func (r *clearer) other(topic string) string { r.c.Heard(topic); return "" }

// passes lets time go by and returns what is asked for.
func (r *clearer) passes(d time.Duration) string {
	r.s.Begin(step.Event{At: r.s.Now.Add(d), Busy: r.s.Busy})
	r.c.Tick(&r.s)
	return r.done()
}

func TestClearRetained(t *testing.T) {
	t.Parallel()
	r := &clearer{s: step.Step{Now: start}}
	for _, line := range []struct{ what, got, want string }{
		{"empty", r.hears("a", "", false), ""},
		{"retained", r.hears("a", "1", true), `ignored a=""`},
		{"live", r.hears("a", "1", false), "taken"},
		{"the same again", r.hears("a", "1", false), "taken"},
		{"too early", r.passes(999 * time.Millisecond), ""},
		{"another topic", r.hears("b", "1", false), "taken"},
		{"one is quiet", r.passes(time.Millisecond), "?a"},
		{"its answer", r.hears("a", "1", true), `cleared: a=""`},
		{"the clearing comes back", r.hears("a", "", false), ""},
		{"once, before another message", r.hears("a", "2", false), "taken"},
		{"another message", r.other("value"), ""},
		{"delivered twice, the first time", r.hears("a", "2", false), "taken"},
		{"delivered twice", r.hears("a", "2", false), ""},
		{"another one in between", r.hears("b", "2", false), "taken"},
		{"the same once more", r.hears("a", "2", false), "taken"},
		{"the other is quiet", r.passes(999 * time.Millisecond), ""},
		{"both are", r.passes(time.Millisecond), "?a,b"},
		{"nothing is there", r.passes(3 * time.Second), ""},
		{"the same as before, later", r.hears("a", "2", false), "taken"},
	} {
		if line.got != line.want {
			t.Errorf("%s: %q, want %q", line.what, line.got, line.want)
		}
	}

	r.s.Busy = true
	if got := r.passes(time.Second); got != "" {
		t.Errorf("asks %q over a connection that is behind", got)
	}
	r.s.Busy = false
	if got := r.passes(time.Second); got != "?a" {
		t.Errorf("asks %q when it has caught up", got)
	}
	r.c.Reconnect(&r.s)
	if got := r.hears("a", "2", true); !strings.HasPrefix(got, "cleared") {
		t.Errorf("a connection later, what was heard before: %q", got)
	}
	if got := r.hears("a", "3", true); !strings.HasPrefix(got, "ignored") {
		t.Errorf("a connection later, what was published meanwhile: %q", got)
	}
	r.passes(time.Minute)
	if r.passes(time.Minute); len(r.c.heard) > 0 || !r.c.Next().IsZero() {
		t.Errorf("something is kept for ever: %v, %v", r.c.heard, r.c.Next())
	}
}

// TestClearRetainedIsBounded: a flood of topics costs no memory.
func TestClearingIsBounded(t *testing.T) {
	t.Parallel()
	r := &clearer{s: step.Step{Now: start}}
	for i := range 10 * mostHeard {
		if got := r.hears(fmt.Sprint(i), strings.Repeat("x", 2*longest), false); got != "taken" {
			t.Fatalf("%d: %q", i, got)
		}
	}
	if len(r.c.heard) != mostHeard || r.c.heard["0"].payload != "" {
		t.Errorf("%d topics are kept", len(r.c.heard))
	}
}
