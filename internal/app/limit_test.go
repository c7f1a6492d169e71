package app_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/mqtt/mosquitto"
)

// A broker closes the connection on a message that is too large for it, be it a device or what we remember there: it is
// named and left out, at the price of a few connections however many there are, and the rest works.
func TestMessageTooLarge(t *testing.T) {
	t.Parallel()
	var all map[string]string
	virtual(t, func(t *testing.T) {
		whole := newWorld(t, oldest)
		whole.up(t)
		whole.published(t)
		whole.quiet(t)
		all = ours(t, whole.broker)
	})
	for _, limit := range []int{
		24000, // the loadpoints are larger
		7000,  // and the registry, and the site
		4000,  // and the vehicles
		1500,  // and our own device, and a battery
	} {
		t.Run(strconv.Itoa(limit), func(t *testing.T) {
			t.Parallel()
			broker := mqtt.Options{URL: mosquitto.Start(t, "", "", "max_packet_size "+strconv.Itoa(limit))}
			w := worldOn(t, broker, oldest)
			w.up(t)
			a, log := newApp(broker)
			background(t, a.Run)
			for _, topic := range slices.Sorted(maps.Keys(all)) {
				if len(topic)+len(all[topic]) > limit {
					log.wait(t, "message withheld: too large", `"`+topic+`"`)
				} else {
					w.until(t, topic, func() bool { return w.topic(topic) != "" })
				}
			}
			w.silent(t)
			w.wait(t, status, "online")
			if told := w.topic("evcc-discovery/adapter/problem/attributes"); !strings.Contains(told, "message_too_large") || !strings.Contains(told, "evcc_loadpoint_1/config (") {
				t.Errorf("not named: %s", told)
			}
			w.accepted(t, log, "evcc-discovery/evcc/loadpoint/2/mode/set", "now")
			w.silent(t)
			for topic, payload := range ours(t, broker) {
				if len(topic)+len(payload) > limit {
					t.Errorf("%s is on the broker with %d bytes", topic, len(payload))
				}
			}
			if n := log.count(up); n > 4 {
				t.Errorf("%d connections\n%s", n, log)
			}
			if named, large := log.count("message withheld: too large"), larger(all, limit); named != large {
				t.Errorf("%d messages are named, %d are too large\n%s", named, large, log)
			}
		})
	}
}

// larger counts the messages that are too large for a broker.
func larger(all map[string]string, limit int) (n int) {
	for topic, payload := range all {
		if len(topic)+len(payload) > limit {
			n++
		}
	}
	return n
}
