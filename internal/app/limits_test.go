package app_test

import (
	"maps"
	"strings"
	"testing"

	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/mqtt/mosquitto"
)

// A broker that lets little be under way at once, or keeps little in its queues, gets everything all the same, also at the
// next start: what we publish waits for receipts, and what we read comes in portions.
func TestBrokerQuotas(t *testing.T) {
	t.Parallel()
	var want map[string]string
	virtual(t, func(t *testing.T) {
		plain := newWorld(t, "evcc-0.316.0-demo")
		plain.up(t)
		plain.published(t)
		plain.quiet(t)
		want = configs(t, plain.broker)
	})
	for _, limits := range [][]string{
		{"max_inflight_messages 1"},
		{"max_queued_messages 10"},
	} {
		t.Run(strings.Join(limits, ","), func(t *testing.T) {
			t.Parallel()
			broker := mqtt.Options{URL: mosquitto.Start(t, "", "", limits...)}
			w := worldOn(t, broker, "evcc-0.316.0-demo")
			w.up(t)
			first, log := w.published(t)
			w.wait(t, ready, "online")
			w.quiet(t)
			same(t, "beside a broker without limits", want, configs(t, broker))
			w.accepted(t, log, "evcc-discovery/evcc/site/residual_power/set", "120")
			content(t, log)

			first.stop()
			a, log := newApp(broker)
			background(t, a.Run)
			w.wait(t, status, "online")
			w.quiet(t)
			same(t, "after another start", want, configs(t, broker))
			content(t, log)
		})
	}
}

// content holds that a log has one connection, and nothing that is wrong or removed.
func content(t *testing.T, log *logs) {
	t.Helper()
	bad := log.count(`"level":"warn"`) - log.count("command unanswered") + log.count(`"level":"error"`) + log.count("removing ") + log.count("device deleted")
	if n := log.count(up); n != 1 || bad > 0 {
		t.Errorf("%d connections, and the log says\n%s", n, log)
	}
}

// configs returns the device messages that the broker keeps.
func configs(t *testing.T, broker mqtt.Options) map[string]string {
	t.Helper()
	kept := ours(t, broker)
	maps.DeleteFunc(kept, func(topic, _ string) bool { return !strings.HasSuffix(topic, "/config") })
	return kept
}
