package app_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"evcc-discovery/internal/app"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/mqtt/memtest"
)

// The demo's evcc is the newest, or the newest of a version, however that is written.
func TestDemoTree(t *testing.T) {
	t.Parallel()
	for wanted, want := range map[string]string{
		"": "evcc-0.316.0-demo", "0.316": "evcc-0.316.0-demo", "v0.316.0": "evcc-0.316.0-demo", "evcc-0.316": "evcc-0.316.0-demo", "0": "evcc-0.316.0-demo",
		"0.313": "evcc-0.313.2-demo", "0.313.2": "evcc-0.313.2-demo", "evcc-0.123.0-demo": "evcc-0.123.0-demo", "0.20": "", "0.31": "", "1": "", "demo": "", "0.316.0-dem": "",
	} {
		got, err := app.FindTree(wanted)
		if got != want || (err == nil) != (want != "") || err != nil && !strings.Contains(err.Error(), "evcc-0.316.0-demo") {
			t.Errorf("%q: %q, %v; want %q", wanted, got, err, want)
		}
	}
}

var tries = regexp.MustCompile(`mosquitto_pub -L (mqtt://[^/]+)/(\S+) -m (\S+)`)

// The command that the demo shows does something that is seen.
func TestDemoCommandToTry(t *testing.T) {
	t.Parallel()
	for _, tree := range []string{"0.123", ""} {
		virtual(t, func(t *testing.T) {
			network := &memtest.Network{}
			_, out := demo(t, network, "-interval", "1s", "-tree", tree)
			out.wait(t, "Try")
			m := tries.FindStringSubmatch(out.String())
			if m == nil {
				t.Fatal(out)
			}
			c := connect(t, mqtt.Options{URL: m[1], Network: network}, nil)
			if err := c.Publish(mqtt.Message{Topic: m[2], Payload: []byte(m[3]), QoS: 1}); err != nil {
				t.Fatal(err)
			}
			out.wait(t, "evcc: ", " mode = "+m[3])
		})
	}
}

// A demo that others may reach says how.
func TestDemoAddresses(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		_, out := demo(t, &memtest.Network{}, "-listen", "0.0.0.0:18830")
		out.wait(t, "add the MQTT integration with broker ", "port 18830")
	})
}

// Without a broker a result cannot be given: that is said at once.
func TestNoBroker(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"dump", "remove", "rediscover", "reset-ids"} {
		virtual(t, func(t *testing.T) {
			a, log := newApp(mqtt.Options{URL: "mqtt://127.0.0.1:1", Network: &memtest.Network{}})
			c, err := app.Find(name)
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			err = c.Run(ctx, a, nil)
			if took := time.Since(began); err == nil || !strings.Contains(err.Error(), "connection refused") || took > 3*time.Second {
				t.Errorf("%s: after %v: %v\n%s", name, took, err, log)
			}
		})
	}
}
