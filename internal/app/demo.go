package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"sync"
	"time"

	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/simulator"
)

// demoOptions are the flags of demo.
type demoOptions struct {
	listen   string
	tree     string
	interval time.Duration
	still    bool
}

// demoJob runs everything in one process: an embedded broker, a simulated evcc and the bridge. It prints what Home
// Assistant would see until the context ends, and leaves nothing behind.
func demoJob(flags *flag.FlagSet) func(*App, context.Context) error {
	var o demoOptions
	flags.StringVar(&o.listen, "listen", "127.0.0.1:0", "address of the embedded broker; 0.0.0.0:1883 lets a Home Assistant on another machine connect (without password)")
	flags.StringVar(&o.tree, "tree", "", "version of the captured evcc to start from, or its whole name: "+strings.Join(simulator.Trees(), ", ")+" (default the newest)")
	flags.DurationVar(&o.interval, "interval", 3*time.Second, "evcc's control interval")
	flags.BoolVar(&o.still, "still", false, "keep measured values as they are")
	return func(a *App, ctx context.Context) error { return a.demo(ctx, o) }
}

func (a *App) demo(ctx context.Context, o demoOptions) error {
	tree, err := findTree(o.tree)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	evcc, err := NewEvcc(tree, simulator.Options{Root: a.Settings.EVCCTopics[0], Interval: o.interval, Still: o.still, Demo: !o.still})
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	broker, err := mqtt.StartBroker(mqtt.BrokerOptions{Address: o.listen, Insecure: true, Network: a.Network})
	if err != nil {
		return fmt.Errorf("demo: %w; choose another address with --listen", err)
	}
	defer broker.Close()
	a.Home, a.Settings.StateFile, a.Settings.HealthAddress = nil, "", "" // nothing of a real one
	a.Settings.MQTTURL, a.Settings.MQTTUsername, a.Settings.MQTTPassword, a.Settings.MQTTCA = broker.URL(), "", "", ""
	a.welcome(tree, o.listen, broker.URL())
	return a.play(ctx, evcc)
}

func (a *App) play(ctx context.Context, evcc *simulator.Driver) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var parts sync.WaitGroup
	start := func(part func(context.Context) error) {
		parts.Go(func() {
			if err := part(ctx); err != nil && !errors.Is(err, context.Canceled) {
				cancel(err)
			}
		})
	}
	start(func(ctx context.Context) error { return runEvcc(ctx, a.options(nil), evcc) })
	start(a.watch)
	start(a.Run)
	<-ctx.Done()
	parts.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// NewEvcc returns a simulated evcc that starts from one of the embedded trees.
func NewEvcc(tree string, o simulator.Options) (*simulator.Driver, error) {
	content, err := simulator.Open(tree)
	if err != nil {
		return nil, err
	}
	evcc, err := simulator.New(content, o)
	if err != nil {
		return nil, err
	}
	return simulator.NewDriver(evcc), nil
}

// RunEvcc runs the simulated evcc on a broker until it stops, crashes or the context ends.
func RunEvcc(ctx context.Context, url string, evcc *simulator.Driver) error {
	return runEvcc(ctx, mqtt.Options{URL: url}, evcc)
}

func runEvcc(ctx context.Context, broker mqtt.Options, evcc *simulator.Driver) error {
	topic, payload := evcc.Will()
	broker.Will = &mqtt.Message{Topic: topic, Payload: []byte(payload), QoS: 1, Retained: true}
	client, err := mqtt.New(broker, mqtt.Handler{
		Up: evcc.Up, Down: func(error) { evcc.Down() },
		Message: func(m mqtt.Message) { evcc.Handle(m.Topic, m.Payload, m.Retained) },
	})
	if err != nil {
		return err
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var connection sync.WaitGroup
	connection.Go(func() { _ = client.Run(running) })
	err = evcc.Run(ctx, evccConn{client})
	cancel()
	connection.Wait()
	return err
}

// evccConn gives the simulated evcc its connection.
type evccConn struct{ *mqtt.Client }

// Publish sends one of evcc's topics.
func (c evccConn) Publish(topic string, payload []byte, qos byte, retain bool) error {
	return c.Client.Publish(mqtt.Message{Topic: topic, Payload: payload, QoS: qos, Retained: retain})
}

// Subscribe listens to evcc's setters.
func (c evccConn) Subscribe(filters ...string) error { return c.Client.Subscribe(1, filters...) }
