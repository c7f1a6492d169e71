package supervisortest_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/internal/homeassistant/supervisortest"
)

// exchange sends a path as it is, which http.Get would also do.
func exchange(t *testing.T, s *supervisortest.Supervisor, method, path, header, value string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if header != "" {
		request.Header.Set(header, value)
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(content)
}

const (
	bearer   = "Authorization"
	good     = "Bearer right"
	noBroker = `{"message":"Service not enabled","result":"error"}`
)

func TestChecks(t *testing.T) {
	t.Parallel()
	s := supervisortest.Start("right")
	defer s.Close()
	for _, tt := range []struct {
		name, method, path, header, value string
		status                            int
		body                              string
	}{
		{"bearer", "GET", "/services/mqtt", bearer, good, 400, noBroker},
		{"own header", "GET", "/services/mqtt", "X-Supervisor-Token", "right", 400, noBroker},
		{"old header", "GET", "/services/mqtt", "X-Hassio-Key", "right", 400, noBroker},
		{"no token", "GET", "/services/mqtt", "", "", 401, "401: Unauthorized"},
		{"wrong token", "GET", "/services/mqtt", bearer, "Bearer wrong", 403, "403: Forbidden"},
		{"other service", "GET", "/services/mysql", bearer, good, 404, `{"message":"Service does not exist","result":"error"}`},
		{"offer a broker", "POST", "/services/mqtt", bearer, good, 405, "405: Method Not Allowed"},
		{"needs a role", "GET", "/addons", bearer, good, 403, "403: Forbidden"},
		{"Core", "GET", "/core/api/config", bearer, good, 502, "502: Bad Gateway"},
		{"Core, no token", "GET", "/core/api/config", "", "", 401, "401: Unauthorized"},
		{"Core, wrong token", "GET", "/core/api/config", bearer, "Bearer wrong", 401, "401: Unauthorized"},
		{"Core, own header", "GET", "/core/api/config", "X-Supervisor-Token", "right", 401, "401: Unauthorized"},
		{"up", "GET", "/services/../services/mqtt", bearer, good, 400, "400: Bad Request"},
		{"up, escaped", "GET", "/services/%2e%2e%2fmqtt", "", "", 400, "400: Bad Request"},
		{"up, escaped often", "GET", "/services/%25252e%25252e/mqtt", "", "", 400, "400: Bad Request"},
		{"up, in the query", "GET", "/services/mqtt?x=../y", bearer, good, 400, "400: Bad Request"},
		{"markup", "GET", "/core/api/config?x=%3Cscript%3E", bearer, good, 400, "400: Bad Request"},
		{"one letter", "GET", "/core/api/config?topic=/x/", bearer, good, 400, "400: Bad Request"},
		{"SQL", "GET", "/core/api/config?x=union%20select", bearer, good, 400, "400: Bad Request"},
		{"a query", "GET", "/services/mqtt?x=100%", bearer, good, 400, noBroker},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if status, body := exchange(t, s, tt.method, tt.path, tt.header, tt.value); status != tt.status || body != tt.body {
				t.Errorf("got %d %s, want %d %s", status, body, tt.status, tt.body)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	s := supervisortest.Start("right")
	defer s.Close()
	expect := func(path string, status int, body string) {
		t.Helper()
		if s, b := exchange(t, s, "GET", path, bearer, good); s != status || b != body {
			t.Errorf("%s\ngot  %d %s\nwant %d %s", path, s, b, status, body)
		}
	}
	b := &supervisortest.Broker{App: "core_mosquitto", Host: "core-mosquitto", Port: 1883}
	s.SetBroker(b)
	expect("/services/mqtt", 200, `{"data":{"addon":"core_mosquitto","host":"core-mosquitto","port":1883,"protocol":"3.1.1","ssl":false},"result":"ok"}`)
	b.Username, b.Password, b.TLS = "u", "p", true // the fake keeps its own
	expect("/services/mqtt", 200, `{"data":{"addon":"core_mosquitto","host":"core-mosquitto","port":1883,"protocol":"3.1.1","ssl":false},"result":"ok"}`)
	s.SetBroker(b)
	expect("/services/mqtt", 200, `{"data":{"addon":"core_mosquitto","host":"core-mosquitto","password":"p","port":1883,"protocol":"3.1.1","ssl":true,"username":"u"},"result":"ok"}`)
	s.SetBroker(nil)
	expect("/services/mqtt", 400, noBroker)

	s.SetCore(&supervisortest.Core{Language: "de", Currency: "EUR", TimeZone: "Europe/Berlin", Version: "2026.11.0"})
	expect("/core/api/config", 200, `{"components":[],"config_dir":"/config","config_source":"storage","country":null,"currency":"EUR",`+
		`"elevation":0,"language":"de","latitude":0,"location_name":"Home","longitude":0,"recovery_mode":false,"safe_mode":false,`+
		`"state":"RUNNING","time_zone":"Europe/Berlin","version":"2026.11.0"}`)
	expect("/core/api/states", 404, "404: Not Found")
	if status, _ := exchange(t, s, "POST", "/core/api/config", bearer, good); status != 405 {
		t.Errorf("POST is answered with %d", status)
	}
	s.SetPermissions(false, false)
	expect("/services/mqtt", 403, `{"message":"No access to mqtt service!","result":"error"}`)
	expect("/core/api/config", 401, "401: Unauthorized")
	s.SetPermissions(true, true)
	s.SetCore(nil)
	expect("/core/api/config", 502, "502: Bad Gateway")

	s.SetState("startup")
	for _, path := range []string{"/services/mqtt", "/core/api/config", "/nowhere"} {
		expect(path, 400, `{"message":"System is not ready with state: startup","result":"error"}`)
	}
	expect("/..%2f", 400, "400: Bad Request")
	s.SetState("running")
	expect("/services/mqtt", 400, noBroker)
}

func TestRequests(t *testing.T) {
	t.Parallel()
	s := supervisortest.Start("right")
	defer s.Close()
	exchange(t, s, "GET", "/services/mqtt?x=1", bearer, good)
	exchange(t, s, "POST", "/core/api/config", "", "")
	want := []supervisortest.Request{
		{Method: "GET", Path: "/services/mqtt?x=1", Status: 400},
		{Method: "POST", Path: "/core/api/config", Status: 401},
	}
	if diff := cmp.Diff(want, s.Requests()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
