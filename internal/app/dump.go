package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/translations"
)

const (
	dumpLimit = 45 * time.Second       // to find evcc
	dumpAfter = 500 * time.Millisecond // after the first message, for the rest of the batch
)

// Dump writes what Run would retain on a broker that has nothing of ours but the registry, as JSON, and publishes
// nothing.
func (a *App) Dump(ctx context.Context) error {
	words, err := translations.Load(a.Settings.Language)
	if err != nil {
		return err
	}
	a.warn()
	settings := a.bridgeSettings(words, nil)
	d := &dumper{own: settings.Base}
	loop := bridge.NewLoop(settings, a.Log, func(root string, registry []byte) error {
		site := discovery.Site{Root: root, Base: settings.Base}
		return d.Publish(mqtt.Message{Topic: site.RegistryTopic(), Payload: registry, Retained: true})
	})
	limited, cancel := context.WithTimeout(ctx, dumpLimit)
	defer cancel()
	d.done = cancel
	handler := loop.Handler()
	handler.Down = func(err error) { // nobody waits here for a broker
		d.failed(err)
		cancel()
	}
	if d.client, err = mqtt.New(a.options(nil), handler); err != nil {
		return err
	}
	if err := connected(limited, d.client, func() { loop.Run(limited, d) }); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	messages, err := d.result(a.Settings.EVCCTopics)
	if err != nil {
		return err
	}
	out := json.NewEncoder(a.Out)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(messages)
}

// dumper is a connection that only listens. It is not told what is retained already, so that everything counts as
// missing.
type dumper struct {
	client *mqtt.Client
	own    string // base topic
	done   func()

	mu       sync.Mutex
	messages []dumped
	ending   bool
	problem  error // why there is no connection
}

// dumped is one message; a payload that is JSON is shown as such.
type dumped struct {
	Topic   string `json:"topic"`
	Payload any    `json:"payload"`
}

// Publish notes the message instead of sending it.
func (d *dumper) Publish(m mqtt.Message) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	known := slices.ContainsFunc(d.messages, func(other dumped) bool { return other.Topic == m.Topic })
	if !m.Retained || known || strings.HasSuffix(m.Topic, "/status") {
		return nil
	}
	shown := dumped{Topic: m.Topic, Payload: string(m.Payload)}
	if json.Valid(m.Payload) && strings.HasPrefix(string(m.Payload), "{") {
		shown.Payload = json.RawMessage(slices.Clone(m.Payload))
	}
	d.messages = append(d.messages, shown)
	if strings.HasSuffix(m.Topic, "/config") && !strings.HasSuffix(m.Topic, "/adapter/config") && !d.ending { // an evcc is there
		d.ending = true
		time.AfterFunc(dumpAfter, d.done)
	}
	return nil
}

// Subscribe listens to evcc and to our registry, not to what else is ours.
func (d *dumper) Subscribe(qos byte, filters ...string) error {
	filters = slices.DeleteFunc(slices.Clone(filters), func(f string) bool {
		return strings.HasSuffix(f, "/config") // ours, and those of every base topic
	})
	for i, f := range filters {
		if f == d.own+"/#" {
			filters[i] = d.own + "/+/registry"
		}
	}
	if len(filters) == 0 {
		return nil
	}
	return d.client.Subscribe(qos, filters...)
}

// Unsubscribe does nothing: what is not sent as a command is not asked for.
func (d *dumper) Unsubscribe(...string) error { return nil }

// Busy reports false: nothing of what is dumped is sent.
func (d *dumper) Busy() bool { return false }

func (d *dumper) failed(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.problem = err
}

// result returns what was noted, or why there is nothing.
func (d *dumper) result(roots []string) ([]dumped, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.ending:
		return d.messages, nil
	case d.problem != nil:
		return nil, d.problem
	}
	return nil, fmt.Errorf("nothing to show: no evcc found under %s within %s", strings.Join(roots, ", "), dumpLimit)
}
