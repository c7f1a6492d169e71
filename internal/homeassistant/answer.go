package homeassistant

import (
	"encoding/json"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Broker is where a broker is and how to log in.
type Broker struct {
	URL                string // mqtt://host:port, or mqtts:// where the connection is to be encrypted
	Username, Password string // both may be empty
	App                string // the app that offers it: core_mosquitto
}

// String leaves the login out, so that a broker can be logged.
func (b Broker) String() string {
	if b.App == "" {
		return b.URL
	}
	return b.URL + " of " + b.App
}

// Encrypted reports whether the broker speaks TLS.
func (b Broker) Encrypted() bool { return strings.HasPrefix(b.URL, "mqtts://") }

// GoString is String: %#v must not show the login either.
func (b Broker) GoString() string { return b.String() }

// Core is what Home Assistant says about itself. Texts other than the version may be empty.
type Core struct {
	Language string // Home Assistant's code: "de", "en-GB", "zh-Hans". A user may have chosen another one
	Currency string // ISO 4217
	TimeZone string // IANA
	Version  string // 2026.11.0
	MQTT     bool   // its MQTT integration is set up
}

// The limits of what is believed.
const (
	maxShort = 100       // characters of a text that is shown
	maxLogin = 1<<16 - 1 // bytes; MQTT's own limit
)

// parseBroker reads the answer of GET /services/mqtt, or says what is wrong with it.
func parseBroker(body []byte) (b Broker, wrong string) {
	outer := parseObject(body)
	if result := outer.text("result"); outer.wrong == "" && result != "ok" {
		return Broker{}, `result is not "ok"`
	}
	data := outer.object("data")
	host, port, encrypted := data.text("host"), data.port("port"), data.boolean("ssl")
	b.Username, b.Password = data.login("username"), data.login("password")
	b.App = data.short("addon")
	if app := data.short("app"); app != "" { // the name in version 2 of the API
		b.App = app
	}
	data.require(isHost(host), "host is not a host name or address")
	data.require(b.Username != "" || b.Password == "", "there is a password without a username")
	if data.wrong != "" {
		return Broker{}, data.wrong
	}
	scheme := "mqtt"
	if encrypted {
		scheme = "mqtts"
	}
	b.URL = scheme + "://" + net.JoinHostPort(host, strconv.Itoa(port))
	return b, ""
}

// parseCore reads the answer of GET /api/config, or says what is wrong with it. While state is not RUNNING, components
// come and go.
func parseCore(body []byte) (core Core, state, wrong string) {
	config := parseObject(body)
	core = Core{
		Language: config.short("language"),
		Currency: config.short("currency"),
		TimeZone: config.short("time_zone"),
		Version:  config.short("version"),
		MQTT:     slices.Contains(config.texts("components"), "mqtt"),
	}
	if state = config.short("state"); state == "" { // as the Supervisor does
		state = "RUNNING"
	}
	config.require(core.Version != "", "version is missing")
	if config.wrong != "" {
		return Core{}, "", config.wrong
	}
	return core, state, ""
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?$`)

func isHost(s string) bool {
	if address, err := netip.ParseAddr(s); err == nil {
		return address.Zone() == ""
	}
	return hostName.MatchString(s)
}

// object reads the members of a JSON object and keeps the first complaint. A complaint names the member and never
// repeats its value, which could be a secret in the wrong place. A member that is null is missing.
type object struct {
	members map[string]json.RawMessage
	wrong   string // "" = nothing so far
}

func parseObject(body []byte) *object {
	var o object
	o.require(utf8.Valid(body), "the answer is not UTF-8")
	o.require(json.Unmarshal(body, &o.members) == nil && o.members != nil, "the answer is not a JSON object")
	return &o
}

func (o *object) require(ok bool, complaint string) {
	if !ok && o.wrong == "" {
		o.wrong = complaint
	}
}

// read decodes a member and tells whether it was there and of the right type.
func (o *object) read(name string, into any, want string) bool {
	raw, there := o.members[name]
	if !there || string(raw) == "null" {
		return false
	}
	ok := json.Unmarshal(raw, into) == nil
	o.require(ok, name+" is not "+want)
	return ok
}

func (o *object) object(name string) *object {
	inner := &object{wrong: o.wrong}
	inner.require(o.read(name, &inner.members, "an object"), name+" is not an object")
	return inner
}

func (o *object) text(name string) string {
	var s string
	o.read(name, &s, "a text")
	return s
}

// short is a text that people get to see.
func (o *object) short(name string) string {
	s := o.text(name)
	odd := strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
	o.require(!odd && utf8.RuneCountInString(s) <= maxShort, name+" is too long or not printable")
	return s
}

// login is a text that goes to a broker.
func (o *object) login(name string) string {
	s := o.text(name)
	o.require(len(s) <= maxLogin && !strings.Contains(s, "\x00"), name+" is too long or holds a zero byte")
	return s
}

func (o *object) boolean(name string) bool {
	var b bool
	o.read(name, &b, "true or false")
	return b
}

func (o *object) texts(name string) []string {
	var list []string
	o.require(o.read(name, &list, "a list of texts"), name+" is missing")
	return list
}

// port is a number in every known version, and a text in the documentation's example.
func (o *object) port(name string) int {
	digits := string(o.members[name])
	if strings.HasPrefix(digits, `"`) {
		digits = o.text(name)
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	o.require(err == nil && n > 0, name+" is not a number from 1 to 65535")
	return int(n)
}
