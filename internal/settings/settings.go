// Package settings is what a person can set: one struct, from which the environment is read and from which help and
// the README's table are made. Every problem is reported at once.
package settings

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/kelseyhightower/envconfig"
	"github.com/rs/zerolog"
	"golang.org/x/text/language"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/internal/hint"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/translations"
)

// Prefix begins every variable: EVCC_DISCOVERY_MQTT_URL.
const Prefix = "EVCC_DISCOVERY"

// Auto is the language that Home Assistant has.
const Auto = "auto"

// raw is what stands in the environment: texts, because envconfig stops at the first one it cannot convert. The tags
// are the documentation.
type raw struct {
	MQTTURL          string `envconfig:"MQTT_URL" default:"mqtt://localhost:1883" desc:"Broker address: mqtt://, mqtts://, ws:// or wss://, host and port"`
	MQTTUsername     string `envconfig:"MQTT_USERNAME" desc:"Broker user"`
	MQTTPassword     string `envconfig:"MQTT_PASSWORD" desc:"Broker password"`
	MQTTPasswordFile string `envconfig:"MQTT_PASSWORD_FILE" desc:"File with the broker password, instead of MQTT_PASSWORD"`
	MQTTCA           string `envconfig:"MQTT_CA" desc:"PEM file with the CA that signed the broker's certificate, if the system does not trust it"`
	EVCCTopics       string `envconfig:"EVCC_TOPICS" default:"evcc" desc:"Root topics of evcc, comma-separated, one per evcc"`
	DiscoveryPrefix  string `envconfig:"DISCOVERY_PREFIX" default:"homeassistant" desc:"Home Assistant's discovery prefix"`
	BaseTopic        string `envconfig:"BASE_TOPIC" default:"evcc-discovery" desc:"Root of this program's own topics; must not be below an evcc topic"`
	Language         string `envconfig:"LANGUAGE" default:"auto" desc:"Language of names in Home Assistant: en, de, or auto for Home Assistant's own when run as its app, otherwise English"`
	ReadOnly         string `envconfig:"READ_ONLY" default:"false" desc:"true: publish values, but no controls"`
	Compatibility    string `envconfig:"COMPATIBILITY" default:"none" desc:"ha-evcc: add entities that only dashboards for the ha-evcc integration need, such as lists of currents"`
	LogLevel         string `envconfig:"LOG_LEVEL" default:"info" desc:"debug, info, warn or error; use debug for troubleshooting"`
	LogFormat        string `envconfig:"LOG_FORMAT" default:"text" desc:"text, or json for log collectors"`
	StateFile        string `envconfig:"STATE_FILE" desc:"Backup of entity ids in case the broker loses them; as an app /data/state.json, under systemd in its state directory, otherwise none"`
	HealthAddress    string `envconfig:"HEALTH_ADDRESS" desc:"Listen address for GET /health, /status and /problems, such as 127.0.0.1:8099; as an app that one, otherwise none"`
}

// Settings are checked and ready for use.
type Settings struct {
	MQTTURL                    string
	MQTTUsername, MQTTPassword string
	MQTTCA                     string   // a readable file, or ""
	EVCCTopics                 []string // root topics, none within another
	DiscoveryPrefix            string
	BaseTopic                  string
	Language                   string
	ReadOnly                   bool
	Compatible                 bool // with the ha-evcc integration
	LogLevel                   zerolog.Level
	LogJSON                    bool
	StateFile                  string // "" = none
	HealthAddress              string // "" = none

	Warnings    []string // what is set and has no effect
	BrokerGiven bool     // somebody chose the broker: the Supervisor is not asked for it
	FromOptions []string // settings that the app's options gave, by name
}

// Load reads the settings. The environment, which must be the process's own (envconfig reads it itself; environ is
// looked through for misspelt names), goes before the app's options. The error joins every problem.
func Load(environ []string, app App) (Settings, error) {
	var r raw
	if err := envconfig.Process(Prefix, &r); err != nil {
		return Settings{}, err // only texts are read: this is a defect of ours
	}
	var c checker
	given := make(map[string]bool) // by name: not the default
	for _, f := range fields() {
		given[f.Name] = slices.ContainsFunc(environ, func(v string) bool { return strings.HasPrefix(v, f.Name+"=") })
	}
	fromOptions := c.options(&r, app.Options, given)
	r.places(app)
	s := r.check(&c)
	s.BrokerGiven, s.FromOptions = given[Prefix+"_MQTT_URL"], fromOptions
	if app.Supervised && !s.BrokerGiven {
		c.supervisedBroker(s)
	} else {
		c.broker(s)
	}
	s.Warnings = c.warnings
	c.unknown(environ)
	return s, errors.Join(c.problems...)
}

// places fills in what depends on where the program runs.
func (r *raw) places(app App) {
	if r.StateFile == "" && app.Data != "" {
		r.StateFile = filepath.Join(app.Data, "state.json")
	}
	if r.HealthAddress == "" && app.Supervised {
		r.HealthAddress = "127.0.0.1:8099"
	}
}

// checker collects problems while values are converted.
type checker struct {
	problems []error
	warnings []string
}

func (c *checker) fail(name, format string, args ...any) {
	c.problems = append(c.problems, fmt.Errorf("%s_%s: "+format, append([]any{Prefix, name}, args...)...))
}

func (r *raw) check(c *checker) Settings {
	s := Settings{
		MQTTURL: r.MQTTURL, MQTTUsername: r.MQTTUsername, MQTTPassword: r.MQTTPassword, MQTTCA: r.MQTTCA,
		DiscoveryPrefix: c.topic("DISCOVERY_PREFIX", r.DiscoveryPrefix),
		BaseTopic:       c.topic("BASE_TOPIC", r.BaseTopic),
		EVCCTopics:      c.topics("EVCC_TOPICS", r.EVCCTopics),
		Language:        r.Language,
		ReadOnly:        c.boolean("READ_ONLY", r.ReadOnly),
		Compatible:      c.choice("COMPATIBILITY", r.Compatibility, "none", "ha-evcc") == "ha-evcc",
		LogLevel:        c.level("LOG_LEVEL", r.LogLevel),
		LogJSON:         c.choice("LOG_FORMAT", r.LogFormat, "text", "json") == "json",
		StateFile:       r.StateFile,
		HealthAddress:   c.address("HEALTH_ADDRESS", r.HealthAddress),
	}
	if r.MQTTPasswordFile != "" {
		s.MQTTPassword = c.password(r.MQTTPassword, r.MQTTPasswordFile)
	}
	c.language(r.Language)
	c.apart(s)
	return s
}

// language accepts every language there is; the loader finds the nearest one that we have.
func (c *checker) language(code string) {
	tag, err := language.Parse(code)
	switch {
	case code == Auto:
		return
	case err != nil:
		c.fail("LANGUAGE", "%q is not a language; use a code such as de, or auto", code)
		return
	}
	wanted, _ := tag.Base()
	if words, err := translations.Load(code); err == nil && words.Language == "en" && wanted.String() != words.Language {
		c.warnings = append(c.warnings, fmt.Sprintf("no translation for %s (%s_LANGUAGE) yet: names are in English; available: %s", code, Prefix, strings.Join(translations.Languages(), ", ")))
	}
}

// supervisedBroker checks what is set beside a broker that the Supervisor will name.
func (c *checker) supervisedBroker(s Settings) {
	if s.MQTTUsername != "" || s.MQTTPassword != "" {
		c.warnings = append(c.warnings, "mqtt_username and mqtt_password have no effect without mqtt_url: Home Assistant's broker gives its own login")
	}
	if s.MQTTCA != "" {
		if _, err := os.ReadFile(s.MQTTCA); err != nil {
			c.fail("MQTT_CA", "%v; name a readable PEM file", err)
		}
	}
}

// broker lets the client look at what it will be given, without dialling.
func (c *checker) broker(s Settings) {
	_, err := mqtt.New(mqtt.Options{URL: s.MQTTURL, Username: s.MQTTUsername, Password: s.MQTTPassword, CAFile: s.MQTTCA}, mqtt.Handler{})
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		c.problems = append(c.problems, joined.Unwrap()...)
	} else if err != nil {
		c.problems = append(c.problems, err)
	}
}

// address accepts host:port or nothing.
func (c *checker) address(name, value string) string {
	if _, _, err := net.SplitHostPort(value); err != nil && value != "" {
		c.fail(name, "%q is not host:port, such as 127.0.0.1:8099", value)
	}
	return value
}

// topic accepts a topic of one or more levels; surrounding slashes are dropped.
func (c *checker) topic(name, value string) string {
	value = strings.Trim(strings.TrimSpace(value), "/")
	switch {
	case value == "":
		c.fail(name, "is empty; leave the variable out for the default")
	case strings.ContainsAny(value, "+#") || strings.Contains(value, "//") || !entities.IsClean(value) || value[0] == '$':
		c.fail(name, "%q is not a topic: no +, #, control characters or empty levels, and no $ at its beginning", value)
	case len(value) > 200:
		c.fail(name, "is longer than 200 characters")
	}
	return value
}

func (c *checker) topics(name, list string) []string {
	var topics []string
	for value := range strings.SplitSeq(list, ",") {
		topic := c.topic(name, value)
		if strings.HasPrefix(strings.TrimSpace(value), "/") && topic != "" {
			topic = "/" + topic // another topic than without
		}
		for _, other := range topics {
			switch {
			case within(topic, other) || within(other, topic):
				c.fail(name, "%q and %q overlap; every evcc needs a topic of its own", other, topic)
			case discovery.Slug(topic) == discovery.Slug(other):
				c.fail(name, "%q and %q would have the same entity ids; give one evcc another topic", other, topic)
			}
		}
		topics = append(topics, topic)
	}
	return topics
}

// apart makes sure that evcc's blanking of its whole root never meets what is ours or Home Assistant's.
func (c *checker) apart(s Settings) {
	for _, root := range s.EVCCTopics {
		if within(s.BaseTopic, root) || within(root, s.BaseTopic) {
			c.fail("BASE_TOPIC", "%q and evcc's topic %q overlap; evcc deletes everything below its topic when it starts", s.BaseTopic, root)
		}
		if within(s.DiscoveryPrefix, root) || within(root, s.DiscoveryPrefix) {
			c.fail("DISCOVERY_PREFIX", "%q and evcc's topic %q overlap", s.DiscoveryPrefix, root)
		}
	}
	switch {
	case within(s.BaseTopic, s.DiscoveryPrefix):
		c.fail("BASE_TOPIC", "%q lies below the discovery prefix %q", s.BaseTopic, s.DiscoveryPrefix)
	case within(s.DiscoveryPrefix, s.BaseTopic):
		c.fail("BASE_TOPIC", "the discovery prefix %q lies below %q", s.DiscoveryPrefix, s.BaseTopic)
	}
}

func within(topic, parent string) bool {
	return topic == parent || strings.HasPrefix(topic, parent+"/")
}

func (c *checker) boolean(name, value string) bool {
	switch strings.ToLower(value) {
	case "true", "1", "yes", "on":
		return true
	case "false", "0", "no", "off", "":
		return false
	}
	c.fail(name, "%q is neither true nor false", value)
	return false
}

func (c *checker) choice(name, value string, allowed ...string) string {
	value = strings.ToLower(strings.TrimSpace(value))
	if !slices.Contains(allowed, value) {
		c.fail(name, "%q is none of %s", value, strings.Join(allowed, ", "))
	}
	return value
}

func (c *checker) level(name, value string) zerolog.Level {
	level, err := zerolog.ParseLevel(c.choice(name, value, "debug", "info", "warn", "error"))
	if err != nil {
		return zerolog.InfoLevel // choice has said so already
	}
	return level
}

func (c *checker) password(direct, file string) string {
	if direct != "" {
		c.fail("MQTT_PASSWORD_FILE", "and %s_MQTT_PASSWORD are both set; leave one out", Prefix)
		return direct
	}
	content, err := os.ReadFile(file)
	if err != nil {
		c.fail("MQTT_PASSWORD_FILE", "%v; name a readable file", err)
	}
	return strings.TrimRight(string(content), "\r\n")
}

// unknown names variables that begin with our prefix and mean nothing, with the nearest that does.
func (c *checker) unknown(environ []string) {
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		if word, ours := strings.CutPrefix(name, Prefix+"_"); !ours || slices.Contains(names(), word) {
			continue
		}
		nearest, _ := hint.Nearest(strings.TrimPrefix(name, Prefix+"_"), names())
		c.problems = append(c.problems, fmt.Errorf("%s: no such setting; did you mean %s_%s?", name, Prefix, nearest))
	}
}

// Field documents one setting.
type Field struct{ Name, Default, Description string }

// fields reads the documentation off the struct.
func fields() []Field {
	t := reflect.TypeFor[raw]()
	list := make([]Field, t.NumField())
	for i := range list {
		tag := t.Field(i).Tag
		list[i] = Field{Prefix + "_" + tag.Get("envconfig"), tag.Get("default"), tag.Get("desc")}
	}
	return list
}

// names lists the settings without the prefix.
func names() (list []string) {
	for _, f := range fields() {
		list = append(list, strings.TrimPrefix(f.Name, Prefix+"_"))
	}
	return list
}

// Usage returns the settings for the help text.
func Usage() string {
	var b strings.Builder
	for _, f := range fields() {
		fmt.Fprintf(&b, "  %s\n        %s", f.Name, f.Description)
		if f.Default != "" {
			fmt.Fprintf(&b, " (default %s)", f.Default)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Table returns the settings as the README shows them.
func Table() string {
	var b strings.Builder
	b.WriteString("| Variable | Default | Meaning |\n|---|---|---|\n")
	for _, f := range fields() {
		value := ""
		if f.Default != "" {
			value = "`" + f.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.Name, value, f.Description)
	}
	return b.String()
}

// withoutLogin hides a login that was put into an address, where it does not belong.
func withoutLogin(address string) string {
	if i := strings.LastIndex(address, "@"); i >= 0 {
		scheme, _, _ := strings.Cut(address, "://")
		return scheme + "://…" + address[i:]
	}
	return address
}

// MarshalZerologObject shows the effective settings without secrets.
func (s Settings) MarshalZerologObject(e *zerolog.Event) {
	if s.BrokerGiven || s.HealthAddress == "" { // else the Supervisor names the broker
		e.Str("mqtt_url", withoutLogin(s.MQTTURL)).Bool("login", s.MQTTUsername != "")
	}
	e.Strs("evcc_topics", s.EVCCTopics).
		Str("discovery_prefix", s.DiscoveryPrefix).Str("base_topic", s.BaseTopic).Str("language", s.Language).Bool("read_only", s.ReadOnly)
	if s.Compatible {
		e.Str("compatibility", "ha-evcc")
	}
	if s.StateFile != "" {
		e.Str("state_file", s.StateFile)
	}
	if len(s.FromOptions) > 0 {
		e.Strs("from_app_options", s.FromOptions)
	}
}
