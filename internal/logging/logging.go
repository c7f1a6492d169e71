// Package logging makes the program's log: for people or for programs, every line in the same form, also those of libraries,
// and none of them often enough to fill a disk.
package logging

import (
	"io"
	"log"
	"os"
	"strings"

	"github.com/rs/zerolog"
)

// New returns a log that writes to out, and what ends it: then it tells what it has left out.
func New(out io.Writer, level zerolog.Level, json bool) (zerolog.Logger, func()) {
	if !json {
		out = zerolog.ConsoleWriter{Out: out, TimeFormat: "15:04:05", NoColor: !terminal(out)}
	}
	whole := zerolog.New(out).Level(level).With().Timestamp().Logger()
	r := &repeats{log: whole, kinds: make(map[string]*kind)}
	return whole.Hook(r), r.end
}

// terminal reports whether colours make sense.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Standard returns a log of the standard library that writes lines of l, for libraries that know no other.
func Standard(l zerolog.Logger) *log.Logger { return log.New(lines{l}, "", 0) }

// lines makes each text a line.
type lines struct{ log zerolog.Logger }

func (l lines) Write(text []byte) (int, error) {
	l.log.Warn().Str("text", strings.TrimSpace(string(text))).Msg("library message")
	return len(text), nil
}
