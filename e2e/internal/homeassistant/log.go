package homeassistant

import (
	"context"
	"fmt"
	"regexp"
	"strings"
)

// Entry is one entry of Home Assistant's log with all its lines.
type Entry struct {
	Level  string // DEBUG, INFO, WARNING, ERROR, CRITICAL
	Logger string // such as homeassistant.components.mqtt.number
	Text   string // message and trace
}

// String is the entry as one would quote it.
func (e Entry) String() string { return e.Level + " [" + e.Logger + "] " + e.Text }

// Mark is a place in the log. The zero value is its beginning.
type Mark int

// entryStart matches the first line of an entry. The offset of the time is absent in older releases;
// the name of a thread may hold parentheses.
var entryStart = regexp.MustCompile(`(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.,]\d+(?:[+-]\d\d:\d\d)? ([A-Z]+) \([^\n]*?\) \[([^\]\n]*)\] `)

// Mark is the present end of the log.
func (ha *Instance) Mark() Mark { return Mark(ha.out.Len()) }

// Log is what Home Assistant logged since the mark, over all its starts: level INFO and above,
// WARNING and above for its own start.
func (ha *Instance) Log(since Mark) []Entry { return parseLog(ha.out.String()[since:]) }

// parseLog reads what Home Assistant prints on its standard error, which is the content of
// home-assistant.log. What is printed without the logger, such as a crash of the interpreter, is an
// entry of level ERROR.
func parseLog(text string) []Entry {
	var entries []Entry
	heads := entryStart.FindAllStringSubmatchIndex(text, -1)
	before := len(text)
	if len(heads) > 0 {
		before = heads[0][0]
	}
	if stray := strings.TrimSpace(text[:before]); stray != "" {
		entries = append(entries, Entry{Level: "ERROR", Logger: "stderr", Text: stray})
	}
	for i, h := range heads {
		end := len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		entries = append(entries, Entry{
			Level:  text[h[2]:h[3]],
			Logger: text[h[4]:h[5]],
			Text:   strings.TrimSpace(text[h[1]:end]),
		})
	}
	return entries
}

// WaitLog returns as soon as an entry that ok accepts is in the log since the mark.
func (ha *Instance) WaitLog(ctx context.Context, since Mark, ok func(Entry) bool) (Entry, error) {
	var found Entry
	err := ha.out.Until(ctx, func(text string) error {
		entries := parseLog(text[since:])
		for _, e := range entries {
			if ok(e) {
				found = e
				return nil
			}
		}
		return fmt.Errorf("none of the %d log entries is the one waited for", len(entries))
	})
	return found, err
}
