// Package adapter runs evcc-discovery as it is built and shipped: as its own process, steered by
// settings and signals only.
package adapter

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"evcc-discovery/e2e/internal/await"
	"evcc-discovery/e2e/internal/process"
)

// Program is the built program.
type Program struct {
	path string
	dir  string
}

// Build compiles the program from the working tree into dir, which must outlive its use.
func Build(ctx context.Context, dir string) (*Program, error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return nil, fmt.Errorf("build evcc-discovery: %w", err)
	}
	return build(ctx, root, ".", dir)
}

// build compiles the main package pkg of the module in root.
func build(ctx context.Context, root, pkg, dir string) (*Program, error) {
	path := filepath.Join(dir, "evcc-discovery")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", path, pkg)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as the image and the packages are built
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build evcc-discovery in %s: %w\n%s", root, err, out)
	}
	return &Program{path: path, dir: dir}, nil
}

// moduleRoot is the directory above this module's, whatever the working directory of a test.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the module's directory: %w", err)
	}
	return filepath.Dir(filepath.Dir(strings.TrimSpace(string(out)))), nil
}

// Adapter is one running evcc-discovery, or one that has ended.
type Adapter struct {
	program  *Program
	settings map[string]string
	args     []string
	process  *process.Process
	out      process.Output // over all starts
	began    int            // where that of the last start begins
}

// Start runs the program with these settings (EVCC_DISCOVERY_… with their values) and arguments. It
// sees nothing else of the test's environment, and starts in an empty directory.
func (p *Program) Start(settings map[string]string, args ...string) (*Adapter, error) {
	a := &Adapter{program: p, settings: settings, args: args}
	return a, a.Resume()
}

// Resume starts the program again after Stop or Kill, with the same settings.
func (a *Adapter) Resume() error {
	home, err := os.MkdirTemp(a.program.dir, "run-")
	if err != nil {
		return fmt.Errorf("start evcc-discovery: %w", err)
	}
	cmd := exec.Command(a.program.path, a.args...)
	cmd.Dir = home
	cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}
	for name, value := range a.settings {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	a.began = a.out.Len()
	a.process, err = process.Start("evcc-discovery", cmd, &a.out)
	return err
}

// Stop sends SIGTERM, as systemd, Docker and the Supervisor do. Anything but exit code 0 is an
// error.
func (a *Adapter) Stop(ctx context.Context) error {
	code, err := a.process.Stop(ctx)
	if err == nil && code != 0 {
		err = fmt.Errorf("evcc-discovery ended with exit code %d after SIGTERM; it said last:\n%s", code, a.out.Tail(20))
	}
	return err
}

// Kill ends the program at once, as a crash would.
func (a *Adapter) Kill() { a.process.Kill() }

// Restart is Stop and Resume.
func (a *Adapter) Restart(ctx context.Context) error {
	if err := a.Stop(ctx); err != nil {
		return err
	}
	return a.Resume()
}

// Wait returns the exit code of a program that ends by itself.
func (a *Adapter) Wait(ctx context.Context) (int, error) {
	ctx, cancel := await.Bound(ctx)
	defer cancel()
	select {
	case <-a.process.Done():
		return a.process.ExitCode(), nil
	case <-ctx.Done():
		return -1, fmt.Errorf("evcc-discovery does not end: %w; it said last:\n%s", ctx.Err(), a.out.Tail(20))
	}
}

// Output is what the program printed, over all starts.
func (a *Adapter) Output() string { return a.out.String() }

// WaitOutput returns as soon as the program has printed text since its last start.
func (a *Adapter) WaitOutput(ctx context.Context, text string) error {
	return a.out.Until(ctx, func(all string) error {
		if strings.Contains(all[a.began:], text) {
			return nil
		}
		err := fmt.Errorf("evcc-discovery did not print %q; it said last:\n%s", text, a.out.Tail(20))
		select {
		case <-a.process.Done():
			return fmt.Errorf("%w: %w", await.ErrNever, err)
		default:
			return err
		}
	})
}
