// Package memtest connects the clients and brokers of one test in memory: without sockets everything that waits is
// seen by testing/synctest, and a test takes no longer than its computing.
package memtest

import (
	"context"
	"net"
	"os"
	"sync"
	"syscall"
)

// Network is package mqtt's Network, one that nobody else reaches. The zero value has no listener.
type Network struct {
	mu        sync.Mutex
	listeners map[string]*listener
	ports     int // handed out so far
}

// Listen takes host:port; port 0 is a free one.
func (n *Network) Listen(address string) (net.Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	at, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, err
	}
	if at.Port == 0 {
		n.ports++
		at.Port = n.ports
	}
	if n.listeners[at.String()] != nil {
		return nil, failed("listen", at, syscall.EADDRINUSE)
	}
	if n.listeners == nil {
		n.listeners = make(map[string]*listener)
	}
	l := &listener{network: n, at: at, calls: make(chan net.Conn), closed: make(chan struct{})}
	n.listeners[at.String()] = l
	return l, nil
}

// Dial connects to a listener, or is refused.
func (n *Network) Dial(ctx context.Context, address string) (net.Conn, error) {
	at, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	l := n.listeners[at.String()]
	n.mu.Unlock()
	if l == nil {
		return nil, failed("dial", at, syscall.ECONNREFUSED)
	}
	ours, theirs := newConns(at)
	select {
	case l.calls <- theirs:
		return ours, nil
	case <-l.closed:
		return nil, failed("dial", at, syscall.ECONNREFUSED)
	case <-ctx.Done():
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: at, Err: ctx.Err()}
	}
}

func failed(op string, at net.Addr, why syscall.Errno) error {
	return &net.OpError{Op: op, Net: "tcp", Addr: at, Err: os.NewSyscallError(op, why)}
}

type listener struct {
	network *Network
	at      *net.TCPAddr
	calls   chan net.Conn
	once    sync.Once
	closed  chan struct{}
}

// Accept waits for the next connection.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.calls:
		return c, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.at, Err: net.ErrClosed}
	}
}

// Close frees the address.
func (l *listener) Close() error {
	l.once.Do(func() {
		l.network.mu.Lock()
		defer l.network.mu.Unlock()
		delete(l.network.listeners, l.at.String())
		close(l.closed)
	})
	return nil
}

// Addr is a [*net.TCPAddr].
func (l *listener) Addr() net.Addr { return l.at }

// clientAddress is everyone's who dials: nobody looks at it.
var clientAddress = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}

func newConns(at net.Addr) (dialed, accepted net.Conn) {
	up, down := newStream(), newStream()
	return &conn{in: down, out: up, local: clientAddress, remote: at}, &conn{in: up, out: down, local: at, remote: clientAddress}
}
