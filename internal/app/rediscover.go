package app

import (
	"context"
	"fmt"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/mqtt"
)

// Rediscover asks the running program to bring back what was deleted in Home Assistant, as its button does.
func (a *App) Rediscover(ctx context.Context) error {
	return a.visit(ctx, func(ctx context.Context, client *mqtt.Client, found <-chan mqtt.Message, failed <-chan error) error {
		base := a.Settings.BaseTopic
		if err := client.Subscribe(1, discovery.StatusTopic(base)); err != nil {
			return err
		}
		retained, err := collect(ctx, found, failed)
		if err != nil {
			return err
		}
		if retained[discovery.StatusTopic(base)] != "online" {
			return fmt.Errorf("no evcc-discovery with base topic %q is running: start it first, then ask it", base)
		}
		if err := client.Publish(mqtt.Message{Topic: discovery.AdapterCommand(base, discovery.Rediscover), Payload: []byte("PRESS"), QoS: 1}); err != nil {
			return err
		}
		if err := client.Flush(ctx); err != nil {
			return fmt.Errorf("ask the running program: %w", err)
		}
		fmt.Fprintln(a.Out, "asked the running program to bring everything back, also what was deleted in Home Assistant")
		return nil
	})
}
