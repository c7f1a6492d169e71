package trust

import (
	"strconv"
	"testing"
	"time"
)

// TestClock: how far evcc's clock is from ours, in words; a minute is none, because messages wait on busy brokers, and a clock
// that is set right is right.
func TestClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	var c clock
	for _, test := range []struct {
		behind time.Duration
		skew   string
	}{
		{0, ""},
		{time.Minute, ""},
		{-time.Minute, ""},
		{2 * time.Minute, "evcc is 2m behind"},
		{2*time.Minute + 20*time.Second, "evcc is 2m behind"},
		{-time.Hour, "evcc is 1h0m ahead"},
		{0, ""},
	} {
		c.hear(now, []byte(strconv.FormatInt(now.Add(-test.behind).Unix(), 10)))
		if c.skew != test.skew {
			t.Errorf("%v behind: %q, want %q", test.behind, c.skew, test.skew)
		}
	}
	if c.hear(now, []byte("2 minutes ago")); c.skew != "" {
		t.Errorf("words, as old versions write them: %q", c.skew)
	}
}
