package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"evcc-discovery/internal/mqtt"
)

const (
	visitQuiet = time.Second      // without another retained message: all have come
	visitLimit = 20 * time.Second // to connect, and for a short errand
)

// visitor is a connection to the broker for one errand.
type visitor struct {
	*mqtt.Client
	failed chan error // why the connection is lost

	mu       sync.Mutex
	retained map[string]string // what has come since it was asked for last
	more     chan struct{}     // holds a token when something has come
}

// visit connects to the broker for one errand.
func (a *App) visit(ctx context.Context, errand func(context.Context, *visitor) error) error {
	up := make(chan struct{}, 1)
	v := &visitor{failed: make(chan error, 1), retained: make(map[string]string), more: make(chan struct{}, 1)}
	var err error
	v.Client, err = mqtt.New(a.options(nil), mqtt.Handler{
		Up:      func() { offer(up, struct{}{}) },
		Down:    func(err error) { offer(v.failed, err) },
		Message: v.keep,
	})
	if err != nil {
		return err
	}
	var result error
	err = connected(ctx, v.Client, func() {
		select {
		case <-up:
			result = errand(ctx, v)
		case result = <-v.failed:
		case <-time.After(visitLimit):
			result = context.DeadlineExceeded
		case <-ctx.Done():
			result = ctx.Err()
		}
	})
	return errors.Join(result, err)
}

// keep notes what is retained. It never waits, or the broker's answers could not be read.
func (v *visitor) keep(m mqtt.Message) {
	if !m.Retained || len(m.Payload) == 0 {
		return
	}
	v.mu.Lock()
	v.retained[m.Topic] = string(m.Payload)
	v.mu.Unlock()
	offer(v.more, struct{}{})
}

// ask returns what the broker replays of some filters: all, or as much as it has room for.
func (v *visitor) ask(ctx context.Context, filters ...string) (map[string]string, error) {
	v.take()
	if err := v.Subscribe(1, filters...); err != nil {
		return nil, err
	}
	quiet := time.NewTimer(visitQuiet)
	defer quiet.Stop()
	for {
		select {
		case <-v.more:
			quiet.Reset(visitQuiet)
		case <-quiet.C:
			return v.take(), nil
		case err := <-v.failed:
			return nil, err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (v *visitor) take() map[string]string {
	v.mu.Lock()
	defer v.mu.Unlock()
	retained := v.retained
	v.retained = make(map[string]string)
	return retained
}

// offer hands over without waiting: of what nobody takes, the first counts.
func offer[T any](c chan<- T, v T) {
	select {
	case c <- v:
	default:
	}
}
