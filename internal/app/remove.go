package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/mqtt"
)

// Remove clears everything that this program ever retained with its prefix and base topic: devices, which makes Home
// Assistant remove their entities, the registry and states; and the state file. evcc's topics are not touched. It
// refuses while the program seems to run, unless args hold --force.
func (a *App) Remove(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("remove", flag.ContinueOnError)
	flags.SetOutput(a.Out)
	force := flags.Bool("force", false, "also when the broker says that the program runs, which it does for ever when it lost the program's end")
	if done, err := parse(flags, args); done {
		return err
	}
	return a.visit(ctx, func(ctx context.Context, client *mqtt.Client, found <-chan mqtt.Message, failed <-chan error) error {
		return a.clear(ctx, client, found, failed, *force)
	})
}

// clear empties what the broker retains of ours, children before their site.
func (a *App) clear(ctx context.Context, client *mqtt.Client, found <-chan mqtt.Message, failed <-chan error, force bool) error {
	prefix, base := a.Settings.DiscoveryPrefix, a.Settings.BaseTopic
	if err := client.Subscribe(1, discovery.ConfigFilter(prefix, base), base+"/#"); err != nil {
		return err
	}
	retained, err := collect(ctx, found, failed)
	if err != nil {
		return err
	}
	if retained[discovery.StatusTopic(base)] == "online" && !force {
		return fmt.Errorf("an evcc-discovery with base topic %q is running and would publish everything again: stop it first, or use --force if none is", base)
	}
	topics := slices.SortedFunc(maps.Keys(retained), discovery.RemovalOrder)
	devices := 0
	for _, topic := range topics {
		if err := client.Publish(mqtt.Message{Topic: topic, QoS: 1, Retained: true}); err != nil {
			return err
		}
		if strings.HasSuffix(topic, "/config") {
			devices++
		}
	}
	if err := client.Flush(ctx); err != nil {
		return fmt.Errorf("clear %d topics: %w", len(topics), err)
	}
	if err := os.Remove(a.Settings.StateFile); err != nil && a.Settings.StateFile != "" && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the broker is clear, the state file is not: %w", err)
	}
	fmt.Fprintf(a.Out, "removed %d devices and %d other topics from the broker\n", devices, len(topics)-devices)
	return nil
}
