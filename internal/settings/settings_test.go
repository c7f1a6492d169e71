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
	got, err := settings.Load(nil, settings.App{})
	if err != nil {
		t.Fatal(err)
	}
	want := settings.Settings{
		MQTTURL: "mqtt://localhost:1883", EVCCTopics: []string{"evcc"}, DiscoveryPrefix: "homeassistant",
		BaseTopic: "evcc-discovery", Language: "auto", LogLevel: zerolog.InfoLevel,
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
	set(t, "MQTT_USERNAME=me", "MQTT_PASSWORD_FILE="+file, "EVCC_TOPICS=/haus/evcc/, solar",
		"READ_ONLY=yes", "LOG_LEVEL=DEBUG", "LOG_FORMAT=json", "LANGUAGE=de")
	got, err := settings.Load(os.Environ(), settings.App{})
	if err != nil {
		t.Fatal(err)
	}
	want := settings.Settings{
		MQTTURL: "mqtt://localhost:1883", MQTTUsername: "me", MQTTPassword: "geheim",
		EVCCTopics: []string{"/haus/evcc", "solar"}, DiscoveryPrefix: "homeassistant", BaseTopic: "evcc-discovery",
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
		"LOG_LEVEL=loud", "LOG_FORMAT=xml", "LANGUAGE=klingon", "MQTT_URL=mqtts://broker:x", "MQTT_PASSWORD=x", "MQTT_CA=/nowhere/ca.pem", "MQTT_ULR=mqtt://h")
	_, err := settings.Load(os.Environ(), settings.App{})
	want := `EVCC_DISCOVERY_DISCOVERY_PREFIX: "a+b" is not a topic: no +, #, control characters or empty levels, and no $ at its beginning
EVCC_DISCOVERY_EVCC_TOPICS: "evcc" and "evcc/second" overlap; every evcc needs a topic of its own
EVCC_DISCOVERY_READ_ONLY: "maybe" is neither true nor false
EVCC_DISCOVERY_LOG_LEVEL: "loud" is none of debug, info, warn, error
EVCC_DISCOVERY_LOG_FORMAT: "xml" is none of text, json
EVCC_DISCOVERY_LANGUAGE: "klingon" is not a language; use a code such as de, or auto
EVCC_DISCOVERY_BASE_TOPIC: "evcc/own" and evcc's topic "evcc" overlap; evcc deletes everything below its topic when it starts
EVCC_DISCOVERY_MQTT_URL: port "x" is not a number from 1 to 65535
EVCC_DISCOVERY_MQTT_PASSWORD is set without EVCC_DISCOVERY_MQTT_USERNAME
EVCC_DISCOVERY_MQTT_CA: /nowhere/ca.pem: no such file or directory
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

// As an app, options count where the environment says nothing.
func TestAppOptions(t *testing.T) {
	set(t, "BASE_TOPIC=mine")
	file := filepath.Join(t.TempDir(), "options.json")
	write(t, file, `{"mqtt_url":"mqtt://10.0.0.1","evcc_topics":["haus","","hof"],"read_only":true,"base_topic":"theirs","language":"","mqtt_ca":null}`)
	got, err := settings.Load(os.Environ(), settings.App{Supervised: true, Data: "/data", Options: file})
	if err != nil {
		t.Fatal(err)
	}
	want := settings.Settings{
		MQTTURL: "mqtt://10.0.0.1", EVCCTopics: []string{"haus", "hof"}, DiscoveryPrefix: "homeassistant", BaseTopic: "mine",
		Language: "auto", ReadOnly: true, LogLevel: zerolog.InfoLevel, StateFile: "/data/state.json", HealthAddress: "127.0.0.1:8099",
		BrokerGiven: true, FromOptions: []string{"evcc_topics", "mqtt_url", "read_only"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBadAppOptions(t *testing.T) {
	for _, tt := range []struct{ name, content, want string }{
		{"not JSON", `{"mqtt_url":`, "unexpected end of JSON input; save them once more on the app's page"},
		{"a nested option", `{"mqtt_url":{"host":"x"}}`, "option mqtt_url: neither text, number, true or false, nor a list of texts"},
		{"a comma in a list", `{"evcc_topics":["a,b"]}`, "option evcc_topics: item 1 holds a comma; make it two items"},
		{"a list of numbers", `{"evcc_topics":[1]}`, "option evcc_topics: item 1 is not a text"},
		{"a bad value", `{"log_level":"loud"}`, `EVCC_DISCOVERY_LOG_LEVEL: "loud" is none of debug, info, warn, error`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "options.json")
			write(t, file, tt.content)
			_, err := settings.Load(nil, settings.App{Options: file})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want %q", err, tt.want)
			}
		})
	}
}

// What has no effect is said and stops nothing: the Supervisor's broker has its own login.
func TestAppWarnings(t *testing.T) {
	file := filepath.Join(t.TempDir(), "options.json")
	write(t, file, `{"mqtt_password":"x","mqtt_ca":"`+file+`","mqtt_host":"x"}`)
	s, err := settings.Load(nil, settings.App{Supervised: true, Options: file})
	if err != nil || len(s.Warnings) != 2 {
		t.Errorf("error %v, warnings %q", err, s.Warnings)
	}
}

// Without options.json everything has its default.
func TestNoAppOptions(t *testing.T) {
	if _, err := settings.Load(nil, settings.App{Options: filepath.Join(t.TempDir(), "options.json")}); err != nil {
		t.Error(err)
	}
}

func FuzzOptions(f *testing.F) {
	f.Add(`{"mqtt_url":"mqtt://h","evcc_topics":["a","b"],"read_only":false}`)
	f.Add(`{"evcc_topics":[null]}`)
	f.Fuzz(func(t *testing.T, content string) {
		file := filepath.Join(t.TempDir(), "options.json")
		write(t, file, content)
		if s, err := settings.Load(nil, settings.App{Options: file}); err == nil && (len(s.EVCCTopics) == 0 || s.BaseTopic == "") {
			t.Errorf("accepted without topics: %+v", s)
		}
	})
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A name that is close is named, first the one that begins alike.
func TestSuggestions(t *testing.T) {
	for wrong, right := range map[string]string{"MQTT_USER": "MQTT_USERNAME", "MQTT_PASS": "MQTT_PASSWORD", "MQTT_HOST": "MQTT_", "TOPIC": "BASE_TOPIC", "LOGLEVEL": "LOG_LEVEL", "HEALTH": "HEALTH_ADDRESS"} {
		_, err := settings.Load([]string{settings.Prefix + "_" + wrong + "=x"}, settings.App{})
		if err == nil || !strings.Contains(err.Error(), "did you mean "+settings.Prefix+"_"+right) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	file := filepath.Join(t.TempDir(), "options.json")
	write(t, file, `{"mqtt_user":"x"}`)
	if s, _ := settings.Load(nil, settings.App{Options: file}); len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "did you mean mqtt_username?") {
		t.Errorf("warnings %q", s.Warnings)
	}
}

// Every topic that cannot be one is named, together with everything else.
func TestBadTopics(t *testing.T) {
	for _, topic := range []string{"a+b", "a/#", "a//b", "a\x01b", "a\u0085b", "\xff", "$share/x", "evcc", "evcc/x", "homeassistant", "homeassistant/x", " / ", strings.Repeat("x", 201)} {
		set(t, "BASE_TOPIC="+topic, "LOG_LEVEL=loud", "READ_ONLY=perhaps")
		_, err := settings.Load(os.Environ(), settings.App{})
		for _, want := range []string{"BASE_TOPIC", "LOG_LEVEL", "READ_ONLY"} {
			if err == nil || !strings.Contains(err.Error(), settings.Prefix+"_"+want+": ") {
				t.Errorf("%q: %s is missing in: %v", topic, want, err)
			}
		}
	}
	set(t, "BASE_TOPIC=ha", "LOG_LEVEL=info", "READ_ONLY=no", "DISCOVERY_PREFIX=ha/prefix")
	if _, err := settings.Load(os.Environ(), settings.App{}); err == nil || !strings.Contains(err.Error(), `the discovery prefix "ha/prefix" lies below "ha"`) {
		t.Errorf("%v", err)
	}
}

// A language of which there are no words is taken, and said.
func TestLanguageWithoutWords(t *testing.T) {
	for code, warned := range map[string]bool{"auto": false, "en": false, "en-GB": false, "de": false, "de-AT": false, "fr": true, "zh-Hant": true} {
		set(t, "LANGUAGE="+code)
		s, err := settings.Load(os.Environ(), settings.App{})
		if err != nil || (len(s.Warnings) > 0) != warned || warned && !strings.Contains(s.Warnings[0], code) {
			t.Errorf("%s: %v, warnings %q", code, err, s.Warnings)
		}
	}
}
