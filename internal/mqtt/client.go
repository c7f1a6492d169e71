package mqtt

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// Message is one MQTT message in either direction.
type Message struct {
	Topic    string
	Payload  []byte // owned by the receiver; Publish copies it
	QoS      byte
	Retained bool // received: the broker replays what it keeps; sent: the retain flag
}

// Options say where the broker is and who we are. Only URL is required.
type Options struct {
	// URL is scheme://host[:port][/path] with mqtt or tcp (port 1883), mqtts,
	// ssl or tls (8883), ws (80) or wss (443). Only ws and wss have a path.
	URL                string
	Username, Password string
	CAFile             string        // PEM; trusted in addition to the system's roots
	ClientID           string        // "" = random, the same for the life of the client
	Will               *Message      // published by the broker when the connection breaks
	FirstPause         time.Duration // pause before the second attempt; 0 = 1 s. Tests set it shorter
	Network            Network       // for mqtt and tcp; nil = the machine's own
}

// Network opens plain connections. Tests have one in memory, so that they can run in virtual time.
type Network interface {
	Dial(ctx context.Context, address string) (net.Conn, error)
	Listen(address string) (net.Listener, error)
}

// Handler receives what happens on the connection; nil functions are fine.
type Handler struct {
	// Up is called when the connection is ready, the first time and after
	// every reconnect. The owner subscribes here.
	Up func()
	// Down is called when the connection is lost or an attempt failed, with a
	// [*ConnectError]; once per reason, not for every retry that ends alike.
	// It is not called for an end that Close or Run's context asked for.
	Down func(err error)
	// Message is called in order of arrival and must not block.
	Message func(Message)
}

// ErrNotConnected is what Publish, Subscribe and Flush wrap while there is no connection.
var ErrNotConnected = errors.New("not connected to the broker")

// ErrForbidden is what Subscribe wraps when the broker says no.
var ErrForbidden = errors.New("the broker refused")

// Client is one connection to a broker, kept up by Run. Its methods may be
// called from any goroutine.
type Client struct {
	opts    Options
	ownID   bool        // the client id is random: nobody else has it
	url     *url.URL    // normalized, without secrets
	tls     *tls.Config // nil for plain connections
	handler Handler

	stop    context.CancelFunc // ends Run
	stopped context.Context
	running atomic.Bool
	closed  atomic.Bool // Close was called: no further attempt

	mu      sync.Mutex
	session *session // nil while not connected
}

// New checks the options and reports every problem at once. It does not dial.
func New(o Options, h Handler) (*Client, error) {
	ownID := o.ClientID == ""
	u, errs := parseURL(o.URL)
	errs = append(errs, checkLogin(&o)...)
	roots, err := loadRoots(u, o.CAFile)
	if errs = append(errs, err); errors.Join(errs...) != nil {
		return nil, errors.Join(errs...)
	}
	c := &Client{opts: o, ownID: ownID, url: u, handler: h}
	if secure(u) {
		c.tls = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots, ServerName: u.Hostname()}
	}
	c.stopped, c.stop = context.WithCancel(context.Background())
	return c, nil
}

// Run connects and keeps reconnecting, with pauses that grow from one second
// to one minute, until ctx ends or Close is called; then it returns nil. If ctx
// ends first, Run disconnects in order, without the will: to send a farewell,
// publish it and call Close before ending ctx. Run works once.
func (c *Client) Run(ctx context.Context) error {
	if c.running.Swap(true) {
		return errors.New("mqtt: Run works only once per client")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.stopped, cancel)()

	pause := newPauses(c.opts.FirstPause)
	lastReason := ""
	down := func(err *ConnectError) {
		if text := err.Error(); text != lastReason && c.handler.Down != nil {
			lastReason = text
			c.handler.Down(err)
		}
	}
	for ctx.Err() == nil && !c.closed.Load() {
		s, err := c.connect(ctx)
		switch {
		case ctx.Err() != nil && s == nil:
			return nil
		case err != nil:
			down(explain(c.url, err))
		default:
			lastReason = ""
			since := time.Now()
			if err := c.serve(ctx, s); err != nil && ctx.Err() == nil {
				lost := explainLoss(c.url, err, c.ownID)
				lost.Unacked, lost.Acked = s.lost(), s.acked
				down(lost)
			}
			pause.lasted(time.Since(since))
		}
		pause.wait(ctx)
	}
	return nil
}

// serve lives as long as the connection and returns why it ended; nil if we
// ended it. All goroutines of the session are gone afterwards.
func (c *Client) serve(ctx context.Context, s *session) error {
	c.setSession(s)
	if c.handler.Up != nil {
		c.handler.Up()
	}
	select {
	case <-s.ended:
	case <-ctx.Done():
		bye, cancel := context.WithTimeout(context.Background(), time.Second)
		_ = s.shut(bye) // waits if Close is at it already
		cancel()
		<-s.ended
	}
	c.setSession(nil)
	<-s.senderDone
	return s.err
}

// Busy reports whether something that was published still waits for the broker: the connection may be slow.
func (c *Client) Busy() bool {
	s, err := c.current()
	return err == nil && s.busy()
}

func (c *Client) setSession(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.session = s
}

func (c *Client) current() (*session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session == nil {
		return nil, ErrNotConnected
	}
	return c.session, nil
}

// Publish hands a message over and returns at once. An error says that it was
// not taken: no connection, an unusable topic, too large, or too many waiting.
// No error does not mean that it arrived; see Flush.
func (c *Client) Publish(m Message) error {
	if err := checkMessage(m); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	s, err := c.current()
	if err == nil {
		err = s.publish(m)
	}
	if err != nil {
		return fmt.Errorf("publish %q: %w", m.Topic, err)
	}
	return nil
}

// Flush waits until the broker has acknowledged every message with QoS 1 or 2
// handed over on this connection before the call.
func (c *Client) Flush(ctx context.Context) error {
	s, err := c.current()
	if err == nil {
		err = s.flush(ctx)
	}
	if err != nil {
		return fmt.Errorf("flush: %w", err)
	}
	return nil
}

// Subscribe waits up to 10 s for the broker's answer. It comes after all
// messages published before it. Retained messages of several filters of one
// call arrive in no particular order. Not to be called from Handler.Message.
//
// Keep filters narrow: Mosquitto replays 1020 retained messages with QoS 1 (20
// in flight and its max_queued_messages), or with QoS 0 what the socket takes
// and 1000 more, and drops the rest without a word.
func (c *Client) Subscribe(qos byte, filters ...string) error {
	if err := checkFilters(qos, filters); err != nil || len(filters) == 0 {
		return err
	}
	s, err := c.current()
	if err == nil {
		err = s.subscribe(qos, filters)
	}
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	return nil
}

// Unsubscribe gives filters up and does not wait for the broker's answer. It comes after everything handed over before it.
func (c *Client) Unsubscribe(filters ...string) error {
	s, err := c.current()
	if err == nil {
		err = s.push(func() { s.paho.Unsubscribe(filters...) })
	}
	if err != nil {
		return fmt.Errorf("unsubscribe: %w", err)
	}
	return nil
}

// Close flushes, disconnects in order (the broker drops the will) and ends Run.
// The error says that something was not acknowledged before ctx ended; the
// connection is closed all the same. Not to be called from Handler.Message.
func (c *Client) Close(ctx context.Context) error {
	c.closed.Store(true)
	s, err := c.current()
	if err != nil {
		c.stop()
		return nil
	}
	err = s.shut(ctx)
	c.stop()
	if err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}

// Drop closes the socket without a word, so that the broker sends the will.
// Run takes it as a lost connection and connects again after a pause; end its
// context after Drop, not before, to stay away.
func (c *Client) Drop() {
	if s, err := c.current(); err == nil {
		s.socket.fail(errDropped)
	}
}
