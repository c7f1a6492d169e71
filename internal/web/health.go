// Package web is what the program answers over HTTP: whether it works, how it is, and what is wrong.
package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/netutil"
)

// HealthPath answers 200 while the process works, whatever the broker does: a watchdog that restarts for a broker's
// sake would only add to the trouble.
const HealthPath = "/health"

// ProblemsPath answers with what is wrong now, as a JSON list in the user's words.
const ProblemsPath = "/problems"

// StatusPath answers with all that the program knows of itself: its phase, each evcc and its last command, problems.
const StatusPath = "/status"

// patience is how long the program may take to prove that it works.
const patience = 2 * time.Second

// Answers are what is answered as JSON, by path.
type Answers map[string]func() any

// mostConnections are open at once; more wait in the kernel, so that they cannot take the file handles that the broker's
// connection needs.
const mostConnections = 16

// Serve answers at address until the context ends. alive returns nil once the program's loop has answered. What goes wrong
// with a single connection stands in the log.
func Serve(ctx context.Context, address string, alive func(context.Context) error, answers Answers, errorLog *log.Logger) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("health: %w", err)
	}
	return serve(ctx, l, address, alive, answers, errorLog)
}

func serve(ctx context.Context, l net.Listener, address string, alive func(context.Context) error, answers Answers, errorLog *log.Logger) error {
	s := &http.Server{
		Handler: asked(address, handler(alive, answers)), ErrorLog: errorLog,
		ReadTimeout: patience, WriteTimeout: 2 * patience, MaxHeaderBytes: 1 << 14,
	}
	s.SetKeepAlivesEnabled(false) // who asks does so now and then
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	if err := s.Serve(netutil.LimitListener(l, mostConnections)); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("health: %w", err)
	}
	return nil
}

// asked refuses what was meant for a public name: a web page that lets its own name point here could read the answers in
// its visitor's browser.
func asked(address string, h http.Handler) http.Handler {
	own, _, _ := net.SplitHostPort(address)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := hostOf(r.Host); host != own && !local(host) {
			http.Error(w, "ask by address, or by a name without dots", http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// hostOf drops the port.
func hostOf(host string) string {
	if bare, _, err := net.SplitHostPort(host); err == nil {
		host = bare
	}
	return strings.TrimSuffix(strings.Trim(host, "[]"), ".")
}

// local reports whether a host is an address or a name that no public server answers for.
func local(host string) bool {
	if net.ParseIP(host) != nil || !strings.Contains(host, ".") {
		return true
	}
	host = strings.ToLower(host)
	return strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".internal") || strings.HasSuffix(host, ".home.arpa")
}

func handler(alive func(context.Context) error, answers Answers) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+HealthPath, func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		if err := alive(ctx); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	for path, answer := range answers {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(answer()) // who asked has hung up
		})
	}
	return mux
}

// Check asks a running program at address; nil means that it works.
func Check(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, patience+time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+HealthPath, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("no answer: %w; is evcc-discovery running here?", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("evcc-discovery is unhealthy: %s", response.Status)
	}
	return nil
}
