// Package await waits for what other programs do: until a test's condition holds, told by events
// instead of sleeps, and never for ever.
package await

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Patience bounds every wait whose context has no deadline of its own. It is far longer than
// anything takes on an idle machine, because the machines of CI are not idle.
const Patience = 60 * time.Second

// ErrNever ends a wait at once when the error of a condition wraps it: the condition can not come
// true any more.
var ErrNever = errors.New("no use waiting")

// Signal tells waiters that something changed. Its zero value is ready to use.
type Signal struct {
	mu      sync.Mutex
	changed chan struct{}
}

// Fire wakes all who wait.
func (s *Signal) Fire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// Until returns nil as soon as ready does so: it asks at once and after each Fire. When the context
// ends first (Patience, if it has no deadline), it returns what ready said last.
func (s *Signal) Until(ctx context.Context, ready func() error) error {
	ctx, cancel := Bound(ctx)
	defer cancel()
	for {
		changed := s.next()
		err := ready()
		if err == nil || errors.Is(err, ErrNever) {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%w (%w)", err, ctx.Err())
		}
	}
}

// next is the channel that the next Fire closes. It is taken before the condition is looked at, so
// that no change is missed.
func (s *Signal) next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

// Poll asks ready every few milliseconds until it returns nil; it is for programs that offer no
// event for it, such as one whose port is not open yet. gone, when closed, ends it early.
func Poll(ctx context.Context, gone <-chan struct{}, ready func(context.Context) error) error {
	ctx, cancel := Bound(ctx)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-gone:
			return fmt.Errorf("it ended: %w", err)
		case <-ctx.Done():
			return fmt.Errorf("%w (%w)", err, ctx.Err())
		}
	}
}

// Bound gives a context without a deadline one, Patience away.
func Bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, Patience)
}
