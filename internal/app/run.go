package app

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge"
	"evcc-discovery/internal/hint"
	"evcc-discovery/internal/homeassistant"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/settings"
	"evcc-discovery/internal/state"
	"evcc-discovery/internal/web"
	"evcc-discovery/translations"
)

const (
	languageWait = 20 * time.Second // for Home Assistant to tell its language, before English is taken for now
	askAgain     = 10 * time.Second // between two questions for the broker's login
)

// errMoved ends a connection because what it was built on has changed: the login, or the language.
var errMoved = errors.New("settings from Home Assistant have changed")

// Run is the program's main job until the context ends.
func (a *App) Run(ctx context.Context) error {
	a.Log.Info().Str("version", a.Version).EmbedObject(a.Settings).Msg("evcc-discovery starts")
	file, known, err := state.Open(a.Settings.StateFile, a.Settings.BaseTopic)
	if err != nil {
		hint.Log(a.Log.Error(), err).Msg("what was remembered cannot be used")
	}
	r := &runner{App: a, file: file, known: known}
	defer a.health(ctx, r.alive)()
	for ctx.Err() == nil {
		place, err := r.find(ctx)
		if err != nil {
			break // the context has ended
		}
		err = r.serve(ctx, place)
		switch {
		case err == nil || errors.Is(err, errMoved):
		case a.Home != nil && ctx.Err() == nil:
			a.wait(ctx, err)
		default:
			return err
		}
	}
	return nil
}

// Stay is what Home Assistant's app does with settings that cannot be used: an app that ends stays down, so it says
// everything that is wrong and waits to be restarted.
func (a *App) Stay(ctx context.Context, problem error) error {
	defer a.health(ctx, func(context.Context) error { return nil })()
	a.wait(ctx, problem)
	return nil
}

// wait logs each of the joined problems and waits for the end.
func (a *App) wait(ctx context.Context, problem error) {
	problems := []error{problem}
	if joined, ok := problem.(interface{ Unwrap() []error }); ok {
		problems = joined.Unwrap()
	}
	for _, p := range problems {
		hint.Log(a.Log.Error(), p).Msg("this option cannot be used")
	}
	a.Log.Error().Msg("nothing can be done until the options are right: correct them, save, and restart the app")
	<-ctx.Done()
}

// health answers whether the program works, where an address is set for it; the function that it returns ends that.
func (a *App) health(ctx context.Context, alive func(context.Context) error) (end func()) {
	if a.Settings.HealthAddress == "" {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := web.Serve(ctx, a.Settings.HealthAddress, alive); err != nil {
			a.Log.Error().Err(err).Msg("nobody can ask whether the program works")
		}
	})
	return func() {
		cancel()
		serving.Wait()
	}
}

// runner is one Run.
type runner struct {
	*App
	file  *state.File
	known map[string]discovery.Registry
	loop  atomic.Pointer[bridge.Loop] // nil while there is no broker to ask
}

// alive says whether the process works. Waiting for a broker is work, too.
func (r *runner) alive(ctx context.Context) error {
	if loop := r.loop.Load(); loop != nil {
		return loop.Alive(ctx)
	}
	return nil
}

// place is where and how to work.
type place struct {
	broker   mqtt.Options
	asked    bool   // the broker is the Supervisor's
	language string // code
	guessed  bool   // Home Assistant has not told its language yet
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
		p.asked, p.broker.URL, p.broker.Username, p.broker.Password = true, b.URL, b.Username, b.Password
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
		r.integration(core)
	}
	return p, ctx.Err()
}

// integration says when Home Assistant does not listen to the broker at all.
func (r *runner) integration(core homeassistant.Core) {
	if !core.MQTT {
		r.Log.Warn().Str("hint", "add it under Settings → Devices & services → MQTT").
			Msg("Home Assistant's MQTT integration is not set up: nothing will appear there")
	}
}

// waiting returns a function that logs each new reason to wait.
func (r *runner) waiting(what string) func(error) {
	return func(err error) { hint.Log(r.Log.Warn(), err).Msg(what) }
}

// serve bridges until the context ends, or until what the place was built on has changed.
func (r *runner) serve(ctx context.Context, p place) error {
	words, err := translations.Load(p.language)
	if err != nil {
		return err
	}
	ctx, move := context.WithCancelCause(ctx)
	loop := bridge.NewLoop(r.bridgeSettings(words, r.known), r.Log, r.file.Save)
	handler := loop.Handler()
	if p.asked {
		down := handler.Down
		handler.Down = func(err error) {
			down(err)
			if refused(err) {
				time.AfterFunc(askAgain, func() { move(errMoved) }) // Mosquitto changes the password when it is set up anew
			}
		}
	}
	var learning sync.WaitGroup
	if p.guessed {
		learning.Go(func() { r.learnLanguage(ctx, words.Language, move) })
	}
	defer func() {
		move(nil)
		learning.Wait()
	}()
	client, err := mqtt.New(p.broker, handler)
	if err != nil {
		return err
	}
	r.loop.Store(loop)
	defer r.loop.Store(nil)
	err = connected(ctx, client, func() { loop.Run(ctx, client) })
	if errors.Is(context.Cause(ctx), errMoved) {
		return errMoved
	}
	return err
}

func refused(err error) bool {
	var c *mqtt.ConnectError
	return errors.As(err, &c) && c.Reason == mqtt.Refused
}

// learnLanguage waits for Home Assistant's language, and moves when it is another one than was taken for now.
func (r *runner) learnLanguage(ctx context.Context, now string, move context.CancelCauseFunc) {
	core, err := r.Home.WaitCore(ctx, func(error) {}) // said already
	if err != nil {
		return
	}
	r.integration(core)
	if words, err := translations.Load(core.Language); err == nil && words.Language != now {
		move(errMoved)
	}
}
