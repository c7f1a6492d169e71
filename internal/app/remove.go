package app

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/state"
)

// removeJob clears everything that this program ever retained with its prefix and base topic: devices, which makes Home
// Assistant remove their entities, the registry and states; and the state file. evcc's topics are not touched. It
// refuses while the program seems to run, unless --force is given.
func removeJob(flags *flag.FlagSet) func(*App, context.Context) error {
	force := flags.Bool("force", false, "remove even if the broker says that the program is running, which can be stale after a broker crash")
	return func(a *App, ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, removeLimit)
		defer cancel()
		return a.session(ctx, func(ctx context.Context, s *session) error {
			return a.clear(ctx, s, *force)
		})
	}
}

const (
	removeLimit = 10 * time.Minute // for all of it
	mostAsked   = 3                // how often a topic may be cleared and come again
)

// clear empties what the broker retains of ours, children before their site.
func (a *App) clear(ctx context.Context, s *session, force bool) error {
	base := a.Settings.BaseTopic
	retained, err := s.ask(ctx, discovery.StatusTopic(base))
	if err != nil {
		return err
	}
	if retained[discovery.StatusTopic(base)] == "online" && !force {
		return fmt.Errorf("an instance is running on base topic %q and would publish everything again: stop it first, or use --force if there is none", base)
	}
	configs := discovery.ConfigFilter(a.Settings.DiscoveryPrefix, base)
	cleared := make(map[string]int)
	for _, filter := range []string{base + "/+/registry", configs, base + "/#"} { // in the order of their removal
		if err := s.empty(ctx, filter, cleared); err != nil {
			return fmt.Errorf("clear %s: %w", filter, err)
		}
	}
	if err := state.Remove(a.Settings.StateFile); err != nil {
		return fmt.Errorf("broker cleared, state file not: %w", err)
	}
	devices := 0
	for topic := range cleared {
		if strings.HasSuffix(topic, "/config") {
			devices++
		}
	}
	fmt.Fprintf(a.Out, "removed %d devices and %d other topics from the broker\n", devices, len(cleared)-devices)
	return nil
}

// empty clears topics until nothing is left: a broker replays only as many at once as it has room for (Mosquitto: 1020).
// Sites wait until nothing hangs on them any more. It counts what it has cleared.
func (s *session) empty(ctx context.Context, filter string, cleared map[string]int) error {
	for {
		retained, err := s.ask(ctx, filter)
		if err != nil || len(retained) == 0 {
			return err
		}
		topics := slices.SortedFunc(maps.Keys(retained), discovery.RemovalOrder)
		for i, topic := range topics {
			if cleared[topic] == mostAsked {
				return fmt.Errorf("%s reappears: allow our user to write there, or stop the program that publishes it", topic)
			}
			if i > 0 && discovery.IsSite(topic) && !discovery.IsSite(topics[0]) {
				break
			}
			cleared[topic]++
			if err := s.Publish(mqtt.Message{Topic: topic, QoS: 1, Retained: true}); err != nil {
				return err
			}
		}
		if err := s.Flush(ctx); err != nil {
			return err
		}
	}
}
