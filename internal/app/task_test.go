package app_test

import (
	"context"
	"errors"
	"testing"
	"time"
)

// task is something that runs until it is stopped, at the latest at the end of the test.
type task struct {
	t      *testing.T
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

func background(t *testing.T, run func(context.Context) error) *task {
	ctx, cancel := context.WithCancel(context.Background())
	r := &task{t: t, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.err = run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-r.done
	})
	return r
}

// wait waits until the task has ended by itself.
func (r *task) wait() error {
	r.t.Helper()
	select {
	case <-r.done:
	case <-time.After(patience):
		r.t.Fatalf("waited %v for the end", patience)
	}
	settle(r.t)
	return r.err
}

// stop ends the task in order. In real time, a machine that is too busy for the goodbye is none of its faults.
func (r *task) stop() {
	r.t.Helper()
	r.cancel()
	switch err := r.wait(); {
	case errors.Is(err, context.DeadlineExceeded) && !isVirtual(r.t):
		r.t.Logf("ended with: %v", err)
	case err != nil && !errors.Is(err, context.Canceled):
		r.t.Errorf("ended with: %v", err)
	}
}
