package mqtt

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestURL(t *testing.T) {
	for raw, want := range map[string]string{
		"mqtt://core-mosquitto":            "mqtt://core-mosquitto:1883",
		" MQTT://Host:1/ ":                 "mqtt://Host:1",
		"tcp://10.0.0.1":                   "tcp://10.0.0.1:1883",
		"mqtts://h":                        "mqtts://h:8883",
		"ssl://h":                          "ssl://h:8883",
		"tls://h:8884":                     "tls://h:8884",
		"ws://h":                           "ws://h:80",
		"ws://h/":                          "ws://h:80/",
		"wss://h.example/a%2Fb/mqtt":       "wss://h.example:443/a%2Fb/mqtt",
		"mqtt://[::1]":                     "mqtt://[::1]:1883",
		"mqtt://[fe80::1%25eth0]:2":        "mqtt://[fe80::1%25eth0]:2",
		"mqtt://evcc_1.küche.lan.:1883":    "mqtt://evcc_1.k%C3%BCche.lan.:1883",
		"mqtt://a0d7b954-emqx.local:65535": "mqtt://a0d7b954-emqx.local:65535",
	} {
		u, errs := parseURL(raw)
		if len(errs) > 0 || u.String() != want {
			t.Errorf("%q: got %v %v, want %s", raw, u, errs, want)
		}
	}
}

func TestURLErrors(t *testing.T) {
	const login = "EVCC_DISCOVERY_MQTT_URL must not hold a user or password: set EVCC_DISCOVERY_MQTT_USERNAME and EVCC_DISCOVERY_MQTT_PASSWORD"
	for raw, want := range map[string]string{
		"":                       "EVCC_DISCOVERY_MQTT_URL is empty: write mqtt://host:1883",
		"broker:1883":            "EVCC_DISCOVERY_MQTT_URL has no scheme: write mqtt://broker:1883",
		"mqtt://":                "EVCC_DISCOVERY_MQTT_URL: the host is missing",
		"mqtt://:1883":           "EVCC_DISCOVERY_MQTT_URL: the host is missing",
		"http://h":               `EVCC_DISCOVERY_MQTT_URL: unknown scheme "http": use mqtt, mqtts, ws or wss`,
		"mqtt://h:0":             `EVCC_DISCOVERY_MQTT_URL: port "0" is not a number from 1 to 65535`,
		"mqtt://h:65536":         `EVCC_DISCOVERY_MQTT_URL: port "65536" is not a number from 1 to 65535`,
		"mqtt://h h":             `EVCC_DISCOVERY_MQTT_URL: "h h" is not a host name or address`,
		"mqtt://::1":             `EVCC_DISCOVERY_MQTT_URL: "::1" is not a host with a port: write an IPv6 address as [address]:port`,
		"mqtt://[::1":            `EVCC_DISCOVERY_MQTT_URL: "[::1" is not an address with a port: write [address]:port`,
		"mqtt://[h]:1":           `EVCC_DISCOVERY_MQTT_URL: "h" is not an IPv6 address`,
		"mqtt://h/evcc":          `EVCC_DISCOVERY_MQTT_URL: the path "/evcc" is only for ws and wss`,
		"ws://h/%zz":             `EVCC_DISCOVERY_MQTT_URL: the path "/%zz" has a broken % escape`,
		"mqtt://h?x=1":           `EVCC_DISCOVERY_MQTT_URL: leave out "?" or "#" and what follows`,
		"mqtt://u:pw@h":          login,
		"mqtt://u:p/w?x#@y@h:1":  login,
		"u:pw@h":                 login + "\nEVCC_DISCOVERY_MQTT_URL has no scheme: write mqtt://h",
		"u:pw://x@h":             login + "\nEVCC_DISCOVERY_MQTT_URL: unknown scheme: use mqtt, mqtts, ws or wss",
		"http://u:pw@h h:x/p?q#": login + "\nEVCC_DISCOVERY_MQTT_URL: leave out \"?\" or \"#\" and what follows\nEVCC_DISCOVERY_MQTT_URL: unknown scheme \"http\": use mqtt, mqtts, ws or wss\nEVCC_DISCOVERY_MQTT_URL: \"h h\" is not a host name or address\nEVCC_DISCOVERY_MQTT_URL: port \"x\" is not a number from 1 to 65535\nEVCC_DISCOVERY_MQTT_URL: the path \"/p\" is only for ws and wss",
	} {
		u, errs := parseURL(raw)
		if err := errors.Join(errs...); err == nil || err.Error() != want {
			t.Errorf("%q: got %v\n%v\nwant\n%s", raw, u, err, want)
		}
	}
}

func TestNewReportsAllProblems(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := New(Options{
		URL:      "mqtts://user:hunter2@",
		Password: "hunter2",
		CAFile:   empty,
		ClientID: "no spaces",
		Will:     &Message{Topic: "a/#"},
	}, Handler{})
	want := `EVCC_DISCOVERY_MQTT_URL must not hold a user or password: set EVCC_DISCOVERY_MQTT_USERNAME and EVCC_DISCOVERY_MQTT_PASSWORD
EVCC_DISCOVERY_MQTT_URL: the host is missing
EVCC_DISCOVERY_MQTT_PASSWORD is set without EVCC_DISCOVERY_MQTT_USERNAME
client id "no spaces": use 1 to 23 of A-Z, a-z, 0-9, - and _
last will: topic "a/#" has a wildcard
EVCC_DISCOVERY_MQTT_CA: ` + empty + ` holds no certificate in PEM form`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	for o, want := range map[Options]string{
		{URL: "mqtts://h", CAFile: "/nowhere"}: "EVCC_DISCOVERY_MQTT_CA: /nowhere: no such file or directory",
		{URL: "mqtt://h", CAFile: empty}:       "EVCC_DISCOVERY_MQTT_CA is set but mqtt:// is not encrypted: use mqtts:// or wss:// in EVCC_DISCOVERY_MQTT_URL",
	} {
		if _, err := New(o, Handler{}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestClientID(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		c, err := New(Options{URL: "mqtt://h"}, Handler{})
		if err != nil {
			t.Fatal(err)
		}
		seen[c.opts.ClientID] = true
	}
	if len(seen) != 100 {
		t.Errorf("%d different random client ids of 100", len(seen))
	}
}

func TestPauses(t *testing.T) {
	p := newPauses(0)
	var sum time.Duration
	for range 30 {
		sum += p.take()
	}
	if p.take() != time.Minute || sum < 15*time.Minute {
		t.Errorf("pauses do not grow to a minute: %v in 30", sum)
	}
	p.lasted(9 * time.Second)
	if p.take() != time.Minute {
		t.Error("a short connection ended the growth")
	}
	p.lasted(10 * time.Second)
	if got := p.take(); got != time.Second {
		t.Errorf("%v after a stable connection", got)
	}
}

// What is accepted is complete and stable; what is refused never shows what
// stands before the last @.
func FuzzURL(f *testing.F) {
	for _, s := range []string{"mqtt://h", "ws://h:1/p%20q", "mqtts://[::1%25lo]:2", "h:1", "mqtt://a:b:c/d?e#f", "x://@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if u, errs := parseURL(raw); len(errs) == 0 {
			if u.Hostname() == "" || u.Port() == "" || u.User != nil {
				t.Fatalf("%q: incomplete %v", raw, u)
			}
			if !strings.Contains(u.String(), "%") { // escapes are url.URL's, once written
				again, errs := parseURL(u.String())
				if len(errs) > 0 || again.String() != u.String() {
					t.Fatalf("%q: %v becomes %v %v", raw, u, again, errs)
				}
			}
		}
		scheme, rest, ok := strings.Cut(raw, "://")
		if !ok {
			scheme, rest = "mqtt", raw
		}
		if _, errs := parseURL(scheme + "://user:s3cr3t~" + rest + "~s3cr3t@host"); len(errs) == 0 {
			t.Fatalf("%q: a login was accepted", raw)
		} else if text := errors.Join(errs...).Error(); strings.Contains(text, "s3cr3t") {
			t.Fatalf("%q: the password is in %s", raw, text)
		}
	})
}
