package homeassistant

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/kluctl/go-embed-python/python"
)

//go:embed requirements/*.txt
var requirements embed.FS

//go:embed python/*.py
var pythonModules embed.FS

// Installation is one release of Home Assistant with all it needs, ready to start any number of
// times. Instances share it; none depends on what another writes there (Python's own bytecode).
type Installation struct {
	Version  string
	cache    string // everything below is in it
	home     string // of the embedded Python
	packages string // Home Assistant and what it imports
}

// Install returns the release from the user's cache directory, after putting it there if this is
// the first run since its requirement list changed: 1.1 GB, about a minute. Several processes may
// call it at once; one works, the others wait. Everything it wrote can be deleted at any time.
func Install(ctx context.Context, version string, progress io.Writer) (*Installation, error) {
	list, err := requirements.ReadFile("requirements/requirements-" + version + ".txt")
	if err != nil {
		return nil, fmt.Errorf("install Home Assistant %s: no requirement list for it: add one to e2e/internal/homeassistant/requirements", version)
	}
	cache, err := cacheDir()
	if err != nil {
		return nil, err
	}
	unlock, err := lock(ctx, filepath.Join(cache, "install.lock"))
	if err != nil {
		return nil, err
	}
	defer unlock()

	py, err := python.NewEmbeddedPythonWithTmpDir(filepath.Join(cache, "python"), true)
	if err != nil {
		return nil, fmt.Errorf("unpack Python into %s: %w", cache, err)
	}
	home := py.GetExtractedPath()
	in := &Installation{
		Version:  version,
		cache:    cache,
		home:     home,
		packages: filepath.Join(cache, "homeassistant-"+version+"-"+digest(list, []byte(filepath.Base(home)))),
	}
	return in, in.installPackages(ctx, list, progress)
}

// installPackages fills the packages directory unless it exists. Its name stands for the whole
// requirement list and for the Python, and it gets that name only when complete.
func (in *Installation) installPackages(ctx context.Context, list []byte, progress io.Writer) error {
	if _, err := os.Stat(in.packages); err == nil {
		return nil
	}
	began := time.Now()
	fmt.Fprintf(progress, "installing Home Assistant %s into %s (once, about a minute)\n", in.Version, in.packages)
	partial := in.packages + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		return fmt.Errorf("remove what an interrupted installation left: %w", err)
	}
	if err := in.pip(ctx, list, partial); err != nil {
		return err
	}
	if err := os.Rename(partial, in.packages); err != nil {
		return fmt.Errorf("finish the installation of Home Assistant %s: %w", in.Version, err)
	}
	fmt.Fprintf(progress, "installed Home Assistant %s in %.0f s\n", in.Version, time.Since(began).Seconds())
	return nil
}

// cacheDir is ours below the user's cache directory.
func cacheDir() (string, error) {
	user, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache directory: %w: set XDG_CACHE_HOME or HOME", err)
	}
	dir := filepath.Join(user, "evcc-discovery", "e2e")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make the cache directory: %w", err)
	}
	return dir, nil
}

// lock waits for other processes that install.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	l := flock.New(path)
	if _, err := l.TryLockContext(ctx, 200*time.Millisecond); err != nil {
		return nil, fmt.Errorf("wait for another installation (lock %s): %w", path, err)
	}
	return func() { _ = l.Close() }, nil
}

// writeModules puts our Python modules (see the directory python) into dir.
func writeModules(dir string) error {
	if err := os.CopyFS(dir, pythonModules); err != nil {
		return fmt.Errorf("write our Python modules: %w", err)
	}
	return nil
}

func digest(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// environment is all that Python sees of the caller's: no setting of the machine changes a test.
func (in *Installation) environment(configDir string) []string {
	modules := filepath.Join(configDir, "python")
	return []string{
		"HOME=" + configDir,
		"LANG=C.UTF-8",
		"PATH=" + os.Getenv("PATH"),
		"PYTHONHOME=" + in.home,
		"PYTHONPATH=" + strings.Join([]string{modules, in.packages}, string(os.PathListSeparator)),
	}
}

func (in *Installation) python() string { return filepath.Join(in.home, "bin", "python3") }
