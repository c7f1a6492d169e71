package command

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// details are what events and attributes have in common.
type details struct {
	Control string `json:"control"`
	Object  string `json:"object"` // as in command topics; "" where there is no such control
	Device  string `json:"device"`
	Value   string `json:"value"`
	Reason  string `json:"reason"`
}

func (res *result) details() details {
	return details{res.term, strings.TrimSuffix(res.command.control.Object, "/"), shorten(res.device, maxDevice), res.value, res.reason}
}

func (res *result) event() string {
	return encode(struct {
		Type outcome `json:"event_type"`
		details
		Milliseconds int64 `json:"milliseconds"`
	}{res.outcome, res.details(), res.took.Milliseconds()})
}

// Failure is the last command of a control, which has failed.
type Failure struct {
	When   string  `json:"when"`
	Result outcome `json:"result"`
	details
}

// Ending is how a command ended.
type Ending struct {
	Failure
	Milliseconds int64 `json:"milliseconds"`
}

func (res *result) ending() Ending {
	return Ending{Failure{timestamp(res.at), res.outcome, res.details()}, res.took.Milliseconds()}
}

// listed returns the failures that fit into what Home Assistant keeps.
func listed(failures []*result) []Failure {
	fit := make([]Failure, 0, min(len(failures), maxListed))
	size := 0
	for _, res := range failures[:min(len(failures), maxListed)] {
		f := res.ending().Failure
		if size += len(encode(f)); size > maxListBytes {
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

// shorten returns text in one printable line of at most so many characters: anybody can send us anything.
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

// timestamp is readable for people and templates alike.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }
