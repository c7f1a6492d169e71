package homeassistant

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/internal/homeassistant/supervisortest"
)

func TestFromEnvironment(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		environment map[string]string
		token       string // "" = not an app
	}{
		{"app", map[string]string{"SUPERVISOR_TOKEN": "new", "HASSIO_TOKEN": "old"}, "new"},
		{"old name", map[string]string{"HASSIO_TOKEN": "old\n"}, "old"},
		{"empty", map[string]string{"SUPERVISOR_TOKEN": " "}, ""},
		{"elsewhere", nil, ""},
	} {
		c, ok := FromEnvironment(Supervisor, func(name string) string { return tt.environment[name] })
		if ok != (tt.token != "") {
			t.Errorf("%s: an app: %v", tt.name, ok)
		}
		if ok && (c.token != tt.token || c.base != "http://supervisor") {
			t.Errorf("%s: %s with the token %s", tt.name, c.base, c.token)
		}
	}
}

func TestBroker(t *testing.T) {
	t.Parallel()
	s, c := start(t)
	registered := supervisortest.Broker{App: "core_mosquitto", Host: "core-mosquitto", Port: 1883, Username: "addons", Password: "old"}
	want := Broker{URL: "mqtt://core-mosquitto:1883", Username: "addons", Password: "old", App: "core_mosquitto"}

	_, err := c.Broker(t.Context())
	expect(t, err, NoBroker, "ask "+s.URL+"/services/mqtt: no app offers an MQTT broker",
		"install the Mosquitto broker app and start it, or set the option mqtt_url if you use another broker")
	broker := func() {
		t.Helper()
		got, err := c.Broker(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	s.SetBroker(&registered)
	broker()
	registered.Password, want.Password = password, password
	s.SetBroker(&registered)
	broker()
	registered.TLS, registered.Port, want.URL = true, 8883, "mqtts://core-mosquitto:8883"
	s.SetBroker(&registered)
	broker()
	s.SetBroker(&supervisortest.Broker{Host: "fd00::1", Port: 1883})
	want = Broker{URL: "mqtt://[fd00::1]:1883"}
	broker()
	s.SetBroker(nil)
	if _, err := c.Broker(t.Context()); err == nil {
		t.Error("there is a broker although it has gone")
	}
}

func TestCore(t *testing.T) {
	t.Parallel()
	s, c := start(t)
	_, err := c.Core(t.Context())
	expect(t, err, Away, "ask "+s.URL+"/core/api/config: Home Assistant does not answer the Supervisor",
		"wait until Home Assistant has started; if this lasts, look at its log")
	for _, tt := range []struct {
		components []string
		mqtt       bool
	}{
		{nil, false},
		{[]string{"mqtt_statestream", "sensor.mqtt", "MQTT"}, false},
		{[]string{"sensor", "mqtt", "sensor.mqtt"}, true},
	} {
		s.SetCore(&supervisortest.Core{Language: "de", Currency: "EUR", TimeZone: "Europe/Berlin", Version: "2026.11.0", Components: tt.components})
		got, err := c.Core(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := Core{Language: "de", Currency: "EUR", TimeZone: "Europe/Berlin", Version: "2026.11.0", MQTT: tt.mqtt}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v: (-want +got)\n%s", tt.components, diff)
		}
	}
}

// Both calls carry the header that both ends accept, and nothing that the Supervisor's filter could dislike.
func TestRequests(t *testing.T) {
	t.Parallel()
	for path, ask := range asks {
		var got []string
		c := New("http://supervisor/", token, &http.Client{Transport: trip(func(r *http.Request) (*http.Response, error) {
			got = append(got, r.Method+" "+r.URL.String()+" "+r.Header.Get("Authorization"))
			if r.Body != nil {
				t.Error("there is a body")
			}
			return reply(http.StatusNotFound, ""), nil
		})})
		_ = ask(t.Context(), c)
		if diff := cmp.Diff([]string{"GET http://supervisor" + path + " Bearer " + token}, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

// The token goes to the Supervisor alone: not where an answer points to, and not to a proxy.
func TestTokenStays(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	for path, ask := range asks {
		server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusFound))
		given := &http.Client{}
		for _, client := range []*http.Client{nil, given} {
			expect(t, ask(t.Context(), New(server.URL, token, client)), Unreadable, "ask "+server.URL+path+": unexpected answer: HTTP 302", hintUnreadable)
		}
		if given.CheckRedirect != nil {
			t.Error("the given client was changed")
		}
		server.Close()
	}
	c := New("http://supervisor", token, nil)
	if c.http.Transport.(*http.Transport).Proxy != nil {
		t.Error("proxies of the environment are used")
	}
}

// The caller's own end is not a problem to report.
func TestContext(t *testing.T) {
	t.Parallel()
	hang := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hang.Close()
	for path, ask := range asks {
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		for ctx, want := range map[context.Context]error{ended: context.Canceled, short: context.DeadlineExceeded} {
			err := ask(ctx, New(hang.URL, token, nil))
			var e *Error
			if !errors.Is(err, want) || errors.As(err, &e) || !strings.HasPrefix(err.Error(), "ask "+hang.URL+path+": context ") {
				t.Errorf("got %v, want %v", err, want)
			}
		}
		cancel()
	}
}
