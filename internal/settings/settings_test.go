package settings_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"evcc-discovery/internal/settings"
)

//go:generate go test -run TestReadme -update
var update = flag.Bool("update", false, "rewrite the README's table")

func TestDefaults(t *testing.T) {
	got, err := settings.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := settings.Settings{
		MQTTURL: "mqtt://localhost:1883", EVCCTopics: []string{"evcc"}, DiscoveryPrefix: "homeassistant",
		BaseTopic: "evcc-discovery", Language: "en", LogLevel: zerolog.InfoLevel,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEverythingSet(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("geheim\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	set(t, "MQTT_USERNAME=me", "MQTT_PASSWORD_FILE="+file, "MQTT_CA="+file, "EVCC_TOPICS=/haus/evcc/, solar",
		"READ_ONLY=yes", "LOG_LEVEL=DEBUG", "LOG_FORMAT=json", "LANGUAGE=de")
	got, err := settings.Load(os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	want := settings.Settings{
		MQTTURL: "mqtt://localhost:1883", MQTTUsername: "me", MQTTPassword: "geheim", MQTTCA: file,
		EVCCTopics: []string{"haus/evcc", "solar"}, DiscoveryPrefix: "homeassistant", BaseTopic: "evcc-discovery",
		Language: "de", ReadOnly: true, LogLevel: zerolog.DebugLevel, LogJSON: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if shown := logged(got); strings.Contains(shown, "geheim") {
		t.Errorf("the password stands in the log: %s", shown)
	}
}

// All problems come at once, each with what to do.
func TestProblems(t *testing.T) {
	set(t, "EVCC_TOPICS=evcc,evcc/second", "BASE_TOPIC=evcc/own", "DISCOVERY_PREFIX=a+b", "READ_ONLY=maybe",
		"LOG_LEVEL=loud", "LOG_FORMAT=xml", "MQTT_PASSWORD=x", "MQTT_CA=/nowhere/ca.pem", "MQTT_ULR=mqtt://h")
	_, err := settings.Load(os.Environ())
	want := `EVCC_DISCOVERY_DISCOVERY_PREFIX: "a+b" is not a topic: no +, # or empty levels
EVCC_DISCOVERY_EVCC_TOPICS: "evcc" and "evcc/second" overlap; every evcc needs a topic of its own
EVCC_DISCOVERY_READ_ONLY: "maybe" is neither true nor false
EVCC_DISCOVERY_LOG_LEVEL: "loud" is none of debug, info, warn, error
EVCC_DISCOVERY_LOG_FORMAT: "xml" is none of text, json
EVCC_DISCOVERY_MQTT_USERNAME: is empty although there is a password; set the broker's user as well
EVCC_DISCOVERY_MQTT_CA: open /nowhere/ca.pem: no such file or directory; name a readable PEM file
EVCC_DISCOVERY_BASE_TOPIC: "evcc/own" and evcc's topic "evcc" overlap; evcc deletes everything below its topic when it starts
EVCC_DISCOVERY_MQTT_ULR: no such setting; did you mean EVCC_DISCOVERY_MQTT_URL?`
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestReadme holds the README's table against the struct.
func TestReadme(t *testing.T) {
	const file, begin, end = "../../README.md", "<!-- settings -->\n", "<!-- /settings -->"
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(content), begin)
	table, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no %s … %s", file, begin, end)
	}
	if *update {
		if err := os.WriteFile(file, []byte(before+begin+settings.Table()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(table, settings.Table()); diff != "" {
		t.Errorf("README.md is stale; run go generate ./... (-README +settings):\n%s", diff)
	}
}

func set(t *testing.T, variables ...string) {
	t.Helper()
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(settings.Prefix+"_"+name, value)
	}
}

func logged(s settings.Settings) string {
	var b strings.Builder
	log := zerolog.New(&b)
	log.Info().EmbedObject(s).Send()
	return b.String()
}
