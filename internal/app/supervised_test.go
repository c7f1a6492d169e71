package app_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"evcc-discovery/internal/app"
	"evcc-discovery/internal/homeassistant"
	"evcc-discovery/internal/homeassistant/supervisortest"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/mqtt/memtest"
	"evcc-discovery/internal/settings"
)

// The tests in this file start the program as Home Assistant's app does: options.json, a Supervisor, no broker set.

// house is a Supervisor with a Home Assistant, the app's data directory, and a network for brokers.
type house struct {
	*supervisortest.Supervisor
	data    string
	network *memtest.Network
}

func newHouse(t *testing.T, options string) *house {
	t.Helper()
	h := &house{supervisortest.New("token"), t.TempDir(), &memtest.Network{}}
	if err := os.WriteFile(filepath.Join(h.data, "options.json"), []byte(options), 0o600); err != nil {
		t.Fatal(err)
	}
	return h
}

// app returns the program as the container starts it.
func (h *house) app(t *testing.T) (*app.App, *logs) {
	t.Helper()
	s, err := settings.Load(nil, settings.App{Supervised: true, Data: h.data, Options: filepath.Join(h.data, "options.json")})
	if err != nil {
		t.Fatal(err)
	}
	s.HealthAddress = "" // its port is the container's own
	l := &logs{}
	home := homeassistant.New(homeassistant.Supervisor, "token", &http.Client{Transport: direct{h}})
	return &app.App{Settings: s, Version: "test", Out: &logs{}, Log: zerolog.New(l), Home: home, Network: h.network}, l
}

// direct asks without a socket.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

// broker starts a broker with this password.
func (h *house) broker(t *testing.T, password string) (*mqtt.Broker, mqtt.Options) {
	t.Helper()
	return startBroker(t, mqtt.BrokerOptions{Username: "addons", Password: password, Network: h.network})
}

// offer registers the broker as Mosquitto's app does.
func (h *house) offer(t *testing.T, broker mqtt.Options, password string) {
	t.Helper()
	host, port, _ := strings.Cut(strings.TrimPrefix(broker.URL, "mqtt://"), ":")
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	h.SetBroker(&supervisortest.Broker{App: "core_mosquitto", Host: host, Port: n, Username: "addons", Password: password})
}

// Nothing is set, Mosquitto comes late, Home Assistant speaks German: everything is found, and the end is in order.
func TestAppFindsBrokerAndLanguage(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		h := newHouse(t, `{}`)
		kathmandu, err := time.LoadLocation("Asia/Kathmandu")
		if err != nil {
			t.Fatal(err)
		}
		h.SetCore(&supervisortest.Core{Language: "de", TimeZone: kathmandu.String(), Version: "2026.11.0", Components: []string{"mqtt"}})
		_, broker := h.broker(t, "secret")
		a, log := h.app(t)
		r := background(t, a.Run)
		log.wait(t, "waiting for Home Assistant's broker", "hint")
		h.offer(t, broker, "secret")
		log.wait(t, "connected to the broker")

		t.Cleanup(func() {
			if t.Failed() {
				t.Log(log)
			}
		})
		o := newObserver()
		client := connect(t, broker, o.see)
		if err := client.Subscribe(0, "evcc-discovery/#", "homeassistant/device/#"); err != nil {
			t.Fatal(err)
		}
		for topic, payload := range map[string]string{
			"evcc/status": "online", "evcc/loadpoints": "1", "evcc/loadpoints/1/title": "Garage", "evcc/loadpoints/1/connected": "false", "evcc/loadpoints/1/mode": "pv",
			"evcc/loadpoints/1/planEnergy": "0",
		} {
			if err := client.Publish(mqtt.Message{Topic: topic, Payload: []byte(payload), QoS: 1, Retained: true}); err != nil {
				t.Fatal(err)
			}
		}
		const config = "homeassistant/device/evcc-discovery/evcc_loadpoint_1/config"
		o.until(t, "a German device", func() bool { return strings.Contains(o.topic(config), "Ladepunkt") })

		o.until(t, "seven o'clock where Home Assistant is", func() bool {
			at, err := time.Parse(time.RFC3339, o.topic("evcc-discovery/evcc/loadpoint/1/plan_time/state"))
			return err == nil && at.In(kathmandu).Format("15:04") == "07:00"
		})

		began := time.Now()
		r.stop()
		o.wait(t, "evcc-discovery/status", "offline")
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("the end took %v", took)
		}
		if strings.Contains(log.String(), "secret") {
			t.Errorf("the password stands in the log:\n%s", log)
		}
		if content, err := os.ReadFile(filepath.Join(h.data, "state.json")); err != nil || !strings.Contains(string(content), `"loadpoint/1"`) {
			t.Errorf("the state file: %s %v", content, err)
		}
	})
}

// Mosquitto was set up anew and has another password: it is asked for again.
func TestAppAsksAgainWhenRefused(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		h := newHouse(t, `{"language":"en"}`)
		_, broker := h.broker(t, "new")
		h.offer(t, broker, "old")
		a, log := h.app(t)
		background(t, a.Run)
		log.wait(t, "refused")
		h.offer(t, broker, "new")
		log.wait(t, "connected to the broker")
	})
}

// Home Assistant is away at first: English for now, its own language when it is there; a missing MQTT integration is said.
func TestAppLearnsLanguageLater(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		h := newHouse(t, `{}`)
		_, broker := h.broker(t, "x")
		h.offer(t, broker, "x")
		a, log := h.app(t)
		background(t, a.Run)
		log.wait(t, "waiting for Home Assistant")
		log.wait(t, "connected to the broker")
		h.SetCore(&supervisortest.Core{Language: "de", Version: "2026.11.0"})
		log.wait(t, "integration is not set up", "Add it under")
		log.until(t, "a second connection", func() bool { return log.count("connected to the broker") == 2 })
	})
}

// The broker lost its memory: ids come back from the state file although the title has changed since.
func TestStateFileOutlivesBroker(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		h := newHouse(t, `{"language":"en"}`)
		for _, title := range []string{"Garage", "Carport"} {
			_, broker := h.broker(t, "x")
			h.offer(t, broker, "x")
			a, log := h.app(t)
			t.Cleanup(func() {
				if t.Failed() {
					t.Log(log)
				}
			})
			o := newObserver()
			client := connect(t, broker, o.see)
			for topic, payload := range map[string]string{
				"evcc/status": "online", "evcc/loadpoints": "1", "evcc/loadpoints/1/title": title, "evcc/loadpoints/1/connected": "false", "evcc/loadpoints/1/mode": "pv",
			} {
				if err := client.Publish(mqtt.Message{Topic: topic, Payload: []byte(payload), QoS: 1, Retained: true}); err != nil {
					t.Fatal(err)
				}
			}
			if err := client.Subscribe(0, "homeassistant/device/#"); err != nil {
				t.Fatal(err)
			}
			r := background(t, a.Run)
			const config = "homeassistant/device/evcc-discovery/evcc_loadpoint_1/config"
			o.until(t, "the device", func() bool { return strings.Contains(o.topic(config), title) })
			if !strings.Contains(o.topic(config), "select.evcc_garage_mode") {
				t.Errorf("with title %s the ids are others: %s", title, o.topic(config))
			}
			r.stop()
		}
	})
}

// Mosquitto is installed anew while the program runs: another password, another address, no memory. The ids are those
// of before although the title has changed meanwhile.
func TestAppKeepsIdsOnANewBroker(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		h := newHouse(t, `{"language":"en"}`)
		old, oldBroker := h.broker(t, "old")
		h.offer(t, oldBroker, "old")
		a, _ := h.app(t)
		background(t, a.Run)
		evcc := func(broker mqtt.Options, title string) *observer {
			o := newObserver()
			client := connect(t, broker, o.see)
			for topic, payload := range map[string]string{
				"evcc/status": "online", "evcc/loadpoints": "1", "evcc/loadpoints/1/title": title, "evcc/loadpoints/1/connected": "false", "evcc/loadpoints/1/mode": "pv",
			} {
				if err := client.Publish(mqtt.Message{Topic: topic, Payload: []byte(payload), QoS: 1, Retained: true}); err != nil {
					t.Fatal(err)
				}
			}
			if err := client.Subscribe(0, "homeassistant/device/#"); err != nil {
				t.Fatal(err)
			}
			return o
		}
		const config = "homeassistant/device/evcc-discovery/evcc_loadpoint_1/config"
		first := evcc(oldBroker, "Garage")
		first.until(t, "the device", func() bool { return strings.Contains(first.topic(config), "Garage") })

		_, newBroker := h.broker(t, "new")
		second := evcc(newBroker, "Carport")
		h.offer(t, newBroker, "new")
		if err := old.Close(); err != nil {
			t.Fatal(err)
		}
		second.until(t, "the device on the new broker", func() bool { return strings.Contains(second.topic(config), "Carport") })
		if !strings.Contains(second.topic(config), "select.evcc_garage_mode") {
			t.Errorf("the ids are others: %s", second.topic(config))
		}
	})
}

// Options that cannot be used are all named; the app stays, because one that ends stays down.
func TestAppStaysWithBadOptions(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		h := newHouse(t, `{}`)
		a, log := h.app(t)
		options := filepath.Join(h.data, "options.json")
		if err := os.WriteFile(options, []byte(`{"mqtt_url":"mqtt://me:s3cret@broker","log_level":"loud","read_only":"perhaps"}`), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := settings.Load(nil, settings.App{Supervised: true, Options: options})
		r := background(t, func(ctx context.Context) error { return a.Stay(ctx, err) })
		for _, problem := range []string{"EVCC_DISCOVERY_MQTT_PASSWORD", "loud", "perhaps"} {
			log.wait(t, "invalid option", problem)
		}
		log.wait(t, "correct the options, save, and restart the app")
		r.stop()
		if strings.Contains(log.String(), "s3cret") {
			t.Errorf("the password is in the log:\n%s", log)
		}
	})
}
