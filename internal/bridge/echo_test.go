package bridge

import (
	"testing"

	"github.com/rs/zerolog"

	"evcc-discovery/internal/mqtt"
)

// Commands, those for evcc on their way back, evcc's answers, values, and what is retained are for the core; events are not.
func TestEcho(t *testing.T) {
	t.Parallel()
	l := NewLoop(settingsFor(t, "evcc", "haus/evcc"), zerolog.Nop(), nil)
	for _, test := range []struct {
		message mqtt.Message
		want    bool
	}{
		{mqtt.Message{Topic: "evcc/loadpoints/1/mode/set", Payload: []byte("pv")}, true}, // the broker delivers it
		{mqtt.Message{Topic: "haus/evcc/loadpoints/1/mode/set", Payload: []byte("pv")}, true},
		{mqtt.Message{Topic: "evcc/loadpoints/1/mode/set"}, true}, // evcc's answer
		{mqtt.Message{Topic: "evcc/loadpoints/1/mode/set", Payload: []byte("pv"), Retained: true}, true},
		{mqtt.Message{Topic: "evcc/loadpoints/1/mode", Payload: []byte("pv")}, true},
		{mqtt.Message{Topic: "evcc-discovery/evcc/site/command/event", Payload: []byte("{}")}, false},
		{mqtt.Message{Topic: "evcc-discovery/evcc/loadpoint/1/mode/set", Payload: []byte("pv")}, true},
		{mqtt.Message{Topic: "evcc-discovery/adapter/rediscover/set", Payload: []byte("PRESS")}, true},
		{mqtt.Message{Topic: "evcc-discovery/evcc/loadpoint/1/plan/state", Payload: []byte("true")}, true},
	} {
		l.Handler().Message(test.message)
		if got := len(l.mailbox.take()) == 1; got != test.want {
			t.Errorf("%+v is for the core: %v, want %v", test.message, got, test.want)
		}
	}
}
