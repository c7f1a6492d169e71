package main

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"evcc-discovery/internal/homeassistant/supervisortest"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/mqtt/mosquitto"
)

// The tests in this file start the program as the container does: a process with the Supervisor's token, options.json
// for root alone, and nothing else.

// container is the program in it.
type container struct {
	t          *testing.T
	supervisor *supervisortest.Supervisor
	data       string
	health     string // address
	command    *exec.Cmd
	out        *output
}

// output is what a process has printed so far.
type output struct {
	mu      sync.Mutex
	written bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.written.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.written.String()
}

func startContainer(t *testing.T, options string) *container {
	t.Helper()
	c := &container{t: t, supervisor: supervisortest.Start("token"), data: t.TempDir(), out: &output{}}
	t.Cleanup(c.supervisor.Close)
	if err := os.WriteFile(filepath.Join(c.data, "options.json"), []byte(options), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.health = l.Addr().String()
	_ = l.Close()
	c.command = c.run()
	c.command.Stdout = c.out
	if err := c.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.command.Process.Kill() })
	return c
}

func (c *container) run(args ...string) *exec.Cmd {
	command := exec.CommandContext(c.t.Context(), os.Args[0], args...)
	command.Env = []string{asProgram + "=1", asApp + "=" + c.supervisor.URL, asApp + "_DATA=" + c.data, "SUPERVISOR_TOKEN=token",
		"EVCC_DISCOVERY_HEALTH_ADDRESS=" + c.health} // the container has 8099 for itself
	return command
}

// says waits for a text in the log.
func (c *container) says(text string) {
	c.t.Helper()
	deadline := time.Now().Add(40 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !strings.Contains(c.out.String(), text) {
		if time.Now().After(deadline) {
			c.t.Fatalf("the log does not say %q:\n%s", text, c.out)
		}
		<-tick.C
	}
}

// healthy runs the image's health check.
func (c *container) healthy() {
	c.t.Helper()
	if out, err := c.run("healthcheck").CombinedOutput(); err != nil {
		c.t.Errorf("unhealthy: %v %s\n%s", err, out, c.out)
	}
}

// stop is what the Supervisor does: SIGTERM, and a look at the exit code.
func (c *container) stop() {
	c.t.Helper()
	began := time.Now()
	if err := c.command.Process.Signal(syscall.SIGTERM); err != nil {
		c.t.Fatal(err)
	}
	if err := c.command.Wait(); err != nil {
		c.t.Errorf("the program ended with %v\n%s", err, c.out)
	}
	if took := time.Since(began); took > 2*time.Second {
		c.t.Errorf("the end took %v", took)
	}
}

// Nothing is set and Mosquitto comes late: the program waits in good health, finds it, and ends in order.
func TestContainer(t *testing.T) {
	c := startContainer(t, `{}`)
	c.supervisor.SetCore(&supervisortest.Core{Language: "de", Version: "2026.11.0", Components: []string{"mqtt"}})
	c.says("waiting for Home Assistant's broker")
	c.healthy()
	url := mosquitto.Start(t, "addons", "secret")
	host, port, _ := strings.Cut(strings.TrimPrefix(url, "mqtt://"), ":")
	n, _ := strconv.Atoi(port)
	c.supervisor.SetBroker(&supervisortest.Broker{App: "core_mosquitto", Host: host, Port: n, Username: "addons", Password: "secret"})
	c.says("connected to the broker")
	c.healthy()

	states, up := make(chan string, 10), make(chan struct{}, 1)
	client, err := mqtt.New(mqtt.Options{URL: url, Username: "addons", Password: "secret"}, mqtt.Handler{
		Up: func() { up <- struct{}{} }, Message: func(m mqtt.Message) { states <- string(m.Payload) },
	})
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = client.Run(t.Context()) }()
	<-up
	if err := client.Subscribe(1, "evcc-discovery/status"); err != nil {
		t.Fatal(err)
	}
	if got := <-states; got != "online" {
		t.Errorf("status is %q while it runs", got)
	}
	c.stop()
	if got := <-states; got != "offline" {
		t.Errorf("status is %q after its end", got)
	}
	if strings.Contains(c.out.String(), "secret") {
		t.Errorf("the password stands in the log:\n%s", c.out)
	}
}

// Options that cannot be used: the program stays, says all of them, and counts as healthy, because a restart would not
// help.
func TestContainerWithBadOptions(t *testing.T) {
	c := startContainer(t, `{"log_level":"loud","read_only":"perhaps"}`)
	c.says("loud")
	c.says("perhaps")
	c.says("correct the options, save, and restart the app")
	c.healthy()
	c.stop()
}
