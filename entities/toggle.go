package entities

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// toggle returns the word that switches on or off.
func (in *Instance) toggle(text string) (string, error) {
	if _, err := boolean(text); err != nil {
		return "", err
	}
	words := in.Row.Write.Back
	if text == "true" {
		words = in.Row.On
	}
	for _, w := range words {
		if slices.Contains(in.Options, w) {
			return w, nil
		}
	}
	return "", fmt.Errorf("this evcc knows none of %s", strings.Join(words, ", "))
}

// toggleBack is toggle, but off is the word before. What is on or off already stays as it is: solar charging that also
// draws a minimum from the grid is not narrowed by switching it on once more. Off never leads to more power: charging that
// was fast before it followed the sun is off, not fast again.
func (in *Instance) toggleBack(text string, s Siblings) (string, error) {
	word, err := in.toggle(text)
	if err != nil {
		return "", err
	}
	key, on := in.Row.Keys[0].Path, text == "true"
	now := s.Value(key)
	if slices.Contains(in.Options, now) && slices.Contains(in.Row.On, now) == on {
		return now, nil
	}
	if in.Row.Write.Group == Modes && !on && now == "" {
		return "", errors.New("evcc has not published its mode yet")
	}
	if before := s.Before(key, in.Row.On); !on && slices.Contains(in.Options, before) && power(before) <= power(now) {
		return before, nil
	}
	return word, nil
}

// power orders charging modes by what they may draw from the grid; other words are all alike.
func power(mode string) int {
	return slices.Index([]string{modeOff, "smart", "pv", "minpv", "now"}, mode)
}

// modeOff is the charging mode without charging.
const modeOff = "off"

// IsOff reports whether a command switches off what a word stands for, as mode switches do.
func (in *Instance) IsOff(command string) bool {
	return in.Row.Write.Kind == WriteReturn && in.Row.Write.Group == Modes && in.spelled(strings.TrimSpace(command)) == "false"
}

// AllOff is what evcc gets when every switch of a charging mode is switched off at once.
func (in *Instance) AllOff() (payload string, ok bool) {
	return modeOff, slices.Contains(in.Options, modeOff)
}
