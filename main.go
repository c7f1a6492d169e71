// Evcc-discovery makes evcc, the solar charging controller, part of Home Assistant: it publishes MQTT discovery
// messages for everything that evcc publishes, and relays Home Assistant's commands to evcc.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // the image has no time zones

	"evcc-discovery/internal/app"
	"evcc-discovery/internal/build"
	"evcc-discovery/internal/homeassistant"
	"evcc-discovery/internal/logging"
	"evcc-discovery/internal/settings"
)

// version is a release's, set by its build: -ldflags "-X main.version=1.2.3".
var version string

// Where Home Assistant's app finds things; tests put them elsewhere.
var (
	supervisor = homeassistant.Supervisor
	data       = "/data"
)

// errUsage is what a wrong command line ends with; so is a wrong setting.
var errUsage = app.ErrUsage

const exitUsage = 2

// gcPercent keeps the heap close to what is in use: about 2 MB, which Go would let grow to three times that.
const gcPercent = 25

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitUsage)
	case err != nil:
		fmt.Fprintln(os.Stderr, "evcc-discovery:", err)
		os.Exit(1)
	}
}

// run is the program; the environment is the process's own.
func run(ctx context.Context, args []string, out, errOut io.Writer) error {
	command := "run"
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	switch command {
	case "help", "-h", "--help":
		return help(out)
	case "version", "--version":
		_, err := fmt.Fprintln(out, build.Version(version), runtime.Version(), build.Platform())
		return err
	}
	s, err := settings.Load(os.Environ(), settings.Surroundings(data, os.Getenv))
	logger, end := logging.New(target(out, errOut, command), s.LogLevel, s.LogJSON)
	defer end()
	log.SetFlags(0)
	log.SetOutput(logging.Standard(logger).Writer()) // libraries' own
	a := &app.App{Settings: s, Version: build.Version(version), Out: out, Log: logger}
	a.Home, _ = homeassistant.FromEnvironment(supervisor, os.Getenv)
	switch {
	case err == nil:
	case a.Home != nil && command == "run":
		return a.Stay(ctx, err)
	case a.Home != nil && command == "healthcheck": // the address does not depend on what is wrong
	default:
		return fmt.Errorf("%w\n%w", err, errUsage)
	}
	if command != "demo" && command != "remove" && len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, got %q\n%w", command, args, errUsage)
	}
	switch command {
	case "run":
		return a.Run(ctx)
	case "demo":
		return a.Demo(ctx, args)
	case "dump":
		return a.Dump(ctx)
	case "remove":
		return a.Remove(ctx, args)
	case "rediscover":
		return a.Rediscover(ctx)
	case "reset-ids":
		return a.ResetIDs(ctx)
	case "healthcheck":
		return a.Healthcheck(ctx)
	}
	return fmt.Errorf("no command %q\n%w", command, errUsage)
}

// target is where a command's log goes: to standard output, which is what services and containers collect; to standard
// error where that holds a result.
func target(out, errOut io.Writer, command string) io.Writer {
	if command == "dump" || command == "remove" || command == "rediscover" || command == "reset-ids" {
		return errOut
	}
	return out
}

func help(out io.Writer) error {
	_, err := fmt.Fprintf(out, `evcc-discovery shows evcc in Home Assistant, through MQTT discovery.

Usage:
  evcc-discovery          connect evcc and Home Assistant until stopped
  evcc-discovery demo     try it: a broker, a simulated evcc and the program in one (demo -h for more)
  evcc-discovery dump     print what would be published, as JSON, and publish nothing
  evcc-discovery remove   clear everything that was ever published; stop the program first
  evcc-discovery rediscover  bring back what was deleted in Home Assistant
  evcc-discovery reset-ids  remove every entity and bring it back with the id it was meant to have
  evcc-discovery healthcheck  ask the running program whether it works, for containers
  evcc-discovery help     this text
  evcc-discovery version  the version, and what it was built with and for

Settings (environment variables):
%s`, settings.Usage())
	return err
}
