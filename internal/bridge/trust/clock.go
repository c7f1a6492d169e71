package trust

import (
	"strings"
	"time"

	"evcc-discovery/entities"
)

// maxSkew is how far evcc's clock may be from ours: messages wait on busy brokers, too.
const maxSkew = time.Minute

// clock is what evcc's time topic tells beside that evcc lives.
type clock struct {
	offset time.Duration // evcc's clock from ours, 0 when it is right
	skew   string        // the same in words
	pace   time.Duration // the longest time between two of its messages
	beaten time.Time     // when the last one came
	told   int64         // the time that evcc had told over the connection before, in Unix seconds
}

// hear takes evcc's time as it comes. An evcc that does not tell its interval shows it: by the longest time between two
// messages, within reason, because it may have hung.
func (c *clock) hear(now time.Time, payload []byte) {
	c.compare(now, payload)
	if !c.beaten.IsZero() {
		c.pace = max(c.pace, min(now.Sub(c.beaten), time.Hour))
	}
	c.beaten = now
}

// compare holds evcc's clock against ours.
func (c *clock) compare(now time.Time, payload []byte) {
	seconds := int64(0)
	for _, digit := range payload {
		if digit < '0' || digit > '9' || seconds > 1<<40 {
			return // old versions write it in words
		}
		seconds = 10*seconds + int64(digit-'0')
	}
	skew := now.Sub(time.Unix(seconds, 0)).Round(time.Minute)
	if skew.Abs() <= maxSkew {
		skew = 0
	}
	if skew == c.offset {
		return
	}
	c.offset, c.skew = skew, ""
	switch {
	case skew > 0:
		c.skew = "evcc is " + strings.TrimSuffix(skew.String(), "0s") + " behind"
	case skew < 0:
		c.skew = "evcc is " + strings.TrimSuffix(skew.Abs().String(), "0s") + " ahead"
	}
}

// stalled reports whether evcc had stopped publishing before we came: its time on the broker is older than two rounds. That it
// is not proves nothing: a host without a clock of its own starts with the time at which it stopped. How far evcc's clock is
// from ours is known once it was heard; where it was not, its next message sets that right.
func (m *Machine) stalled(now time.Time) bool {
	seconds := unix(m.tree[entities.UpdatedPath])
	return seconds > 0 && m.online && now.Add(-m.offset).After(time.Unix(seconds, 0).Add(2*m.Round()))
}
