package homeassistant

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"unicode"
)

// Kind is what sort of problem keeps an answer from us.
type Kind int

// The kinds of an [Error].
const (
	Away       Kind = iota // the Supervisor, or Core behind it, does not answer
	NotReady               // it answers that it is starting or stopping
	NoBroker               // no app offers a broker, or not yet
	Forbidden              // it does not accept our token, or the app's configuration does not allow the call
	Unreadable             // what it answers is not what is documented
)

// String is the word that logs use.
func (k Kind) String() string {
	switch k {
	case Away:
		return "away"
	case NotReady:
		return "not ready"
	case NoBroker:
		return "no broker"
	case Forbidden:
		return "forbidden"
	case Unreadable:
		return "unreadable"
	}
	return fmt.Sprintf("Kind(%d)", int(k))
}

// Error says why there is no answer that we can use. errors.Is and errors.As reach the cause where it is the network's
// (syscall.ECONNREFUSED, *net.DNSError, …).
type Error struct {
	URL    string // what was asked
	Reason Kind
	Err    error
}

// Error is one line: where and what.
func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("ask %s: %v", e.URL, e.Reason)
	}
	return fmt.Sprintf("ask %s: %v", e.URL, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Hint is what the user can do about it, as one line to stand after Error.
func (e *Error) Hint() string {
	var c *cause
	if errors.As(e.Err, &c) && c.hint != "" {
		return c.hint
	}
	switch e.Reason {
	case NotReady:
		return "wait until Home Assistant has started; if this lasts, look at the Supervisor's log"
	case NoBroker:
		return "install the Mosquitto broker app and start it, or set the option mqtt_url if you use another broker"
	case Forbidden:
		return hintToken
	case Unreadable:
		return "update Home Assistant, its Supervisor and this app; if this stays, report it with the Supervisor's version"
	default:
		return "wait until the Supervisor has started; if this lasts, restart the device that Home Assistant runs on"
	}
}

const hintToken = "restart this app, because its token changes at every start; if this stays, reinstall it"

// cause is an error in our words.
type cause struct {
	text, hint string
	err        error
}

// Error is what a person can use; the error behind it is in Unwrap.
func (c *cause) Error() string { return c.text }

// Unwrap returns the error behind it, if there is one.
func (c *cause) Unwrap() error { return c.err }

// explainStatus knows what is said in place of an answer. https://github.com/home-assistant/supervisor/tree/main/supervisor/api
func (c *Client) explainStatus(path string, status int, body []byte) (Kind, cause) {
	said := c.message(body)
	switch {
	case status == http.StatusBadRequest && said == "Service not enabled":
		return NoBroker, cause{text: "no app offers an MQTT broker"}
	case status == http.StatusBadRequest && strings.HasPrefix(said, "System is not ready with state:"):
		return NotReady, cause{text: said}
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return Forbidden, cause{text: "not allowed: " + quoted(status, said), hint: hintForbidden(path, status, said)}
	case status == http.StatusBadGateway && path == corePath:
		return Away, cause{
			text: "Home Assistant does not answer the Supervisor",
			hint: "wait until Home Assistant has started; if this lasts, look at its log",
		}
	case status >= http.StatusInternalServerError:
		return Away, cause{text: "the Supervisor has a problem: " + quoted(status, said), hint: "look at the Supervisor's log"}
	}
	return Unreadable, cause{text: "unexpected answer: " + quoted(status, said)}
}

func hintForbidden(path string, status int, said string) string {
	switch {
	case path == corePath && status == http.StatusUnauthorized:
		return `this app needs "homeassistant_api: true" in its configuration: reinstall it`
	case strings.HasPrefix(said, "No access to mqtt"):
		return `this app needs "services: mqtt:want" in its configuration: reinstall it, or set the option mqtt_url`
	}
	return hintToken
}

func quoted(status int, said string) string {
	if said == "" {
		return fmt.Sprintf("HTTP %d", status)
	}
	return fmt.Sprintf("%q (HTTP %d)", said, status)
}

// message is what the Supervisor gives as its reason, fit for a line of the log.
func (c *Client) message(body []byte) string {
	var answer struct{ Message string }
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	return c.clean(answer.Message)
}

// clean makes a foreign text safe to show: short, one line, without the token.
func (c *Client) clean(foreign string) string {
	const limit = 200 // characters
	shown := strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, foreign))
	if c.token != "" {
		shown = strings.ReplaceAll(shown, c.token, "…")
	}
	if runes := []rune(shown); len(runes) > limit {
		shown = string(runes[:limit]) + "…"
	}
	return shown
}

// explainNetwork knows the ways to and from a host.
func (c *Client) explainNetwork(err error) cause {
	var (
		dns     *net.DNSError
		timeout net.Error
	)
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return cause{
			text: fmt.Sprintf("host %q not found", dns.Name), err: err,
			hint: "only an app of Home Assistant can reach the Supervisor: elsewhere, unset SUPERVISOR_TOKEN and HASSIO_TOKEN",
		}
	case errors.Is(err, syscall.ECONNREFUSED):
		return cause{text: "connection refused", err: err}
	case errors.As(err, &timeout) && timeout.Timeout():
		return cause{text: fmt.Sprintf("no answer within %v", requestTimeout), err: err}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return cause{text: "the connection broke before the answer was complete", err: err}
	}
	return cause{text: c.clean(stable(err)), err: err}
}

// stable drops what changes from one attempt to the next, the local port, and the address, which Error names.
func stable(err error) string {
	var op *net.OpError
	var u *url.Error
	switch {
	case errors.As(err, &op):
		return op.Err.Error()
	case errors.As(err, &u):
		return u.Err.Error()
	}
	return err.Error()
}
