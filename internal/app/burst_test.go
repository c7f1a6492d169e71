package app_test

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/mqtt/mosquitto"
)

// account counts how commands ended and keeps what evcc was sent, in order.
type account struct {
	news
	mu      sync.Mutex
	results map[string]int
	sets    map[string][]string
}

func (a *account) see(m mqtt.Message) {
	a.mu.Lock()
	switch {
	case strings.HasSuffix(m.Topic, "/command/event"):
		_, rest, _ := strings.Cut(string(m.Payload), `"event_type":"`)
		verdict, _, _ := strings.Cut(rest, `"`)
		a.results[verdict]++
	case len(m.Payload) > 0:
		a.sets[m.Topic] = append(a.sets[m.Topic], string(m.Payload))
	}
	a.mu.Unlock()
	a.happened()
}

func (a *account) ended() (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, count := range a.results {
		n += count
	}
	return n
}

// Thousands of commands as fast as they can be sent, through the broker that most people use: each is answered, evcc
// gets a control's values in order, and has the newest of each in the end. It runs alone: evcc has three seconds to answer.
func TestBurstThroughMosquitto(t *testing.T) {
	const n = 3000 // TestCommandBurst has the ten thousand, without sockets
	broker := mqtt.Options{URL: mosquitto.Start(t, "", "")}
	w := worldOn(t, broker, newest)
	w.up(t)
	a, log := newApp(broker)
	background(t, a.Run)
	w.devices(t, log)
	w.wait(t, ready, "online")
	w.send(t, "evcc-discovery/evcc/loadpoint/1/priority/set", "1")
	w.until(t, "the first event", func() bool { return w.topic("evcc-discovery/evcc/site/command/event") != "" })

	books := &account{results: make(map[string]int), sets: make(map[string][]string)}
	watcher := connect(t, broker, books.see)
	if err := watcher.Subscribe(0, "evcc/loadpoints/+/+/set", "evcc-discovery/evcc/site/command/event"); err != nil {
		t.Fatal(err)
	}
	commander := connect(t, broker, nil)
	controls := [][2]string{{"enable_delay", "enableDelay"}, {"disable_delay", "disableDelay"}, {"enable_threshold", "enableThreshold"}, {"disable_threshold", "disableThreshold"}}
	last := make(map[string]string)
	began := time.Now()
	for i := range n {
		control, loadpoint, value := controls[i/2%len(controls)], i%2+1, strconv.Itoa(i/8)
		if err := commander.Publish(mqtt.Message{Topic: fmt.Sprintf("evcc-discovery/evcc/loadpoint/%d/%s/set", loadpoint, control[0]), Payload: []byte(value), QoS: 1}); err != nil {
			t.Fatal(err)
		}
		last[fmt.Sprintf("loadpoints/%d/%s", loadpoint, control[1])] = value
	}
	books.until(t, strconv.Itoa(n)+" answers", func() bool { return books.ended() >= n })
	took := time.Since(began)
	books.mu.Lock()
	defer books.mu.Unlock()
	for key, want := range last {
		if got, _ := w.evcc.Value(key); got != want {
			t.Errorf("evcc's %s is %s, the newest command was %s", key, got, want)
		}
		sets := books.sets["evcc/"+key+"/set"]
		for i := 1; i < len(sets); i++ {
			if before, after := number(sets[i-1]), number(sets[i]); after < before {
				t.Errorf("%s: evcc got %d after %d", key, after, before)
			}
		}
	}
	if got := books.results["accepted"] + books.results["replaced"]; got != n || books.results["accepted"] < len(last) {
		t.Errorf("of %d commands: %v", n, books.results)
	}
	t.Logf("%d commands in %v: %v", n, took.Round(time.Millisecond), books.results)
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
