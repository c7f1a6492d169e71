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
	"evcc-discovery/internal/hint"
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
		if text := hint.Of(err); text != "" {
			fmt.Fprintln(os.Stderr, "hint:", text)
		}
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
		return help(out, args)
	case "version", "--version":
		_, err := fmt.Fprintln(out, build.Version(version), runtime.Version(), build.Platform())
		return err
	}
	c, err := app.Find(command, "help", "version")
	switch {
	case err != nil:
		return err
	case app.AsksForHelp(args): // whatever is set
		c.Help(out)
		return nil
	}
	s, err := settings.Load(os.Environ(), settings.Surroundings(data, os.Getenv))
	logs := out // which is what services and containers collect
	if c.Results {
		logs = errOut
	}
	logger, end := logging.New(logs, s.LogLevel, s.LogJSON)
	defer end()
	log.SetFlags(0)
	log.SetOutput(logging.Standard(logger).Writer()) // libraries' own
	a := &app.App{Settings: s, Version: build.Version(version), Out: out, Log: logger}
	a.Home, _ = homeassistant.FromEnvironment(supervisor, os.Getenv)
	switch {
	case err == nil:
	case a.Home != nil && c.Name == "run":
		return a.Stay(ctx, err)
	case a.Home != nil && c.Name == "healthcheck": // the address does not depend on what is wrong
	default:
		return fmt.Errorf("%w\n%w", err, errUsage)
	}
	return c.Run(ctx, a, args)
}

// help is about a command where one is named, else about everything.
func help(out io.Writer, args []string) error {
	if len(args) > 0 && !app.AsksForHelp(args) {
		c, err := app.Find(args[0])
		if err == nil {
			c.Help(out)
		}
		return err
	}
	fmt.Fprint(out, "evcc-discovery bridges evcc to Home Assistant using MQTT discovery.\n\nUsage (-h after a command for details):\n")
	for _, c := range app.Commands {
		fmt.Fprintf(out, "  evcc-discovery %-12s %s\n", c.Name, c.Does)
	}
	_, err := fmt.Fprintf(out, `  evcc-discovery help         print this text
  evcc-discovery version      print version, Go version and platform

Settings (environment variables):
%s`, settings.Usage())
	return err
}
