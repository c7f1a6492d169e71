package entities

import (
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
// draws a minimum from the grid is not narrowed by switching it on once more.
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
	if before := s.Before(key, in.Row.On); !on && slices.Contains(in.Options, before) {
		return before, nil
	}
	return word, nil
}
