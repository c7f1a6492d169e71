package bench

import (
	"context"
	"encoding/json"
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
	evcc, err := app.NewEvcc("evcc-0.313.2-demo", simulator.Options{Root: "evcc", Interval: 2 * time.Second, Still: true, Pause: time.Millisecond})
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
			r.publish(b, "evcc-discovery/evcc/loadpoint/2/priority/set", "1") // evcc comes to it last
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

// burstControl is a loadpoint control that does not concern another one: our topic, evcc's, and how its results name it.
type burstControl struct{ ours, evccs, told string }

// burstControls learns what there is by sending one command to each.
func (r *rig) burstControls(b *testing.B) (list []burstControl) {
	b.Helper()
	for _, name := range [][2]string{{"enable_delay", "enableDelay"}, {"disable_delay", "disableDelay"}, {"enable_threshold", "enableThreshold"},
		{"disable_threshold", "disableThreshold"}, {"priority", "priority"},
		{"smart_cost_limit", "smartCostLimit"}, {"smart_feed_in_priority_limit", "smartFeedInPriorityLimit"}} {
		for loadpoint := 1; loadpoint <= 2; loadpoint++ {
			c := burstControl{ours: fmt.Sprintf("evcc-discovery/evcc/loadpoint/%d/%s/set", loadpoint, name[0]),
				evccs: fmt.Sprintf("evcc/loadpoints/%d/%s/set", loadpoint, name[1])}
			r.publish(b, c.ours, "0")
			r.until(b, 1, func(m mqtt.Message) bool {
				if !ended(m) {
					return false
				}
				var verdict string
				verdict, c.told = end(b, m)
				if verdict != "accepted" {
					b.Fatalf("%s: %s", c.ours, m.Payload)
				}
				return true
			})
			list = append(list, c)
		}
	}
	return list
}

// end returns how a command ended, and of what.
func end(b *testing.B, m mqtt.Message) (verdict, told string) {
	b.Helper()
	var event struct {
		Type    string `json:"event_type"`
		Control string
		Device  string
	}
	if err := json.Unmarshal(m.Payload, &event); err != nil {
		b.Fatal(err)
	}
	return event.Type, event.Control + " of " + event.Device
}

// burst is what became of commands that were sent as fast as something takes them.
type burst struct {
	took     time.Duration
	verdicts map[string]int
	sets     int // that reached evcc
}

const burstSize = 1000

// directly sends to evcc itself until evcc has answered each: all at once, or for each topic the next one after evcc's
// answer, as it must be where evcc shall not mix up the order.
func (r *rig) directly(b *testing.B, controls []burstControl, inTurn bool) time.Duration {
	b.Helper()
	sent := 0
	value := make(map[string]int, len(controls))
	next := func(topic string) {
		if sent < burstSize {
			sent++
			value[topic] = 1 - value[topic]
			r.publish(b, topic, fmt.Sprint(value[topic]))
		}
	}
	began := time.Now()
	for first := true; first || !inTurn && sent < burstSize; first = false {
		for _, c := range controls {
			next(c.evccs)
		}
	}
	r.until(b, burstSize, func(m mqtt.Message) bool {
		if !strings.HasPrefix(m.Topic, "evcc/") || len(m.Payload) > 0 {
			return false
		}
		if inTurn {
			next(m.Topic)
		}
		return true
	})
	return time.Since(began)
}

// relayed sends through the program until each command has its result. At once, newer commands replace those that wait.
// In turn, each control has one under way and one that waits for it, and gets the next when one has ended: nothing is
// replaced, everything must reach evcc.
func (r *rig) relayed(b *testing.B, controls []burstControl, inTurn bool) burst {
	b.Helper()
	next := make(map[string]func(), len(controls))
	sent := 0
	for _, c := range controls {
		value := 0
		next[c.told] = func() {
			if sent < burstSize {
				sent++
				value = 1 - value
				r.publish(b, c.ours, fmt.Sprint(value))
			}
		}
	}
	result := burst{verdicts: make(map[string]int)}
	began := time.Now()
	for round := 0; round < 2 || !inTurn && sent < burstSize; round++ {
		for _, c := range controls {
			next[c.told]()
		}
	}
	result.sets = r.until(b, burstSize, func(m mqtt.Message) bool {
		if !ended(m) {
			return false
		}
		verdict, told := end(b, m)
		result.verdicts[verdict]++
		if inTurn {
			next[told]()
		}
		return true
	})
	result.took = time.Since(began)
	return result
}

// BenchmarkRelayBurst sends a thousand commands to evcc directly, until each is answered by evcc's empty message, and
// through the program, until each is answered by its result. What counts is what reaches evcc: that rate must be half of
// the direct one at least. Where more comes at once than evcc takes one by one, the rest is replaced, which is quick.
func BenchmarkRelayBurst(b *testing.B) {
	r := newRig(b)
	controls := r.burstControls(b)
	const rounds = 10
	var direct, directInTurn, inTurn, atOnce, n float64
	replaced := 0
	for b.Loop() {
		for range rounds {
			n += burstSize
			direct += r.directly(b, controls, false).Seconds()
			directInTurn += r.directly(b, controls, true).Seconds()
			turn := r.relayed(b, controls, true)
			inTurn += turn.took.Seconds()
			if turn.verdicts["accepted"] != burstSize || turn.sets != burstSize {
				b.Errorf("%v, and %d of %d reached evcc", turn.verdicts, turn.sets, burstSize)
			}
			once := r.relayed(b, controls, false)
			atOnce += once.took.Seconds()
			replaced += once.verdicts["replaced"]
			if once.verdicts["accepted"]+once.verdicts["replaced"] != burstSize || once.sets != once.verdicts["accepted"] {
				b.Errorf("%v, and %d of %d reached evcc", once.verdicts, once.sets, burstSize)
			}
			time.Sleep(time.Second) // all has come to rest
		}
	}
	b.ReportMetric(n/direct, "direct/s")
	b.ReportMetric(n/directInTurn, "direct-in-turn/s")
	b.ReportMetric(n/inTurn, "delivered/s")
	b.ReportMetric(direct/inTurn, "delivered/direct")
	b.ReportMetric(directInTurn/inTurn, "delivered/direct-in-turn")
	b.ReportMetric(n/atOnce, "answered-at-once/s")
	b.ReportMetric(100*float64(replaced)/n, "%-of-them-replaced")
	if n/inTurn < n/direct/2 {
		b.Errorf("%.0f commands a second reach evcc, %.0f directly", n/inTurn, n/direct)
	}
}
