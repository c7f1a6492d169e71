package homeassistant

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"evcc-discovery/internal/homeassistant/supervisortest"
)

const (
	hintAway       = "wait until the Supervisor has started; if this lasts, restart the device that Home Assistant runs on"
	hintLog        = "look at the Supervisor's log"
	hintStarting   = "wait until Home Assistant has started; if this lasts, look at the Supervisor's log"
	hintInstall    = "install the Mosquitto broker app and start it, or set the option mqtt_url if you use another broker"
	hintUnreadable = "update Home Assistant, its Supervisor and this app; if this stays, report it with the Supervisor's version"
	hintRestart    = "restart this app, because its token changes at every start; if this stays, reinstall it"
	hintMQTT       = `this app needs "services: mqtt:want" in its configuration: reinstall it, or set the option mqtt_url`
	hintCore       = `this app needs "homeassistant_api: true" in its configuration: reinstall it`
)

// What the Supervisor says in place of an answer, by the exact words that we make of it.
func TestSupervisorErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		set  func(*supervisortest.Supervisor)
		path string
		kind Kind
		text string
		hint string
	}{
		{"no broker", func(*supervisortest.Supervisor) {}, brokerPath, NoBroker, "no app offers an MQTT broker", hintInstall},
		{"no permission", func(s *supervisortest.Supervisor) { s.SetPermissions(false, true) }, brokerPath, Forbidden, `not allowed: "No access to mqtt service!" (HTTP 403)`, hintMQTT},
		{"starting", func(s *supervisortest.Supervisor) { s.SetState("setup") }, brokerPath, NotReady, "System is not ready with state: setup", hintStarting},
		{"Core away", func(*supervisortest.Supervisor) {}, corePath, Away, "Home Assistant does not answer the Supervisor", "wait until Home Assistant has started; if this lasts, look at its log"},
		{"no permission", func(s *supervisortest.Supervisor) { s.SetPermissions(true, false) }, corePath, Forbidden, "not allowed: HTTP 401", hintCore},
		{"stopping", func(s *supervisortest.Supervisor) { s.SetState("stopping") }, corePath, NotReady, "System is not ready with state: stopping", hintStarting},
	} {
		t.Run(strings.TrimPrefix(tt.path, "/")+" "+tt.name, func(t *testing.T) {
			t.Parallel()
			s, c := start(t)
			tt.set(s)
			expect(t, asks[tt.path](t.Context(), c), tt.kind, "ask "+s.URL+tt.path+": "+tt.text, tt.hint)
		})
	}
	s, _ := start(t)
	_, err := New(s.URL, "of the last start", nil).Broker(t.Context())
	expect(t, err, Forbidden, "ask "+s.URL+"/services/mqtt: not allowed: HTTP 403", hintRestart)
}

// What it could say besides.
func TestOtherAnswers(t *testing.T) {
	t.Parallel()
	message := func(s string) string { return fmt.Sprintf(`{"result":"error","message":%q}`, s) }
	for _, tt := range []struct {
		status int
		body   string
		kind   Kind
		text   string
		hint   string
	}{
		{400, "400: Bad Request", Unreadable, "unexpected answer: HTTP 400", hintUnreadable},
		{400, message("Unknown error, see Supervisor logs"), Unreadable, `unexpected answer: "Unknown error, see Supervisor logs" (HTTP 400)`, hintUnreadable},
		{400, `{"message":["Service not enabled"]}`, Unreadable, "unexpected answer: HTTP 400", hintUnreadable},
		{401, "401: Unauthorized", Forbidden, "not allowed: HTTP 401", hintRestart},
		{403, message("your token is " + token), Forbidden, `not allowed: "your token is …" (HTTP 403)`, hintRestart},
		{404, message("Service does not exist"), Unreadable, `unexpected answer: "Service does not exist" (HTTP 404)`, hintUnreadable},
		{404, `{"message":"two\nlines \u001b[31mred"}`, Unreadable, `unexpected answer: "two lines  [31mred" (HTTP 404)`, hintUnreadable},
		{404, message(strings.Repeat("ä", 300)), Unreadable, `unexpected answer: "` + strings.Repeat("ä", 200) + `…" (HTTP 404)`, hintUnreadable},
		{404, message(strings.Repeat("ä", 190) + token), Unreadable, `unexpected answer: "` + strings.Repeat("ä", 190) + `…" (HTTP 404)`, hintUnreadable},
		{204, "", Unreadable, "unexpected answer: HTTP 204", hintUnreadable},
		{500, message("Unknown error"), Away, `the Supervisor has a problem: "Unknown error" (HTTP 500)`, hintLog},
		{502, "502: Bad Gateway", Away, "the Supervisor has a problem: HTTP 502", hintLog},
		{503, "", Away, "the Supervisor has a problem: HTTP 503", hintLog},
		{200, strings.Repeat(" ", bodyLimit+1), Unreadable, "the answer is longer than 1 MiB", hintUnreadable},
		{400, strings.Repeat(" ", bodyLimit+1), Unreadable, "the answer is longer than 1 MiB", hintUnreadable},
	} {
		t.Run(fmt.Sprint(tt.status), func(t *testing.T) {
			t.Parallel()
			expect(t, asks[brokerPath](t.Context(), answering(tt.status, tt.body)), tt.kind, "ask http://supervisor/services/mqtt: "+tt.text, tt.hint)
		})
	}
	_, err := New("http://supervisor", "", answering(404, message("abc")).http).Broker(t.Context())
	expect(t, err, Unreadable, `ask http://supervisor/services/mqtt: unexpected answer: "abc" (HTTP 404)`, hintUnreadable)
	full := `{"version":"1","components":[]}`
	if err := asks[corePath](t.Context(), answering(200, full+strings.Repeat(" ", bodyLimit-len(full)))); err != nil {
		t.Errorf("an answer of exactly the limit: %v", err)
	}
}

// Ways to fail before there is an answer, on real sockets.
func TestNetworkErrors(t *testing.T) {
	t.Parallel()
	gone := supervisortest.Start(token)
	gone.Close()
	cut := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer cut.Close()
	half := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{")
	}))
	defer half.Close()
	for path, ask := range asks {
		err := ask(t.Context(), New(gone.URL, token, nil))
		expect(t, err, Away, "ask "+gone.URL+path+": connection refused", hintAway)
		if !errors.Is(err, syscall.ECONNREFUSED) {
			t.Error("the cause is out of reach")
		}
		for _, server := range []*httptest.Server{cut, half} {
			expect(t, ask(t.Context(), New(server.URL, token, nil)), Away, "ask "+server.URL+path+": the connection broke before the answer was complete", hintAway)
		}
		odd := New(gone.URL, token+"\n", nil)
		expect(t, ask(t.Context(), odd), Away, "ask "+gone.URL+path+`: net/http: invalid header field value for "Authorization"`, hintAway)
	}
}

// What no loopback test can produce in a moment.
func TestExplainNetwork(t *testing.T) {
	t.Parallel()
	dial := func(err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Source: &net.TCPAddr{Port: 4711}, Err: err}
	}
	for _, tt := range []struct {
		err        error
		text, hint string
	}{
		{dial(&net.DNSError{Name: "supervisor", IsNotFound: true}), `host "supervisor" not found`, "only an app of Home Assistant can reach the Supervisor: elsewhere, unset SUPERVISOR_TOKEN and HASSIO_TOKEN"},
		{dial(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), "connect: no route to host", hintAway},
		{dial(os.ErrDeadlineExceeded), "no answer within 10s", hintAway},
		{dial(os.NewSyscallError("read", syscall.ECONNRESET)), "the connection broke before the answer was complete", hintAway},
		{errors.New("odd"), "odd", hintAway},
		{errors.New("malformed HTTP response \"" + token + "\""), `malformed HTTP response "…"`, hintAway},
	} {
		err := asks[brokerPath](t.Context(), failing(tt.err))
		expect(t, err, Away, "ask http://supervisor/services/mqtt: "+tt.text, tt.hint)
		if !errors.Is(err, tt.err) {
			t.Errorf("%v: the cause is out of reach", tt.err)
		}
	}
	broken := answering(200, "")
	broken.http.Transport = trip(func(*http.Request) (*http.Response, error) {
		answer := reply(200, "")
		answer.Body = io.NopCloser(readFunc(func([]byte) (int, error) { return 0, errors.New("odd") }))
		return answer, nil
	})
	_, err := broken.Core(t.Context())
	expect(t, err, Away, "ask http://supervisor/core/api/config: odd", hintAway)
	_, err = New("supervisor", token, nil).Core(t.Context())
	expect(t, err, Away, `ask supervisor/core/api/config: unsupported protocol scheme ""`, hintAway)
	_, err = New(":supervisor", token, nil).Core(t.Context())
	expect(t, err, Away, "ask :supervisor/core/api/config: missing protocol scheme", hintAway)
}

// Ten seconds are for the whole exchange: one that says nothing, and one that never comes to its end.
func TestTimeout(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(*http.Request) (*http.Response, error){
		"silent": func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
		"endless": func(r *http.Request) (*http.Response, error) {
			answer := reply(200, "")
			answer.Body = io.NopCloser(readFunc(func([]byte) (int, error) {
				<-r.Context().Done()
				return 0, r.Context().Err()
			}))
			return answer, nil
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			err := asks[corePath](t.Context(), New("http://supervisor", token, &http.Client{Transport: trip(answer)}))
			expect(t, err, Away, "ask http://supervisor/core/api/config: no answer within 10s", hintAway)
			if took := time.Since(begin); took != requestTimeout {
				t.Errorf("%s: gave up after %v", name, took)
			}
		})
	}
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

func TestErrorWithoutCause(t *testing.T) {
	t.Parallel()
	for kind, name := range map[Kind]string{Away: "away", NotReady: "not ready", NoBroker: "no broker", Forbidden: "forbidden", Unreadable: "unreadable", 9: "Kind(9)"} {
		e := &Error{URL: "u", Reason: kind}
		if e.Error() != "ask u: "+name || e.Hint() == "" {
			t.Errorf("%v; hint: %s", e, e.Hint())
		}
	}
}
