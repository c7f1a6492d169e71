// Package hint puts what a person can do next beside what went wrong.
package hint

import (
	"errors"

	"github.com/rs/zerolog"
)

// Log adds an error to a log line, and its hint where the error or one that it wraps has a Hint method.
func Log(e *zerolog.Event, err error) *zerolog.Event {
	e = e.Err(err)
	if h := (interface{ Hint() string })(nil); errors.As(err, &h) {
		e = e.Str("hint", h.Hint())
	}
	return e
}
