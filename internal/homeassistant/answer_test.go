package homeassistant

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/internal/mqtt"
)

func TestBrokerAnswers(t *testing.T) {
	t.Parallel()
	plain := Broker{URL: "mqtt://core-mosquitto:1883"}
	for _, tt := range []struct {
		name string
		data string // after the host, which is first
		want Broker
	}{
		{"least", `"port":1883`, plain},
		{"port as text", `"port":"1883"`, plain},
		{"nothing said", `"port":1883,"ssl":null,"username":null,"password":null,"addon":null,"app":null`, plain},
		{"empty login", `"port":1883,"username":"","password":""`, plain},
		{"username alone", `"port":1883,"username":"u"`, Broker{URL: plain.URL, Username: "u"}},
		{"encrypted", `"port":8883,"ssl":true`, Broker{URL: "mqtts://core-mosquitto:8883"}},
		{"not encrypted", `"port":8883,"ssl":false`, Broker{URL: "mqtt://core-mosquitto:8883"}},
		{"version 1", `"port":1883,"addon":"core_mosquitto"`, Broker{URL: plain.URL, App: "core_mosquitto"}},
		{"version 2", `"port":1883,"app":"a0d7b954_emqx"`, Broker{URL: plain.URL, App: "a0d7b954_emqx"}},
		{"any password", `"port":1883,"username":"ä b","password":"\"\\ \n\t%:@/#"`, Broker{URL: plain.URL, Username: "ä b", Password: "\"\\ \n\t%:@/#"}},
		{"unknown members", `"port":1883,"protocol":"3.1.1","new":{"host":1}`, plain},
		{"another host", `"port":1883,"host":"192.168.1.2"`, Broker{URL: "mqtt://192.168.1.2:1883"}},
		{"an IPv6 host", `"port":1883,"host":"fd00::1"`, Broker{URL: "mqtt://[fd00::1]:1883"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := answering(200, `{"result":"ok","data":{"host":"core-mosquitto",`+tt.data+`}}`).Broker(t.Context())
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got)\n%s", err, diff)
			}
		})
	}
}

func TestBrokerUnreadable(t *testing.T) {
	t.Parallel()
	data := func(members string) string { return `{"result":"ok","data":{` + members + `}}` }
	rest := `"port":1883,"username":"u","password":"` + password + `"`
	for body, want := range map[string]string{
		``:                                 "the answer is not a JSON object",
		`null`:                             "the answer is not a JSON object",
		`[]`:                               "the answer is not a JSON object",
		`<html>`:                           "the answer is not a JSON object",
		data(`"host":"h",`+rest) + `{}`:    "the answer is not a JSON object",
		data("\"host\":\"h\xff\"," + rest): "the answer is not UTF-8",
		strings.Repeat(`{"data":`, 20000):  "the answer is not a JSON object",
		`{}`:                               `result is not "ok"`,
		`{"result":"error","data":{}}`:     `result is not "ok"`,
		`{"result":5}`:                     "result is not a text",
		`{"result":"ok"}`:                  "data is not an object",
		`{"result":"ok","data":null}`:      "data is not an object",
		`{"result":"ok","data":[]}`:        "data is not an object",
		data(``):                           "port is not a number from 1 to 65535",
		data(rest):                         "host is not a host name or address",
		data(`"host":5,` + rest):           "host is not a text",
		data(`"host":"h"`):                 "port is not a number from 1 to 65535",
		data(`"host":"h","port":null`):     "port is not a number from 1 to 65535",
		data(`"host":"h","port":0`):        "port is not a number from 1 to 65535",
		data(`"host":"h","port":65536`):    "port is not a number from 1 to 65535",
		data(`"host":"h","port":-1`):       "port is not a number from 1 to 65535",
		data(`"host":"h","port":1883.5`):   "port is not a number from 1 to 65535",
		data(`"host":"h","port":true`):     "port is not a number from 1 to 65535",
		data(`"host":"h","port":[1883]`):   "port is not a number from 1 to 65535",
		data(`"host":"h","port":"1883 "`):  "port is not a number from 1 to 65535",
		data(`"host":"h",` + rest + `,"port":"` + password + `"`):        "port is not a number from 1 to 65535",
		data(`"host":"h",` + rest + `,"ssl":"` + password + `"`):         "ssl is not true or false",
		data(`"host":"h",` + rest + `,"ssl":1`):                          "ssl is not true or false",
		data(`"host":"h",` + rest + `,"username":7`):                     "username is not a text",
		data(`"host":"h",` + rest + `,"password":71717171`):              "password is not a text",
		data(`"host":"h",` + rest + `,"password":"a\u0000b"`):            "password is too long or holds a zero byte",
		data(`"host":"h",` + rest + `,"username":"` + long(65536) + `"`): "username is too long or holds a zero byte",
		data(`"host":"h",` + rest + `,"username":null`):                  "there is a password without a username",
		data(`"host":"h",` + rest + `,"addon":"a\nb"`):                   "addon is too long or not printable",
		data(`"host":"h",` + rest + `,"app":"` + long(101) + `"`):        "app is too long or not printable",
		data(`"host":"h",` + rest + `,"app":{}`):                         "app is not a text",
	} {
		_, err := answering(200, body).Broker(t.Context())
		expect(t, err, Unreadable, "ask http://supervisor/services/mqtt: "+want, hintUnreadable)
	}
	for _, host := range []string{"", " ", "h ", "a b", "a/b", "a:1", "u:p@h", "h?x", "h#x", "ä", "-h", "h-", ".h", "[::1]", "fe80::1%eth0", "h\x00", long(254)} {
		_, err := answering(200, data(fmt.Sprintf(`"host":%q,"port":1883`, host))).Broker(t.Context())
		if err == nil {
			t.Errorf("%q is a host", host)
		}
	}
}

func long(n int) string { return strings.Repeat("x", n) }

func TestCoreAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]Core{
		coreAnswer:                        {Language: "de", Currency: "EUR", TimeZone: "Europe/Berlin", Version: "2026.11.0", MQTT: true},
		`{"version":"1","components":[]}`: {Version: "1"},
		`{"version":"1","components":["mqtt.sensor"],"language":null,"state":null}`: {Version: "1"},
		`{"version":"1","components":["mqtt"],"language":"zh-Hans","currency":"€"}`: {Version: "1", Language: "zh-Hans", Currency: "€", MQTT: true},
	} {
		got, err := answering(200, body).Core(t.Context())
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", body, err, diff)
		}
	}
	for body, want := range map[string]string{
		``:                                  "the answer is not a JSON object",
		`{}`:                                "components is missing",
		`{"message":"API running."}`:        "components is missing",
		`{"version":"1"}`:                   "components is missing",
		`{"version":"1","components":null}`: "components is missing",
		`{"version":"1","components":{"mqtt":1}}`:                         "components is not a list of texts",
		`{"version":"1","components":["mqtt",5]}`:                         "components is not a list of texts",
		`{"components":[]}`:                                               "version is missing",
		`{"version":2026.11,"components":[]}`:                             "version is not a text",
		`{"version":"1","components":[],"language":["x"]}`:                "language is not a text",
		`{"version":"1","components":[],"currency":"E\u0000"}`:            "currency is too long or not printable",
		`{"version":"1","components":[],"time_zone":"` + long(101) + `"}`: "time_zone is too long or not printable",
		`{"version":"1","components":[],"state":5}`:                       "state is not a text",
	} {
		_, err := answering(200, body).Core(t.Context())
		expect(t, err, Unreadable, "ask http://supervisor/core/api/config: "+want, hintUnreadable)
	}
	_, err := answering(200, `{"version":"1","components":[],"state":"NOT_RUNNING"}`).Core(t.Context())
	expect(t, err, NotReady, "ask http://supervisor/core/api/config: Home Assistant is not ready with state: NOT_RUNNING", hintStarting)
}

// What is logged by accident holds no login.
func TestBrokerString(t *testing.T) {
	t.Parallel()
	b := Broker{URL: "mqtt://core-mosquitto:1883", Username: "addons", Password: password, App: "core_mosquitto"}
	secretFree(t, b, &b)
	if got := fmt.Sprint(b); got != "mqtt://core-mosquitto:1883 of core_mosquitto" {
		t.Error(got)
	}
	if got := fmt.Sprint(Broker{URL: "mqtt://h:1"}); got != "mqtt://h:1" {
		t.Error(got)
	}
}

// Whatever the Supervisor answers: no panic, an error of a known kind without a secret, or a broker that the MQTT client
// accepts.
func FuzzBrokerAnswer(f *testing.F) {
	f.Add(200, []byte(brokerAnswer))
	f.Add(200, []byte(`{"result":"ok","data":{"app":"emqx","host":"fd00::1","port":"8883","ssl":true,"password":null}}`))
	f.Add(200, []byte(`{"result":"ok","data":{"host":"`+password+`@h","port":"`+password+`","ssl":"`+password+`"}}`))
	f.Add(400, []byte(`{"result":"error","message":"Service not enabled"}`))
	f.Add(400, []byte(`{"result":"error","message":"System is not ready with state: setup"}`))
	f.Add(403, []byte(`{"result":"error","message":"`+token+`\n`+token+`"}`))
	f.Add(502, []byte("502: Bad Gateway"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		b, err := answering(status, string(body)).Broker(t.Context())
		if err != nil {
			checkFuzzed(t, status, err)
			if b != (Broker{}) {
				t.Error("a broker beside an error")
			}
			return
		}
		if _, err := mqtt.New(mqtt.Options{URL: b.URL, Username: b.Username, Password: b.Password}, mqtt.Handler{}); err != nil {
			t.Errorf("%s is not accepted: %v", b, err)
		}
	})
}

// As above, or texts that can be shown.
func FuzzCoreAnswer(f *testing.F) {
	f.Add(200, []byte(coreAnswer))
	f.Add(200, []byte(`{"version":"1","state":"STARTING","components":[]}`))
	f.Add(200, []byte(`{"version":{},"language":"\u0000","components":["mqtt",null]}`))
	f.Add(401, []byte("401: Unauthorized"))
	f.Add(502, []byte("502: Bad Gateway"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		core, err := answering(status, string(body)).Core(t.Context())
		if err != nil {
			checkFuzzed(t, status, err)
			if core != (Core{}) {
				t.Error("a configuration beside an error")
			}
			return
		}
		if shown := fmt.Sprint(core); core.Version == "" || strings.ContainsAny(shown, "\n\r\x00\x1b") {
			t.Errorf("%q", shown)
		}
	})
}

func checkFuzzed(t *testing.T, status int, err error) {
	t.Helper()
	e, ok := err.(*Error)
	if !ok || e.Hint() == "" || !slices.Contains([]Kind{Away, NotReady, NoBroker, Forbidden, Unreadable}, e.Reason) {
		t.Fatalf("got %T %v", err, err)
	}
	text := err.Error() + e.Hint()
	if strings.Contains(text, token) || status == 200 && strings.Contains(text, password) {
		t.Errorf("a secret is shown: %s", text)
	}
	if strings.ContainsAny(text, "\n\r\x00\x1b") || len(text) > 2000 {
		t.Errorf("not a line for the log: %q", text)
	}
}
