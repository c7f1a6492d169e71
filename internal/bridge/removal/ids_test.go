package removal

import (
	"testing"

	"evcc-discovery/internal/bridge/retained"
)

// TestIDsNext: devices come back when Home Assistant can take the next message of the last one, without another reason for a
// tick.
func TestIDsNext(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if next := r.ids.Next(r.store); !next.IsZero() {
		t.Errorf("nothing is reset: %v", next)
	}
	r.line("want evcc_site a b")
	r.line("@ 30s")
	r.line("reset")
	if next, want := r.ids.Next(r.store), r.now.Add(retained.Spacing); !next.Equal(want) {
		t.Errorf("next %v, want %v", next, want)
	}
	r.line("@ 10s")
	if next := r.ids.Next(r.store); !next.IsZero() {
		t.Errorf("everything is back: %v", next)
	}
}
