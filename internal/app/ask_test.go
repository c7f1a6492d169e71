package app_test

import (
	"bytes"
	"strings"
	"testing"

	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/mqtt/mosquitto"
)

// A device that the user deletes in Home Assistant stays away, also after a restart, until somebody asks for it.
func TestRediscover(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		const garage = "homeassistant/device/evcc-discovery/evcc_loadpoint_2/config"
		w := newWorld(t, newest)
		w.up(t)
		asker, _ := newApp(w.broker)
		if err := asker.Rediscover(t.Context()); err == nil || !strings.Contains(err.Error(), "start it first") {
			t.Errorf("without a running program: %v", err)
		}
		adapter, log := w.published(t)
		before := w.topic(garage)
		if before == "" {
			t.Fatal("no loadpoint 2")
		}

		for range 3 { // as Home Assistant does, once for each entity
			if err := w.client.Publish(mqtt.Message{Topic: garage, Retained: true}); err != nil {
				t.Fatal(err)
			}
		}
		log.wait(t, "device deleted in Home Assistant", garage)
		adapter.stop()
		a, log := newApp(w.broker)
		adapter = background(t, a.Run)
		w.wait(t, status, "online")
		w.quiet(t)
		if got := w.topic(garage); got != "" {
			t.Errorf("after a restart the device is back: %s", got)
		}

		var out bytes.Buffer
		asker.Out = &out
		if err := asker.Rediscover(t.Context()); err != nil {
			t.Fatalf("%v\n%s", err, log)
		}
		w.wait(t, garage, before)

		out.Reset()
		if err := asker.ResetIDs(t.Context()); err != nil || !strings.Contains(out.String(), "asked the running instance") {
			t.Fatalf("%v\n%s\n%s", err, out.String(), log)
		}
		log.wait(t, "resetting entity ids", "devices")
		w.wait(t, garage, before)
		adapter.stop()
	})
}

// The same while this program is away: brokers answer what is asked for by name in the order of the questions.
func TestDeletionsOnBroker(t *testing.T) {
	t.Parallel()
	t.Run("mosquitto", func(t *testing.T) {
		t.Parallel()
		broker := mqtt.Options{URL: mosquitto.Start(t, "", "")}
		deletedWhileAway(t, worldOn(t, broker, newest))
	})
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		virtual(t, func(t *testing.T) { deletedWhileAway(t, newWorld(t, newest)) })
	})
}

func deletedWhileAway(t *testing.T, w *world) {
	const garage = "homeassistant/device/evcc-discovery/evcc_loadpoint_2/config"
	w.up(t)
	a, log := newApp(w.broker)
	adapter := background(t, a.Run)
	w.devices(t, log)
	w.announced(t)
	adapter.stop()
	before := ours(t, w.broker)
	if before[garage] == "" {
		t.Fatal("no loadpoint 2")
	}
	forget(t, w.broker, garage)
	a, log = newApp(w.broker)
	adapter = background(t, a.Run)
	log.wait(t, "device deleted in Home Assistant while this program was away", garage)
	w.quiet(t)
	adapter.stop()
	delete(before, garage)
	for topic := range ours(t, w.broker) {
		if strings.HasSuffix(topic, "/config") && before[topic] == "" {
			t.Errorf("it is back: %s", topic)
		}
	}
}
