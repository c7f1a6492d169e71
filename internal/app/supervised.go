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
	listenPause  = time.Minute      // between two questions for the MQTT integration while there is none
)

// place is where and how to work.
type place struct {
	broker   mqtt.Options
	asked    *homeassistant.Broker // the broker as the Supervisor named it; nil when somebody set one
	language string                // code
	guessed  bool                  // Home Assistant has not told its language yet
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
		r.Log.Info().Stringer("broker", b).Msg("Home Assistant names its broker")
		p.asked = &b
		p.broker.URL, p.broker.Username, p.broker.Password = b.URL, b.Username, b.Password
		if !b.Encrypted() {
			p.broker.CAFile = "" // it would have nothing to do
		}
	}
	if p.language == settings.Auto {
		p.language, p.guessed = "", r.Home != nil
	}
	if !p.guessed {
		return p, nil
	}
	limited, cancel := context.WithTimeout(ctx, languageWait)
	defer cancel()
	core, err := r.Home.WaitCore(limited, r.waiting("waiting for Home Assistant"))
	if err == nil {
		p.language, p.guessed = core.Language, false
	}
	return p, ctx.Err()
}

// waiting returns a function that logs each new reason to wait.
func (r *runner) waiting(what string) func(error) {
	return func(err error) { hint.Log(r.Log.Warn(), err).Msg(what) }
}

// learn waits for Home Assistant, tells the loop its time zone, says when it does not listen to the broker at all,
// and moves when its language is another one than was taken for now.
func (r *runner) learn(ctx context.Context, p place, now string, loop *bridge.Loop, move context.CancelCauseFunc) {
	core, err := r.Home.WaitCore(ctx, func(error) {}) // said already where it matters
	if err != nil {
		return
	}
	loop.Locate(core.TimeZone)
	loop.Report(problem.HomeWithoutMQTT, "", !core.MQTT, "")
	if words, err := translations.Load(core.Language); p.guessed && err == nil && words.Language != now {
		move(errMoved)
		return
	}
	if !core.MQTT {
		untilListens(ctx, r.Home.Core, func() { loop.Report(problem.HomeWithoutMQTT, "", false, "") })
	}
}

// untilListens asks now and then whether Home Assistant has got its MQTT integration, and says so.
func untilListens(ctx context.Context, ask func(context.Context) (homeassistant.Core, error), say func()) {
	pause := time.NewTicker(listenPause)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		if core, err := ask(ctx); err == nil && core.MQTT {
			say()
			return
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
	return "start or restart the Mosquitto broker app; its address and login are asked for again by themselves"
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
