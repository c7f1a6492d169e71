package supervisortest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// ServeHTTP answers as the Supervisor does.
func (s *Supervisor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := s.take(r)
	w.Header().Set("Content-Type", a.contentType)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // who has gone needs no answer
}

// take records a request with its answer.
func (s *Supervisor) take(r *http.Request) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.answer(r)
	s.requests = append(s.requests, Request{Method: r.Method, Path: r.RequestURI, Status: a.status})
	return a
}

func (s *Supervisor) answer(r *http.Request) answer {
	core, isCore := strings.CutPrefix(r.URL.Path, "/core/api/")
	switch {
	case attack.MatchString(decoded(r.URL.EscapedPath())), attack.MatchString(decoded(r.URL.RawQuery)):
		return plain(http.StatusBadRequest)
	case s.state != running:
		return failure(http.StatusBadRequest, "System is not ready with state: "+s.state)
	case isCore && (bearer(r) != s.token || !s.core):
		return plain(http.StatusUnauthorized)
	case isCore:
		return s.askCore(r.Method, core)
	case token(r) == "":
		return plain(http.StatusUnauthorized)
	case token(r) != s.token:
		return plain(http.StatusForbidden)
	}
	if service, ok := strings.CutPrefix(r.URL.Path, "/services/"); ok {
		return s.askService(r.Method, service)
	}
	return plain(http.StatusForbidden) // the rest is for apps with a role
}

func (s *Supervisor) askService(method, service string) answer {
	switch {
	case method != http.MethodGet:
		return plain(http.StatusMethodNotAllowed)
	case service != "mqtt":
		return failure(http.StatusNotFound, "Service does not exist")
	case !s.services:
		return failure(http.StatusForbidden, "No access to mqtt service!")
	case s.broker == nil:
		return failure(http.StatusBadRequest, "Service not enabled")
	}
	return success(map[string]any{"result": "ok", "data": s.broker.wire()})
}

func (s *Supervisor) askCore(method, path string) answer {
	switch {
	case s.home == nil:
		return plain(http.StatusBadGateway)
	case path != "config":
		return plain(http.StatusNotFound)
	case method != http.MethodGet:
		return plain(http.StatusMethodNotAllowed)
	}
	return success(s.home.wire())
}

// attack is what the Supervisor's filter is about, in fewer words than its own.
var attack = regexp.MustCompile(`(?i)\.\./|<.*script.*>|[a-z0-9_]=/[a-z0-9_.]/|union.*select|concat.*\(|proc/self/environ`)

// decoded undoes every layer of escapes.
func decoded(s string) string {
	for {
		once, err := url.PathUnescape(s)
		if err != nil || once == s {
			return s
		}
		s = once
	}
}

// bearer is the last word of the Authorization header, whatever stands before it.
func bearer(r *http.Request) string {
	words := strings.Split(r.Header.Get("Authorization"), " ")
	return words[len(words)-1]
}

func token(r *http.Request) string {
	for _, name := range []string{"X-Supervisor-Token", "X-Hassio-Key"} {
		if t := r.Header.Get(name); t != "" {
			return t
		}
	}
	return bearer(r)
}

func (b *Broker) wire() map[string]any {
	data := map[string]any{"addon": b.App, "host": b.Host, "port": b.Port, "ssl": b.TLS, "protocol": "3.1.1"}
	if b.Username != "" {
		data["username"] = b.Username
	}
	if b.Password != "" {
		data["password"] = b.Password
	}
	return data
}

// wire is a part of what Core sends.
func (c *Core) wire() map[string]any {
	return map[string]any{
		"components": c.Components, "config_dir": "/config", "config_source": "storage", "country": nil,
		"currency": c.Currency, "elevation": 0, "language": c.Language, "latitude": 0, "location_name": "Home",
		"longitude": 0, "recovery_mode": false, "safe_mode": false, "state": "RUNNING", "time_zone": c.TimeZone,
		"version": c.Version,
	}
}

type answer struct {
	status      int
	contentType string
	body        []byte
}

// plain is an error of the Supervisor's web server.
func plain(status int) answer {
	return answer{status, "text/plain; charset=utf-8", []byte(strconv.Itoa(status) + ": " + http.StatusText(status))}
}

// failure is an error of its API.
func failure(status int, message string) answer {
	return inJSON(status, map[string]any{"result": "error", "message": message})
}

func success(value any) answer { return inJSON(http.StatusOK, value) }

func inJSON(status int, value any) answer {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err) // texts, numbers and booleans only
	}
	return answer{status, "application/json; charset=utf-8", body}
}
