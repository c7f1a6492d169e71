package app

import (
	"context"
	"errors"
	"time"

	"evcc-discovery/internal/mqtt"
)

const (
	visitQuiet = time.Second      // without another retained message: all have come
	visitLimit = 20 * time.Second // for the whole errand
)

// visit connects to the broker for one errand.
func (a *App) visit(ctx context.Context, errand func(context.Context, *mqtt.Client, <-chan mqtt.Message, <-chan error) error) error {
	ctx, cancel := context.WithTimeout(ctx, visitLimit)
	defer cancel()
	found := make(chan mqtt.Message, 1024)
	up := make(chan struct{}, 1)
	failed := make(chan error, 1)
	client, err := mqtt.New(a.options(nil), mqtt.Handler{
		Up:   func() { offer(up, struct{}{}) },
		Down: func(err error) { offer(failed, err) },
		Message: func(m mqtt.Message) {
			select {
			case found <- m:
			case <-ctx.Done():
			}
		},
	})
	if err != nil {
		return err
	}
	var result error
	err = connected(ctx, client, func() {
		select {
		case <-up:
			result = errand(ctx, client, found, failed)
		case result = <-failed:
		case <-ctx.Done():
			result = ctx.Err()
		}
	})
	return errors.Join(result, err)
}

// offer hands over without waiting: of what nobody takes, the first counts.
func offer[T any](c chan<- T, v T) {
	select {
	case c <- v:
	default:
	}
}

// collect reads retained messages until no more come.
func collect(ctx context.Context, found <-chan mqtt.Message, failed <-chan error) (map[string]string, error) {
	retained := make(map[string]string)
	quiet := time.NewTimer(visitQuiet)
	defer quiet.Stop()
	for {
		select {
		case m := <-found:
			if m.Retained && len(m.Payload) > 0 {
				retained[m.Topic] = string(m.Payload)
				quiet.Reset(visitQuiet)
			}
		case <-quiet.C:
			return retained, nil
		case err := <-failed:
			return nil, err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
