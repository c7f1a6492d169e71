package homeassistant

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	requestTimeout = 10 * time.Second // for a request with its answer
	bodyLimit      = 1 << 20          // bytes; Core's configuration is some 30 kB
	headerLimit    = 64 << 10         // bytes

	brokerPath = "/services/mqtt"
	corePath   = "/core/api/config"
)

// Client asks the Supervisor, and through it Home Assistant Core. Its methods may be called from any goroutine.
type Client struct {
	base  string // without a slash at its end
	token string
	http  *http.Client
}

// Supervisor is the address of the Supervisor for every app.
const Supervisor = "http://supervisor"

// FromEnvironment returns a client for the Supervisor that started this program and answers at base; false means that
// the program does not run as a Home Assistant app. The token is a new one at every start of the app.
func FromEnvironment(base string, getenv func(string) string) (*Client, bool) {
	for _, name := range []string{"SUPERVISOR_TOKEN", "HASSIO_TOKEN"} {
		if token := strings.TrimSpace(getenv(name)); token != "" {
			return New(base, token, nil), true
		}
	}
	return nil, false
}

// New returns a client for the Supervisor at base. A nil client is one that goes there
// directly, whatever proxies the environment names. Redirects are never followed: the token is for this address alone.
func New(base, token string, client *http.Client) *Client {
	if client == nil {
		// Calls are rare: an idle connection would be gone by the next one.
		client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: headerLimit}}
	}
	direct := *client
	direct.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{base: strings.TrimRight(base, "/"), token: token, http: &direct}
}

// Broker asks for the broker that an app offers, usually Mosquitto's. The error is an [*Error], or wraps the one of ctx.
func (c *Client) Broker(ctx context.Context) (Broker, error) {
	body, err := c.get(ctx, brokerPath)
	if err != nil {
		return Broker{}, err
	}
	b, wrong := parseBroker(body)
	if wrong != "" {
		return Broker{}, c.fail(brokerPath, Unreadable, cause{text: wrong})
	}
	return b, nil
}

// Core asks for Home Assistant's configuration. The error is an [*Error], or wraps the one of ctx.
func (c *Client) Core(ctx context.Context) (Core, error) {
	body, err := c.get(ctx, corePath)
	if err != nil {
		return Core{}, err
	}
	core, state, wrong := parseCore(body)
	switch {
	case wrong != "":
		return Core{}, c.fail(corePath, Unreadable, cause{text: wrong})
	case state != "RUNNING":
		return Core{}, c.fail(corePath, NotReady, cause{text: fmt.Sprintf("Home Assistant is not ready with state: %s", state)})
	}
	return core, nil
}

// get returns the body of an answer with status 200; every other outcome is an error in our words.
func (c *Client) get(ctx context.Context, path string) ([]byte, error) {
	status, body, err := c.exchange(ctx, path)
	switch {
	case err != nil && ctx.Err() != nil: // the caller's wish or limit, and no fault of anybody's
		return nil, fmt.Errorf("ask %s%s: %w", c.base, path, ctx.Err())
	case errors.Is(err, errTooLong):
		return nil, c.fail(path, Unreadable, cause{text: err.Error()})
	case err != nil:
		return nil, c.fail(path, Away, c.explainNetwork(err))
	case status != http.StatusOK:
		kind, reason := c.explainStatus(path, status, body)
		return nil, c.fail(path, kind, reason)
	}
	return body, nil
}

var errTooLong = fmt.Errorf("the answer is longer than %d MiB", bodyLimit>>20)

func (c *Client) exchange(ctx context.Context, path string) (status int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Accept", "application/json")
	answer, err := c.http.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(io.LimitReader(answer.Body, bodyLimit+1))
	if err == nil && len(body) > bodyLimit {
		err = errTooLong
	}
	return answer.StatusCode, body, err
}

func (c *Client) fail(path string, kind Kind, reason cause) *Error {
	return &Error{URL: c.base + path, Reason: kind, Err: &reason}
}
