package web_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

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
		done <- web.Serve(ctx, address, alive, web.Answers{web.StatusPath: func() any { return map[string]int{"sites": 2} }}, nil)
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

func TestAnswers(t *testing.T) {
	at := "http://" + serve(t, func(context.Context) error { return nil })
	for path, want := range map[string]string{web.StatusPath: `200 application/json {"sites":2}`, web.ProblemsPath: "404 text/plain; charset=utf-8 404 page not found"} {
		response, err := http.Get(at + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		got := fmt.Sprint(response.StatusCode, " ", response.Header.Get("Content-Type"), " ", strings.TrimSpace(string(body)))
		if got != want || err != nil {
			t.Errorf("%s: %s, %v; want %s", path, got, err, want)
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
	if err := web.Serve(t.Context(), works, nil, nil, nil); err == nil {
		t.Error("a taken address is no error")
	}
}
