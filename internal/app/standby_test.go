package app_test

import (
	"strings"
	"testing"

	"evcc-discovery/internal/mqtt/mosquitto"
)

// Of two programs on one base topic one works, and the other takes over when the first has ended, in order or not.
func TestStandby(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newest)
	w.up(t)
	first, _ := w.published(t)
	line := newTap(t, w.url) // of the second
	a, log := newApp(line.url)
	second := background(t, a.Run)
	log.wait(t, "another evcc-discovery with this base topic is at work")
	if sent := line.topics(); strings.Trim(strings.Join(sent, " "), " ") != "evcc-discovery/adapter/presence" {
		t.Errorf("the one that waits has published %q", sent)
	}
	w.send(t, "evcc-discovery/evcc/loadpoint/2/mode/set", "now")
	w.wait(t, "evcc/loadpoints/2/mode", "now") // by the first
	first.stop()
	log.wait(t, "this one takes over")
	w.wait(t, status, "online")
	w.quiet(t)
	w.send(t, "evcc-discovery/evcc/loadpoint/2/mode/set", "off")
	log.wait(t, "command accepted", "loadpoint.mode")
	second.stop()
	w.wait(t, status, "offline")
}

// A broker closes the connection on a device message that is too large for it: the message is named and left out, and
// the rest works.
func TestMessageTooLarge(t *testing.T) {
	t.Parallel()
	url := mosquitto.Start(t, "", "", "max_packet_size 24000")
	w := &world{url: url, evcc: newEvcc(t, oldest), observer: observe(t, url)}
	w.up(t)
	a, log := newApp(url)
	background(t, a.Run)
	log.wait(t, "the broker does not keep a device message", "evcc_loadpoint_")
	w.wait(t, status, "online")
	w.until(t, "the site", func() bool {
		return w.topic("homeassistant/device/evcc-discovery/evcc_site/config") != ""
	})
	w.until(t, "the problem", func() bool {
		return strings.Contains(w.topic("evcc-discovery/adapter/problem/attributes"), "message_too_large")
	})
}
