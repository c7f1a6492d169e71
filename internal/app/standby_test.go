package app_test

import (
	"strings"
	"testing"
)

// Of two programs on one base topic one works, and the other takes over when the first has ended, in order or not.
func TestStandby(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		w := newWorld(t, newest)
		w.up(t)
		first, _ := w.published(t)
		line := newTap(t, w.broker) // of the second
		a, log := newApp(line.broker)
		second := background(t, a.Run)
		log.wait(t, "Another instance is active on this base topic")
		if sent := line.topics(); strings.Trim(strings.Join(sent, " "), " ") != "evcc-discovery/adapter/presence" {
			t.Errorf("the one that waits has published %q", sent)
		}
		w.send(t, "evcc-discovery/evcc/loadpoint/2/mode/set", "now")
		w.wait(t, "evcc/loadpoints/2/mode", "now") // by the first
		first.stop()
		log.wait(t, "resolved: Another instance is active on this base topic")
		w.wait(t, status, "online")
		w.quiet(t)
		w.send(t, "evcc-discovery/evcc/loadpoint/2/mode/set", "off")
		log.wait(t, "command accepted", "loadpoint.mode")
		second.stop()
		w.wait(t, status, "offline")
	})
}
