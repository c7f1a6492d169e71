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
	type pair struct {
		tree          string
		after, before *world // the adapter was started after evcc, before evcc
		first, second *task
		want          map[string]string
	}
	var pairs []*pair
	for _, tree := range profiles {
		p := &pair{tree: tree, after: newWorld(t, tree), before: newWorld(t, tree)}
		a, log := newApp(p.before.url)
		p.second = background(t, a.Run)
		log.wait(t, up)
		p.before.wait(t, "evcc-discovery/status", "online")
		runEvcc(t, p.before.url, p.before.evcc)
		p.after.up(t)
		p.first, _ = restart(t, p.after)
		pairs = append(pairs, p)
	}
	for _, p := range pairs {
		p.after.announced(t)
		p.before.announced(t)
		p.want = ours(t, p.after.url)
		same(t, p.tree+": started before evcc", p.want, ours(t, p.before.url))
		p.first.stop()
		p.second.stop()
	}
	for _, p := range pairs { // again, with the registry and without
		forget(t, p.before.url, "evcc-discovery/evcc/registry")
		p.first, _ = restart(t, p.after)
		p.second, _ = restart(t, p.before)
	}
	for _, p := range pairs {
		p.after.announced(t)
		p.before.announced(t)
		same(t, p.tree+": restarted", p.want, ours(t, p.after.url))
		same(t, p.tree+": restarted without registry", p.want, ours(t, p.before.url))
		for topic := range p.want {
			most := 1
			if topic == "evcc-discovery/evcc/registry" {
				most = 2 // once more when the broker was seen to keep what it tells of
			}
			if n := p.after.times(topic); n > most && topic != "evcc-discovery/status" {
				t.Errorf("%s: %s was published %d times by two runs over an evcc that stayed the same", p.tree, topic, n)
			}
		}
	}
}

// restart starts the adapter where an earlier run has published all.
func restart(t *testing.T, w *world) (*task, *logs) {
	t.Helper()
	a, l := newApp(w.url)
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
func forget(t *testing.T, url string, topics ...string) {
	t.Helper()
	gone := newObserver()
	c := connect(t, mqtt.Options{URL: url}, gone.see)
	for _, topic := range topics {
		if err := c.Publish(mqtt.Message{Topic: topic, QoS: 1, Retained: true}); err != nil {
			t.Fatal(err)
		}
	}
	settle(t, c, gone, "settled/#")
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
