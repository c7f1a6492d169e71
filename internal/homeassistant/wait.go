package homeassistant

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A host that boots takes a minute or two, and its apps start within seconds of each other.
const (
	firstPause = time.Second
	maxPause   = 15 * time.Second
)

// WaitBroker asks until there is a broker, whatever stands in the way: an app that ends stays down until its user
// notices. Pauses double from 1 s to 15 s. notify, which may be nil, is told why there is none yet: once per reason, not
// for every attempt that ends alike, and on the caller's goroutine. WaitBroker returns without a broker only when ctx
// ends; the error then wraps ctx's and the last reason.
func (c *Client) WaitBroker(ctx context.Context, notify func(error)) (Broker, error) {
	return wait(ctx, c.Broker, notify)
}

// WaitCore is WaitBroker for Home Assistant itself. The program can do without: bound ctx.
func (c *Client) WaitCore(ctx context.Context, notify func(error)) (Core, error) {
	return wait(ctx, c.Core, notify)
}

func wait[T any](ctx context.Context, ask func(context.Context) (T, error), notify func(error)) (T, error) {
	var nothing T
	var last *Error
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		found, err := ask(ctx)
		if err == nil {
			return found, nil
		}
		var reason *Error
		switch {
		case errors.As(err, &reason):
			if notify != nil && (last == nil || last.Error() != reason.Error()) {
				notify(reason)
			}
			last = reason
		case last == nil: // ctx ended the first attempt
			return nothing, err
		}
		if !sleep(ctx, pause) {
			return nothing, fmt.Errorf("%w (no longer waiting: %w)", last, ctx.Err())
		}
	}
}

// sleep tells whether the pause is over rather than ctx.
func sleep(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
