package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"evcc-discovery/entities"
	"evcc-discovery/internal/mqtt"
)

// watch prints, as Home Assistant would see it, which devices come, and what changes in daily life.
func (a *App) watch(ctx context.Context) error {
	w := &watcher{out: a.Out, url: a.Settings.MQTTURL, root: a.Settings.EVCCTopics[0], values: make(map[string]string)}
	up := make(chan struct{}, 1)
	client, err := mqtt.New(a.options(nil), mqtt.Handler{Up: func() { offer(up, struct{}{}) }, Message: w.see})
	if err != nil {
		return err
	}
	return connected(ctx, client, func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-up:
				_ = client.Subscribe(0, a.Settings.DiscoveryPrefix+"/device/#", w.root+"/loadpoints/#")
			}
		}
	})
}

// watcher is called by the MQTT client, one message at a time.
type watcher struct {
	out    io.Writer
	url    string // of the broker
	root   string
	values map[string]string

	introduced bool // a device has come: what happens to it now means something
	tried      bool // a command to try is told
}

// watched are the topics of a loadpoint that a person would notice.
var watched = []string{"connected", "charging", "mode", "vehicleTitle", "limitSoc", "minCurrent", "maxCurrent"}

func (w *watcher) see(m mqtt.Message) {
	if strings.HasSuffix(m.Topic, "/config") {
		w.device(m.Payload)
		return
	}
	key := strings.TrimPrefix(m.Topic, w.root+"/loadpoints/")
	number, name, _ := strings.Cut(key, "/")
	value, seen := w.values[key], string(m.Payload)
	w.values[key] = seen
	if value == seen || value == "" || !w.introduced {
		return
	}
	if slices.Contains(watched, name) {
		fmt.Fprintf(w.out, "evcc: %s %s = %s\n", entities.Clean(w.values[number+"/title"]), name, entities.Clean(seen))
	}
}

// fastest is the mode of a loadpoint of which something is seen at once.
const fastest = "now"

func (w *watcher) device(payload []byte) {
	var m struct {
		Device     struct{ Name, Model string }
		Components map[string]struct {
			Platform string
			Enabled  *bool    `json:"enabled_by_default"`
			Command  string   `json:"command_topic"`
			Options  []string `json:"options"`
		}
	}
	if json.Unmarshal(payload, &m) != nil {
		return
	}
	shown, controls, try := 0, 0, ""
	for _, c := range m.Components {
		if c.Enabled == nil || *c.Enabled {
			shown++
		}
		if c.Platform != "sensor" && c.Platform != "binary_sensor" {
			controls++
		}
		if c.Platform == "select" && strings.Contains(c.Command, "/loadpoint/") && strings.HasSuffix(c.Command, "mode/set") && slices.Contains(c.Options, fastest) {
			try = c.Command
		}
	}
	w.introduced = true
	fmt.Fprintf(w.out, "Home Assistant gets the device %q (%s): %d entities, %d shown by default, %d controls\n",
		m.Device.Name, m.Device.Model, len(m.Components), shown, controls)
	if try != "" && !w.tried {
		w.tried = true
		fmt.Fprintf(w.out, "Try, as Home Assistant would: mosquitto_pub -L %s/%s -m %s\n", w.url, try, fastest)
	}
}
