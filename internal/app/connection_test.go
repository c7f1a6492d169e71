package app_test

import (
	"strings"
	"testing"
	"time"

	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/mqtt/memtest"
)

// What the log says about the connection.
const (
	up   = `"message":"connected to the broker"`
	lost = `"message":"no connection to the broker`
)

// soon is how long an orderly end may take.
const soon = 2 * time.Second

// Without a broker the program keeps trying, says so once, and can be ended at any time.
func TestBrokerAway(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		nobody := newTap(t, mqtt.Options{Network: &memtest.Network{}})
		a, log := newApp(nobody.broker)
		r := background(t, a.Run)
		nobody.until(t, "three attempts", func() bool { return nobody.tried() >= 3 })
		if n := log.count(lost); n != 1 {
			t.Errorf("%d lines for one state\n%s", n, log)
		}
		start := time.Now()
		r.stop()
		if took := time.Since(start); took > soon {
			t.Errorf("the end took %v", took)
		}
	})
}

// A broker that comes later is found, and so is one that goes and comes back.
func TestBrokerComesLater(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		o := mqtt.BrokerOptions{Address: "127.0.0.1:1883", Network: &memtest.Network{}}
		a, log := newApp(mqtt.Options{URL: "mqtt://" + o.Address, Network: o.Network})
		background(t, a.Run)
		for run := 1; run <= 2; run++ {
			log.until(t, "the problem to be logged", func() bool { return log.count(lost) >= run })
			b, broker := startBroker(t, o)
			w := worldOn(t, broker, oldest)
			evcc := w.up(t)
			w.until(t, "the devices", func() bool { return w.configs() > 3 })
			if n := log.count(up); n != run {
				t.Errorf("%d lines about connections, want %d\n%s", n, run, log)
			}
			evcc.stop()
			w.client.Close(t.Context())
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// A refused login says what to check; the password is never shown, at no level.
func TestLogin(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		const secret = "s3cret-wallbox"
		_, broker := startBroker(t, mqtt.BrokerOptions{Username: "evcc", Password: secret, Network: &memtest.Network{}})
		a, log := newApp(broker)
		a.Settings.MQTTPassword = "wrong-" + secret
		r := background(t, a.Run)
		log.wait(t, "refused the login", "EVCC_DISCOVERY_MQTT_USERNAME")
		r.stop()

		right, rightLog := newApp(broker)
		r = background(t, right.Run)
		rightLog.wait(t, up)
		r.stop()
		for _, l := range []*logs{log, rightLog} {
			if strings.Contains(l.String(), secret) {
				t.Errorf("the password is in the log\n%s", l)
			}
		}
	})
}

// An address with a password in it is refused, and the refusal does not show it.
func TestPasswordInAddress(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		a, log := newApp(mqtt.Options{URL: "mqtt://evcc:s3cret@127.0.0.1:1"})
		err := background(t, a.Run).wait()
		if err == nil || !strings.Contains(err.Error(), "EVCC_DISCOVERY_MQTT_PASSWORD") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("error: %v", err)
		}
		if strings.Contains(log.String(), "s3cret") {
			t.Errorf("the password is in the log: %s", log)
		}
	})
}
