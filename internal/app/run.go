package app

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"evcc-discovery/internal/bridge"
	"evcc-discovery/internal/build"
	"evcc-discovery/internal/hint"
	"evcc-discovery/internal/logging"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/problem"
	"evcc-discovery/internal/state"
	"evcc-discovery/internal/web"
	"evcc-discovery/translations"
)

// errMoved ends a connection because what it was built on has changed: the login, or the language.
var errMoved = errors.New("settings from Home Assistant have changed")

// Run is the program's main job until the context ends.
func (a *App) Run(ctx context.Context) error {
	a.Log.Info().Str("version", a.Version).Str("go", runtime.Version()).Str("platform", build.Platform()).EmbedObject(a.Settings).Msg("evcc-discovery starts")
	a.warn()
	file, err := state.Open(a.Settings.StateFile, a.Settings.BaseTopic)
	r := &runner{App: a, file: file, unusable: err}
	defer r.file.Close()
	defer a.health(ctx, r.alive, r.status)()
	for ctx.Err() == nil {
		place, err := r.find(ctx)
		if err != nil {
			break // the context has ended
		}
		err = r.serve(ctx, place)
		switch {
		case err == nil || errors.Is(err, errMoved):
		case a.Home == nil:
			return err
		case ctx.Err() == nil:
			a.wait(ctx, err)
		default: // the Supervisor takes any end but a silent one for the app's fault
			hint.Log(a.Log.Warn(), err).Msg("shutdown incomplete")
		}
	}
	return nil
}

// warn says what is set and has no effect.
func (a *App) warn() {
	for _, warning := range a.Settings.Warnings {
		a.Log.Warn().Msg(warning)
	}
}

// Stay is what Home Assistant's app does with settings that cannot be used: an app that ends stays down, so it says
// everything that is wrong and waits to be restarted.
func (a *App) Stay(ctx context.Context, problem error) error {
	defer a.health(ctx, func(context.Context) error { return nil }, (&runner{App: a}).status)()
	a.warn()
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
		hint.Log(a.Log.Error(), p).Msg("invalid option")
	}
	a.Log.Error().Msg("waiting: correct the options, save, and restart the app")
	<-ctx.Done()
}

// health answers whether the program works, where an address is set for it; the function that it returns ends that.
func (a *App) health(ctx context.Context, alive func(context.Context) error, status func() bridge.Status) (end func()) {
	if a.Settings.HealthAddress == "" {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var serving sync.WaitGroup
	serving.Go(func() {
		answers := web.Answers{
			web.StatusPath:   func() any { return status() },
			web.ProblemsPath: func() any { return status().Problems },
		}
		if err := web.Serve(ctx, a.Settings.HealthAddress, alive, answers, logging.Standard(a.Log)); err != nil {
			a.Log.Error().Err(err).Msg("health endpoint failed")
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
	file     *state.File
	unusable error                       // what was wrong with it
	loop     atomic.Pointer[bridge.Loop] // nil while there is no broker to ask
}

// alive says whether the process works. Waiting for a broker is work, too.
func (r *runner) alive(ctx context.Context) error {
	if loop := r.loop.Load(); loop != nil {
		return loop.Alive(ctx)
	}
	return nil
}

// status returns how the program is.
func (r *runner) status() bridge.Status {
	if loop := r.loop.Load(); loop != nil {
		return loop.Status()
	}
	return bridge.NewStatus(r.Version)
}

// serve bridges until the context ends, or until what the place was built on has changed.
func (r *runner) serve(ctx context.Context, p place) error {
	words, err := translations.Load(p.language)
	if err != nil {
		return err
	}
	var loop *bridge.Loop
	loop = bridge.NewLoop(r.bridgeSettings(words, r.file.Known()), r.Log, func(root string, registry []byte) error {
		r.tell(loop, r.file.Save(root, registry))
		return nil
	})
	handler := loop.Handler()
	ctx, move := context.WithCancelCause(ctx)
	var others sync.WaitGroup
	defer func() {
		move(nil)
		others.Wait()
	}()
	others.Go(func() { r.keep(ctx, loop) })
	if r.Home != nil {
		others.Go(func() { r.learn(ctx, p, words.Language, loop, move) })
	}
	if p.asked != nil {
		handler = r.follow(handler, func(away func() bool) {
			others.Go(func() { r.askAgain(ctx, *p.asked, away, move) })
		})
	}
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

// keep tells what is wrong with the state file, and writes what could not be written before, until the context ends.
func (r *runner) keep(ctx context.Context, loop *bridge.Loop) {
	r.tell(loop, r.unusable)
	again := time.NewTicker(keepPause)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
			r.unusable = r.file.Retry()
			r.tell(loop, r.unusable)
		}
	}
}

// keepPause is between two trials to write the state file: a disk that was full, another program's file.
const keepPause = time.Minute

// tell says whether something is wrong with the state file.
func (r *runner) tell(loop *bridge.Loop, err error) {
	detail := ""
	if named := (*state.Error)(nil); errors.As(err, &named) {
		detail = named.Error() + ": " + named.Hint()
	}
	loop.Report(problem.StateFile, "", err != nil, detail)
}
