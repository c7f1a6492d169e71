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
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/mqtt"
)

const (
	removeQuiet = time.Second      // without another retained message: all have come
	removeLimit = 20 * time.Second // for the whole job
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
	ctx, cancel := context.WithTimeout(ctx, removeLimit)
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
			result = a.clear(ctx, client, found, failed, *force)
		case result = <-failed:
		case <-ctx.Done():
			result = ctx.Err()
		}
	})
	return errors.Join(result, err)
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
	topics := slices.SortedFunc(maps.Keys(retained), childrenFirst)
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
	quiet := time.NewTimer(removeQuiet)
	defer quiet.Stop()
	for {
		select {
		case m := <-found:
			if m.Retained && len(m.Payload) > 0 {
				retained[m.Topic] = string(m.Payload)
				quiet.Reset(removeQuiet)
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

// childrenFirst puts sites behind what hangs on them, devices before our own topics.
func childrenFirst(a, b string) int {
	rank := func(topic string) int {
		switch {
		case strings.HasSuffix(topic, "_site/config"):
			return 1
		case strings.HasSuffix(topic, "/config"):
			return 0
		}
		return 2
	}
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}
