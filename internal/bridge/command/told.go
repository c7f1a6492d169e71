package command

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// told is what events and attributes have in common.
type told struct {
	Control string `json:"control"`
	Device  string `json:"device"`
	Value   string `json:"value"`
	Reason  string `json:"reason"`
}

func (res *result) told() told {
	return told{res.control, shorten(res.device, mostTitle), res.value, res.reason}
}

func (res *result) event() string {
	return encode(struct {
		Type verdict `json:"event_type"`
		told
		Milliseconds int64 `json:"milliseconds"`
	}{res.verdict, res.told(), res.took.Milliseconds()})
}

// Failure is a control's last command that has failed.
type Failure struct {
	When   string  `json:"when"`
	Result verdict `json:"result"`
	told
}

// Ending is how a command ended.
type Ending struct {
	Failure
	Milliseconds int64 `json:"milliseconds"`
}

func (res *result) ending() Ending {
	return Ending{Failure{stamp(res.at), res.verdict, res.told()}, res.took.Milliseconds()}
}

// failures are those that fit into what Home Assistant keeps.
func failures(list []result) []Failure {
	fit := make([]Failure, 0, min(len(list), mostListed))
	size := 0
	for _, res := range list[:min(len(list), mostListed)] {
		f := res.ending().Failure
		if size += len(encode(f)); size > mostBytes {
			break
		}
		fit = append(fit, f)
	}
	return fit
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain texts and numbers
	}
	return string(b)
}

// short returns a value as it is shown: text in a line, and not all of what somebody may send.
func short(raw string) string { return shorten(raw, valueShown) }

func shorten(raw string, most int) string {
	line := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError || !unicode.IsPrint(r):
			return '?'
		}
		return r
	}, strings.TrimSpace(raw))
	if text := []rune(line); len(text) > most {
		return string(text[:most]) + "…"
	}
	return line
}

// stamp is a point in time for people and templates alike.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }
