package mqtt

import (
	"errors"
	"io"
	"net"
	"testing"
)

// A connection that breaks instead of an answer is no refusal.
func TestSubscribeWhileConnectionBreaks(t *testing.T) {
	leakCheck(t)
	p := connected(t, Options{URL: "mqtt://" + serve(t, func(conn net.Conn) {
		answer("\x20\x02\x00\x00")(conn)
		_, _ = conn.Read(make([]byte, 1000)) // SUBSCRIBE
	})})
	if err := p.Subscribe(0, "evcc/#"); !errors.Is(err, ErrNotConnected) || errors.Is(err, ErrForbidden) {
		t.Errorf("%v", err)
	}
	p.stop()

	p = connected(t, Options{URL: "mqtt://" + serve(t, func(conn net.Conn) {
		answer("\x20\x02\x00\x00")(conn)
		subscribe := make([]byte, 1000)
		_, _ = conn.Read(subscribe)
		_, _ = io.WriteString(conn, "\x90\x03"+string(subscribe[2:4])+"\x80")
		_, _ = conn.Read(subscribe)
	})})
	if err := p.Subscribe(0, "evcc/#"); !errors.Is(err, ErrForbidden) || errors.Is(err, ErrNotConnected) {
		t.Errorf("%v", err)
	}
}
