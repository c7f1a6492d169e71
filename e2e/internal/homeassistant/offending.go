package homeassistant

import (
	"slices"
	"strings"
)

// Allowed is a log entry that is no fault of ours, with the reason.
type Allowed struct {
	Logger string // as a whole
	Text   string // a part of the entry; empty: any
	Reason string
}

// notOurs are allowed in every test.
var notOurs = []Allowed{
	{"homeassistant.bootstrap", "Skipping pip installation", "we start it so: the packages are there"},
	{"aiohttp_fast_zlib", "zlib_ng and isal are not available", "a faster library that we do not install"},
	{"homeassistant.components.camera.img_util", "libturbojpeg", "a system library for pictures of cameras"},
	{"homeassistant.util.logging", "Module homeassistant.components.mqtt.entity is logging too frequently", "at level INFO it tells of each of hundreds of components that come and go; users have WARNING"},
	{"haffmpeg.core", "", "the machine may have no ffmpeg; no test has a camera"},
	{"haffmpeg.tools", "", "the machine may have no ffmpeg; no test has a camera"},
	{"homeassistant.helpers.dispatcher", "Unable to remove unknown dispatcher <bound method MqttAvailabilityMixin.", "2026.5 says so when a user deletes an MQTT device"},
}

// BrokerGone is to be allowed in a test that stops the broker.
var BrokerGone = Allowed{"homeassistant.components.mqtt.client", "MQTT server", "Home Assistant has lost its connection to the broker"}

// ourLoggers write about MQTT entities, whether they name one or not; with what is below them.
var ourLoggers = []string{
	"homeassistant.components.mqtt",
	"homeassistant.components.recorder.db_schema", // attributes too large to be stored
	"homeassistant.helpers.template",
	"paho",
}

// platforms are the domains of entities that a discovery message can make.
var platforms = []string{
	"binary_sensor", "button", "date", "datetime", "event", "image", "number", "select", "sensor", "switch", "text", "time", "update",
}

// ourWords are in entries about us whichever logger writes them. An exception in a callback is
// reported by the core, which does not know whose it is.
var ourWords = []string{"evcc", "mqtt", "Error doing job", "Task exception was never retrieved"}

// Offending are the entries since the mark, from WARNING up, that name us, one of names, MQTT, an
// entity's platform or an unhandled exception, and that neither allow nor the list of what is never
// our fault excuses.
func (ha *Instance) Offending(since Mark, names []string, allow ...Allowed) []Entry {
	return offending(ha.Log(since), []string{ha.dir, ha.in.cache}, names, allow)
}

// offending does not look into the paths given: every trace names them, and they may name us.
func offending(log []Entry, paths, names []string, allow []Allowed) []Entry {
	words := slices.Concat(ourWords, names)
	var found []Entry
	for _, e := range log {
		if e.Level == "INFO" || e.Level == "DEBUG" {
			continue
		}
		bare := e.Text
		for _, p := range paths {
			bare = strings.ReplaceAll(bare, p, "")
		}
		if (isOurLogger(e.Logger) || containsAny(bare, words)) && !excused(e, notOurs) && !excused(e, allow) {
			found = append(found, e)
		}
	}
	return found
}

func isOurLogger(logger string) bool {
	below := func(parent string) bool { return logger == parent || strings.HasPrefix(logger, parent+".") }
	return slices.ContainsFunc(ourLoggers, below) ||
		slices.ContainsFunc(platforms, func(p string) bool { return below("homeassistant.components." + p) })
}

func containsAny(text string, words []string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, strings.ToLower(w)) })
}

func excused(e Entry, allowed []Allowed) bool {
	return slices.ContainsFunc(allowed, func(a Allowed) bool {
		return a.Logger == e.Logger && strings.Contains(e.Text, a.Text)
	})
}
