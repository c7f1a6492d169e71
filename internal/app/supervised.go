package app

import (
	"context"
	"sync/atomic"
	"time"

	"evcc-discovery/internal/bridge"
	"evcc-discovery/internal/hint"
	"evcc-discovery/internal/homeassistant"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/problem"
	"evcc-discovery/internal/settings"
	"evcc-discovery/translations"
)

const (
	languageWait = 20 * time.Second // for Home Assistant to tell its language, before English is taken for now
	askPause     = 10 * time.Second // between two questions for the broker while it cannot be reached
	lookPause    = time.Minute      // between two looks at what Home Assistant's user may have changed
)

// place is where and how to work.
type place struct {
	broker   mqtt.Options
	asked    *homeassistant.Broker // the broker as the Supervisor named it; nil when somebody set one
	language string                // code; empty while Home Assistant has not told its own
	follows  bool                  // the language is Home Assistant's own
}

// find asks Home Assistant for what nobody has set. It waits for the broker as long as it takes, and only fails when
// the context ends.
func (r *runner) find(ctx context.Context) (place, error) {
	p := place{broker: r.options(r.will()), language: r.Settings.Language}
	if r.Home != nil && !r.Settings.BrokerGiven {
		b, err := r.Home.WaitBroker(ctx, r.waiting("waiting for Home Assistant's broker"))
		if err != nil {
			return p, err
		}
		r.Log.Info().Stringer("broker", b).Msg("got the broker's address from Home Assistant")
		p.asked = &b
		p.broker.URL, p.broker.Username, p.broker.Password = b.URL, b.Username, b.Password
		if !b.Encrypted() {
			p.broker.CAFile = "" // it would have nothing to do
		}
	}
	if p.language == settings.Auto {
		p.language, p.follows = "", r.Home != nil
	}
	if !p.follows {
		return p, nil
	}
	limited, cancel := context.WithTimeout(ctx, languageWait)
	defer cancel()
	core, err := r.Home.WaitCore(limited, r.waiting("waiting for Home Assistant"))
	if err == nil {
		p.language = core.Language
	}
	return p, ctx.Err()
}

// waiting returns a function that logs each new reason to wait.
func (r *runner) waiting(what string) func(error) {
	return func(err error) { hint.Log(r.Log.Warn(), err).Msg(what) }
}

// learn waits for Home Assistant and then looks at it now and then: it tells the loop its time zone and whether it
// listens to the broker at all, and moves when its language is not the one in use.
func (r *runner) learn(ctx context.Context, p place, now string, loop *bridge.Loop, move context.CancelCauseFunc) {
	core, err := r.Home.WaitCore(ctx, func(error) {}) // said already where it matters
	if err != nil {
		return
	}
	look(ctx, core, r.Home.Core, func(core homeassistant.Core) {
		loop.Locate(core.TimeZone)
		loop.Report(problem.HomeWithoutMQTT, "", !core.MQTT, "")
		if words, err := translations.Load(core.Language); p.follows && err == nil && words.Language != now {
			move(errMoved)
		}
	})
}

// look shows what Home Assistant has told, and asks again and shows what has changed until the context ends. One that does
// not answer has not changed.
func look(ctx context.Context, core homeassistant.Core, ask func(context.Context) (homeassistant.Core, error), show func(homeassistant.Core)) {
	pause := time.NewTicker(lookPause)
	defer pause.Stop()
	show(core)
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		if again, err := ask(ctx); err == nil && again != core {
			core = again
			show(core)
		}
	}
}

// follow returns the handler with hints that fit a broker which nobody has set, and starts watch with a function that
// tells whether the broker is away.
func (r *runner) follow(h mqtt.Handler, watch func(away func() bool)) mqtt.Handler {
	var away atomic.Bool
	up, down := h.Up, h.Down
	h.Up = func() {
		away.Store(false)
		up()
	}
	h.Down = func(err error) {
		away.Store(true)
		down(appBrokerError{err})
	}
	watch(away.Load)
	return h
}

// appBrokerError says what to do about the broker of Home Assistant's own app.
type appBrokerError struct{ error }

// Unwrap returns the error itself.
func (e appBrokerError) Unwrap() error { return e.error }

// Hint is what a user without settings can do.
func (e appBrokerError) Hint() string {
	return "start or restart the Mosquitto broker app; its address and login are fetched again automatically"
}

// askAgain asks the Supervisor for the broker while it is away, and moves when it is another one or has another login:
// Mosquitto changes its password when it is set up anew.
func (r *runner) askAgain(ctx context.Context, known homeassistant.Broker, away func() bool, move context.CancelCauseFunc) {
	pause := time.NewTicker(askPause)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		if !away() {
			continue
		}
		if b, err := r.Home.Broker(ctx); err == nil && b != known {
			move(errMoved)
			return
		}
	}
}
