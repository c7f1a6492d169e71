package mqtt

import (
	"fmt"
	"testing"

	"evcc-discovery/internal/mqtt/mosquitto"
)

func TestMosquitto(t *testing.T) {
	leakCheck(t)
	address := mosquitto.Start(t, "evcc", "right")
	login := func(o Options) Options {
		o.URL, o.Username, o.Password = address, "evcc", "right"
		return o
	}
	p := connected(t, login(Options{})) // retries until it listens
	const n = 2000
	for i := range n {
		p.publish(Message{Topic: fmt.Sprint("evcc/", i), Payload: []byte("x"), QoS: 1, Retained: true})
	}
	p.settle()
	q := connected(t, login(Options{Will: &Message{Topic: "will", Payload: []byte("offline"), QoS: 1}}))
	q.subscribe(0, "evcc/#")
	for i := range n {
		if m := wait(t, q.messages, fmt.Sprint("retained message ", i)); !m.Retained {
			t.Fatalf("%+v", m)
		}
	}
	p.subscribe(1, "will")
	q.Drop()
	if m := wait(t, p.messages, "the will"); string(m.Payload) != "offline" {
		t.Errorf("%+v", m)
	}
	wait(t, q.up, "Up after Drop")
	if err := q.close(); err != nil {
		t.Error(err)
	}
	p.publish(Message{Topic: "will", Payload: []byte("marker")})
	if m := wait(t, p.messages, "the marker"); string(m.Payload) != "marker" {
		t.Errorf("%q after Close", m.Payload)
	}

	o := login(Options{})
	o.Password = "wrong"
	if err := wait(t, newPeer(t, o).down, "Down"); err.Reason != Refused {
		t.Errorf("wrong password: %v", err)
	}
}
