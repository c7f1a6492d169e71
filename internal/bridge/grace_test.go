package bridge

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/problem"
	"evcc-discovery/translations"
)

// silentClient is a broker that takes everything and says nothing.
type silentClient struct{}

func (silentClient) Publish(mqtt.Message) error      { return nil }
func (silentClient) Subscribe(byte, ...string) error { return nil }
func (silentClient) Unsubscribe(...string) error     { return nil }
func (silentClient) Busy() bool                      { return false }

// grow is a loop at work in a bubble of virtual time, and what ends it.
func grow(t *testing.T) (l *Loop, end func()) {
	words, err := translations.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	store := func(string, []byte) error { return nil }
	l = NewLoop(Settings{Roots: []string{"evcc"}, Base: "evcc-discovery", Prefix: "homeassistant", Instance: "me", Words: words}, zerolog.Nop(), store)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		l.Run(ctx, silentClient{})
		close(done)
	}()
	return l, func() { cancel(); <-done }
}

// The loop waits by itself for a problem to have lasted, each for as long as it is declared, and forgets one that is over
// before.
func TestLoopWaitsForGrace(t *testing.T) {
	t.Parallel()
	for _, declared := range problem.All {
		synctest.Test(t, func(t *testing.T) {
			l, end := grow(t)
			defer end()
			expect := func(after time.Duration, want int) {
				t.Helper()
				time.Sleep(after)
				synctest.Wait()
				if got := l.Status().Problems; len(got) != want || want > 0 && got[0].Code != declared.Code {
					t.Errorf("%s: %d problems, want %d: %+v", declared.Code, len(got), want, got)
				}
			}
			expect(0, 0)
			if declared.Grace > 0 {
				l.Report(declared.Code, "", true, "")
				expect(declared.Grace-time.Millisecond, 0)
				l.Report(declared.Code, "", false, "")
				expect(declared.Grace, 0)
				l.Report(declared.Code, "", true, "")
				expect(declared.Grace-time.Millisecond, 0)
				expect(time.Millisecond, 1)
			} else {
				l.Report(declared.Code, "", true, "")
				expect(0, 1)
			}
			l.Report(declared.Code, "", false, "")
			expect(0, 0)
		})
	}
}
