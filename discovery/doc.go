// Package discovery is Home Assistant's side: which MQTT discovery messages evcc's topics become.
//
// [Site.Wanted] is a pure function from the catalogue (package entities), the topics of one evcc, the settings and
// the registry to one retained device message per device (https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload).
// Equal input gives equal bytes, so that "nothing to do" is a comparison of bytes ([Missing]).
//
// # Identity
//
// Topics, device identifiers and unique ids are made of the base topic, the site (the root topic), the scope and
// evcc's stable name of an object, or its position where evcc has none; never of a title. Entity ids begin with
// the first title an object had. What was chosen once stays, because the [Registry] remembers it; it is a
// retained message itself.
//
// Where evcc gives only positions, the titles tell when loadpoints or meters change positions. Nothing is guessed then: what
// has moved is published as unavailable and without controls, until the titles are where they were or the user lets the
// entities go with their titles (moves.go).
//
// # What Home Assistant rejects
//
// The message types cannot express most of it, and [Message.Check] finds the rest: it runs over every message of every
// test. One unknown or null key at the root, in device, origin or availability would cost the whole message.
//
// # Foreign text
//
// Titles and names of evcc are data: they stand in names and options, and states made of them come from our own
// topics. They never enter a template.
package discovery
