package app_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"evcc-discovery/internal/mqtt"
)

// tap stands between a client and its broker: it notes what the client publishes, and can cut the connection.
type tap struct {
	news
	broker mqtt.Options // with the tap's own address

	mu        sync.Mutex
	conns     []net.Conn
	attempts  int
	published []string // topics, in order
}

// newTap listens on a free port and passes everything on to a broker; without its address it hangs up on everyone.
func newTap(t *testing.T, broker mqtt.Options) *tap {
	t.Helper()
	l, err := listen(broker.Network)
	if err != nil {
		t.Fatal(err)
	}
	p := &tap{broker: broker}
	p.broker.URL = "mqtt://" + l.Addr().String()
	t.Cleanup(func() {
		_ = l.Close()
		p.cut()
	})
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.attempts++
			p.mu.Unlock()
			p.happened()
			server, err := dial(broker)
			if err != nil {
				_ = client.Close()
				continue
			}
			p.mu.Lock()
			p.conns = append(p.conns, client, server)
			p.mu.Unlock()
			go func() {
				_, _ = io.Copy(client, server)
				_ = client.Close()
			}()
			go func() {
				p.read(io.TeeReader(client, server))
				_ = server.Close()
			}()
		}
	}()
	return p
}

// listen listens on a free port.
func listen(n mqtt.Network) (net.Listener, error) {
	if n == nil {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	return n.Listen("127.0.0.1:0")
}

func dial(broker mqtt.Options) (net.Conn, error) {
	address := strings.TrimPrefix(broker.URL, "mqtt://")
	switch {
	case address == "":
		return nil, errors.New("nobody is there")
	case broker.Network == nil:
		return net.Dial("tcp", address)
	}
	return broker.Network.Dial(context.Background(), address)
}

// read follows the client's packets until the connection ends.
func (p *tap) read(from io.Reader) {
	const publish, pubQoS = 3, 6
	for r := bufio.NewReader(from); ; {
		head, err := r.ReadByte()
		if err != nil {
			return
		}
		length, err := packetLength(r)
		if err != nil {
			return
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		if head>>4 == publish && head&pubQoS != pubQoS && length >= 2 {
			p.mu.Lock()
			p.published = append(p.published, string(body[2:2+int(body[0])<<8+int(body[1])]))
			p.mu.Unlock()
		}
	}
}

// packetLength reads MQTT's variable byte integer.
func packetLength(r io.ByteReader) (n int, err error) {
	for shift := 0; shift <= 21; shift += 7 {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		n |= int(b&0x7f) << shift
		if b < 0x80 {
			break
		}
	}
	return n, nil
}

// cut closes all connections without a word.
func (p *tap) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}

// topics returns what the client published.
func (p *tap) topics() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.published...)
}

func (p *tap) tried() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.attempts
}
