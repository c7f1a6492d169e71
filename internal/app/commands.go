package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"evcc-discovery/internal/hint"
)

// Command is one thing that the program does, by its word on the command line.
type Command struct {
	Name    string
	Does    string // in the list of commands
	Results bool   // it prints one: the log is kept apart
	job     job
}

// job adds a command's flags, and returns what is done once they are read.
type job func(*flag.FlagSet) func(*App, context.Context) error

// Commands are all of them, in the order in which help lists them.
var Commands = []Command{
	{"run", "run until stopped; the default without a command", false, plain((*App).Run)},
	{"demo", "run with an embedded broker and a simulated evcc", false, demoJob},
	{"dump", "print the messages it would publish, as JSON, without publishing", true, plain((*App).Dump)},
	{"remove", "clear everything it ever published; stop the program first", true, removeJob},
	{"rediscover", "restore devices deleted in Home Assistant", true, plain((*App).Rediscover)},
	{"reset-ids", "remove every entity and publish it again with its default id", true, plain((*App).ResetIDs)},
	{"healthcheck", "check that the running instance is healthy, for containers", false, plain((*App).Healthcheck)},
}

// plain is a command without flags.
func plain(do func(*App, context.Context) error) job {
	return func(*flag.FlagSet) func(*App, context.Context) error { return do }
}

// Find returns a command. The error names the one that may be meant; others are words that the caller knows besides.
func Find(name string, others ...string) (Command, error) {
	var names []string
	for _, c := range Commands {
		if c.Name == name {
			return c, nil
		}
		names = append(names, c.Name)
	}
	if nearest, sure := hint.Nearest(name, append(names, others...)); sure {
		return Command{}, fmt.Errorf("no command %q; did you mean %s?\n%w", name, nearest, ErrUsage)
	}
	return Command{}, fmt.Errorf("no command %q\n%w", name, ErrUsage)
}

// Run does what the command is for.
func (c Command) Run(ctx context.Context, a *App, args []string) error {
	flags := flag.NewFlagSet(c.Name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the error says all
	do := c.job(flags)
	switch err := parse(flags, args); {
	case errors.Is(err, flag.ErrHelp):
		c.Help(a.Out)
		return nil
	case err != nil:
		return fmt.Errorf("%w\n%w", err, ErrUsage)
	}
	return do(a, ctx)
}

// Help says what the command does and which flags it takes.
func (c Command) Help(out io.Writer) {
	flags := flag.NewFlagSet(c.Name, flag.ContinueOnError)
	flags.SetOutput(out)
	c.job(flags)
	fmt.Fprintf(out, "evcc-discovery %s: %s\n", c.Name, c.Does)
	flags.PrintDefaults()
}

// AsksForHelp reports whether an argument asks what the command is.
func AsksForHelp(args []string) bool {
	return slices.ContainsFunc(args, func(arg string) bool { return slices.Contains([]string{"-h", "-help", "--h", "--help"}, arg) })
}

// parse reads a command's flags. The error says what is wrong with them, or is flag.ErrHelp.
func parse(flags *flag.FlagSet, args []string) error {
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return err
	case err == nil && flags.NArg() == 0:
		return nil
	case len(names) == 0:
		return fmt.Errorf("%s takes no arguments, got %q", flags.Name(), args)
	case err == nil:
		return fmt.Errorf("%s: unexpected argument %q; see %s -h", flags.Name(), flags.Arg(0), flags.Name())
	}
	_, unknown, _ := strings.Cut(err.Error(), "flag provided but not defined: -")
	nearest, sure := hint.Nearest(unknown, names)
	switch {
	case unknown == "":
		return fmt.Errorf("%s: %w", flags.Name(), err)
	case sure:
		return fmt.Errorf("%s: %w; did you mean -%s?", flags.Name(), err, nearest)
	}
	return fmt.Errorf("%s: %w; it has -%s", flags.Name(), err, strings.Join(names, ", -"))
}
