package entities

import (
	"slices"
	"strconv"
	"strings"
)

// nothing are evcc's words for "none".
var nothing = []string{Clear, "nil", "null", "none"}

// spelled returns a command in our spelling. evcc's own setters take words in any case, further ones for true and false, and
// further ones for "none" where a limit can be cleared; what they mean is the same, so they are taken here as well.
func (in *Instance) spelled(text string) string {
	w := in.Row.Write
	none := slices.Contains(nothing, text)
	switch w.Kind {
	case WriteBool, WriteToggle, WriteReturn, WriteContinuous:
		return flag(text)
	case WritePlan:
		if len(text) > 1 { // a digit would be a plan's target
			return flag(text)
		}
	case WriteFloat, WriteInt, WritePercent:
		if none && in.Clears {
			return Clear
		}
	case WriteClear, WriteNoPlan:
		if none {
			return Clear
		}
	case WriteWord:
		switch {
		case in.Row.Own != Requested:
			return anyCase(text, in.Options)
		case none:
			return Automatic
		}
		return anyCase(text, append(slices.Clone(in.Options), Automatic, Automatically, Null))
	case WriteMode:
		return anyCase(text, append(slices.Clone(in.Options), allModes...))
	}
	return text
}

// flag returns true or false for every word that evcc reads so.
func flag(text string) string {
	if v, err := strconv.ParseBool(text); err == nil {
		return strconv.FormatBool(v)
	}
	return text
}

// anyCase returns the word that is the same but for the case of its letters.
func anyCase(text string, words []string) string {
	for _, w := range words {
		if strings.EqualFold(w, text) {
			return w
		}
	}
	return text
}
