package entities

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// WriteKind is a closed vocabulary of commands: what is accepted and what evcc gets for it.
type WriteKind uint8

// The kinds. evcc trims nothing, takes decimals only where it reads floats, and checks few ranges itself.
const (
	WriteFloat        WriteKind = iota // a number within what the instance takes
	WriteInt                           // a whole number, likewise
	WriteBool                          // true or false
	WriteWord                          // one of the options
	WriteToggle                        // true or false, for which evcc gets a word: the first of On or Back that the object knows
	WriteReturn                        // the same, but false returns to the word before; Back is for the day when none is known
	WriteMode                          // a charging mode in the words of any version
	WritePercent                       // a number in percent, sent as a ratio
	WriteClear                         // Clear: unsets a limit
	WriteVehicle                       // a vehicle by title or name, or Clear
	WriteContinuous                    // one half of planStrategy's JSON; evcc resets what is missing, so the other half is added
	WritePrecondition                  // the other half
	WritePlan                          // a plan as JSON, or true and false to apply and to delete it
	WriteInstant                       // a point in time, of a plan
	WriteOfVehicle                     // handed to the control of the vehicle that is connected
	WriteNoPlan                        // deletes a plan
	writeKindCount
)

// Clear is evcc's word for "none"; the words none and null mean "unknown" to Home Assistant.
const Clear = "-"

// Automatic is evcc's word for a battery mode that it decides itself, Automatically ours: unknown reads as broken.
const (
	Automatic     = "unknown"
	Automatically = "automatic"
)

// Write says how a row is set.
type Write struct {
	Kind          WriteKind
	Set           string     // topic path before "/set"; "" = Sets
	Sets          []Key      // its names where it has had several, newest first; none = the row's own
	Since         Marker     // seen when this evcc has the setter; zero = as long as the value is there
	Needs, Except Capability // what the setter demands
	Off           string     // the value that stands for "no limit"; "" = there is none
	Group         Group      // others that evcc checks it against
	Demand        Demand     // what else evcc asks for
	All           bool       // evcc writes it to every loadpoint, whose key has the setter's name
	Back          []string   // words that false leads to, for WriteToggle and WriteReturn: the first that the object knows
	Kept          bool       // evcc forgets it after a minute: it is repeated for as long as it is wanted
}

// MaxCommand is the longest command in bytes; evcc's own longest is a plan of about 60.
const MaxCommand = 512

// Siblings is what a command may need to know of its surroundings.
type Siblings interface {
	// VehicleName returns evcc's name of the vehicle that is shown as option, ok false when there is none.
	VehicleName(option string) (name string, ok bool)
	// Value returns the payload of another key on the same object, "" if there is none. A leading slash counts from
	// the root.
	Value(key string) string
	// Plan returns what turning on the object's charging plan applies.
	Plan() Plan
	// Planned returns the charging plan that evcc has for the object, ok false when it has none.
	Planned() (plan Plan, ok bool)
	// Zone is where times without a zone are meant.
	Zone() *time.Location
	// Before returns what the key said last that is none of these words, "" if nothing is known.
	Before(key string, not []string) string
}

// Encode checks a command and returns the payload for evcc's setter. Errors say what was wrong and what is accepted.
func (in *Instance) Encode(command []byte, s Siblings, now time.Time) (string, error) {
	text, err := readable(command)
	if err != nil {
		return "", err
	}
	text = in.spelled(text)
	switch in.Row.Write.Kind {
	case WriteFloat:
		return in.number(text)
	case WriteInt:
		return in.whole(text)
	case WritePercent:
		return in.ratio(text)
	case WriteBool:
		return boolean(text)
	case WriteWord:
		return in.word(text)
	case WriteToggle:
		return in.toggle(text)
	case WriteReturn:
		return in.toggleBack(text, s)
	case WriteNoPlan:
		if _, err := oneOf(text, []string{Clear}); err != nil {
			return "", err
		}
		return "{}", nil
	case WriteOfVehicle:
		if len(in.Options) == 0 {
			return oneOf(text, []string{Clear})
		}
		return in.word(text)
	case WriteMode:
		return in.mode(text)
	case WriteClear:
		return oneOf(text, []string{Clear})
	case WriteVehicle:
		return vehicleByTitle(text, s)
	case WriteContinuous:
		return encodeStrategy(text, s.Value("planStrategy/precondition"))
	case WritePrecondition:
		return in.precondition(text, s.Value("planStrategy/continuous"))
	case WritePlan:
		p, err := in.parsePlan(text, s, now)
		if err != nil {
			return "", err
		}
		return p.Payload(nil), nil
	case WriteInstant:
		return encodeInstant(text, s.Zone(), now)
	}
	return "", fmt.Errorf("no such kind of command: %d", in.Row.Write.Kind)
}

// readable returns a command without the spaces around it.
func readable(command []byte) (string, error) {
	if len(command) > MaxCommand {
		return "", fmt.Errorf("%d bytes are too long: at most %d", len(command), MaxCommand)
	}
	if !utf8.Valid(command) {
		return "", errors.New("not UTF-8")
	}
	text := strings.TrimSpace(string(command))
	if text == "" {
		return "", errors.New("empty command")
	}
	return text, nil
}

func (in *Instance) number(text string) (string, error) {
	if in.Clears && text == Clear {
		return Clear, nil
	}
	v, err := parse(text)
	if err != nil {
		return "", fmt.Errorf("%s is not a number", quoted(text))
	}
	if b := in.Takes(); !b.Covers(v) {
		return "", fmt.Errorf("%s is outside %s to %s", excerpt(text), format(b.Min), format(b.Max))
	}
	return format(v), nil
}

func (in *Instance) whole(text string) (string, error) {
	n, err := in.number(text)
	if err != nil || n == Clear {
		return n, err
	}
	if v, _ := strconv.ParseFloat(text, 64); v != math.Trunc(v) { // it parsed a line above
		return "", fmt.Errorf("%s is not a whole number", excerpt(text))
	}
	return n, nil
}

func (in *Instance) ratio(text string) (string, error) {
	if n, err := in.number(text); err != nil || n == Clear {
		return n, err
	}
	v, _ := strconv.ParseFloat(text, 64) // it parsed a line above
	return format(v / 100), nil
}

// format writes a number as evcc does: plain decimals, at most three places.
func format(v float64) string {
	s := strconv.FormatFloat(v, 'f', 3, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

func boolean(text string) (string, error) { return oneOf(text, []string{"true", "false"}) }

func (in *Instance) word(text string) (string, error) {
	if in.Row.Own == Requested && (text == Automatic || text == Automatically || text == Null) {
		return Automatic, nil
	}
	return oneOf(text, in.Options)
}

func oneOf(text string, allowed []string) (string, error) {
	if !slices.Contains(allowed, text) {
		return "", fmt.Errorf("%s is none of %s", quoted(text), strings.Join(allowed, ", "))
	}
	return text, nil
}

// excerpt is as much of a command as an error repeats, so that people can read it.
func excerpt(text string) string {
	const most = 60
	runes := []rune(text)
	for i, r := range runes {
		if !unicode.IsPrint(r) {
			runes[i] = '?'
		}
	}
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(runes)
}

func quoted(text string) string { return strconv.Quote(excerpt(text)) }

func vehicleByTitle(text string, s Siblings) (string, error) {
	if text == Clear || text == Null {
		return Clear, nil
	}
	name, ok := s.VehicleName(text)
	switch {
	case ok:
	case slices.Contains(nothing, text):
		return Clear, nil
	default:
		return "", fmt.Errorf("evcc has no vehicle %s", quoted(text))
	}
	return name, nil
}
