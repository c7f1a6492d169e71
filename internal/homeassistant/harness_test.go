package homeassistant

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"evcc-discovery/internal/homeassistant/supervisortest"
)

// token and password must never be seen; the tests look for them in everything that is shown.
const (
	token    = "t0k3n-0123456789abcdef"
	password = "s3cr3t-passw0rd"
)

func start(t *testing.T) (*supervisortest.Supervisor, *Client) {
	t.Helper()
	s := supervisortest.Start(token)
	t.Cleanup(s.Close)
	return s, New(s.URL, token, nil)
}

// trip is a http.RoundTripper without a socket.
type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func reply(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// answering is a client whose every request gets the same answer.
func answering(status int, body string) *Client {
	return New("http://supervisor", token, &http.Client{Transport: trip(func(*http.Request) (*http.Response, error) {
		return reply(status, body), nil
	})})
}

// failing is a client whose every request fails the same way.
func failing(err error) *Client {
	return New("http://supervisor", token, &http.Client{Transport: trip(func(*http.Request) (*http.Response, error) {
		return nil, err
	})})
}

// asks are the two calls, alike.
var asks = map[string]func(context.Context, *Client) error{
	brokerPath: func(ctx context.Context, c *Client) error { _, err := c.Broker(ctx); return err },
	corePath:   func(ctx context.Context, c *Client) error { _, err := c.Core(ctx); return err },
}

// expect checks an error by its kind and its exact words.
func expect(t *testing.T, err error, kind Kind, text, hint string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %T %v, want an *Error", err, err)
	}
	if e.Reason != kind || e.Error() != text || e.Hint() != hint {
		t.Errorf("got  %v: %s; hint: %s\nwant %v: %s; hint: %s", e.Reason, e, e.Hint(), kind, text, hint)
	}
	secretFree(t, err, e.Hint())
}

func secretFree(t *testing.T, shown ...any) {
	t.Helper()
	for _, s := range shown {
		if text := fmt.Sprintf("%v %+v %#v", s, s, s); strings.Contains(text, token) || strings.Contains(text, password) {
			t.Errorf("a secret is shown: %s", text)
		}
	}
}
