package app_test

import (
	"testing"

	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/mqtt/mosquitto"
)

// With the broker that most people use, a retained command is executed once and cleared, and what follows on its topic, which
// was asked for meanwhile, is still delivered once.
func TestRetainedCommand(t *testing.T) {
	t.Parallel()
	broker := mqtt.Options{URL: mosquitto.Start(t, "", "")}
	w := worldOn(t, broker, newest)
	w.up(t)
	a, log := newApp(broker)
	background(t, a.Run)
	w.devices(t, log)
	w.wait(t, ready, "online")

	const topic = "evcc-discovery/evcc/site/residual_power/set"
	commander := connect(t, broker, nil)
	for _, payload := range []string{"110", "120", "130"} {
		if err := commander.Publish(mqtt.Message{Topic: topic, Payload: []byte(payload), QoS: 1, Retained: true}); err != nil {
			t.Fatal(err)
		}
		log.wait(t, "command accepted", "residual_power", payload)
		log.wait(t, "retained command cleared")
		log.until(t, "the clearing", func() bool { _, kept := retained(t, broker)[topic]; return !kept })
	}
	w.send(t, topic, "140")
	log.wait(t, "command accepted", `"140"`)
	if n := log.count("command accepted"); n != 4 {
		t.Errorf("%d commands accepted of 4:\n%s", n, log)
	}
}
