package mqtt

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// Kind is what sort of problem keeps us from the broker.
type Kind int

// The kinds of a [ConnectError].
const (
	Unreachable Kind = iota // nobody answers there, or the connection broke
	Refused                 // the broker does not accept user and password
	TLS                     // no agreement on encryption or certificates
	Protocol                // something answers, but not as an MQTT 3.1.1 broker
	Closed                  // the broker ended a connection that was up
)

// String is the word that logs use.
func (k Kind) String() string {
	switch k {
	case Unreachable:
		return "unreachable"
	case Refused:
		return "refused"
	case TLS:
		return "tls"
	case Protocol:
		return "protocol"
	case Closed:
		return "closed"
	}
	return fmt.Sprintf("Kind(%d)", int(k))
}

// ConnectError says why there is no connection. errors.Is and errors.As reach
// the cause (syscall.ECONNREFUSED, *net.DNSError, x509 errors, …).
type ConnectError struct {
	URL    string // without secrets
	Reason Kind
	Err    error

	// Unacked are the messages with QoS 1 or 2 that the broker had not acknowledged when a connection broke, oldest first:
	// one of them may have been the reason. Acked is the size of the largest that it had.
	Unacked []Sent
	Acked   int
}

// Sent is a message that was handed to the broker.
type Sent struct {
	Topic string
	Size  int // bytes of the packet, at most
}

// Error is one line: where and what.
func (e *ConnectError) Error() string {
	var c *cause
	if errors.As(e.Err, &c) && c.lost {
		return fmt.Sprintf("connection to %s lost: %v", e.URL, e.Err)
	}
	return fmt.Sprintf("connect %s: %v", e.URL, e.Err)
}

// Unwrap returns the cause.
func (e *ConnectError) Unwrap() error { return e.Err }

// Hint is what the user can do about it, as one line to stand after Error.
func (e *ConnectError) Hint() string {
	var c *cause
	if errors.As(e.Err, &c) && c.hint != "" {
		return c.hint
	}
	switch e.Reason {
	case Refused:
		return hintLogin
	case TLS:
		return "check " + envURL + " and " + envCA
	case Protocol:
		return "is this the broker's MQTT port? check " + envURL
	default:
		return "is the broker running there? check " + envURL
	}
}

const hintLogin = "check " + envUsername + " and " + envPassword

// cause is an error in our words.
type cause struct {
	text, hint string
	lost       bool // there was a connection
	err        error
}

// Error is what a person can use; the error behind it is in Unwrap.
func (c *cause) Error() string { return c.text }

// Unwrap returns the error behind it, if there is one.
func (c *cause) Unwrap() error { return c.err }

// explain turns the error of an attempt into words.
func explain(u *url.URL, err error) *ConnectError {
	for _, rule := range []func(*url.URL, error) (Kind, cause){explainAnswer, explainTLS, explainNetwork} {
		if kind, c := rule(u, err); c.text != "" {
			c.err = err
			return &ConnectError{URL: u.String(), Reason: kind, Err: &c}
		}
	}
	return &ConnectError{URL: u.String(), Reason: Unreachable, Err: &cause{text: stable(err), err: err}}
}

// stable drops what changes from one attempt to the next: the local port.
func stable(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err.Error()
	}
	return strings.TrimPrefix(err.Error(), packets.ErrorNetworkError.Error()+" : ")
}

// explainLoss does the same for a connection that was up. A client id of our own choice is nobody else's.
func explainLoss(u *url.URL, err error, ownID bool) *ConnectError {
	kind := Unreachable
	c := &cause{text: stable(err), hint: "trying again by itself; look at the broker's log if this repeats", lost: true, err: err}
	switch {
	case alertOf(err) != "":
		c.text = "the broker ended the encryption (" + alertOf(err) + ")"
	case closed(err):
		kind, c.text = Closed, "closed by the broker"
		c.hint = "trying again by itself; if this repeats, look at the broker's log: it may deny one of our messages, or find it too large"
		if !ownID {
			c.hint = "trying again by itself; if this repeats, look at the broker's log: another program may use our client id"
		}
	case strings.Contains(c.text, "pingresp"): // paho has no name for it
		c.text = "no answer to a ping"
	}
	return &ConnectError{URL: u.String(), Reason: kind, Err: c}
}

// explainAnswer knows what a peer can say in place of a yes.
func explainAnswer(u *url.URL, err error) (Kind, cause) {
	var code unknownCode
	switch {
	case errors.Is(err, packets.ErrorRefusedBadUsernameOrPassword), errors.Is(err, packets.ErrorRefusedNotAuthorised):
		return Refused, cause{text: "the broker refused the login", hint: hintLogin}
	case errors.Is(err, packets.ErrorRefusedIDRejected):
		return Protocol, cause{text: "the broker refused the client id", hint: "check the broker's rules for client ids"}
	case errors.Is(err, packets.ErrorRefusedBadProtocolVersion):
		return Protocol, cause{text: "the broker does not speak MQTT 3.1.1", hint: "allow MQTT 3.1.1 in the broker's settings"}
	case errors.Is(err, packets.ErrorRefusedServerUnavailable):
		return Unreachable, cause{text: "the broker says that it is unavailable", hint: "look at the broker's log"}
	case errors.Is(err, errSpeaksTLS):
		return TLS, cause{text: errSpeaksTLS.Error(), hint: fmt.Sprintf("the port is encrypted: use %s:// in %s", encrypted(u.Scheme), envURL)}
	case errors.Is(err, errSpeaksHTTP):
		return Protocol, cause{text: errSpeaksHTTP.Error()}
	case errors.Is(err, errNotMQTT):
		return Protocol, cause{text: errNotMQTT.Error()}
	case errors.As(err, &code):
		return Protocol, cause{text: code.Error(), hint: "look at the broker's log"}
	case websocket(u.Scheme) && (strings.Contains(err.Error(), "bad handshake") || strings.Contains(err.Error(), "malformed HTTP")):
		return Protocol, cause{text: "no WebSocket answer", hint: "check port and path in " + envURL + "; many brokers use /mqtt"}
	}
	return 0, cause{}
}

func encrypted(scheme string) string {
	if scheme == "ws" {
		return "wss"
	}
	return "mqtts"
}

// explainNetwork knows the ways to and from a host.
func explainNetwork(u *url.URL, err error) (Kind, cause) {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return Unreachable, cause{text: fmt.Sprintf("host %q not found", dns.Name), hint: "check the host name in " + envURL}
	case errors.As(err, &dns):
		return Unreachable, cause{text: fmt.Sprintf("host %q: the name server does not answer", dns.Name), hint: "check the network of this machine"}
	case errors.Is(err, syscall.ECONNREFUSED):
		return Unreachable, cause{text: "connection refused"}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return Unreachable, cause{text: "no route to the host", hint: "check the network of this machine and the host in " + envURL}
	case dialing(err) && errors.As(err, &timeout) && timeout.Timeout():
		return Unreachable, cause{
			text: fmt.Sprintf("no answer within %v", connectTimeout),
			hint: "is the host on, and the port open in its firewall? check " + envURL,
		}
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, os.ErrDeadlineExceeded):
		return Protocol, cause{text: fmt.Sprintf("something listens there but said nothing within %v", connectTimeout)}
	case closed(err):
		c := cause{text: "the broker closed the connection without an answer"}
		if !secure(u) {
			c.hint = fmt.Sprintf("an encrypted port does this: try %s:// in %s, or look at the broker's log", encrypted(u.Scheme), envURL)
		}
		return Protocol, c
	}
	return 0, cause{}
}

// dialing tells a socket that never opened from one that broke later.
func dialing(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

func closed(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
