package app_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/mqtt/memtest"
	"evcc-discovery/internal/mqtt/mosquitto"
)

const manySites = 40

// manyTopics are those of many sites: with their children more than Mosquitto replays at once.
func manyTopics() (topics []string) {
	for site := range manySites {
		root := fmt.Sprintf("haus%d", site)
		topics = append(topics, "evcc-discovery/"+root+"/registry", "homeassistant/device/evcc-discovery/"+root+"_site/config")
		for object := range 14 {
			topics = append(topics, fmt.Sprintf("homeassistant/device/evcc-discovery/%s_pv_%d/config", root, object))
			for _, leaf := range []string{"a", "b", "c"} {
				topics = append(topics, fmt.Sprintf("evcc-discovery/%s/pv/%d/%s/state", root, object, leaf))
			}
		}
	}
	return append(topics, "evcc-discovery/status")
}

// fill retains something on topics.
func fill(t *testing.T, broker mqtt.Options, topics []string) {
	t.Helper()
	c := connect(t, broker, nil)
	for _, topic := range topics {
		if err := c.Publish(mqtt.Message{Topic: topic, Payload: []byte("x"), QoS: 1, Retained: true}); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := c.Flush(ctx); err != nil {
		t.Fatal(err)
	}
}

// However many sites there are, nothing is left: not where the broker replays no more than a thousand messages, and not
// where it echoes what is cleared faster than anybody looks at it. A site's device goes after those that hang on it.
func TestRemoveManySites(t *testing.T) {
	t.Parallel()
	removes := func(t *testing.T, broker mqtt.Options) {
		topics := manyTopics()
		fill(t, broker, append(topics, "evcc/status", "homeassistant/sensor/other/config"))
		line := newTap(t, broker)
		a, log := newApp(line.broker)
		var out bytes.Buffer
		a.Out = &out
		if err := a.Remove(t.Context(), nil); err != nil {
			t.Fatalf("%v\n%s", err, log)
		}
		if want := fmt.Sprintf("removed %d devices and %d other topics", manySites*15, len(topics)-manySites*15); !strings.Contains(out.String(), want) {
			t.Errorf("printed %q, want %q", out.String(), want)
		}
		cleared := line.topics()
		slices.Sort(topics)
		if got := slices.Sorted(slices.Values(cleared)); !slices.Equal(got, topics) {
			t.Errorf("cleared %d topics, there were %d", len(got), len(topics))
		}
		rank := -1
		for _, topic := range cleared {
			now := slices.IndexFunc([]string{"/registry", "_site/config", "/config", ""}, func(end string) bool { return strings.HasSuffix(topic, end) })
			if now == 1 || now == 2 {
				now = 3 - now
			}
			if now < rank {
				t.Fatalf("%s was cleared too late", topic)
			}
			rank = now
		}
		if left := ours(t, broker); len(left) > 0 {
			t.Errorf("%d topics are left", len(left))
		}
		if kept := retained(t, broker); kept["evcc/status"] == "" || kept["homeassistant/sensor/other/config"] == "" {
			t.Error("what is not ours was cleared")
		}
	}
	t.Run("mosquitto", func(t *testing.T) {
		t.Parallel()
		removes(t, mqtt.Options{URL: mosquitto.Start(t, "", "")})
	})
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		virtual(t, func(t *testing.T) {
			_, broker := startBroker(t, mqtt.BrokerOptions{Network: &memtest.Network{}})
			removes(t, broker)
		})
	})
}

// Where the broker does not let us clear anything, that is said, and not that it is done.
func TestRemoveForbidden(t *testing.T) {
	t.Parallel()
	rights := filepath.Join(t.TempDir(), "acl")
	if err := os.WriteFile(rights, []byte("user evcc\ntopic readwrite #\ntopic deny nothing\n\nuser reader\ntopic read #\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	broker := mqtt.Options{URL: mosquitto.Start(t, "", "", "acl_file "+rights)}
	broker.Username = "evcc"
	fill(t, broker, []string{"evcc-discovery/status", "homeassistant/device/evcc-discovery/evcc_site/config"})
	broker.Username = "reader"
	a, _ := newApp(broker)
	var out bytes.Buffer
	a.Out = &out
	began := time.Now()
	err := a.Remove(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "homeassistant/device/evcc-discovery/evcc_site/config") || !strings.Contains(err.Error(), "allow") || out.Len() > 0 {
		t.Errorf("%v, printed %q", err, out.String())
	}
	if took := time.Since(began); took > patience/2 {
		t.Errorf("it took %v", took)
	}
}
