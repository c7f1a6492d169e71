package bridge

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"evcc-discovery/internal/hint"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/step"
)

// Client is what the loop needs of an MQTT connection. Publish must not wait for the broker.
type Client interface {
	Publish(mqtt.Message) error
	Subscribe(qos byte, filters ...string) error
	Unsubscribe(filters ...string) error
	Busy() bool // what was published still waits for the broker
}

// Loop runs a core on an MQTT connection. Its handlers may be called from anywhere; everything else happens in Run.
type Loop struct {
	core    *Core
	log     zerolog.Logger
	store   func(root string, registry []byte) error
	mailbox *mailbox
	pings   chan struct{}
	status  atomic.Pointer[Status]
}

// Report says that a problem is there, or that it is over: one that the core cannot see.
func (l *Loop) Report(code problem.Code, where string, on bool, detail string) {
	l.mailbox.put(step.Event{At: time.Now(), Kind: step.Reported, Problem: code, Where: where, On: on, Detail: detail})
}

// Status returns how the program is now. It may be called from anywhere.
func (l *Loop) Status() Status {
	if status := l.status.Load(); status != nil {
		return *status
	}
	return NewStatus(l.core.settings.Version)
}

// NewLoop returns a loop around a new core. Notes go to the log, registries to store.
func NewLoop(s Settings, log zerolog.Logger, store func(root string, registry []byte) error) *Loop {
	return &Loop{core: New(s), log: log, store: store, mailbox: newMailbox(), pings: make(chan struct{})}
}

// Alive returns nil once the loop has answered, or the context's error.
func (l *Loop) Alive(ctx context.Context) error {
	select {
	case l.pings <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("event loop not responding: %w", ctx.Err())
	}
}

// Handler returns what an MQTT client calls for this loop. None of it waits.
func (l *Loop) Handler() mqtt.Handler {
	return mqtt.Handler{
		Up:   func() { l.mailbox.put(step.Event{At: time.Now(), Kind: step.Connected}) },
		Down: func(err error) { l.down(err) },
		Message: func(m mqtt.Message) {
			if l.core.settings.echo(&m) {
				return
			}
			l.mailbox.put(step.Event{At: time.Now(), Kind: step.Received, Topic: m.Topic, Payload: m.Payload, Retained: m.Retained})
		},
	}
}

// echo reports whether a message is nothing but an event of ours on its way back. In a burst of commands it is one message of
// five.
func (s *Settings) echo(m *mqtt.Message) bool {
	return !m.Retained && strings.HasPrefix(m.Topic, s.Base+"/") && strings.HasSuffix(m.Topic, "/event")
}

// optional reports whether a subscription only serves diagnoses: who is at the same evcc, and where other evccs are.
func (s *Settings) optional(filter string) bool {
	return strings.HasPrefix(filter, "+") || strings.HasPrefix(filter, s.Prefix+"/device/+/")
}

// Locate takes Home Assistant's time zone, as an IANA name. It may be called from anywhere.
func (l *Loop) Locate(zone string) {
	l.mailbox.put(step.Event{At: time.Now(), Kind: step.Located, Payload: []byte(zone)})
}

func (l *Loop) down(err error) {
	hint.Log(l.log.Error(), err).Msg("no connection to the broker; trying again")
	e := step.Event{At: time.Now(), Kind: step.Lost, Problem: reason(err), Detail: err.Error()}
	if failed := (*mqtt.ConnectError)(nil); errors.As(err, &failed) {
		e.Acked = failed.Acked
		for _, m := range failed.Unacked {
			e.Unacked = append(e.Unacked, step.Sent(m))
		}
	}
	l.mailbox.put(e)
}

// reason is the problem that a failed connection stands for.
func reason(err error) problem.Code {
	var failed *mqtt.ConnectError
	if !errors.As(err, &failed) {
		return problem.BrokerUnreachable
	}
	switch failed.Reason {
	case mqtt.Closed:
		return problem.BrokerCloses
	case mqtt.Refused:
		return problem.BrokerLogin
	case mqtt.TLS:
		return problem.BrokerTLS
	case mqtt.Protocol:
		return problem.BrokerProtocol
	}
	return problem.BrokerUnreachable
}

// Run owns the core until the context ends; then it says goodbye. The caller closes the client afterwards.
func (l *Loop) Run(ctx context.Context, client Client) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			l.do(ctx, client, l.core.Goodbye())
			return
		case <-l.pings:
		case <-timer.C:
			l.do(ctx, client, l.core.Step(step.Event{At: time.Now(), Kind: step.Tick, Busy: client.Busy()}))
		case <-l.mailbox.filled:
			busy := client.Busy()
			for _, e := range l.mailbox.take() {
				e.Busy = busy
				l.do(ctx, client, l.core.Step(e))
			}
		}
		if next := l.core.Next(); next.IsZero() {
			timer.Stop()
		} else {
			timer.Reset(max(time.Until(next), time.Millisecond))
		}
	}
}

// do carries out actions. What fails because the connection has gone is made up for after the next connect.
func (l *Loop) do(ctx context.Context, client Client, actions []step.Action) {
	if status := l.core.Status(); status != nil {
		l.status.Store(status)
	}
	for _, a := range actions {
		switch {
		case a.Note != nil:
			l.note(a.Note)
		case a.Publish != nil:
			p := a.Publish
			err := client.Publish(mqtt.Message{Topic: p.Topic, Payload: []byte(p.Payload), QoS: qos(p), Retained: p.Retain})
			if err != nil {
				hint.Log(l.log.WithLevel(unsent(err)), err).Str("topic", p.Topic).Int("bytes", len(p.Payload)).Msg("message not sent")
			}
		case a.Store != nil:
			if err := l.store(a.Store.Root, a.Store.Registry); err != nil {
				hint.Log(l.log.Error(), err).Msg("state file not written")
			}
		case len(a.Subscribe) > 0:
			l.subscribe(ctx, client, a.Subscribe)
		case len(a.Ask) > 0:
			l.askAgain(ctx, client, a.Ask)
		case len(a.Look) > 0:
			l.look(ctx, client, a.Look)
		}
	}
}

// unsent says how much a message that could not be sent matters: a lost connection is told by itself.
func unsent(err error) zerolog.Level {
	if errors.Is(err, mqtt.ErrNotConnected) {
		return zerolog.DebugLevel
	}
	return zerolog.WarnLevel
}

// qos is 1 for what is retained, because a lost config would stay lost. Commands are followed to evcc's answer
// anyway, and the broker's receipt for each would hold that answer up (Nagle's algorithm, 40 ms).
func qos(p *step.Publish) byte {
	if p.Retain {
		return 1
	}
	return 0
}

// subscribe asks for one filter after the other, so that what is retained comes in portions. QoS 0: what is lost
// with a connection is read again after the next one, and acknowledging each message slows brokers down.
func (l *Loop) subscribe(ctx context.Context, client Client, filters []string) {
	for _, f := range filters {
		began := time.Now()
		err := l.answered(ctx, func() error { return client.Subscribe(0, f) })
		refused, optional := errors.Is(err, mqtt.ErrForbidden), l.core.settings.optional(f)
		switch {
		case ctx.Err() != nil, errors.Is(err, mqtt.ErrNotConnected):
			return // the end of the connection is told by itself, and the next one subscribes again
		case err == nil:
		case optional:
			hint.Log(l.log.Debug(), err).Str("filter", f).Msg("subscription failed")
		case refused:
			hint.Log(l.log.Error(), err).Str("filter", f).Msg("subscription refused by the broker's access list")
		default:
			hint.Log(l.log.Warn(), err).Str("filter", f).Msg("subscription failed; retrying after the next connect")
		}
		if !optional && (err == nil || refused) {
			l.Report(problem.BrokerForbids, f, refused, "")
		}
		if err != nil && time.Since(began) > deaf {
			return // a broker that does not answer: the connection will not last
		}
	}
}

// deaf is how long an answer may take before the rest is not asked for any more.
const deaf = 5 * time.Second

func (l *Loop) note(n *step.Note) {
	levels := [...]zerolog.Level{step.Debug: zerolog.DebugLevel, step.Info: zerolog.InfoLevel, step.Warn: zerolog.WarnLevel, step.Error: zerolog.ErrorLevel}
	e := l.log.WithLevel(levels[n.Level])
	for i := 0; i+1 < len(n.Fields); i += 2 {
		e = e.Str(n.Fields[i], n.Fields[i+1])
	}
	e.Msg(n.Text)
}
