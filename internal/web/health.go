// Package web is what the program answers over HTTP: whether it works, how it is, and what is wrong.
package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
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

// Serve answers at address until the context ends. alive returns nil once the program's loop has answered.
func Serve(ctx context.Context, address string, alive func(context.Context) error, answers Answers) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("health: %w", err)
	}
	s := &http.Server{Handler: handler(alive, answers), ReadHeaderTimeout: patience}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("health: %w", err)
	}
	return nil
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
		return fmt.Errorf("evcc-discovery does not work: %s", response.Status)
	}
	return nil
}
