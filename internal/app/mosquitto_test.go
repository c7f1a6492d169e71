package app_test

import (
	"slices"
	"strings"
	"testing"

	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/mqtt/mosquitto"
)

// With the broker that most people use, everything arrives: also what is replayed after a reconnect.
func TestMosquitto(t *testing.T) {
	t.Parallel()
	broker := mqtt.Options{URL: mosquitto.Start(t, "", "")}
	w := worldOn(t, broker, newest)
	evcc := w.up(t)
	line := newTap(t, broker)
	a, log := newApp(line.broker)
	adapter := background(t, a.Run)
	w.devices(t, log)
	w.wait(t, ready, "online")

	i := strings.LastIndex(ours(t, broker)["homeassistant/device/evcc-discovery/evcc_site/config"], "residual_power/set")
	if i < 0 {
		t.Fatal("the site has no residual power")
	}
	w.accepted(t, log, "evcc-discovery/evcc/site/residual_power/set", "120")
	if got, _ := w.evcc.Value("site/residualPower"); got != "120" {
		t.Errorf("evcc's residual power is %q", got)
	}

	w.wait(t, "evcc-discovery/evcc/site/last_command/state", "accepted")
	w.until(t, "the event", func() bool { return strings.Contains(w.topic("evcc-discovery/evcc/site/command/event"), "accepted") })
	w.announced(t)
	before := ours(t, broker)

	// what is retained comes again in full, so that nothing is missing and nothing is published
	from := len(w.messages(0))
	line.cut()
	log.until(t, "the second connection", func() bool { return log.count(up) == 2 })
	w.until(t, "the second start", func() bool { return slices.Contains(w.payloads(status, from), "online") })
	w.quiet(t)
	same(t, "after a reconnect", before, ours(t, broker))
	for _, m := range w.messages(from) {
		if own(m.Topic) && m.Topic != status && !strings.HasSuffix(m.Topic, "/set") && !strings.HasSuffix(m.Topic, "/presence") {
			t.Errorf("published after a reconnect: %s", m.Topic)
		}
	}

	adapter.stop()
	evcc.stop()
	kept := retained(t, broker)
	missing := 0
	for key, value := range w.evcc.Tree() {
		if value != "" && kept["evcc/"+key] != value {
			missing++
		}
	}
	if missing > 1 { // `updated` may have moved
		t.Errorf("%d of evcc's topics are not retained as evcc has them", missing)
	}
	t.Logf("%d retained messages, %d of ours", len(kept), len(ours(t, broker)))
}
