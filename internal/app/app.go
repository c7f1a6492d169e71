// Package app is what the program can do: one file per command. main.go chooses.
//
// # Goroutines
//
// A command returns when everything that it started has ended. Beside the loop (package bridge), which runs on the
// caller's own, Run has one for the MQTT client, one for the health endpoint where an address is set, and, as Home
// Assistant's app, one that follows Home Assistant's language and time zone and one that asks for a broker that is away.
// Demo adds one for each of its parts: the simulated evcc, who watches it, and Run.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge"
	"evcc-discovery/internal/homeassistant"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/settings"
)

// App is the program with its surroundings. Commands return an error that says what to do next.
type App struct {
	Settings settings.Settings
	Version  string    // as Home Assistant shows it
	Out      io.Writer // what was asked for: help, dump
	Log      zerolog.Logger
	Home     *homeassistant.Client // asks the Supervisor; nil when the program is not Home Assistant's app
	Network  mqtt.Network          // the broker's; nil = the machine's own
}

// ErrUsage is what a wrong command line ends with.
var ErrUsage = errors.New("see evcc-discovery help")

// farewell is how long an orderly end may take.
const farewell = 2 * time.Second

// bridgeSettings are what a core needs; known is what was remembered outside the broker.
func (a *App) bridgeSettings(words bridge.Words, known map[string]discovery.Registry) bridge.Settings {
	return bridge.Settings{
		Roots: a.Settings.EVCCTopics, Base: a.Settings.BaseTopic, Prefix: a.Settings.DiscoveryPrefix,
		ReadOnly: a.Settings.ReadOnly, Compatible: a.Settings.Compatible, Instance: rand.Text(), Words: words, Version: a.Version, Zone: time.Local, Known: known,
	}
}

// connected keeps the client connected while do runs, and ends it in order: do may still publish at its end,
// after its context is done.
func connected(ctx context.Context, client *mqtt.Client, do func()) error {
	connection, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	defer hangUp()
	var running sync.WaitGroup
	running.Go(func() { _ = client.Run(connection) }) // nil by its contract
	do()
	err := closing(client.Close)
	hangUp()
	running.Wait()
	return err
}

// closing gives an orderly end its time; a broker that is away cannot be told anything.
func closing(end func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	if err := end(ctx); err != nil && !errors.Is(err, mqtt.ErrNotConnected) {
		return fmt.Errorf("broker did not acknowledge our last messages: %w", err)
	}
	return nil
}

// will is what the broker says when we vanish.
func (a *App) will() *mqtt.Message {
	return &mqtt.Message{Topic: discovery.StatusTopic(a.Settings.BaseTopic), Payload: []byte("offline"), QoS: 1, Retained: true}
}

func (a *App) options(will *mqtt.Message) mqtt.Options {
	return mqtt.Options{
		URL: a.Settings.MQTTURL, Username: a.Settings.MQTTUsername, Password: a.Settings.MQTTPassword,
		CAFile: a.Settings.MQTTCA, Will: will, Network: a.Network,
	}
}
