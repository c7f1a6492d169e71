package homeassistant

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/kluctl/go-embed-python/pip"
)

// pip installs a requirement list into dir. It runs with the caller's environment, so that the
// settings for a package index or a proxy apply.
func (in *Installation) pip(ctx context.Context, list []byte, dir string) error {
	lib, err := pip.NewPipLib(fmt.Sprintf("evcc-discovery-%d", os.Getpid()))
	if err != nil {
		return fmt.Errorf("unpack pip: %w", err)
	}
	unpacked := lib.GetExtractedPath()
	defer os.RemoveAll(unpacked)
	defer os.Remove(unpacked + ".lock")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make room for Home Assistant: %w", err)
	}
	file := filepath.Join(dir, "requirements.txt")
	if err := os.WriteFile(file, list, 0o644); err != nil {
		return fmt.Errorf("write the requirement list: %w", err)
	}

	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, in.python(), "-m", "pip", "install",
		"--target", dir, "--requirement", file,
		"--no-input", "--disable-pip-version-check", "--root-user-action", "ignore", "--progress-bar", "off")
	cmd.Env = append(os.Environ(), "PYTHONHOME="+in.home, "PYTHONPATH="+unpacked)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("pip could not install Home Assistant %s: %w\n%s\nnext: see that `pip download homeassistant` reaches a package index on this machine "+
			"(PIP_INDEX_URL, PIP_CONFIG_FILE and the proxy variables apply here too), then run the test again; only the first run needs it",
			in.Version, err, lastLines(out.String(), 15))
	}
	return nil
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
