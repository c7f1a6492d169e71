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

// Dump writes what Run would retain on the broker, as JSON, and publishes nothing.
func (a *App) Dump(ctx context.Context) error {
	words, err := translations.Load(a.Settings.Language)
	if err != nil {
		return err
	}
	loop := bridge.NewLoop(a.bridgeSettings(words, nil), a.Log, func(string, []byte) error { return nil })
	client, err := mqtt.New(a.options(nil), loop.Handler())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, dumpLimit)
	defer cancel()
	d := &dumper{client: client, skip: discovery.ConfigFilter(a.Settings.DiscoveryPrefix, a.Settings.BaseTopic), done: cancel}
	if err := connected(ctx, client, func() { loop.Run(ctx, d) }); err != nil {
		return err
	}
	messages := d.take()
	if len(messages) == 0 {
		return fmt.Errorf("nothing to show: no evcc was found under %s within %s", strings.Join(a.Settings.EVCCTopics, ", "), dumpLimit)
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
	skip   string
	done   func()

	mu       sync.Mutex
	messages []dumped
	ending   bool
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
	if !m.Retained || strings.HasSuffix(m.Topic, "/status") {
		return nil
	}
	shown := dumped{Topic: m.Topic, Payload: string(m.Payload)}
	if json.Valid(m.Payload) && strings.HasPrefix(string(m.Payload), "{") {
		shown.Payload = json.RawMessage(slices.Clone(m.Payload))
	}
	d.messages = append(d.messages, shown)
	if strings.HasSuffix(m.Topic, "/config") && !d.ending {
		d.ending = true
		time.AfterFunc(dumpAfter, d.done)
	}
	return nil
}

// Subscribe listens to everything but our own device messages.
func (d *dumper) Subscribe(qos byte, filters ...string) error {
	filters = slices.DeleteFunc(slices.Clone(filters), func(f string) bool { return f == d.skip })
	if len(filters) == 0 {
		return nil
	}
	return d.client.Subscribe(qos, filters...)
}

func (d *dumper) take() []dumped {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.messages
}
