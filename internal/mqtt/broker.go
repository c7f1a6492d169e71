package mqtt

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"strconv"
	"sync"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
)

// BrokerOptions say where the embedded broker listens and who may use it.
type BrokerOptions struct {
	Address            string  // host:port; "" = 127.0.0.1 and a free port
	Username, Password string  // required unless Address is loopback or Insecure is set
	Insecure           bool    // anyone who reaches Address may do everything
	Network            Network // where Address is; nil = the machine's own
}

// Broker is an embedded MQTT broker (mochi). Retained messages live in memory
// and are kept until it is closed.
type Broker struct {
	listener net.Listener
	server   *mochi.Server
	wg       sync.WaitGroup // accept and one per client

	mu     sync.Mutex
	conns  map[net.Conn]*connection // nil after Close
	ids    map[string]*connection   // by client id
	closed sync.Once
}

// connection is one connection of a client.
type connection struct {
	conn net.Conn
	id   string        // empty before CONNECT
	gone chan struct{} // closed when mochi has cleaned up after it
}

// A client that connects and says nothing is cut off after this time; mochi
// would wait for ever.
const helloTimeout = 10 * time.Second

// StartBroker listens and serves until Close.
func StartBroker(o BrokerOptions) (*Broker, error) {
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	if err := checkBroker(o); err != nil {
		return nil, fmt.Errorf("embedded broker: %w", err)
	}
	server := mochi.New(&mochi.Options{
		Capabilities:           capabilities(),
		Logger:                 slog.New(slog.DiscardHandler),
		SysTopicResendInterval: 60, // s; each one stops the world to read memory statistics
	})
	b := &Broker{server: server, conns: map[net.Conn]*connection{}, ids: map[string]*connection{}}
	if err := server.AddHook(newHooks(b, o.Username, o.Password), nil); err != nil {
		return nil, fmt.Errorf("embedded broker: %w", err)
	}
	listener, err := o.listen()
	if err != nil {
		return nil, fmt.Errorf("embedded broker: %w", err)
	}
	if err := server.Serve(); err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("embedded broker: %w", err)
	}
	b.listener = listener
	b.wg.Go(b.accept)
	return b, nil
}

func (o *BrokerOptions) listen() (net.Listener, error) {
	if o.Network != nil {
		return o.Network.Listen(o.Address)
	}
	return net.Listen("tcp", o.Address)
}

func checkBroker(o BrokerOptions) error {
	address, err := net.ResolveTCPAddr("tcp", o.Address)
	switch {
	case err != nil:
		return fmt.Errorf("address %q: %w", o.Address, err)
	case (o.Username == "") != (o.Password == ""):
		return errors.New("user and password go together")
	case o.Username == "" && !o.Insecure && !address.IP.IsLoopback():
		return fmt.Errorf("%s is open to the network: set user and password", o.Address)
	}
	return nil
}

// capabilities lift the limits at which mochi drops messages or forgets
// retained ones without a word.
func capabilities() *mochi.Capabilities {
	c := mochi.NewDefaultServerCapabilities()
	c.MaximumClientWritesPending = 1 << 16 // 8 bytes each per client; a replay goes here in one go
	c.MaximumInflight = math.MaxUint16
	c.ReceiveMaximum = math.MaxUint16
	c.MaximumMessageExpiryInterval = 0 // else retained messages are deleted after a day
	return c
}

// accept replaces mochi's listener, whose Close hangs on a client that is just
// connecting.
func (b *Broker) accept() {
	for {
		conn, err := b.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of file descriptors, most likely: they come back
			time.Sleep(50 * time.Millisecond)
			continue
		}
		if !b.enter(&connection{conn: conn, gone: make(chan struct{})}) {
			_ = conn.Close()
			return
		}
	}
}

func (b *Broker) enter(v *connection) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.conns == nil {
		return false
	}
	b.conns[v.conn] = v
	b.wg.Go(func() {
		_ = v.conn.SetDeadline(time.Now().Add(helloTimeout)) // mochi resets it after CONNECT
		_ = b.server.EstablishConnection("tcp", v.conn)      // returns when the client is gone
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.conns, v.conn)
		if b.ids[v.id] == v {
			delete(b.ids, v.id)
		}
		close(v.gone)
	})
	return true
}

// takeOver ends an older connection with the same client id and waits until its
// will is out and it is cleaned up. mochi would do that beside the new one, and
// now and then remove the new one's subscriptions.
func (b *Broker) takeOver(id string, conn net.Conn) {
	b.mu.Lock()
	v := b.conns[conn]
	if v == nil { // Close is under way
		b.mu.Unlock()
		return
	}
	older := b.ids[id]
	v.id, b.ids[id] = id, v
	b.mu.Unlock()
	if older != nil {
		_ = older.conn.Close()
		<-older.gone
	}
}

// URL is the address for a client on this machine.
func (b *Broker) URL() string {
	a := b.listener.Addr().(*net.TCPAddr)
	host := a.IP.String()
	if a.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "mqtt://" + net.JoinHostPort(host, strconv.Itoa(a.Port))
}

// Close cuts all clients off and returns when nothing of the broker is left.
func (b *Broker) Close() error {
	var err error
	b.closed.Do(func() {
		_ = b.listener.Close()
		b.mu.Lock()
		for conn := range b.conns {
			_ = conn.Close()
		}
		b.conns = nil
		b.mu.Unlock()
		b.wg.Wait()
		err = b.server.Close()
	})
	return err
}
