package homeassistant

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Refused is Home Assistant's answer to a request that it did not carry out.
type Refused struct {
	Request string // method and path, or the websocket command
	Status  int    // of HTTP; 0 for the websocket
	Message string // in Home Assistant's words
}

// Error names the request and what Home Assistant said to it.
func (r *Refused) Error() string {
	if r.Status == 0 {
		return fmt.Sprintf("Home Assistant refused %s: %s", r.Request, r.Message)
	}
	return fmt.Sprintf("Home Assistant refused %s: %d: %s", r.Request, r.Status, r.Message)
}

// Get asks the REST API; into may be nil.
func (ha *Instance) Get(ctx context.Context, path string, into any) error {
	return ha.authorized(ctx, http.MethodGet, path, nil, into)
}

// Post sends body as JSON to the REST API; into may be nil.
func (ha *Instance) Post(ctx context.Context, path string, body, into any) error {
	return ha.authorized(ctx, http.MethodPost, path, body, into)
}

// CallService is what a user's tap or an automation does. data holds the entity_id and the fields
// of the service. A *Refused tells that Home Assistant itself did not accept it, and why (but for
// 2026.5, which answers 500 without a reason); that a command reached anybody it cannot tell.
func (ha *Instance) CallService(ctx context.Context, domain, service string, data map[string]any) error {
	return ha.Post(ctx, "/api/services/"+domain+"/"+service, data, nil)
}

// Converse says a sentence to Assist, as a user with English voice control, and returns the type of
// the answer (action_done, query_answer, error) and what Assist says. It needs `conversation:` and
// `intent:` in Options.Configuration.
func (ha *Instance) Converse(ctx context.Context, text string) (kind, speech string, err error) {
	return ha.ConverseIn(ctx, "en", text)
}

// ConverseIn is Converse in another language.
func (ha *Instance) ConverseIn(ctx context.Context, language, text string) (kind, speech string, err error) {
	var answer struct {
		Response struct {
			Type   string `json:"response_type"`
			Speech struct {
				Plain struct {
					Speech string `json:"speech"`
				} `json:"plain"`
			} `json:"speech"`
		} `json:"response"`
	}
	err = ha.Post(ctx, "/api/conversation/process", map[string]any{"text": text, "language": language}, &answer)
	return answer.Response.Type, answer.Response.Speech.Plain.Speech, err
}

func (ha *Instance) authorized(ctx context.Context, method, path string, body, into any) error {
	token, err := ha.token(ctx)
	if err != nil {
		return err
	}
	return ha.do(ctx, method, path, token, body, into)
}

// do sends one request, with a token unless it is empty.
func (ha *Instance) do(ctx context.Context, method, path, token string, body, into any) error {
	payload := io.Reader(http.NoBody)
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		payload = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, ha.URL+path, payload)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return ha.send(req, into)
}

// send turns every answer outside 2xx into a *Refused.
func (ha *Instance) send(req *http.Request, into any) error {
	name := req.Method + " " + req.URL.Path
	resp, err := ha.http.Do(req)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if resp.StatusCode/100 != 2 {
		return &Refused{Request: name, Status: resp.StatusCode, Message: message(b)}
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("%s: read the answer: %w", name, err)
	}
	return nil
}

// message is the text in an error's body, which is JSON for some views and plain for others.
func message(body []byte) string {
	var m struct {
		Message string `json:"message"`
		Errors  any    `json:"errors"`
	}
	if json.Unmarshal(body, &m) != nil || m.Message == "" {
		return strings.TrimSpace(string(body))
	}
	if m.Errors != nil {
		return fmt.Sprintf("%s %v", m.Message, m.Errors)
	}
	return m.Message
}

// IsRefused reports whether Home Assistant answered and said no, and in which words.
func IsRefused(err error) (message string, ok bool) {
	var r *Refused
	if errors.As(err, &r) {
		return r.Message, true
	}
	return "", false
}
