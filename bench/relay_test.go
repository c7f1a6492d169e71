package bench

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"evcc-discovery/internal/app"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/mqtt/mosquitto"
	"evcc-discovery/internal/settings"
	"evcc-discovery/internal/simulator"
)

const patience = 30 * time.Second

// rig is Mosquitto with a simulated evcc, the program, somebody who commands and somebody who watches, each with a
// connection of its own. Mosquitto leaves Nagle's algorithm on, so who shares one measures that.
type rig struct {
	commander *mqtt.Client
	seen      chan mqtt.Message // what the watcher sees: sets, answers of evcc, results, and topics below bench
}

func newRig(b *testing.B) *rig {
	b.Helper()
	url := mosquitto.Start(b, "", "")
	ctx, cancel := context.WithCancel(b.Context())
	var running []chan struct{}
	run := func(f func(context.Context) error) {
		done := make(chan struct{})
		running = append(running, done)
		go func() {
			defer close(done)
			_ = f(ctx) // its end is the benchmark's
		}()
	}
	b.Cleanup(func() {
		cancel()
		for _, done := range running {
			<-done
		}
	})
	evcc, err := app.NewEvcc("evcc-0.313.2-demo", simulator.Options{Root: "evcc", Interval: 30 * time.Second, Still: true, Pause: time.Millisecond})
	if err != nil {
		b.Fatal(err)
	}
	run(func(ctx context.Context) error { return app.RunEvcc(ctx, url, evcc) })
	program := &app.App{Version: "bench", Log: zerolog.Nop(), Settings: settings.Settings{MQTTURL: url, EVCCTopics: []string{"evcc"},
		DiscoveryPrefix: "homeassistant", BaseTopic: "evcc-discovery", Language: "en"}}
	run(program.Run)
	r := &rig{seen: make(chan mqtt.Message, 1<<16)}
	r.commander = dial(b, url, run, mqtt.Handler{})
	watcher := dial(b, url, run, mqtt.Handler{Message: func(m mqtt.Message) { r.seen <- m }})
	if err := watcher.Subscribe(0, "bench/#", "evcc/loadpoints/+/+/set", "evcc-discovery/evcc/site/command/event"); err != nil {
		b.Fatal(err)
	}
	r.ready(b)
	return r
}

func dial(b *testing.B, url string, run func(func(context.Context) error), h mqtt.Handler) *mqtt.Client {
	b.Helper()
	up := make(chan struct{}, 10)
	h.Up = func() { up <- struct{}{} }
	c, err := mqtt.New(mqtt.Options{URL: url, FirstPause: 20 * time.Millisecond}, h)
	if err != nil {
		b.Fatal(err)
	}
	run(c.Run)
	select {
	case <-up:
	case <-time.After(patience):
		b.Fatal("no connection to Mosquitto")
	}
	return c
}

func (r *rig) publish(b *testing.B, topic, payload string) {
	b.Helper()
	if err := r.commander.Publish(mqtt.Message{Topic: topic, Payload: []byte(payload)}); err != nil {
		b.Fatal(err)
	}
}

// until waits for n messages that fit and returns how many others of evcc's setters came meanwhile.
func (r *rig) until(b *testing.B, n int, fits func(mqtt.Message) bool) (sets int) {
	b.Helper()
	deadline := time.After(patience)
	for n > 0 {
		select {
		case m := <-r.seen:
			if fits(m) {
				n--
			} else if strings.HasPrefix(m.Topic, "evcc/") && len(m.Payload) > 0 {
				sets++
			}
		case <-deadline:
			b.Fatalf("%d messages are missing after %v", n, patience)
		}
	}
	return sets
}

func ended(m mqtt.Message) bool { return strings.HasSuffix(m.Topic, "/command/event") }

// ready waits until the program answers commands.
func (r *rig) ready(b *testing.B) {
	b.Helper()
	again := time.NewTicker(500 * time.Millisecond)
	defer again.Stop()
	for deadline := time.After(patience); ; {
		select {
		case m := <-r.seen:
			if ended(m) && strings.Contains(string(m.Payload), `"accepted"`) {
				for time.Sleep(100 * time.Millisecond); len(r.seen) > 0; {
					<-r.seen
				}
				return
			}
		case <-again.C:
			r.publish(b, "evcc-discovery/evcc/loadpoint/1/priority/set", "1")
		case <-deadline:
			b.Fatal("the program takes no commands")
		}
	}
}

// BenchmarkRelayDelay sends paced commands and, in turn, messages that go to the watcher directly. What the program adds to
// the way may be twice the direct way at most: one more hop through the broker, and its own work.
func BenchmarkRelayDelay(b *testing.B) {
	r := newRig(b)
	const pairs, pace = 300, 20 * time.Millisecond
	var direct, relayed []time.Duration
	for b.Loop() {
		for i := range pairs {
			time.Sleep(pace)
			began := time.Now()
			r.publish(b, "bench/direct", fmt.Sprint(i))
			r.until(b, 1, func(m mqtt.Message) bool { return m.Topic == "bench/direct" })
			direct = append(direct, time.Since(began))
			time.Sleep(pace)
			began = time.Now()
			r.publish(b, "evcc-discovery/evcc/loadpoint/1/enable_delay/set", fmt.Sprint(i%2+1))
			r.until(b, 1, func(m mqtt.Message) bool { return m.Topic == "evcc/loadpoints/1/enableDelay/set" && len(m.Payload) > 0 })
			relayed = append(relayed, time.Since(began))
			r.until(b, 1, ended)
		}
	}
	d, w := median(direct), median(relayed)
	added := w - d
	b.ReportMetric(float64(d.Microseconds()), "µs-direct")
	b.ReportMetric(float64(w.Microseconds()), "µs-relayed")
	b.ReportMetric(float64(added)/float64(d), "added/direct")
	if added > 2*d {
		b.Errorf("the relay adds %v to a direct way of %v", added, d)
	}
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

// burstControls are loadpoint controls that do not concern each other, with evcc's name.
var burstControls = [][2]string{{"enable_delay", "enableDelay"}, {"disable_delay", "disableDelay"}, {"enable_threshold", "enableThreshold"},
	{"disable_threshold", "disableThreshold"}, {"priority", "priority"}}

// BenchmarkRelayBurst sends a thousand commands at once, to evcc directly and through the program, until each is
// answered: by evcc's empty message there, by its result here. The rate must be half of the direct one at least.
func BenchmarkRelayBurst(b *testing.B) {
	r := newRig(b)
	const n, rounds = 1000, 3
	var direct, relayed time.Duration
	sets := 0
	for b.Loop() {
		for range rounds {
			began := time.Now()
			for i := range n {
				control := burstControls[i%len(burstControls)]
				r.publish(b, fmt.Sprintf("evcc/loadpoints/%d/%s/set", i%2+1, control[1]), fmt.Sprint(i/10%2))
			}
			r.until(b, n, func(m mqtt.Message) bool { return strings.HasPrefix(m.Topic, "evcc/") && len(m.Payload) == 0 })
			direct += time.Since(began)
			began = time.Now()
			for i := range n {
				control := burstControls[i%len(burstControls)]
				r.publish(b, fmt.Sprintf("evcc-discovery/evcc/loadpoint/%d/%s/set", i%2+1, control[0]), fmt.Sprint(i/10%2))
			}
			sets += r.until(b, n, ended)
			relayed += time.Since(began)
			time.Sleep(time.Second) // both have come to rest
		}
	}
	rate := func(d time.Duration) float64 { return float64(n*rounds*b.N) / d.Seconds() }
	b.ReportMetric(rate(direct), "direct/s")
	b.ReportMetric(rate(relayed), "relayed/s")
	b.ReportMetric(100*float64(sets)/float64(n*rounds*b.N), "%-to-evcc")
	if rate(relayed) < rate(direct)/2 {
		b.Errorf("%.0f commands a second, %.0f directly", rate(relayed), rate(direct))
	}
}
