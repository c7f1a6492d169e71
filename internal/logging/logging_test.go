package logging_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"evcc-discovery/internal/logging"
)

// written is where the log goes.
type written struct {
	mu sync.Mutex
	bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Buffer.Write(p)
}

// lines returns what was written since it was asked last, by message; each must be JSON.
func (w *written) lines(t *testing.T) map[string][]map[string]any {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	found := make(map[string][]map[string]any)
	for line := range strings.Lines(w.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		message, _ := fields["message"].(string)
		found[message] = append(found[message], fields)
	}
	w.Reset()
	return found
}

const leftOut = "suppressed repeated log line"

// A flood of one kind is counted, and everything else is written; when it is over, it is told how much that was.
func TestRepeats(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out written
		log, end := logging.New(&out, zerolog.InfoLevel, true)
		for i := range 100_000 { // 2,000 a second
			log.Warn().Int("number", i).Msg("command refused")
			log.Debug().Msg("nobody wants to know")
			time.Sleep(500 * time.Microsecond)
		}
		log.Info().Msg("something else")
		got := out.lines(t)
		if n := len(got["command refused"]); n != 100 || len(got["something else"]) != 1 || len(got) != 2 {
			t.Errorf("%d lines of a flood of 50 s were written, and %d kinds", n, len(got))
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		told := out.lines(t)[leftOut]
		if len(told) != 1 || told[0]["times"] != 99_900.0 || told[0]["line"] != "command refused" || told[0]["level"] != "warn" {
			t.Errorf("it is told %v", told)
		}
		log.Warn().Msg("command refused")
		if n := len(out.lines(t)["command refused"]); n != 1 {
			t.Error("after a flood nothing of the kind is written any more")
		}

		for range 150 {
			log.Error().Msg("at the end")
		}
		end()
		if told := out.lines(t)[leftOut]; len(told) != 1 || told[0]["times"] != 50.0 {
			t.Errorf("at the end it is told %v", told)
		}
	})
}

// A day of a flood fits everywhere.
func TestRepeatsForADay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out written
		log, _ := logging.New(&out, zerolog.InfoLevel, true)
		for range 24 * 60 {
			for range 150 {
				log.Warn().Str("reason", strings.Repeat("x", 100)).Msg("command refused")
			}
			time.Sleep(time.Minute)
		}
		synctest.Wait()
		if size := out.Len(); size > 32<<20 {
			t.Errorf("%d bytes", size)
		}
		time.Sleep(time.Minute)
	})
}

// Messages without end take no memory without end.
func TestManyKinds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out written
		log, end := logging.New(&out, zerolog.InfoLevel, true)
		for i := range 10_000 {
			log.Info().Msg(fmt.Sprint("kind ", i))
		}
		if n := len(out.lines(t)); n < 1000 || n > 1200 {
			t.Errorf("%d lines were written", n)
		}
		end()
	})
}

// Lines of libraries have the form of ours.
func TestStandard(t *testing.T) {
	t.Parallel()
	var out written
	log, _ := logging.New(&out, zerolog.InfoLevel, true)
	logging.Standard(log).Printf("http: %s\n\twith \"quotes\"", "two lines")
	if got := out.lines(t)["library message"]; len(got) != 1 || got[0]["text"] != "http: two lines\n\twith \"quotes\"" {
		t.Errorf("%v", got)
	}
}

// For people there are no colours where nobody sees them.
func TestConsole(t *testing.T) {
	var out written
	log, _ := logging.New(&out, zerolog.InfoLevel, false)
	log.Info().Str("root", "evcc").Msg("evcc is there")
	if got := out.String(); strings.Contains(got, "\x1b") || !strings.HasSuffix(got, "INF evcc is there root=evcc\n") {
		t.Errorf("%q", got)
	}
}
