package memtest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"evcc-discovery/internal/mqtt/memtest"
)

// pair returns both ends of a connection.
func pair(t *testing.T) (dialed, accepted net.Conn) {
	t.Helper()
	n := &memtest.Network{}
	l, err := n.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { dialed, _ = n.Dial(t.Context(), l.Addr().String()) }()
	if accepted, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return dialed, accepted
}

func fails(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// Both ends write before either reads.
func TestWritesNeverWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := pair(t)
		long := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
		for _, c := range []net.Conn{a, b} {
			if n, err := c.Write(long); n != len(long) || err != nil {
				t.Fatal(n, err)
			}
		}
		clear(long) // the writer's own again
		for _, c := range []net.Conn{a, b} {
			got := make([]byte, len(long))
			if _, err := io.ReadFull(c, got); err != nil || !bytes.HasSuffix(got, []byte("0123456789abcdef")) {
				t.Fatal(err)
			}
		}
	})
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := pair(t)
		began := time.Now()
		_ = a.SetDeadline(began.Add(time.Minute))
		_, err := a.Read(make([]byte, 1))
		fails(t, "a read", err, os.ErrDeadlineExceeded)
		var timeout net.Error
		if took := time.Since(began); took != time.Minute || !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("%v after %v", err, took)
		}
		_ = a.SetReadDeadline(time.Time{})
		time.AfterFunc(time.Hour, func() { _, _ = b.Write([]byte("x")) })
		if n, err := a.Read(make([]byte, 9)); n != 1 || err != nil {
			t.Errorf("without a deadline: %d, %v", n, err)
		}
	})
}

// The other end reads what was written before, then nothing; whoever is waiting is woken.
func TestClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := pair(t)
		_, _ = a.Write([]byte("bye"))
		time.AfterFunc(time.Second, func() { _ = a.Close() })
		_, err := a.Read(make([]byte, 1))
		fails(t, "a read at the closed end", err, net.ErrClosed)
		_, err = a.Write([]byte("x"))
		fails(t, "a write at the closed end", err, net.ErrClosed)
		if got, err := io.ReadAll(b); string(got) != "bye" || err != nil {
			t.Errorf("the other end reads %q, %v", got, err)
		}
		_, err = b.Write([]byte("x"))
		fails(t, "a write at the other end", err, syscall.ECONNRESET)
		_ = b.Close()
		_, err = b.Read(make([]byte, 1))
		fails(t, "a read when both are closed", err, net.ErrClosed)
	})
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &memtest.Network{}
		_, err := n.Dial(t.Context(), "127.0.0.1:1883")
		fails(t, "nobody listens", err, syscall.ECONNREFUSED)
		l, err := n.Listen("127.0.0.1:1883")
		if err != nil {
			t.Fatal(err)
		}
		_, err = n.Listen("127.0.0.1:1883")
		fails(t, "the address is taken", err, syscall.EADDRINUSE)
		if free, err := n.Listen("127.0.0.1:0"); err != nil || free.Addr().String() == l.Addr().String() {
			t.Errorf("a free port: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = n.Dial(ctx, "127.0.0.1:1883")
		fails(t, "nobody accepts", err, context.DeadlineExceeded)
		time.AfterFunc(time.Second, func() { _ = l.Close() })
		_, err = l.Accept()
		fails(t, "no listener any more", err, net.ErrClosed)
		if _, err = n.Listen("127.0.0.1:1883"); err != nil {
			t.Errorf("the address is free again: %v", err)
		}
	})
}
