package mqtt

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	firstPause = time.Second
	maxPause   = time.Minute
	// A connection that held this many first pauses ends their growth; two
	// clients that keep throwing each other out do not.
	stableAfter = 10
)

// pauses grow by half each time, so that after an outage we are back within
// half of its length, and vary by a fifth, so that many clients do not come
// back at the same moment.
type pauses struct{ first, next time.Duration }

func newPauses(first time.Duration) *pauses {
	if first <= 0 {
		first = firstPause
	}
	return &pauses{first: first, next: first}
}

func (p *pauses) lasted(d time.Duration) {
	if d >= stableAfter*p.first {
		p.next = p.first
	}
}

func (p *pauses) wait(ctx context.Context) {
	d := p.take()
	t := time.NewTimer(time.Duration(float64(d) * (0.8 + 0.4*rand.Float64())))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

func (p *pauses) take() time.Duration {
	d := p.next
	p.next = min(d+d/2, maxPause)
	return d
}
