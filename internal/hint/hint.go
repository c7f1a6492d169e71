// Package hint puts what a person can do next beside what went wrong.
package hint

import (
	"errors"

	"github.com/rs/zerolog"
)

// Log adds an error to a log line, and its hint where the error or one that it wraps has a Hint method.
func Log(e *zerolog.Event, err error) *zerolog.Event {
	e = e.Err(err)
	if text := Of(err); text != "" {
		e = e.Str("hint", text)
	}
	return e
}

// Of returns the hint of an error or of one that it wraps, "" where there is none.
func Of(err error) string {
	if h := (interface{ Hint() string })(nil); errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}
