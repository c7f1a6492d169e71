package app

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/simulator"
)

// Demo runs everything in one process: an embedded broker, a simulated evcc and the bridge. It prints what Home
// Assistant would see until the context ends, and leaves nothing behind.
func (a *App) Demo(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(a.Out)
	listen := flags.String("listen", "127.0.0.1:0", "address of the embedded broker; 0.0.0.0:1883 lets a Home Assistant on another machine connect (without password)")
	tree := flags.String("tree", "evcc-0.313.2-demo", "captured evcc to start from: "+strings.Join(simulator.Trees(), ", "))
	interval := flags.Duration("interval", 3*time.Second, "evcc's control interval")
	still := flags.Bool("still", false, "keep measured values as they are")
	if done, err := parse(flags, args); done {
		return err
	}
	evcc, err := NewEvcc(*tree, simulator.Options{Root: a.Settings.EVCCTopics[0], Interval: *interval, Still: *still, Demo: !*still})
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	broker, err := mqtt.StartBroker(mqtt.BrokerOptions{Address: *listen, Insecure: true, Network: a.Network})
	if err != nil {
		return fmt.Errorf("demo: %w; choose another address with --listen", err)
	}
	defer broker.Close()
	a.Home, a.Settings.StateFile, a.Settings.HealthAddress = nil, "", "" // nothing of a real one
	a.Settings.MQTTURL, a.Settings.MQTTUsername, a.Settings.MQTTPassword, a.Settings.MQTTCA = broker.URL(), "", "", ""
	a.welcome(*tree, *listen, broker.URL())
	return a.demo(ctx, evcc)
}

// welcome says what runs, and where a Home Assistant finds it.
func (a *App) welcome(tree, listen, url string) {
	fmt.Fprintf(a.Out, "A broker listens at %s, a simulated evcc (%s) publishes there.\n", url, tree)
	host, port, _ := net.SplitHostPort(listen) // it listens there: the address is right
	ip := net.ParseIP(host)
	switch {
	case host == "" || ip != nil && ip.IsUnspecified():
		fmt.Fprintf(a.Out, "In Home Assistant, add the MQTT integration with this machine's name or address, port %s, and no user or password.\n", port)
	case ip == nil || !ip.IsLoopback():
		fmt.Fprintf(a.Out, "In Home Assistant, add the MQTT integration with broker %s, port %s, and no user or password.\n", host, port)
	default:
		fmt.Fprintf(a.Out, "Only programs on this machine reach it; --listen 0.0.0.0:1883 lets your Home Assistant connect.\n")
	}
	fmt.Fprintf(a.Out, "Watch: mosquitto_sub -L %s/evcc/# -v\nStop: Ctrl-C\n\n", url)
}

func (a *App) demo(ctx context.Context, evcc *simulator.Driver) error {
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

// watch prints, as Home Assistant would see it, which devices come, and what changes in daily life.
func (a *App) watch(ctx context.Context) error {
	w := &watcher{out: a.Out, root: a.Settings.EVCCTopics[0], values: make(map[string]string)}
	up := make(chan struct{}, 1)
	client, err := mqtt.New(a.options(nil), mqtt.Handler{Up: func() { offer(up, struct{}{}) }, Message: w.see})
	if err != nil {
		return err
	}
	return connected(ctx, client, func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-up:
				_ = client.Subscribe(0, a.Settings.DiscoveryPrefix+"/device/#", w.root+"/loadpoints/#")
			}
		}
	})
}

// watcher is called by the MQTT client, one message at a time.
type watcher struct {
	out    io.Writer
	root   string
	values map[string]string

	introduced bool // a device has come: what happens to it now means something
}

// watched are the topics of a loadpoint that a person would notice.
var watched = []string{"connected", "charging", "mode", "vehicleTitle", "limitSoc", "minCurrent", "maxCurrent"}

func (w *watcher) see(m mqtt.Message) {
	if strings.HasSuffix(m.Topic, "/config") {
		w.device(m.Payload)
		return
	}
	key := strings.TrimPrefix(m.Topic, w.root+"/loadpoints/")
	number, name, _ := strings.Cut(key, "/")
	value, seen := w.values[key], string(m.Payload)
	w.values[key] = seen
	if value == seen || value == "" || !w.introduced {
		return
	}
	if slices.Contains(watched, name) {
		fmt.Fprintf(w.out, "evcc: %s %s = %s\n", w.values[number+"/title"], name, seen)
	}
}

func (w *watcher) device(payload []byte) {
	var m struct {
		Device     struct{ Name, Model string }
		Components map[string]struct {
			Platform string
			Enabled  *bool `json:"enabled_by_default"`
		}
	}
	if json.Unmarshal(payload, &m) != nil {
		return
	}
	shown, controls := 0, 0
	for _, c := range m.Components {
		if c.Enabled == nil || *c.Enabled {
			shown++
		}
		if c.Platform != "sensor" && c.Platform != "binary_sensor" {
			controls++
		}
	}
	w.introduced = true
	fmt.Fprintf(w.out, "Home Assistant gets the device %q (%s): %d entities, %d shown by default, %d controls\n",
		m.Device.Name, m.Device.Model, len(m.Components), shown, controls)
}
