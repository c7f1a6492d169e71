package process

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestStopIsPatientButNotForEver: a program that ignores SIGTERM is killed in the end, and that is
// an error which shows what it said.
func TestStopIsPatientButNotForEver(t *testing.T) {
	var out Output
	p, err := Start("deaf", exec.Command("sh", "-c", `trap "echo no" TERM; echo ready; while :; do sleep 0.05; done`), &out)
	if err != nil {
		t.Fatal(err)
	}
	err = out.Until(t.Context(), func(text string) error {
		if !strings.Contains(text, "ready") {
			return errors.New("not ready")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := p.Stop(ctx); err == nil || !strings.Contains(err.Error(), "no") {
		t.Errorf("Stop: %v, want that it was killed and what it said", err)
	}
	if code := p.ExitCode(); code != -1 {
		t.Errorf("exit code %d of a killed program, want -1", code)
	}
}
