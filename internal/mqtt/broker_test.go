package mqtt

import (
	"bytes"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

func TestBrokerAddress(t *testing.T) {
	for o, want := range map[BrokerOptions]string{
		{Address: "0.0.0.0:0"}:   "embedded broker: 0.0.0.0:0 is open to the network: set user and password",
		{Address: ":0"}:          "embedded broker: :0 is open to the network: set user and password",
		{Address: "192.0.2.1:0"}: "embedded broker: 192.0.2.1:0 is open to the network: set user and password",
		{Username: "u"}:          "embedded broker: user and password go together",
		{Password: "p"}:          "embedded broker: user and password go together",
		{Address: "localhost:x"}: `embedded broker: address "localhost:x": lookup tcp/x: unknown port`,
	} {
		b, err := StartBroker(o)
		if err == nil {
			t.Errorf("%+v: listens on %s", o, b.URL())
			_ = b.Close()
		} else if err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for _, o := range []BrokerOptions{
		{},
		{Address: "localhost:0"},
		{Address: "0.0.0.0:0", Insecure: true},
		{Address: ":0", Username: "evcc", Password: "right"},
	} {
		b := broker(t, o)
		if !strings.HasPrefix(b.URL(), "mqtt://127.0.0.1:") {
			t.Errorf("%+v: %s", o, b.URL())
		}
		connected(t, Options{URL: b.URL(), Username: o.Username, Password: o.Password})
	}
}

// A client that connects and says nothing does not keep Close from returning.
func TestBrokerCloseWithSilentClient(t *testing.T) {
	leakCheck(t)
	b := broker(t, BrokerOptions{})
	conn, err := net.Dial("tcp", strings.TrimPrefix(b.URL(), "mqtt://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	connected(t, Options{URL: b.URL()}) // accepted later, so conn is accepted too
	start := time.Now()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(start); d > helloTimeout/2 {
		t.Errorf("Close took %v", d)
	}
}

func TestBrokerForgetsNothing(t *testing.T) {
	if s := capabilities().MaximumMessageExpiryInterval; s != 0 {
		t.Errorf("retained messages expire after %d s", s)
	}
}

// A client that comes back before the broker has seen it go: the old will is
// out before the new connection is up, and the new subscription stays.
func TestBrokerTakeOver(t *testing.T) {
	leakCheck(t)
	b := broker(t, BrokerOptions{})
	watch := connected(t, Options{URL: b.URL()})
	watch.subscribe(0, "status")
	for range 30 {
		o := Options{URL: b.URL(), ClientID: "same", FirstPause: time.Hour, Will: &Message{Topic: "status", Payload: []byte("offline")}}
		connected(t, o)
		p := connected(t, o)
		p.publish(Message{Topic: "status", Payload: []byte("online")})
		for _, want := range []string{"offline", "online"} {
			if m := wait(t, watch.messages, want); string(m.Payload) != want {
				t.Fatalf("got %s, want %s", m.Payload, want)
			}
		}
		p.subscribe(0, "a")
		watch.publish(Message{Topic: "a"})
		wait(t, p.messages, "a message for the new connection")
		if err := p.close(); err != nil {
			t.Error(err)
		}
		clients(t, b, 1)
	}
}

// A client may subscribe while messages are on their way to it, whatever their
// packet ids are: the two directions count independently.
func TestBrokerPacketIDs(t *testing.T) {
	b := broker(t, BrokerOptions{})
	conn, err := net.Dial("tcp", strings.TrimPrefix(b.URL(), "mqtt://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	talk := func(send packets.ControlPacket, want byte) packets.ControlPacket {
		t.Helper()
		if send != nil {
			if err := send.Write(conn); err != nil {
				t.Fatal(err)
			}
		}
		got, err := packets.ReadPacket(conn)
		if err != nil {
			t.Fatal(err)
		}
		if name := strings.Fields(got.String())[0]; name != packets.PacketNames[want]+":" {
			t.Fatalf("got %v, want %s", got, packets.PacketNames[want])
		}
		return got
	}
	hello := packets.NewControlPacket(packets.Connect).(*packets.ConnectPacket)
	hello.ProtocolName, hello.ProtocolVersion, hello.CleanSession, hello.ClientIdentifier = "MQTT", 4, true, "raw"
	talk(hello, packets.Connack)
	subscribe := packets.NewControlPacket(packets.Subscribe).(*packets.SubscribePacket)
	subscribe.MessageID, subscribe.Topics, subscribe.Qoss = 1, []string{"a"}, []byte{1}
	talk(subscribe, packets.Suback)

	connected(t, Options{URL: b.URL()}).publish(Message{Topic: "a", QoS: 1})
	on := talk(nil, packets.Publish).(*packets.PublishPacket)
	subscribe.MessageID = on.MessageID // which is not acknowledged
	if got := talk(subscribe, packets.Suback).(*packets.SubackPacket).ReturnCodes; !bytes.Equal(got, []byte{1}) {
		t.Errorf("SUBACK says %v, want 1", got)
	}
}
