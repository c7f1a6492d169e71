package broker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"evcc-discovery/e2e/internal/await"
	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// Message is one that a client received.
type Message struct {
	Topic, Payload string
	Retained       bool // it was on the broker before the client asked for it
}

// Client is a connection of the test itself. It keeps every message it receives, in order, and
// subscribes again by itself after the broker restarted.
type Client struct {
	paho mqtt.Client

	mu       sync.Mutex
	filters  map[string]byte
	received []Message
	sessions int
	changed  await.Signal
}

var clients atomic.Int64 // for distinct client ids

// Dial connects a new client, with the broker's user if it has one.
func (b *Broker) Dial(ctx context.Context) (*Client, error) {
	c := &Client{filters: map[string]byte{}}
	o := mqtt.NewClientOptions().
		AddBroker("tcp://" + b.address()).
		SetClientID(fmt.Sprintf("test-%d", clients.Add(1))).
		SetUsername(b.options.User).
		SetPassword(b.options.Password).
		SetMaxReconnectInterval(time.Second).
		SetConnectTimeout(2 * time.Second). // a broker that is just stopping accepts and says nothing
		SetOnConnectHandler(func(mqtt.Client) { c.connected() }).
		SetDefaultPublishHandler(c.receive)
	c.paho = mqtt.NewClient(o)
	if err := finished(ctx, c.paho.Connect()); err != nil {
		c.paho.Disconnect(0)
		return nil, fmt.Errorf("connect to %s: %w", b.URL(), err)
	}
	return c, c.WaitSession(ctx, 0)
}

// Close disconnects in order.
func (c *Client) Close() { c.paho.Disconnect(100) }

// Publish returns when the broker has the message.
func (c *Client) Publish(ctx context.Context, topic, payload string, retained bool) error {
	if err := finished(ctx, c.paho.Publish(topic, 1, retained, payload)); err != nil {
		return fmt.Errorf("publish to %s: %w", topic, err)
	}
	return nil
}

// Subscribe returns when the broker has accepted the filters.
func (c *Client) Subscribe(ctx context.Context, filters ...string) error {
	wanted := map[string]byte{}
	c.mu.Lock()
	for _, f := range filters {
		wanted[f], c.filters[f] = 1, 1
	}
	c.mu.Unlock()
	if err := finished(ctx, c.paho.SubscribeMultiple(wanted, nil)); err != nil {
		return fmt.Errorf("subscribe to %q: %w", filters, err)
	}
	return nil
}

// connected runs in a goroutine of its own, after each connect.
func (c *Client) connected() {
	c.mu.Lock()
	filters := maps.Clone(c.filters)
	c.mu.Unlock()
	if len(filters) > 0 {
		c.paho.SubscribeMultiple(filters, nil).Wait()
	}
	c.mu.Lock()
	c.sessions++
	c.mu.Unlock()
	c.changed.Fire()
}

// Session is the number of connects so far.
func (c *Client) Session() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sessions
}

// WaitSession returns when the client has connected, and subscribed, more often than that.
func (c *Client) WaitSession(ctx context.Context, before int) error {
	return c.changed.Until(ctx, func() error {
		if c.Session() <= before {
			return errors.New("the client has not connected again")
		}
		return nil
	})
}

func (c *Client) receive(_ mqtt.Client, m mqtt.Message) {
	c.mu.Lock()
	c.received = append(c.received, Message{Topic: m.Topic(), Payload: string(m.Payload()), Retained: m.Retained()})
	c.mu.Unlock()
	c.changed.Fire()
}

// Mark is the number of messages received so far: what comes later is Messages(Mark()).
func (c *Client) Mark() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.received)
}

// Messages are those received since the mark, in order.
func (c *Client) Messages(since int) []Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.received[since:])
}

// WaitMessage returns the first message since the mark that ok accepts, as soon as it is there.
func (c *Client) WaitMessage(ctx context.Context, since int, ok func(Message) bool) (Message, error) {
	var found Message
	err := c.changed.Until(ctx, func() error {
		all := c.Messages(since)
		i := slices.IndexFunc(all, ok)
		if i < 0 {
			return fmt.Errorf("none of %d messages is the one waited for, the last were %+v", len(all), all[max(0, len(all)-5):])
		}
		found = all[i]
		return nil
	})
	return found, err
}

// On is the condition that a message has this topic and payload.
func On(topic, payload string) func(Message) bool {
	return func(m Message) bool { return m.Topic == topic && m.Payload == payload }
}

// Retained is what the broker keeps under the filters now, by topic. It asks with a connection of
// its own; a message to itself, which the broker sends last, tells that it has everything.
func (b *Broker) Retained(ctx context.Context, filters ...string) (map[string]string, error) {
	c, err := b.Dial(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	end := fmt.Sprintf("test/end/%d", clients.Add(1))
	if err := errors.Join(c.Subscribe(ctx, append(filters, end)...), c.Publish(ctx, end, "end", false)); err != nil {
		return nil, err
	}
	if _, err := c.WaitMessage(ctx, 0, On(end, "end")); err != nil {
		return nil, err
	}
	kept := map[string]string{}
	for _, m := range c.Messages(0) {
		if m.Retained {
			kept[m.Topic] = m.Payload
		}
	}
	return kept, nil
}

// finished waits for paho's token.
func finished(ctx context.Context, t mqtt.Token) error {
	ctx, cancel := await.Bound(ctx)
	defer cancel()
	select {
	case <-t.Done():
		return t.Error()
	case <-ctx.Done():
		return ctx.Err()
	}
}
