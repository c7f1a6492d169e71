package memtest

import (
	"bytes"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// conn is one end of a connection.
type conn struct {
	in, out       *stream
	local, remote net.Addr
}

func (c *conn) Read(p []byte) (int, error)  { return c.in.read(p) }
func (c *conn) Write(p []byte) (int, error) { return c.out.write(p) }

// Close ends both directions: the other end still reads what was written before.
func (c *conn) Close() error {
	c.in.close(net.ErrClosed, syscall.ECONNRESET)
	c.out.close(io.EOF, net.ErrClosed)
	return nil
}

func (c *conn) LocalAddr() net.Addr  { return c.local }
func (c *conn) RemoteAddr() net.Addr { return c.remote }

func (c *conn) SetDeadline(at time.Time) error { return c.in.expireAt(at) }

func (c *conn) SetReadDeadline(at time.Time) error { return c.in.expireAt(at) }

// SetWriteDeadline does nothing: a write never waits.
func (c *conn) SetWriteDeadline(time.Time) error { return nil }

// stream is one direction. It takes whatever is written: two ends that write at the same time and read afterwards, as
// MQTT clients and brokers do, would wait for each other for ever on a [net.Pipe].
type stream struct {
	mu       sync.Mutex
	changed  *sync.Cond
	waiting  bytes.Buffer
	readErr  error // of a read that finds nothing, once closed
	writeErr error
	deadline time.Time
	expiry   *time.Timer
}

func newStream() *stream {
	s := &stream{}
	s.changed = sync.NewCond(&s.mu)
	return s
}

func (s *stream) read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.readErr == net.ErrClosed:
			return 0, s.readErr
		case !s.deadline.IsZero() && !time.Now().Before(s.deadline):
			return 0, os.ErrDeadlineExceeded
		case len(p) == 0:
			return 0, nil
		case s.waiting.Len() > 0:
			return s.waiting.Read(p)
		case s.readErr != nil:
			return 0, s.readErr
		}
		s.changed.Wait()
	}
}

func (s *stream) write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writeErr != nil {
		return 0, s.writeErr
	}
	s.changed.Broadcast()
	return s.waiting.Write(p)
}

// close gives the errors of reads and writes from now on; the end that closes first has the say over its own.
func (s *stream) close(read, write error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readErr == nil || read == net.ErrClosed {
		s.readErr = read
	}
	if s.writeErr == nil || write == net.ErrClosed {
		s.writeErr = write
	}
	if s.expiry != nil {
		s.expiry.Stop()
	}
	s.changed.Broadcast()
}

func (s *stream) expireAt(at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readErr == net.ErrClosed {
		return s.readErr
	}
	if s.expiry != nil {
		s.expiry.Stop()
	}
	s.deadline = at
	if left := time.Until(at); left > 0 { // a timer that is due at once crashes Go 1.26's race detector inside synctest
		s.expiry = time.AfterFunc(left, s.changed.Broadcast)
	}
	s.changed.Broadcast()
	return nil
}
