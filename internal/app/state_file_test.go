package app_test

import (
	"os"
	"path/filepath"
	"testing"
)

// A state file that cannot be used stops nothing: it is a problem with its cause, and over when it can be used.
func TestStateFileProblem(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	virtual(t, func(t *testing.T) {
		w := newWorld(t, newest)
		w.up(t)
		a, log := newApp(w.broker)
		a.Settings.StateFile = path
		background(t, a.Run)
		log.wait(t, "ids are kept on the broker only", "not a regular file: name a file in EVCC_DISCOVERY_STATE_FILE")
		w.devices(t, log)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		log.wait(t, "resolved: State file unusable")
		if n := log.count(`"problem":"state_file"`); n != 2 {
			t.Errorf("told %d times\n%s", n, log)
		}
		if info, err := os.Stat(path); err != nil || info.Size() < 100 {
			t.Errorf("%v, %v", info, err)
		}
	})
}
