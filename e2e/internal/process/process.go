// Package process runs the programs of a test (Home Assistant, the broker, the adapter as built):
// keeps what they print, stops them in order or at once, and lets none of them outlive the test.
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"evcc-discovery/e2e/internal/await"
)

// Process is a running program. One goroutine waits for its end; Done tells.
type Process struct {
	name string
	cmd  *exec.Cmd
	out  *Output
	done chan struct{}
}

// Start runs cmd and collects both of its streams in out, which may already hold what an earlier
// run of the same program printed.
func Start(name string, cmd *exec.Cmd, out *Output) (*Process, error) {
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = 5 * time.Second // a grandchild may hold the pipe open
	endWithParent(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := &Process{name: name, cmd: cmd, out: out, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // ExitCode says how it ended
		close(p.done)
		out.changed.Fire()
	}()
	return p, nil
}

// Done is closed once the program has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// ExitCode is that of an ended program; -1 if it still runs or a signal ended it.
func (p *Process) ExitCode() int {
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode()
	default:
		return -1
	}
}

// Stop asks the program to end (SIGTERM), waits for it and returns its exit code. A program that
// does not end in time is killed, and that is an error.
func (p *Process) Stop(ctx context.Context) (int, error) {
	ctx, cancel := await.Bound(ctx)
	defer cancel()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return -1, fmt.Errorf("stop %s: %w", p.name, err)
	}
	select {
	case <-p.done:
		return p.ExitCode(), nil
	case <-ctx.Done():
		p.Kill()
		return -1, fmt.Errorf("%s did not end after SIGTERM and was killed; it said last:\n%s", p.name, p.out.Tail(20))
	}
}

// Kill ends the program at once, as a crash or a power cut would, and waits until it is gone.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // fails only if it has ended
	<-p.done
}

// Output collects what a program prints. Its zero value is ready to use.
type Output struct {
	mu      sync.Mutex
	text    strings.Builder
	changed await.Signal
}

// Write makes Output the stream of a program.
func (o *Output) Write(b []byte) (int, error) {
	o.mu.Lock()
	o.text.Write(b)
	o.mu.Unlock()
	o.changed.Fire()
	return len(b), nil
}

// String is everything printed so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// Len marks a place in the output: what comes later is String()[Len():].
func (o *Output) Len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Len()
}

// Tail is the last n lines.
func (o *Output) Tail(n int) string {
	lines := strings.Split(strings.TrimRight(o.String(), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// Until waits until what the program printed satisfies ready.
func (o *Output) Until(ctx context.Context, ready func(text string) error) error {
	return o.changed.Until(ctx, func() error { return ready(o.String()) })
}
