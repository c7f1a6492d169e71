// Package broker runs the MQTT broker of a test on a loopback port: Debian's mosquitto, the one
// that most homes have, or an embedded one where it is not installed.
package broker

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"evcc-discovery/e2e/internal/await"
	"evcc-discovery/e2e/internal/process"
)

// Options for a broker. The zero value lets anybody in and forgets everything when it stops.
type Options struct {
	// Dir is an empty directory for mosquitto's files. It must outlive the broker.
	Dir string
	// Persistent keeps retained messages over an orderly restart.
	Persistent bool
	// User and Password, if set, are required of every client.
	User, Password string
}

// Broker is one broker at an address that stays the same over restarts. One goroutine may stop and
// resume it while others use its clients.
type Broker struct {
	Host string
	Port int
	// Embedded tells that it is not mosquitto.
	Embedded bool

	options Options
	backend backend
}

// backend is what makes a broker out of a port. resume after stop must work.
type backend interface {
	resume(ctx context.Context) error
	stop(ctx context.Context) error
	kill()
	log() string
}

// Start runs a broker on a free port and returns when it accepts connections. With CI=true a
// missing mosquitto is an error, so that what lands was tested with the real one.
func Start(ctx context.Context, o Options) (*Broker, error) {
	port, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	b := &Broker{Host: "127.0.0.1", Port: port, options: o}
	program, err := findMosquitto()
	switch {
	case err == nil:
		b.backend = &mosquitto{program: program, port: port, options: o}
	case os.Getenv("CI") == "true":
		return nil, err
	default:
		b.Embedded = true
		b.backend = &embedded{address: b.address(), options: o}
	}
	return b, b.Resume(ctx)
}

// URL is the address as the adapter's setting takes it, without user and password.
func (b *Broker) URL() string { return "mqtt://" + b.address() }

func (b *Broker) address() string { return net.JoinHostPort(b.Host, strconv.Itoa(b.Port)) }

// Stop ends the broker in order.
func (b *Broker) Stop(ctx context.Context) error { return b.backend.stop(ctx) }

// Kill ends the broker at once; what it had not stored is lost.
func (b *Broker) Kill() { b.backend.kill() }

// Resume starts a stopped broker again at its address.
func (b *Broker) Resume(ctx context.Context) error { return b.backend.resume(ctx) }

// Forget lets a stopped broker start without what it retained.
func (b *Broker) Forget() error {
	err := os.Remove(filepath.Join(b.options.Dir, "mosquitto.db"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Restart is Stop and Resume.
func (b *Broker) Restart(ctx context.Context) error {
	if err := b.Stop(ctx); err != nil {
		return err
	}
	return b.Resume(ctx)
}

// Log is what the broker said about connections and errors.
func (b *Broker) Log() string { return b.backend.log() }

// findMosquitto also looks where Debian puts it, which is not in every user's PATH.
func findMosquitto() (string, error) {
	for _, name := range []string{"mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("mosquitto is neither in PATH nor in /usr/sbin: install the package mosquitto (its service is not needed)")
}

// mosquitto is the broker as its own process.
type mosquitto struct {
	program string
	port    int
	options Options
	process *process.Process
	out     process.Output
}

func (m *mosquitto) resume(ctx context.Context) error {
	file := filepath.Join(m.options.Dir, "mosquitto.conf")
	if err := m.write(file); err != nil {
		return fmt.Errorf("prepare mosquitto: %w", err)
	}
	p, err := process.Start("mosquitto", exec.Command(m.program, "-c", file), &m.out)
	if err != nil {
		return err
	}
	m.process = p
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(m.port))
	err = await.Poll(ctx, p.Done(), func(ctx context.Context) error {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err
	})
	if err != nil {
		p.Kill()
		return fmt.Errorf("mosquitto does not listen on %s: %w; it said last:\n%s", address, err, m.out.Tail(10))
	}
	return nil
}

func (m *mosquitto) stop(ctx context.Context) error {
	code, err := m.process.Stop(ctx)
	if err == nil && code != 0 {
		err = fmt.Errorf("mosquitto ended with exit code %d; it said last:\n%s", code, m.out.Tail(10))
	}
	return err
}

func (m *mosquitto) kill()       { m.process.Kill() }
func (m *mosquitto) log() string { return m.out.String() }

// write makes the configuration and, if asked for, the password file.
func (m *mosquitto) write(file string) error {
	lines := []string{
		fmt.Sprintf("listener %d 127.0.0.1", m.port),
		"log_dest stderr",
		"max_queued_messages 0", // a late reader of a whole site gets all of it
		fmt.Sprintf("persistence %t", m.options.Persistent),
		"persistence_location " + m.options.Dir + "/",
	}
	if os.Getuid() == 0 {
		lines = append(lines, "user root") // or it cannot read the test's directory
	}
	if m.options.User == "" {
		lines = append(lines, "allow_anonymous true")
	} else {
		passwords := filepath.Join(m.options.Dir, "passwords")
		lines = append(lines, "allow_anonymous false", "password_file "+passwords)
		entry, err := passwordEntry(m.options.User, m.options.Password)
		if err != nil {
			return err
		}
		if err := os.WriteFile(passwords, []byte(entry), 0o600); err != nil {
			return err
		}
	}
	return os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600)
}
