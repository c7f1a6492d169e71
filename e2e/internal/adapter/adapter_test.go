package adapter

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"evcc-discovery/e2e/internal/await"
)

func TestAdapter(t *testing.T) {
	t.Setenv("STANDIN_SECRET", "the program must not see this")
	ctx := t.Context()
	p, err := build(ctx, ".", "./testdata/standin", t.TempDir())
	check(t, err)

	a, err := p.Start(map[string]string{"EVCC_DISCOVERY_CODE": "0"}, "demo")
	check(t, err)
	check(t, a.WaitOutput(ctx, "code 0 arguments [demo]"))
	check(t, a.Restart(ctx))
	check(t, a.WaitOutput(ctx, "code 0"))
	check(t, a.Stop(ctx))
	if strings.Contains(a.Output(), "must not see") {
		t.Errorf("the test's environment got through: %s", a.Output())
	}

	a, err = p.Start(map[string]string{"EVCC_DISCOVERY_CODE": "3"})
	check(t, err)
	check(t, a.WaitOutput(ctx, "code 3"))
	if err := a.Stop(ctx); err == nil || !strings.Contains(err.Error(), "exit code 3") {
		t.Errorf("Stop: %v, want an error that tells the exit code", err)
	}
	check(t, a.Resume())
	a.Kill()

	a, err = p.Start(nil)
	check(t, err)
	if err := a.WaitOutput(ctx, "what it never prints"); !errors.Is(err, await.ErrNever) {
		t.Errorf("WaitOutput of a program that ended: %v", err)
	}
	if code, err := a.Wait(ctx); code != 2 || err != nil {
		t.Errorf("Wait: %d, %v, want 2", code, err)
	}
}

func TestModuleRoot(t *testing.T) {
	root, err := moduleRoot(t.Context())
	check(t, err)
	if matches, _ := filepath.Glob(filepath.Join(root, "e2e", "go.mod")); len(matches) != 1 {
		t.Errorf("%s does not hold e2e/go.mod", root)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
