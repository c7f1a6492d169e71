package state

import (
	"testing"
	"time"

	"evcc-discovery/internal/bridge/step"
)

// counting counts how often somebody looks at a topic.
type counting struct {
	*rig
	looks int
}

func (c *counting) Value(topic string) string {
	c.looks++
	return c.rig.Value(topic)
}

// What has been published is not looked at again when something else changes.
func TestOnlyWhatIsDue(t *testing.T) {
	t.Parallel()
	r := &rig{t: t, settled: true, announced: true, retained: make(map[string]string), s: &step.Step{Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}}
	r.s.Retainer = r
	r.line("evcc evcc-0.313.2-demo")
	r.line("@ 5s")
	w := &counting{rig: r}
	r.m.Changed("evcc/site/batteryModeExternal", "hold", r.s.Now)
	if r.m.Tick(r.s, w, true); w.looks != 2 {
		t.Errorf("%d topics are looked at, want one for the mode that is requested, and one for whether it holds", w.looks)
	}
	if next := r.m.Next(); !next.IsZero() {
		t.Errorf("a tick is asked for at %v, and nothing is due", next)
	}
}
