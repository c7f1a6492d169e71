package homeassistant

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"sync"

	"evcc-discovery/e2e/internal/await"
	"evcc-discovery/e2e/internal/process"
)

// Options for an instance. The zero value is a German household without MQTT; see AddMQTT.
type Options struct {
	// Dir is an empty directory for everything the instance writes. It must outlive it.
	Dir string
	// Configuration is appended to configuration.yaml.
	Configuration string
}

// Instance is one Home Assistant, running or stopped. Its methods may be called by several
// goroutines, but only one may start, stop or restart it.
type Instance struct {
	URL     string // http://127.0.0.1:<port>, without a slash at the end
	Version string

	in      *Installation
	dir     string
	process *process.Process
	out     process.Output // over all starts
	auth    auth
	http    http.Client

	mu     sync.Mutex
	socket *socket
	states *states
}

// Start makes a fresh instance in o.Dir, onboards it with a user of its own, and returns when Home
// Assistant says that it runs.
func (in *Installation) Start(ctx context.Context, o Options) (*Instance, error) {
	port, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	if err := in.prepare(o, port); err != nil {
		return nil, err
	}
	ha := &Instance{
		URL:     fmt.Sprintf("http://127.0.0.1:%d", port),
		Version: in.Version,
		in:      in,
		dir:     o.Dir,
		states:  newStates(),
	}
	if err := ha.start(ctx); err != nil {
		return nil, errors.Join(err, ha.Stop(ctx))
	}
	return ha, nil
}

// start runs the program and waits until the API serves and everything is set up.
func (ha *Instance) start(ctx context.Context) error {
	cmd := exec.Command(ha.in.python(), "-m", "homeassistant", "--config", ha.dir, "--skip-pip", "--log-no-color")
	cmd.Dir, cmd.Env = ha.dir, ha.in.environment(ha.dir)
	p, err := process.Start("Home Assistant "+ha.Version, cmd, &ha.out)
	if err != nil {
		return err
	}
	ha.process = p
	if !ha.auth.onboarded() {
		if err := await.Poll(ctx, p.Done(), ha.serves); err != nil {
			return ha.startError("does not answer", err)
		}
		if err := ha.onboard(ctx); err != nil {
			return ha.startError("could not be onboarded", err)
		}
	}
	if err := await.Poll(ctx, p.Done(), ha.runs); err != nil {
		return ha.startError("does not finish its start", err)
	}
	return ha.connect(ctx)
}

func (ha *Instance) startError(what string, err error) error {
	return fmt.Errorf("start Home Assistant %s: it %s: %w; it said last:\n%s", ha.Version, what, err, ha.out.Tail(25))
}

// serves is nil once the port is open and the onboarding is behind it.
func (ha *Instance) serves(ctx context.Context) error {
	return ha.do(ctx, http.MethodGet, "/api/onboarding", "", nil, nil)
}

// runs is nil once all components are set up.
func (ha *Instance) runs(ctx context.Context) error {
	var core struct {
		State        string `json:"state"`
		RecoveryMode bool   `json:"recovery_mode"`
	}
	if err := ha.Get(ctx, "/api/config", &core); err != nil {
		return err
	}
	if core.RecoveryMode {
		return errors.New("it is in recovery mode: a package is missing in the requirement list")
	}
	if core.State != "RUNNING" {
		return fmt.Errorf("its state is %s", core.State)
	}
	return nil
}

// Stop ends Home Assistant in order: it stores its registries and says offline on MQTT.
func (ha *Instance) Stop(ctx context.Context) error {
	ha.disconnect()
	if ha.process == nil {
		return nil
	}
	code, err := ha.process.Stop(ctx)
	if err == nil && code != 0 {
		err = fmt.Errorf("stop Home Assistant %s: it ended with exit code %d; it said last:\n%s", ha.Version, code, ha.out.Tail(25))
	}
	return err
}

// Kill ends Home Assistant at once, as a power cut would. What it has not stored yet is lost.
func (ha *Instance) Kill() {
	ha.disconnect()
	if ha.process != nil {
		ha.process.Kill()
	}
}

// Resume starts a stopped Home Assistant again, with its configuration, registries and address.
func (ha *Instance) Resume(ctx context.Context) error { return ha.start(ctx) }

// Restart is Stop and Resume.
func (ha *Instance) Restart(ctx context.Context) error {
	if err := ha.Stop(ctx); err != nil {
		return err
	}
	return ha.Resume(ctx)
}
