package step

import (
	"time"

	"evcc-discovery/internal/problem"
)

// Kind of an event.
type Kind uint8

// The events.
const (
	Tick      Kind = iota // time passed
	Connected             // to the broker, at first and again
	Lost                  // the connection
	Received              // a message
	Located               // Home Assistant has told its time zone, which is the payload
	Reported              // a problem, by whoever stands around the core
)

// Event is something that happened. Payload belongs to the core during Step only.
type Event struct {
	At       time.Time
	Kind     Kind
	Topic    string
	Payload  []byte
	Retained bool         // delivered because it was retained, not because it was sent now
	Problem  problem.Code // of Reported, and of Lost where it is known
	Where    string       // the problem is
	On       bool         // it is there
	Detail   string       // what was seen
	Unacked  []Sent       // of Lost: retained messages that the broker had not acknowledged, oldest first
	Acked    int          // of Lost: size of the largest that it had
	Busy     bool         // what was published before still waits for the broker
}

// Sent is a message that was handed to the broker.
type Sent struct {
	Topic string
	Size  int // bytes, as brokers measure it
}

// Action is something to do, in order: exactly one field is set.
type Action struct {
	Subscribe []string
	Ask       []string // once more for these topics, one after the other; when one of them is not answered, for no more
	Look      []string // once for what is retained on these topics, all together; they are not subscribed afterwards
	Publish   *Publish
	Note      *Note
	Store     *Store
}

// Store is what shall be remembered outside the broker.
type Store struct {
	Root     string // evcc's root topic
	Registry []byte
}

// Publish is a message to send.
type Publish struct {
	Topic   string
	Payload string
	Retain  bool
}

// Level of a note.
type Level uint8

// The levels, as in the log.
const (
	Debug Level = iota
	Info
	Warn
	Error
)

// Note is something that a person may want to know. Text is constant; what varies is in the fields, which are
// name, value, name, value …
type Note struct {
	Level  Level
	Text   string
	Fields []string
}
