package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/internal/app"
	"evcc-discovery/internal/build"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/settings"
)

// asProgram makes the test binary the program itself, so that signals and exit codes can be tested.
const asProgram = "TEST_AS_PROGRAM"

// asApp holds the address of the Supervisor for such a program, asApp_DATA its directory.
const asApp = "TEST_AS_APP"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		if base := os.Getenv(asApp); base != "" {
			supervisor, data = base, os.Getenv(asApp+"_DATA")
		}
		main()
		return
	}
	os.Exit(m.Run())
}

// call runs the program in this process.
func call(args ...string) (out, errOut string, err error) {
	var o, e bytes.Buffer
	err = run(context.Background(), args, &o, &e)
	return o.String(), e.String(), err
}

func TestHelp(t *testing.T) {
	for _, word := range []string{"help", "-h", "--help"} {
		out, errOut, err := call(word)
		if err != nil || errOut != "" {
			t.Errorf("%s: error %v, on standard error %q", word, err, errOut)
		}
		for _, want := range []string{"demo", "dump", "remove", "help", "version"} {
			if !regexp.MustCompile(`(?m)^  evcc-discovery ` + want + ` `).MatchString(out) {
				t.Errorf("%s: the command %s is missing:\n%s", word, want, out)
			}
		}
		if !strings.HasSuffix(out, settings.Usage()) {
			t.Errorf("%s: the settings are missing:\n%s", word, out)
		}
	}
}

// The commands of the help text are those that exist: none is unknown.
func TestHelpListsTheCommands(t *testing.T) {
	out, _, _ := call("help")
	var got []string
	for _, m := range regexp.MustCompile(`(?m)^  evcc-discovery ([\w-]+)`).FindAllStringSubmatch(out, -1) {
		got = append(got, m[1])
	}
	want := []string{"run", "demo", "dump", "remove", "rediscover", "reset-ids", "healthcheck", "help", "version"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	t.Setenv("EVCC_DISCOVERY_LOG_LEVEL", "loud") // stops them all before they begin
	for _, command := range want[:6] {
		if _, _, err := call(command); err == nil || strings.Contains(err.Error(), "no command") {
			t.Errorf("%s: %v", command, err)
		}
	}
}

func TestVersion(t *testing.T) {
	defer func(own string) { version = own }(version)
	version = "1.2.3"
	want := fmt.Sprintf("1.2.3 %s %s\n", runtime.Version(), build.Platform())
	for _, word := range []string{"version", "--version"} {
		if out, _, err := call(word); err != nil || out != want {
			t.Errorf("%s: printed %q, want %q, error %v", word, out, want, err)
		}
	}
}

// Each command says what it does and takes, whatever is set, and does nothing; so does help with its name.
func TestHelpOfCommands(t *testing.T) {
	t.Setenv("EVCC_DISCOVERY_LOG_LEVEL", "loud")
	for _, c := range app.Commands {
		var texts []string
		for _, args := range [][]string{{c.Name, "-h"}, {c.Name, "--help"}, {c.Name, "-x", "-h"}, {"help", c.Name}} {
			out, errOut, err := call(args...)
			if err != nil || errOut != "" || !strings.HasPrefix(out, "evcc-discovery "+c.Name+": "+c.Does+"\n") {
				t.Errorf("%q: %v, printed %q and %q", args, err, out, errOut)
			}
			texts = append(texts, out)
		}
		if len(slices.Compact(texts)) != 1 {
			t.Errorf("%s: not the same each time: %q", c.Name, texts)
		}
	}
	if out, _, _ := call("remove", "-h"); !strings.Contains(out, "-force") {
		t.Errorf("%q", out)
	}
}

// Help and version work although settings are wrong.
func TestHelpWithWrongSettings(t *testing.T) {
	t.Setenv("EVCC_DISCOVERY_LOG_LEVEL", "loud")
	for _, word := range []string{"help", "version"} {
		if _, _, err := call(word); err != nil {
			t.Errorf("%s: %v", word, err)
		}
	}
}

func TestWrongCommandLine(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		want []string
	}{
		"unknown command":     {[]string{"start"}, []string{`"start"`, "help"}},
		"mistyped command":    {[]string{"dmup"}, []string{`"dmup"`, "did you mean dump?"}},
		"part of a command":   {[]string{"discover"}, []string{"did you mean rediscover?"}},
		"mistyped version":    {[]string{"versoin"}, []string{"did you mean version?"}},
		"mistyped flag":       {[]string{"remove", "--frce"}, []string{"-frce", "did you mean -force?"}},
		"help for nothing":    {[]string{"help", "dmup"}, []string{"did you mean dump?"}},
		"unknown flag":        {[]string{"-v"}, []string{`"-v"`, "help"}},
		"extra for run":       {[]string{"run", "now"}, []string{"run takes no arguments", "now"}},
		"extra for dump":      {[]string{"dump", "evcc"}, []string{"dump takes no arguments", "evcc"}},
		"extra for remove":    {[]string{"remove", "all"}, []string{`unexpected argument "all"`, "remove -h"}},
		"unknown, with extra": {[]string{"start", "now"}, []string{"start"}},
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := call(test.args...)
			if !errors.Is(err, errUsage) {
				t.Fatalf("error %v, want one that is errUsage", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is missing in: %v", want, err)
				}
			}
			if out != "" {
				t.Errorf("printed %q", out)
			}
		})
	}
}

// All wrong settings are named at once, and no secret with them.
func TestWrongSettings(t *testing.T) {
	t.Setenv("EVCC_DISCOVERY_LOG_LEVEL", "loud")
	t.Setenv("EVCC_DISCOVERY_READ_ONLY", "perhaps")
	t.Setenv("EVCC_DISCOVERY_MQTT_PASSWORD", "s3cret")
	t.Setenv("EVCC_DISCOVERY_MQTT_ULR", "mqtt://x")
	_, _, err := call()
	if !errors.Is(err, errUsage) {
		t.Fatalf("error %v, want one that is errUsage", err)
	}
	for _, want := range []string{"LOG_LEVEL", "READ_ONLY", "MQTT_USERNAME", "MQTT_ULR", "did you mean EVCC_DISCOVERY_MQTT_URL"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the password is shown: %v", err)
	}
}

// What a library writes to the log of the standard library is a line of ours, also as JSON.
func TestLibrariesLog(t *testing.T) {
	defer log.SetOutput(os.Stderr)
	t.Setenv("EVCC_DISCOVERY_LOG_FORMAT", "json")
	var out, errOut bytes.Buffer
	_ = run(t.Context(), []string{"healthcheck"}, &out, &errOut)
	log.Print("http: odd")
	var line struct{ Level, Text string }
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || line.Level != "warn" || line.Text != "http: odd" {
		t.Errorf("%v: %q, and on standard error %q", err, out.String(), errOut.String())
	}
}

// program starts the program as a process.
func program(t *testing.T, url string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var errOut bytes.Buffer
	command := exec.CommandContext(t.Context(), os.Args[0], args...)
	command.Env = append(os.Environ(), asProgram+"=1", "EVCC_DISCOVERY_MQTT_URL="+url)
	command.Stderr = &errOut
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	return command, &errOut
}

func TestExitCodes(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		code int
		want string // on standard error
	}{
		"version":     {[]string{"version"}, 0, ""},
		"usage":       {[]string{"start"}, exitUsage, "see evcc-discovery help"},
		"wrong tree":  {[]string{"demo", "-tree", "none"}, 1, "evcc-discovery: demo: "},
		"nobody home": {[]string{"remove"}, 1, "connection refused\nhint: is the broker running there?"},
		"dump alone":  {[]string{"dump"}, 1, "connection refused\nhint: is the broker running there?"},
	} {
		t.Run(name, func(t *testing.T) {
			command, errOut := program(t, "mqtt://127.0.0.1:1", test.args...)
			_ = command.Wait()
			if code := command.ProcessState.ExitCode(); code != test.code || !strings.Contains(errOut.String(), test.want) {
				t.Errorf("code %d, want %d; on standard error: %q", code, test.code, errOut)
			}
		})
	}
}

// SIGTERM ends the program in order, SIGKILL leaves the goodbye to the broker; both leave offline behind.
func TestSignals(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM, os.Kill} {
		t.Run(signal.String(), func(t *testing.T) {
			b, err := mqtt.StartBroker(mqtt.BrokerOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			states := make(chan string, 10)
			up := make(chan struct{}, 1)
			c, err := mqtt.New(mqtt.Options{URL: b.URL()}, mqtt.Handler{
				Up:      func() { up <- struct{}{} },
				Message: func(m mqtt.Message) { states <- string(m.Payload) },
			})
			if err != nil {
				t.Fatal(err)
			}
			go func() { _ = c.Run(t.Context()) }()
			<-up
			if err := c.Subscribe(1, "evcc-discovery/status"); err != nil {
				t.Fatal(err)
			}
			command, errOut := program(t, b.URL())
			next := func(want string) {
				t.Helper()
				select {
				case got := <-states:
					if got != want {
						t.Fatalf("status %q, want %q\n%s", got, want, errOut)
					}
				case <-time.After(20 * time.Second):
					t.Fatalf("status does not become %q\n%s", want, errOut)
				}
			}
			next("online")
			if err := command.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			next("offline")
			err = command.Wait()
			if signal != os.Kill && err != nil {
				t.Errorf("the program ended with %v\n%s", err, errOut)
			}
		})
	}
}
