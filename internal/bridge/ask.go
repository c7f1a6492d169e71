package bridge

import (
	"context"
	"errors"

	"evcc-discovery/internal/hint"
)

// askAgain asks once more for what may not be there. Where one question has no answer, none may look as if it had: no more
// is asked.
func (l *Loop) askAgain(ctx context.Context, client Client, topics []string) {
	for _, topic := range topics {
		if err := l.answered(ctx, func() error { return client.Subscribe(0, topic) }); err != nil {
			hint.Log(l.log.Debug(), err).Str("topic", topic).Msg("no answer from the broker; publishing again what may be missing")
			return
		}
	}
}

// look asks what is retained on topics, and for nothing more of them: what is subscribed twice may be delivered twice.
func (l *Loop) look(ctx context.Context, client Client, topics []string) {
	err := l.answered(ctx, func() error { return client.Subscribe(0, topics...) })
	if err = errors.Join(err, client.Unsubscribe(topics...)); err != nil {
		hint.Log(l.log.Debug(), err).Msg("no answer from the broker about retained commands; asking again with the next one")
	}
}

// answered waits for the broker's answer, and meanwhile answers those who ask whether the loop lives. When the context
// ends it does not wait any longer; the client's end ends ask, too.
func (l *Loop) answered(ctx context.Context, ask func() error) error {
	answer := make(chan error, 1)
	go func() { answer <- ask() }()
	for {
		select {
		case err := <-answer:
			return err
		case <-l.pings:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
