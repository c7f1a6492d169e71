// Package supervisortest is a Supervisor for tests: it answers what an app may ask of the real one, with the real one's words and
// in its order of checks (source: https://github.com/home-assistant/supervisor/tree/main/supervisor/api, middleware and
// proxy).
//
//  1. Paths and queries that look like an attack get 400, whoever asks.
//  2. In any state but running every call gets 400 "System is not ready with state: …".
//  3. No token gets 401, a wrong one 403. /core/api has a check of its own: it knows the Authorization header alone and
//     says 401 to both.
//  4. /services/mqtt is 403 without the permission, 400 "Service not enabled" without a broker.
//  5. /core/api/config is 502 while Home Assistant is away.
//
// It starts as the real one does: no broker is registered yet and Home Assistant is still away.
package supervisortest

import (
	"net/http/httptest"
	"sync"
)

// Broker is what a broker's app registers with the Supervisor. The empty Username and Password are left out of the
// answer, as they are when an app gives none.
type Broker struct {
	App                string // core_mosquitto
	Host               string // core-mosquitto
	Port               int
	TLS                bool
	Username, Password string
}

// Core is what Home Assistant says about itself.
type Core struct {
	Language, Currency, TimeZone, Version string
	Components                            []string
}

// Request is one call that reached the Supervisor.
type Request struct {
	Method string
	Path   string // with the query, as it was sent
	Status int    // of the answer
}

// Supervisor is the running fake. Its methods may be called from any goroutine.
type Supervisor struct {
	URL string // in place of http://supervisor; empty without a listener

	token  string
	server *httptest.Server

	mu             sync.Mutex
	state          string
	services, core bool // permissions
	broker         *Broker
	home           *Core
	requests       []Request
}

// New returns a Supervisor that does not listen; it is a [http.Handler]. The token is the only one that is accepted; it
// must not be empty.
func New(token string) *Supervisor {
	return &Supervisor{token: token, state: running, services: true, core: true}
}

// Start returns one that listens on loopback until Close.
func Start(token string) *Supervisor {
	s := New(token)
	s.server = httptest.NewServer(s)
	s.URL = s.server.URL
	return s
}

// Close ends the listener and every connection: from now on, calls are refused.
func (s *Supervisor) Close() {
	s.server.CloseClientConnections()
	s.server.Close()
}

const running = "running"

// SetState puts the Supervisor into a state of its own: initialize, setup, startup, shutdown, stopping, close. In any but
// running it answers nothing. (The real one answers in startup and freeze as well.)
func (s *Supervisor) SetState(state string) { s.set(func() { s.state = state }) }

// SetBroker registers a broker, or the same one with another password; nil takes it away.
func (s *Supervisor) SetBroker(b *Broker) {
	if b != nil {
		kept := *b
		b = &kept
	}
	s.set(func() { s.broker = b })
}

// SetCore starts Home Assistant; nil stops it.
func (s *Supervisor) SetCore(c *Core) {
	if c != nil {
		kept := *c
		kept.Components = append([]string{}, c.Components...) // never null on the wire
		c = &kept
	}
	s.set(func() { s.home = c })
}

// SetPermissions says what stands in the app's configuration: "services: mqtt:want" and "homeassistant_api: true". Both
// do after Start.
func (s *Supervisor) SetPermissions(services, core bool) {
	s.set(func() { s.services, s.core = services, core })
}

// Requests returns all calls so far, in order of arrival.
func (s *Supervisor) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

func (s *Supervisor) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}
