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

// The loop waits by itself for a problem to have lasted, and forgets one that is over before.
func TestLoopWaitsForGrace(t *testing.T) {
	t.Parallel()
	words, err := translations.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		store := func(string, []byte) error { return nil }
		l := NewLoop(Settings{Roots: []string{"evcc"}, Base: "evcc-discovery", Prefix: "homeassistant", Instance: "me", Words: words}, zerolog.Nop(), store)
		ctx, end := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			l.Run(ctx, silentClient{})
			close(done)
		}()
		grace := problem.Of(problem.BrokerUnreachable).Grace
		expect := func(after time.Duration, want int) {
			t.Helper()
			time.Sleep(after)
			synctest.Wait()
			if got := len(l.Status().Problems); got != want {
				t.Errorf("%d problems, want %d: %+v", got, want, l.Status().Problems)
			}
		}
		expect(0, 0)
		l.Report(problem.BrokerUnreachable, "", true, "")
		expect(grace-time.Millisecond, 0)
		l.Report(problem.BrokerUnreachable, "", false, "")
		expect(grace, 0)
		l.Report(problem.BrokerUnreachable, "", true, "")
		expect(grace-time.Millisecond, 0)
		expect(time.Millisecond, 1)
		l.Report(problem.BrokerUnreachable, "", false, "")
		expect(0, 0)
		end()
		<-done
	})
}
