package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/mqtt/memtest"
)

// demo runs the demo with these arguments and returns what it prints.
func demo(t *testing.T, n mqtt.Network, args ...string) (*task, *logs) {
	t.Helper()
	a, out := newApp(mqtt.Options{URL: "mqtt://nowhere.invalid:1", Network: n})
	a.Out = out
	return background(t, func(ctx context.Context) error { return a.Demo(ctx, args) }), out
}

// The demo shows what Home Assistant would get, and leaves nothing behind: in virtual time no goroutine may be left.
func TestDemo(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		r, out := demo(t, &memtest.Network{}, "-interval", "250ms")
		for _, want := range []string{"A broker listens at mqtt://127.0.0.1:", "mosquitto_sub", `device "Garage"`, `device "white Model 3"`, `device "Demo Mode"`} {
			out.wait(t, want)
		}
		start := time.Now()
		r.cancel()
		if err := r.wait(); err != nil {
			t.Errorf("the demo ended with: %v", err)
		}
		if took := time.Since(start); took > soon {
			t.Errorf("the end took %v", took)
		}
		if strings.Contains(out.String(), "nowhere.invalid") {
			t.Errorf("the demo looks at the settings' broker\n%s", out)
		}
	})
}

// Every embedded evcc works in the demo, here on a socket.
func TestDemoOfOldEvcc(t *testing.T) {
	t.Parallel()
	r, out := demo(t, nil, "-tree", oldest, "-still", "-interval", "250ms")
	out.wait(t, "A broker listens at mqtt://127.0.0.1:", "(evcc-0.123.0-demo)")
	out.wait(t, `device "Garage"`)
	r.stop()
}

func TestDemoArguments(t *testing.T) {
	t.Parallel()
	busy := strings.TrimPrefix(newTap(t, mqtt.Options{}).broker.URL, "mqtt://")
	for name, test := range map[string]struct {
		args []string
		want []string // in the error, or in what is printed
	}{
		"unknown flag":     {[]string{"-speed", "9"}, []string{"-speed", "-interval"}},
		"unknown tree":     {[]string{"-tree", "evcc-9"}, []string{"evcc-9", oldest, newest}},
		"address in use":   {[]string{"-listen", busy}, []string{busy, "--listen"}},
		"broken interval":  {[]string{"-interval", "soon"}, []string{"soon", "-interval"}},
		"impossible place": {[]string{"-listen", "nonsense"}, []string{"nonsense", "--listen"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, out := demo(t, nil, test.args...)
			err := r.wait()
			if err == nil {
				t.Fatalf("no error\n%s", out)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error()+out.String(), want) {
					t.Errorf("%q is missing in: %v\n%s", want, err, out)
				}
			}
		})
	}
}

// Asking for help is no error.
func TestDemoHelp(t *testing.T) {
	t.Parallel()
	r, out := demo(t, nil, "-h")
	if err := r.wait(); err != nil {
		t.Errorf("%v", err)
	}
	for _, want := range []string{"-listen", "-tree", "-interval", "-still", oldest, newest} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing in the help:\n%s", want, out)
		}
	}
}
