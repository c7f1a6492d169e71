package homeassistant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"

	"evcc-discovery/e2e/internal/await"
	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// socket is one websocket connection. Its read loop is the only goroutine; it ends with the
// connection.
type socket struct {
	conn *websocket.Conn

	mu      sync.Mutex
	nextID  int
	waiting map[int]chan answer
	events  map[int]func(json.RawMessage)
	closed  error // why the read loop ended
}

// answer is any message from Home Assistant.
type answer struct {
	ID      int             `json:"id"`
	Type    string          `json:"type"` // result, event, auth_…
	Success bool            `json:"success"`
	Result  json.RawMessage `json:"result"`
	Event   json.RawMessage `json:"event"`
	Error   struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
	Message string `json:"message"`
}

// Call sends a websocket command with its fields and decodes the result; into may be nil. A
// *Refused tells that Home Assistant said no.
func (ha *Instance) Call(ctx context.Context, command string, fields map[string]any, into any) error {
	ha.mu.Lock()
	s := ha.socket
	ha.mu.Unlock()
	if s == nil {
		return fmt.Errorf("%s: Home Assistant does not run", command)
	}
	return s.call(ctx, command, fields, into)
}

// connect opens the websocket and follows all states from now on.
func (ha *Instance) connect(ctx context.Context) error {
	token, err := ha.token(ctx)
	if err != nil {
		return err
	}
	s, err := dial(ctx, "ws"+strings.TrimPrefix(ha.URL, "http")+"/api/websocket", token)
	if err != nil {
		return fmt.Errorf("open Home Assistant's websocket: %w", err)
	}
	ha.mu.Lock()
	ha.socket = s
	ha.mu.Unlock()
	return ha.followStates(ctx, s)
}

func (ha *Instance) disconnect() {
	ha.mu.Lock()
	defer ha.mu.Unlock()
	if ha.socket != nil {
		_ = ha.socket.conn.CloseNow()
		ha.socket = nil
	}
}

func dial(ctx context.Context, url, token string) (*socket, error) {
	ctx, cancel := await.Bound(ctx)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(-1) // a list of all entities is one message
	var a answer
	hello := wsjson.Read(ctx, conn, &a)
	login := wsjson.Write(ctx, conn, map[string]string{"type": "auth", "access_token": token})
	if err := errors.Join(hello, login, wsjson.Read(ctx, conn, &a)); err != nil {
		_ = conn.CloseNow()
		return nil, err
	}
	if a.Type != "auth_ok" {
		_ = conn.CloseNow()
		return nil, fmt.Errorf("log in: %s: %s", a.Type, a.Message)
	}
	s := &socket{conn: conn, waiting: map[int]chan answer{}, events: map[int]func(json.RawMessage){}}
	go s.read()
	return s, nil
}

// read hands every message to whom it belongs, until the connection ends.
func (s *socket) read() {
	for {
		var a answer
		if err := wsjson.Read(context.Background(), s.conn, &a); err != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.closed = fmt.Errorf("the websocket was closed: %w", err)
			for _, w := range s.waiting {
				close(w)
			}
			s.waiting = nil
			return
		}
		s.mu.Lock()
		waiting, event := s.waiting[a.ID], s.events[a.ID]
		if a.Type == "result" {
			delete(s.waiting, a.ID)
		}
		s.mu.Unlock()
		switch {
		case a.Type == "result" && waiting != nil:
			waiting <- a // has room for it
		case a.Type == "event" && event != nil:
			event(a.Event)
		}
	}
}

func (s *socket) call(ctx context.Context, command string, fields map[string]any, into any) error {
	return s.callWith(ctx, command, fields, into, nil)
}

// subscribe has every event of a subscription command handed to event, by the read loop.
func (s *socket) subscribe(ctx context.Context, command string, fields map[string]any, event func(json.RawMessage)) error {
	return s.callWith(ctx, command, fields, nil, event)
}

func (s *socket) callWith(ctx context.Context, command string, fields map[string]any, into any, event func(json.RawMessage)) error {
	ctx, cancel := await.Bound(ctx)
	defer cancel()
	result := make(chan answer, 1)
	if err := s.send(ctx, command, fields, result, event); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	select {
	case a, ok := <-result:
		if !ok {
			return fmt.Errorf("%s: %w", command, s.closed)
		}
		if !a.Success {
			return &Refused{Request: command, Message: a.Error.Code + ": " + a.Error.Message}
		}
		if into == nil {
			return nil
		}
		if err := json.Unmarshal(a.Result, into); err != nil {
			return fmt.Errorf("%s: read the answer: %w", command, err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s: no answer: %w", command, ctx.Err())
	}
}

// send holds the lock while it writes, because Home Assistant wants the ids in ascending order.
func (s *socket) send(ctx context.Context, command string, fields map[string]any, result chan answer, event func(json.RawMessage)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed != nil {
		return s.closed
	}
	s.nextID++
	s.waiting[s.nextID] = result
	if event != nil {
		s.events[s.nextID] = event
	}
	message := map[string]any{"id": s.nextID, "type": command}
	maps.Copy(message, fields)
	return wsjson.Write(ctx, s.conn, message)
}
