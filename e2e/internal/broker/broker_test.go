package broker

import (
	"testing"

	"evcc-discovery/e2e/internal/process"
	"github.com/google/go-cmp/cmp"
)

// kinds are the two brokers; a test must not care which it has.
func kinds(t *testing.T, o Options) map[string]*Broker {
	t.Helper()
	found := map[string]*Broker{}
	for _, name := range []string{"mosquitto", "embedded"} {
		port, err := process.FreePort()
		check(t, err)
		o.Dir = t.TempDir()
		b := &Broker{Host: "127.0.0.1", Port: port, options: o}
		b.backend = &embedded{address: b.address(), options: o}
		if program, err := findMosquitto(); name == "mosquitto" && err != nil {
			t.Logf("without mosquitto: %v", err)
			continue
		} else if name == "mosquitto" {
			b.backend = &mosquitto{program: program, port: port, options: o}
		}
		check(t, b.Resume(t.Context()))
		t.Cleanup(b.Kill)
		found[name] = b
	}
	return found
}

// TestRestart holds what tests of faults rely on: the address and the clients outlive a restart, the
// retained messages only if asked for.
func TestRestart(t *testing.T) {
	for _, persistent := range []bool{true, false} {
		for name, b := range kinds(t, Options{Persistent: persistent, User: "evcc", Password: "geheim"}) {
			t.Run(name, func(t *testing.T) {
				ctx := t.Context()
				c, err := b.Dial(ctx)
				check(t, err)
				defer c.Close()
				check(t, c.Subscribe(ctx, "live"))
				check(t, c.Publish(ctx, "kept", "1", true))

				session := c.Session()
				check(t, b.Restart(ctx))
				check(t, c.WaitSession(ctx, session))

				kept, err := b.Retained(ctx, "#")
				check(t, err)
				want := map[string]string{}
				if persistent {
					want["kept"] = "1"
				}
				if diff := cmp.Diff(want, kept); diff != "" {
					t.Errorf("retained messages after a restart, persistent %t (-want +got):\n%s", persistent, diff)
				}
				mark := c.Mark()
				check(t, c.Publish(ctx, "live", "2", false))
				_, err = c.WaitMessage(ctx, mark, On("live", "2"))
				check(t, err)
			})
		}
	}
}

func TestWrongPassword(t *testing.T) {
	for name, b := range kinds(t, Options{User: "evcc", Password: "geheim"}) {
		t.Run(name, func(t *testing.T) {
			wrong := *b
			wrong.options.Password = "falsch"
			if _, err := wrong.Dial(t.Context()); err == nil {
				t.Error("a wrong password was accepted")
			}
		})
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
