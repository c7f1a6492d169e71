package hint_test

import (
	"testing"

	"evcc-discovery/internal/hint"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	settings := []string{"MQTT_URL", "MQTT_USERNAME", "MQTT_PASSWORD", "MQTT_PASSWORD_FILE", "MQTT_CA", "EVCC_TOPICS", "BASE_TOPIC", "LOG_LEVEL", "LOG_FORMAT"}
	commands := []string{"run", "demo", "dump", "remove", "rediscover", "reset-ids", "healthcheck", "help", "version"}
	for _, tt := range []struct {
		word  string
		known []string
		want  string
		sure  bool
	}{
		{"MQTT_USER", settings, "MQTT_USERNAME", true},
		{"MQTT_PASS", settings, "MQTT_PASSWORD", true},
		{"MQTT_PASSWORD_FILES", settings, "MQTT_PASSWORD_FILE", true},
		{"MQTT_ULR", settings, "MQTT_URL", true},
		{"USERNAME", settings, "MQTT_USERNAME", true},
		{"MQTT_CA_FILE", settings, "MQTT_CA", true},
		{"TOPICS", settings, "EVCC_TOPICS", true},
		{"TOPIC", settings, "BASE_TOPIC", true},
		{"LOGLEVEL", settings, "LOG_LEVEL", true},
		{"dmup", commands, "dump", true},
		{"rm", commands, "run", false},
		{"discover", commands, "rediscover", true},
		{"health", commands, "healthcheck", true},
		{"resetids", commands, "reset-ids", true},
		{"install", commands, "", false},
		{"", commands, "", false},
	} {
		got, sure := hint.Nearest(tt.word, tt.known)
		if sure != tt.sure || sure && got != tt.want {
			t.Errorf("%q: %q, sure %t; want %q, %t", tt.word, got, sure, tt.want, tt.sure)
		}
	}
	if got, sure := hint.Nearest("x", nil); got != "" || sure {
		t.Errorf("of nothing: %q", got)
	}
}
