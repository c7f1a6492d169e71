package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"evcc-discovery/internal/mqtt"
)

const (
	sessionQuiet = time.Second      // without another retained message: all have come
	sessionLimit = 20 * time.Second // to connect, and for a short task
)

// session is a connection to the broker for one task.
type session struct {
	*mqtt.Client
	failed chan error // why the connection is lost

	mu       sync.Mutex
	retained map[string]string // what has come since it was asked for last
	more     chan struct{}     // holds a token when something has come
}

// session connects to the broker for one task.
func (a *App) session(ctx context.Context, task func(context.Context, *session) error) error {
	up := make(chan struct{}, 1)
	s := &session{failed: make(chan error, 1), retained: make(map[string]string), more: make(chan struct{}, 1)}
	var err error
	s.Client, err = mqtt.New(a.options(nil), mqtt.Handler{
		Up:      func() { offer(up, struct{}{}) },
		Down:    func(err error) { offer(s.failed, err) },
		Message: s.keep,
	})
	if err != nil {
		return err
	}
	var result error
	err = connected(ctx, s.Client, func() {
		select {
		case <-up:
			result = task(ctx, s)
		case result = <-s.failed:
		case <-time.After(sessionLimit):
			result = context.DeadlineExceeded
		case <-ctx.Done():
			result = ctx.Err()
		}
	})
	return errors.Join(result, err)
}

// keep notes what is retained. It never waits, or the broker's answers could not be read.
func (s *session) keep(m mqtt.Message) {
	if !m.Retained || len(m.Payload) == 0 {
		return
	}
	s.mu.Lock()
	s.retained[m.Topic] = string(m.Payload)
	s.mu.Unlock()
	offer(s.more, struct{}{})
}

// ask returns what the broker replays of some filters: all, or as much as it has room for.
func (s *session) ask(ctx context.Context, filters ...string) (map[string]string, error) {
	s.take()
	if err := s.Subscribe(1, filters...); err != nil {
		return nil, err
	}
	quiet := time.NewTimer(sessionQuiet)
	defer quiet.Stop()
	for {
		select {
		case <-s.more:
			quiet.Reset(sessionQuiet)
		case <-quiet.C:
			return s.take(), nil
		case err := <-s.failed:
			return nil, err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (s *session) take() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	retained := s.retained
	s.retained = make(map[string]string)
	return retained
}

// offer hands over without waiting: of what nobody takes, the first counts.
func offer[T any](c chan<- T, s T) {
	select {
	case c <- s:
	default:
	}
}
