package mqtt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

const (
	keepAlive      = 30 * time.Second
	connectTimeout = 10 * time.Second // socket, TLS and the broker's answer together
	answerTimeout  = 10 * time.Second // SUBACK
)

// session is one connection. Everything for paho goes through its queue and is
// handed over by its sender goroutine, in order.
type session struct {
	paho   paho.Client
	socket *socket // set before paho.Connect completes

	mu    sync.Mutex
	queue []func()
	wake  chan struct{} // capacity 1

	handover   sync.Mutex // held while the sender is inside paho
	unacked    []handed   // sender only; QoS ≥ 1, oldest first
	acked      int        // sender only; size of the largest message that was acknowledged
	last       atomic.Pointer[handed]
	closing    chan struct{} // closed: nothing is handed over any more
	ended      chan struct{} // closed: paho's goroutines are gone, err is set
	err        error         // why it ended; nil if we ended it
	senderDone chan struct{}

	closeOnce, endOnce, shutOnce sync.Once
	shutErr                      error // for the callers of shut that came later
}

// connect makes one attempt. The session it returns is ready for use.
func (c *Client) connect(ctx context.Context) (*session, error) {
	s := &session{
		wake:       make(chan struct{}, 1),
		closing:    make(chan struct{}),
		ended:      make(chan struct{}),
		senderDone: make(chan struct{}),
	}
	release := func() bool { return true }
	o := c.pahoOptions()
	o.SetCustomOpenConnectionFn(func(*url.URL, paho.ClientOptions) (net.Conn, error) {
		conn, err := c.dial(ctx)
		if err != nil {
			return nil, err
		}
		s.socket = newSocket(conn, s.stopHandover)
		release = context.AfterFunc(ctx, func() { s.socket.fail(ctx.Err()) })
		return s.socket, nil
	})
	o.SetConnectionLostHandler(func(_ paho.Client, err error) { s.end(err) })
	o.SetDefaultPublishHandler(func(_ paho.Client, m paho.Message) {
		if c.handler.Message != nil {
			c.handler.Message(Message{Topic: m.Topic(), Payload: m.Payload(), QoS: m.Qos(), Retained: m.Retained()})
		}
	})
	s.paho = paho.NewClient(o)
	token := s.paho.Connect()
	<-token.Done() // bounded: by ctx and by connectTimeout
	if err := token.Error(); err != nil {
		release()
		return nil, err
	}
	if !release() { // ctx ended while the broker said yes
		<-s.ended
		return nil, ctx.Err()
	}
	go s.send()
	return s, nil
}

func (c *Client) pahoOptions() *paho.ClientOptions {
	o := paho.NewClientOptions().
		AddBroker(c.url.String()).
		SetProtocolVersion(4). // else paho tries 3.1 after a refusal
		SetCleanSession(true).
		SetOrderMatters(true).
		SetAutoReconnect(false).
		SetConnectRetry(false).
		SetKeepAlive(keepAlive).
		SetConnectTimeout(connectTimeout).
		SetWriteTimeout(writeTimeout).
		SetClientID(c.opts.ClientID).
		SetUsername(c.opts.Username).
		SetPassword(c.opts.Password)
	if w := c.opts.Will; w != nil {
		o.SetBinaryWill(w.Topic, w.Payload, w.QoS, w.Retained)
	}
	return o
}

func (s *session) end(err error) {
	s.stopHandover()
	s.endOnce.Do(func() {
		s.err = err
		close(s.ended)
	})
}

func (s *session) publish(m Message) error {
	payload := bytes.Clone(m.Payload)
	return s.push(func() {
		token := s.paho.Publish(m.Topic, m.QoS, m.Retained, payload)
		if m.QoS > 0 {
			h := handed{token, Sent{m.Topic, len(m.Topic) + len(payload) + packetHead}}
			s.unacked = append(s.unacked, h)
			s.last.Store(&h)
		}
	})
}

// busy reports whether something that was handed over has not reached the broker, as far as that can be known.
func (s *session) busy() bool {
	s.mu.Lock()
	waiting := len(s.queue) > 0
	s.mu.Unlock()
	last := s.last.Load()
	return waiting || last != nil && !last.done()
}

// lost returns what the broker had not acknowledged when the session ended, oldest first. The sender must be gone.
func (s *session) lost() (unacked []Sent) {
	for _, h := range s.unacked {
		if h.acked() {
			s.acked = max(s.acked, h.Size)
		} else {
			unacked = append(unacked, h.Sent)
		}
	}
	return unacked
}

// packetHead is what a PUBLISH has beside topic and payload, at most.
const packetHead = 9

// handed is a message that paho has.
type handed struct {
	paho.Token
	Sent
}

func (h *handed) done() bool {
	select {
	case <-h.Done():
		return true
	default:
		return false
	}
}

// acked reports whether the broker has acknowledged it: paho gives up the others when the connection ends.
func (h *handed) acked() bool { return h.done() && h.Error() == nil }

func (s *session) flush(ctx context.Context) error {
	sent := make(chan []handed, 1)
	if err := s.push(func() { sent <- slices.Clone(s.unacked) }); err != nil {
		return err
	}
	var open []handed
	select {
	case open = <-sent:
	case <-s.closing:
		return ErrNotConnected
	case <-ctx.Done():
		return fmt.Errorf("messages are still waiting to be sent: %w", ctx.Err())
	}
	for i, token := range open {
		select {
		case <-token.Done():
			if token.Error() != nil {
				return fmt.Errorf("connection lost with %d messages unacknowledged: %w", len(open)-i, ErrNotConnected)
			}
		case <-ctx.Done():
			return fmt.Errorf("%d messages are not acknowledged: %w", len(open)-i, ctx.Err())
		}
	}
	return nil
}

func (s *session) subscribe(qos byte, filters []string) error {
	timeout := time.NewTimer(answerTimeout)
	defer timeout.Stop()
	wanted := make(map[string]byte, len(filters))
	for _, f := range filters {
		wanted[f] = qos
	}
	sent := make(chan *paho.SubscribeToken, 1)
	if err := s.push(func() { sent <- s.paho.SubscribeMultiple(wanted, nil).(*paho.SubscribeToken) }); err != nil {
		return err
	}
	late := fmt.Errorf("no answer to %s within %v", quoted(filters), answerTimeout)
	var token *paho.SubscribeToken
	select {
	case token = <-sent:
	case <-s.closing:
		return ErrNotConnected
	case <-timeout.C:
		return late
	}
	select {
	case <-token.Done():
	case <-timeout.C:
		return late
	}
	if err := token.Error(); err != nil {
		return fmt.Errorf("%w: %w", ErrNotConnected, err)
	}
	return refused(token.Result())
}

// refused reads a SUBACK: 0x80 is a refusal.
func refused(result map[string]byte) error {
	var no []string
	for filter, code := range result {
		if code > 2 {
			no = append(no, filter)
		}
	}
	if len(no) == 0 {
		return nil
	}
	slices.Sort(no)
	return fmt.Errorf("%w %s: allow it in the broker's access rules", ErrForbidden, quoted(no))
}

func quoted(names []string) string {
	var b strings.Builder
	for i, n := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", n)
	}
	return b.String()
}

// shut flushes and disconnects. A second caller waits for the first one.
func (s *session) shut(ctx context.Context) error {
	s.shutOnce.Do(func() {
		if err := s.flush(ctx); !errors.Is(err, ErrNotConnected) {
			s.shutErr = err
		}
		s.stopHandover()
		<-s.senderDone      // it holds nothing back any longer: what paho says last goes out at once
		const quiesce = 250 // ms for DISCONNECT; afterwards the socket is closed under paho
		s.paho.Disconnect(quiesce)
		s.socket.fail(net.ErrClosed)
		s.end(nil)
	})
	return s.shutErr
}
