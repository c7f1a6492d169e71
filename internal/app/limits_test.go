package app_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/mqtt/mosquitto"
)

// A broker that lets little be under way at once, or keeps little in its queues, gets everything all the same: what we
// publish waits for receipts, and what we read comes in portions. Where it drops some of what we read at the next start, that
// is published once more, nothing is removed, and nothing goes round in circles.
func TestBrokerQuotas(t *testing.T) {
	t.Parallel()
	plain := newWorld(t, "evcc-0.316.0-demo")
	plain.up(t)
	plain.published(t)
	plain.quiet(t)
	want := ours(t, plain.url)
	maps.DeleteFunc(want, func(topic, _ string) bool { return !strings.HasSuffix(topic, "/config") })
	for _, limits := range [][]string{
		{"max_inflight_messages 1"},
		{"max_queued_messages 10"},
		{"max_inflight_messages 1", "max_queued_bytes 5000", "max_inflight_bytes 5000"},
	} {
		t.Run(strings.Join(limits, ","), func(t *testing.T) {
			t.Parallel()
			url := mosquitto.Start(t, "", "", limits...)
			w := &world{url: url, evcc: newEvcc(t, "evcc-0.316.0-demo"), observer: observe(t, url)}
			w.up(t)
			first, log := w.published(t)
			w.wait(t, ready, "online")
			w.quiet(t)
			same(t, "beside a broker without limits", want, oneByOne(t, url, want))
			w.send(t, "evcc-discovery/evcc/site/residual_power/set", "120")
			log.wait(t, "command accepted", "residual_power")
			content(t, log)

			first.stop()
			a, log := newApp(url)
			background(t, a.Run)
			w.wait(t, status, "online")
			w.quiet(t)
			same(t, "after another start", want, oneByOne(t, url, want))
			content(t, log)
		})
	}
}

// content holds that a log has one connection, and nothing that is wrong or removed.
func content(t *testing.T, log *logs) {
	t.Helper()
	bad := log.count(`"level":"warn"`) + log.count(`"level":"error"`) + log.count("is removed")
	if n := log.count(up); n != 1 || bad > 0 {
		t.Errorf("%d connections, and the log says\n%s", n, log)
	}
}

// oneByOne returns what the broker keeps on some topics: this one does not send much at once.
func oneByOne(t *testing.T, url string, topics map[string]string) map[string]string {
	t.Helper()
	all := newObserver()
	c := connect(t, mqtt.Options{URL: url}, all.see)
	if err := c.Subscribe(0, "settled/#"); err != nil {
		t.Fatal(err)
	}
	kept := make(map[string]string)
	for _, topic := range slices.Sorted(maps.Keys(topics)) {
		settle(t, c, all, topic)
		kept[topic] = all.topic(topic)
	}
	return kept
}
