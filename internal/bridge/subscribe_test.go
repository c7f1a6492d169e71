package bridge

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"evcc-discovery/internal/mqtt"
)

// answering is a broker that answers every question alike.
type answering struct {
	answer func(filter string) error
	asked  []string
}

func (*answering) Publish(mqtt.Message) error  { return nil }
func (*answering) Unsubscribe(...string) error { return nil }
func (*answering) Busy() bool                  { return false }

func (a *answering) Subscribe(_ byte, filters ...string) error {
	a.asked = append(a.asked, filters...)
	return a.answer(filters[0])
}

// Only a refusal is a refusal. A connection that breaks says it once itself, and a broker that does not answer is not asked
// for more; the next connection asks again.
func TestNotSubscribed(t *testing.T) {
	t.Parallel()
	filters := []string{"homeassistant/status", "evcc/#", "+/+/#", "homeassistant/device/+/evcc_site/config", "evcc-discovery/#"}
	for name, tt := range map[string]struct {
		answer func(filter string) error
		asked  int
		lines  []string // level and text
		wrong  bool     // named as a problem
	}{
		"refused": {func(f string) error { return fmt.Errorf("subscribe: %w %q", mqtt.ErrForbidden, f) }, 5,
			[]string{"error: subscription refused by the broker's access list", "error: subscription refused by the broker's access list", "error: subscription refused by the broker's access list"}, true},
		"those that only serve diagnoses are refused": {func(f string) error {
			if strings.Contains(f, "+") {
				return mqtt.ErrForbidden
			}
			return nil
		}, 5, nil, false},
		"the connection breaks": {func(string) error { return fmt.Errorf("subscribe: %w", mqtt.ErrNotConnected) }, 1, nil, false},
		"no answer": {func(string) error { time.Sleep(10 * time.Second); return errors.New("no answer within 10s") }, 1,
			[]string{"warn: subscription failed; retrying after the next connect"}, false},
		"an error at once": {func(string) error { return errors.New("odd") }, 5,
			[]string{"warn: subscription failed; retrying after the next connect", "warn: subscription failed; retrying after the next connect", "warn: subscription failed; retrying after the next connect"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				l := NewLoop(settingsFor(t, "evcc"), zerolog.New(&log).Level(zerolog.InfoLevel), nil)
				client := &answering{answer: tt.answer}
				l.subscribe(t.Context(), client, filters)
				if len(client.asked) != tt.asked {
					t.Errorf("asked for %q", client.asked)
				}
				var lines []string
				for line := range strings.Lines(log.String()) {
					lines = append(lines, field(line, "level")+": "+field(line, "message"))
				}
				if strings.Join(lines, "\n") != strings.Join(tt.lines, "\n") {
					t.Errorf("the log says\n%s", log.String())
				}
				wrong := false
				for _, e := range l.mailbox.take() {
					wrong = wrong || e.On
				}
				if wrong != tt.wrong {
					t.Errorf("named as a problem: %t", wrong)
				}
			})
		})
	}
}

// field returns a text of a line of JSON.
func field(line, name string) string {
	_, rest, _ := strings.Cut(line, `"`+name+`":"`)
	text, _, _ := strings.Cut(rest, `"`)
	return text
}
