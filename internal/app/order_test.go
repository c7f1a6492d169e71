package app_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/internal/mqtt"
)

// What is retained does not depend on who was started first, nor on what an earlier run has left.
func TestOrderOfStartsDoesNotMatter(t *testing.T) {
	t.Parallel()
	everyProfile(t, func(t *testing.T, tree string) {
		after, before := newWorld(t, tree), newWorld(t, tree) // the adapter was started after evcc, before evcc
		a, log := newApp(before.broker)
		second := background(t, a.Run)
		log.wait(t, up)
		before.wait(t, "evcc-discovery/status", "online")
		runEvcc(t, before.broker, before.evcc)
		after.up(t)
		first, _ := restart(t, after)
		after.announced(t)
		before.announced(t)
		want := ours(t, after.broker)
		same(t, "started before evcc", want, ours(t, before.broker))
		first.stop()
		second.stop()

		forget(t, before.broker, "evcc-discovery/evcc/registry") // again, with the registry and without
		restart(t, after)
		restart(t, before)
		after.announced(t)
		before.announced(t)
		same(t, "restarted", want, ours(t, after.broker))
		same(t, "restarted without registry", want, ours(t, before.broker))
		for topic := range want {
			most := 1
			if topic == "evcc-discovery/evcc/registry" {
				most = 2 // once more when the broker was seen to keep what it tells of
			}
			if n := after.times(topic); n > most && topic != "evcc-discovery/status" {
				t.Errorf("%s was published %d times by two runs over an evcc that stayed the same", topic, n)
			}
		}
	})
}

// restart starts the adapter where an earlier run has published all.
func restart(t *testing.T, w *world) (*task, *logs) {
	t.Helper()
	a, l := newApp(w.broker)
	r := background(t, a.Run)
	l.wait(t, up)
	return r, l
}

// times counts how often a topic was published.
func (o *observer) times(topic string) (n int) {
	for _, m := range o.messages(0) {
		if m.Topic == topic && !m.Retained {
			n++
		}
	}
	return n
}

// forget deletes retained messages.
func forget(t *testing.T, broker mqtt.Options, topics ...string) {
	t.Helper()
	gone := newObserver()
	c := connect(t, broker, gone.see)
	for _, topic := range topics {
		if err := c.Publish(mqtt.Message{Topic: topic, QoS: 1, Retained: true}); err != nil {
			t.Fatal(err)
		}
	}
	replay(t, c, gone, "settled/#")
}

// counted is how often the registry has changed: the one thing that tells by which way the world came to be what it is.
var counted = regexp.MustCompile(`^(\{"version":\d+,)"changes":\d+,`)

// same compares retained messages and says which components differ.
func same(t *testing.T, what string, want, got map[string]string) {
	t.Helper()
	topics := maps.Clone(want)
	maps.Copy(topics, got)
	for _, topic := range slices.Sorted(maps.Keys(topics)) {
		w, wanted := want[topic]
		g, there := got[topic]
		if strings.HasSuffix(topic, "/registry") {
			w, g = counted.ReplaceAllString(w, "$1"), counted.ReplaceAllString(g, "$1")
		}
		switch {
		case !wanted:
			t.Errorf("%s: %s is there and should not be", what, topic)
		case !there:
			t.Errorf("%s: %s is missing", what, topic)
		case w != g:
			t.Errorf("%s: %s differs\n%s", what, topic, difference(w, g))
		}
	}
}

// difference explains two payloads; the first one is the wanted one.
func difference(want, got string) string {
	var w, g map[string]any
	if json.Unmarshal([]byte(want), &w) != nil || json.Unmarshal([]byte(got), &g) != nil {
		return cmp.Diff(want, got)
	}
	wc, _ := w["components"].(map[string]any)
	gc, _ := g["components"].(map[string]any)
	var b strings.Builder
	delete(w, "components")
	delete(g, "components")
	if d := cmp.Diff(w, g); d != "" {
		fmt.Fprintf(&b, "(-want +got):\n%s", d)
	}
	all := maps.Clone(wc)
	maps.Copy(all, gc)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		switch {
		case wc[key] == nil:
			fmt.Fprintf(&b, "+ component %s\n", key)
		case gc[key] == nil:
			fmt.Fprintf(&b, "- component %s\n", key)
		default:
			if d := cmp.Diff(wc[key], gc[key]); d != "" {
				fmt.Fprintf(&b, "component %s (-want +got):\n%s", key, d)
			}
		}
	}
	if b.Len() == 0 {
		return "the same content in other bytes"
	}
	return b.String()
}
