package settings_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"evcc-discovery/internal/settings"
)

// FuzzSettings takes any environment, a variable per line. What is accepted is complete, and neither the log nor an error
// tells the password.
func FuzzSettings(f *testing.F) {
	f.Add("EVCC_DISCOVERY_MQTT_URL=mqtts://broker.local:8883\nEVCC_DISCOVERY_MQTT_USERNAME=me", "correct horse")
	f.Add("EVCC_DISCOVERY_EVCC_TOPICS=evcc,haus/evcc\nEVCC_DISCOVERY_BASE_TOPIC=evcc/own", "correct horse")
	f.Add("EVCC_DISCOVERY_MQTT_URL=mqtt://me:you@broker\nEVCC_DISCOVERY_LANGAGE=de\nPATH=/bin", "")
	f.Add("EVCC_DISCOVERY_READ_ONLY=perhaps\nEVCC_DISCOVERY_LOG_LEVEL=\xff\nEVCC_DISCOVERY_DISCOVERY_PREFIX=#", "=")
	f.Fuzz(func(t *testing.T, environment, secret string) {
		if strings.Contains(environment, "_FILE") || strings.Contains(environment, "_CA=") {
			t.Skip("files are another matter")
		}
		environ := append(strings.Split(environment, "\n"), "EVCC_DISCOVERY_MQTT_PASSWORD="+secret)
		s, err := settings.Load(environ, settings.App{})
		var log bytes.Buffer
		logger := zerolog.New(&log)
		logger.Info().EmbedObject(s).Msg("")
		logger.Err(err).Msg("")
		if len(secret) > 7 && !strings.Contains(environment, secret) && !strings.Contains("evcc-discovery homeassistant", secret) && strings.Contains(log.String(), secret) {
			t.Errorf("the password is told: %s", &log)
		}
		if err == nil && (len(s.EVCCTopics) == 0 || s.BaseTopic == "" || s.DiscoveryPrefix == "" || s.MQTTURL == "") {
			t.Errorf("accepted: %+v", s)
		}
	})
}
