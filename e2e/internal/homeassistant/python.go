package homeassistant

import (
	"context"
	"fmt"
	"os/exec"

	"evcc-discovery/e2e/internal/await"
)

// Python runs a piece of Python with this release's modules and returns what it prints, for a test
// that compares with one of Home Assistant's own functions. args are its sys.argv[1:].
func (in *Installation) Python(ctx context.Context, dir, code string, args ...string) (string, error) {
	ctx, cancel := await.Bound(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, in.python(), append([]string{"-c", code}, args...)...)
	cmd.Dir, cmd.Env = dir, in.environment(dir)
	out, err := cmd.Output()
	if exit, ok := err.(*exec.ExitError); ok {
		return "", fmt.Errorf("Python of Home Assistant %s: %w\n%s", in.Version, err, lastLines(string(exit.Stderr), 10))
	}
	return string(out), err
}
