package mqtt

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// writeTimeout bounds one write: a peer that is gone without a word, or takes
// nothing, is a lost connection.
const writeTimeout = 10 * time.Second

var (
	errDropped = errors.New("dropped on request")
	errStalled = fmt.Errorf("the broker took no data for %v", writeTimeout)
)

// socket is the connection below paho. It exists because paho reports a lost
// connection from several goroutines, and whoever hands it a message just then
// hangs until a timeout; and because it says nothing at all about a socket
// that was closed under it. So it never fails a write: it closes the
// connection, unless the peer has done so, remembers why, and lets the reader,
// which fails at once, be the only one to tell paho, after onEnd has called
// the sender back.
type socket struct {
	net.Conn
	in      *bufio.Reader // paho reads byte by byte
	onEnd   func()
	connack connack // reader only

	write  sync.Mutex // one deadline and one write at a time
	corked bool       // small writes wait for more
	out    []byte     // that waits

	mu    sync.Mutex
	cause error
}

func newSocket(conn net.Conn, onEnd func()) *socket {
	return &socket{Conn: conn, in: bufio.NewReaderSize(quickAcked{conn}, 1<<14), onEnd: onEnd}
}

// quickAcked acknowledges what it has read at once.
type quickAcked struct{ conn net.Conn }

func (h quickAcked) Read(p []byte) (int, error) {
	n, err := h.conn.Read(p)
	if n > 0 {
		quickAck(h.conn)
	}
	return n, err
}

// fail closes the socket; the first reason given is the one that is reported.
func (s *socket) fail(cause error) {
	s.mu.Lock()
	if s.cause == nil {
		s.cause = cause
	}
	s.mu.Unlock()
	_ = s.Conn.Close()
}

func (s *socket) Read(p []byte) (int, error) {
	n, err := s.in.Read(p)
	if n > 0 {
		err = s.connack.check(p[:n])
	}
	if err == nil {
		return n, nil
	}
	s.mu.Lock()
	if s.cause != nil {
		err = s.cause
	}
	s.mu.Unlock()
	s.onEnd()
	return 0, err
}

// Write always succeeds; see socket.
func (s *socket) Write(p []byte) (int, error) {
	s.write.Lock()
	defer s.write.Unlock()
	s.out = append(s.out, p...)
	if !s.corked || len(s.out) > mostCorked {
		s.flush()
	}
	return len(p), nil
}

// mostCorked is what waits at most, so that a peer that takes nothing is noticed as before.
const mostCorked = 4096

// cork lets small writes wait for each other until uncork: of a burst, each write of its own costs the broker, the
// kernel and us more than what is in it.
func (s *socket) cork() {
	s.write.Lock()
	defer s.write.Unlock()
	s.corked = true
}

func (s *socket) uncork() {
	s.write.Lock()
	defer s.write.Unlock()
	s.corked = false
	s.flush()
}

// flush writes what waits.
func (s *socket) flush() {
	if len(s.out) == 0 {
		return
	}
	_ = s.Conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := s.Conn.Write(s.out); err != nil {
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			err = errStalled
		}
		if !closed(err) { // else the reader ends by itself, after it has read what the peer has said last: an alert, for example
			s.fail(err)
		}
	}
	if s.out = s.out[:0]; cap(s.out) > 4*mostCorked {
		s.out = nil
	}
}

// SetWriteDeadline does nothing: Write sets its own, under its lock.
func (s *socket) SetWriteDeadline(time.Time) error { return nil }

// A peer's first bytes that are not a CONNACK.
var (
	errSpeaksTLS  = errors.New("the broker answered in TLS")
	errSpeaksHTTP = errors.New("a web server answered")
	errNotMQTT    = errors.New("what answered is not an MQTT broker")
)

// unknownCode is a CONNACK return code that MQTT 3.1.1 does not have.
type unknownCode byte

func (c unknownCode) Error() string {
	return fmt.Sprintf("the broker refused with the unknown code %d", byte(c))
}

// connack looks at the first four bytes, which are the CONNACK. paho takes an
// unknown return code for a yes and reports other answers without their sense.
type connack int

func (g *connack) check(p []byte) error {
	for _, b := range p {
		switch {
		case *g == 4:
			return nil
		case *g == 0 && b == 0x15: // TLS alert
			return errSpeaksTLS
		case *g == 0 && b == 'H':
			return errSpeaksHTTP
		case *g == 0 && b != 0x20, *g == 1 && b != 2:
			return errNotMQTT
		case *g == 3 && b > 5:
			return unknownCode(b)
		}
		*g++
	}
	return nil
}

// dial opens the socket, with TLS where the URL says so.
func (c *Client) dial(ctx context.Context) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: connectTimeout}
	switch {
	case c.url.Scheme == "ws" || c.url.Scheme == "wss":
		return c.dialWebsocket(ctx)
	case c.tls != nil:
		return (&tls.Dialer{NetDialer: dialer, Config: c.tls}).DialContext(ctx, "tcp", c.url.Host)
	case c.opts.Network != nil:
		return c.opts.Network.Dial(ctx, c.url.Host)
	default:
		return dialer.DialContext(ctx, "tcp", c.url.Host)
	}
}

func (c *Client) dialWebsocket(ctx context.Context) (net.Conn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	got := make(chan result)
	go func() {
		conn, err := paho.NewWebsocket(c.url.String(), c.tls, connectTimeout, nil, nil)
		select {
		case got <- result{conn, err}:
		case <-ctx.Done():
			if err == nil {
				_ = conn.Close()
			}
		}
	}()
	select {
	case r := <-got:
		return r.conn, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
