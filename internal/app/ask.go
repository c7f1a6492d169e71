package app

import (
	"context"
	"errors"
	"fmt"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/mqtt"
)

// Rediscover asks the running program to bring back what was deleted in Home Assistant, as its button does.
func (a *App) Rediscover(ctx context.Context) error {
	return a.ask(ctx, discovery.Rediscover, "asked the running instance to restore every device, including those deleted in Home Assistant")
}

// ResetIDs asks the running program to give entities the ids they were meant to have, as its button does.
func (a *App) ResetIDs(ctx context.Context) error {
	return a.ask(ctx, discovery.ResetIDs, "asked the running instance to remove every entity and publish it again with its default id; takes about ten seconds")
}

// ask presses a button of the running program.
func (a *App) ask(ctx context.Context, button, said string) error {
	if a.Settings.ReadOnly {
		return errors.New("read-only: EVCC_DISCOVERY_READ_ONLY is set, so the instance would refuse")
	}
	ctx, cancel := context.WithTimeout(ctx, sessionLimit)
	defer cancel()
	return a.session(ctx, func(ctx context.Context, s *session) error {
		base := a.Settings.BaseTopic
		retained, err := s.ask(ctx, discovery.StatusTopic(base))
		if err != nil {
			return err
		}
		if retained[discovery.StatusTopic(base)] != "online" {
			return fmt.Errorf("no instance is running on base topic %q: start it first", base)
		}
		if err := s.Publish(mqtt.Message{Topic: discovery.AdapterCommand(base, button), Payload: []byte("PRESS"), QoS: 1}); err != nil {
			return err
		}
		if err := s.Flush(ctx); err != nil {
			return fmt.Errorf("ask the running instance: %w", err)
		}
		fmt.Fprintln(a.Out, said)
		return nil
	})
}
