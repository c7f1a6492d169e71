package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"evcc-discovery/internal/mqtt/memtest"
	"evcc-discovery/internal/web"
)

// counted counts the connections that the server has open.
type counted struct {
	net.Listener
	open, most atomic.Int32
}

type countedConn struct {
	net.Conn
	l      *counted
	closed atomic.Bool
}

func (l *counted) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if n := l.open.Add(1); n > l.most.Load() {
		l.most.Store(n)
	}
	return &countedConn{Conn: conn, l: l}, nil
}

func (c *countedConn) Close() error {
	if !c.closed.Swap(true) {
		c.l.open.Add(-1)
	}
	return c.Conn.Close()
}

// house is a server in memory.
func house(t *testing.T, answers web.Answers, errors *log.Logger) (dial func() net.Conn, l *counted) {
	t.Helper()
	var network memtest.Network
	inner, err := network.Listen("127.0.0.1:8099")
	if err != nil {
		t.Fatal(err)
	}
	l = &counted{Listener: inner}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- web.ServeOn(ctx, l, "127.0.0.1:8099", func(context.Context) error { return nil }, answers, errors)
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return func() net.Conn {
		conn, err := network.Dial(t.Context(), "127.0.0.1:8099")
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}, l
}

// ask asks once and returns the answer up to the end of the connection.
func ask(conn net.Conn, path, host string) string {
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, host)
	answer, _ := io.ReadAll(conn)
	return string(answer)
}

// Connections that say nothing, or nothing more, or do not end what they say, end; and never are there many.
func TestIdleConnections(t *testing.T) {
	t.Parallel()
	for name, say := range map[string]string{
		"silent":     "",
		"unfinished": "GET /health HTTP/1.1\r\nHost: x\r\n",
		"asked once": "GET /health HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n",
		"a body":     "POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
	} {
		synctest.Test(t, func(t *testing.T) {
			dial, l := house(t, nil, nil)
			for range 400 {
				go func() {
					conn := dial()
					_, _ = io.WriteString(conn, say)
					_, _ = io.Copy(io.Discard, conn)
					_ = conn.Close()
				}()
			}
			synctest.Wait()
			if got := ask(dial(), "/health", "x"); !strings.HasPrefix(got, "HTTP/1.1 200") {
				t.Errorf("%s: among 400 connections the answer is %q", name, got)
			}
			time.Sleep(5 * time.Minute)
			synctest.Wait()
			if n := l.open.Load(); n != 0 || l.most.Load() > 17 {
				t.Errorf("%s: %d connections are left open, and there were up to %d", name, n, l.most.Load())
			}
		})
	}
}

// A browser that was led here by a public name gets nothing.
func TestHost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dial, _ := house(t, web.Answers{web.StatusPath: func() any { return "secret" }}, nil)
		for host, want := range map[string]bool{
			"127.0.0.1:8099": true, "127.0.0.1": true, "[::1]:8099": true, "192.168.1.2:8099": true, "[fe80::1]": true,
			"localhost": true, "localhost:8099": true, "evcc-discovery:8099": true, "Homeassistant.local:8099": true, "nas.home.arpa": true, "host.docker.internal": true,
			"evil.example:8099": false, "evil.example": false, "evil.example.": false, "127.0.0.1.evil.example:8099": false, "local.evil.example": false, "x.notlocal": false,
		} {
			got := ask(dial(), web.StatusPath, host)
			if strings.Contains(got, "secret") != want || strings.HasPrefix(got, "HTTP/1.1 200") != want {
				t.Errorf("%s: %q", host, got)
			}
		}
	})
}

// What goes wrong with a connection stands in the log that was given, and nowhere else.
func TestErrorLog(t *testing.T) {
	var out, elsewhere bytes.Buffer
	log.SetOutput(&elsewhere)
	defer log.SetOutput(os.Stderr)
	synctest.Test(t, func(t *testing.T) {
		dial, _ := house(t, web.Answers{web.StatusPath: func() any { panic("odd") }}, log.New(&out, "mine ", 0))
		ask(dial(), web.StatusPath, "x")
	})
	if !strings.HasPrefix(out.String(), "mine http: panic serving") || elsewhere.Len() > 0 {
		t.Errorf("%q, and elsewhere %q", out.String(), elsewhere.String())
	}
}
