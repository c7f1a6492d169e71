package discovery

import (
	"encoding/json"
	"regexp"
	"strings"
)

// When an object is found elsewhere, Home Assistant's entities have taken the values of what stands at its old place by then, and
// they keep them for as long as nothing is retained at the new one: a plan that only the other one has would become its own. So before the
// message with the new place there is one in which they read a topic of ours, on which nothing is said to them.

// EmptyTopic is where entities read nothing while their object changes its place.
func (s Site) EmptyTopic(key string) string { return s.own(key + "/empty") }

// Reading is what a device message on the broker has Home Assistant read.
type Reading uint8

// The readings.
const (
	Here      Reading = iota // what is at the place
	Elsewhere                // what is at another place
	Nothing                  // nothing, since the message is made by Emptied
	Neither                  // there is no message, or one of a version without places
)

// Reads returns what a message has Home Assistant read of an object that stands at a place.
func (s Site) Reads(message, key string, index int) Reading {
	switch {
	case strings.Contains(message, quoted(s.EmptyTopic(key))):
		return Nothing
	case strings.Contains(message, quoted(s.PlaceTopic(key, index))):
		return Here
	case strings.Contains(message, strings.TrimSuffix(quoted(s.own(key+"@")), `"`)):
		return Elsewhere
	}
	return Neither
}

// Emptied returns the message with all that it reads from evcc read from the object's [Site.EmptyTopic].
func (s Site) Emptied(message, key string) string {
	root := strings.TrimSuffix(quoted(s.Root+"/"), `"`)
	reads := regexp.MustCompile(`"state_topic":` + regexp.QuoteMeta(root) + `(?:[^"\\]|\\.)*"`)
	return reads.ReplaceAllLiteralString(message, `"state_topic":`+quoted(s.EmptyTopic(key)))
}

// quoted is text as it stands in a message.
func quoted(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		panic(err) // it is text
	}
	return strings.TrimSuffix(b.String(), "\n")
}
