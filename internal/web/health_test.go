package web_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"evcc-discovery/internal/problem"
	"evcc-discovery/internal/web"
)

// serve starts the endpoint on a free port and returns its address.
func serve(t *testing.T, alive func(context.Context) error) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- web.Serve(ctx, address, alive, func() []problem.Shown { return []problem.Shown{{Code: problem.EvccSilent, Title: "a title"}} })
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	for { // until it listens
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return address
		}
		select {
		case err := <-done:
			t.Fatal(err)
		default:
		}
	}
}

func TestHealth(t *testing.T) {
	works := serve(t, func(context.Context) error { return nil })
	if err := web.Check(t.Context(), works); err != nil {
		t.Errorf("a program that works: %v", err)
	}
	hangs := serve(t, func(context.Context) error { return errors.New("the loop hangs") })
	if err := web.Check(t.Context(), hangs); err == nil {
		t.Error("a program that hangs counts as healthy")
	}
	if err := web.Check(t.Context(), "127.0.0.1:1"); err == nil {
		t.Error("no program counts as healthy")
	}
	if err := web.Serve(t.Context(), works, nil, nil); err == nil {
		t.Error("a taken address is no error")
	}
}
