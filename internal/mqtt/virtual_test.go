package mqtt

import (
	"testing"
	"testing/synctest"
	"time"

	"evcc-discovery/internal/mqtt/memtest"
)

// The client and the broker leave nothing behind in virtual time, and what they wait for comes then: here the pauses
// between attempts, and pings that keep an idle connection for an hour.
func TestVirtualTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := BrokerOptions{Address: "127.0.0.1:1883", Network: &memtest.Network{}}
		p := newPeer(t, Options{URL: "mqtt://127.0.0.1:1883", Network: o.Network, FirstPause: time.Second})
		time.Sleep(time.Hour)
		if err := wait(t, p.down, "the first failed attempt"); err.Reason != Unreachable {
			t.Errorf("without a broker: %v", err)
		}
		broker(t, o)
		began := time.Now()
		<-p.up
		if took := time.Since(began); took > maxPause*6/5 {
			t.Errorf("connected %v after the broker's start", took)
		}
		p.subscribe(1, "a")
		time.Sleep(time.Hour)
		p.publish(Message{Topic: "a", Payload: []byte("1"), QoS: 1})
		if m := wait(t, p.messages, "the message"); string(m.Payload) != "1" || len(p.down) > 0 {
			t.Errorf("got %q after an idle hour, and %d losses", m.Payload, len(p.down))
		}
	})
}
