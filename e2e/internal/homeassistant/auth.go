package homeassistant

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// auth holds what the onboarding gave us. An access token is good for half an hour; a refresh token
// for ever, also over a restart.
type auth struct {
	mu      sync.Mutex
	access  string
	refresh string
	expires time.Time
}

func (a *auth) onboarded() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.refresh != ""
}

// clientID is what Home Assistant's own frontend uses, so that a browser can go on with our tokens.
func (ha *Instance) clientID() string { return ha.URL + "/" }

// onboard makes the owner of the instance and gets his tokens. All other steps are marked as done
// before the first start, see prepare.
func (ha *Instance) onboard(ctx context.Context) error {
	user := map[string]any{
		"client_id": ha.clientID(), "name": "Test", "username": "test", "password": "test", "language": "en",
	}
	var made struct {
		Code string `json:"auth_code"`
	}
	if err := ha.do(ctx, http.MethodPost, "/api/onboarding/users", "", user, &made); err != nil {
		return err
	}
	return ha.fetchToken(ctx, url.Values{"grant_type": {"authorization_code"}, "code": {made.Code}})
}

// Tokens are a fresh access token and the refresh token, for a browser that takes over the session.
func (ha *Instance) Tokens(ctx context.Context) (access, refresh string, err error) {
	access, err = ha.token(ctx)
	ha.auth.mu.Lock()
	defer ha.auth.mu.Unlock()
	return access, ha.auth.refresh, err
}

// token is an access token that is good for some minutes more.
func (ha *Instance) token(ctx context.Context) (string, error) {
	ha.auth.mu.Lock()
	access, refresh, expires := ha.auth.access, ha.auth.refresh, ha.auth.expires
	ha.auth.mu.Unlock()
	if time.Until(expires) > 5*time.Minute {
		return access, nil
	}
	if err := ha.fetchToken(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}}); err != nil {
		return "", err
	}
	ha.auth.mu.Lock()
	defer ha.auth.mu.Unlock()
	return ha.auth.access, nil
}

func (ha *Instance) fetchToken(ctx context.Context, form url.Values) error {
	form.Set("client_id", ha.clientID())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, ha.URL+"/auth/token", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var got struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
		Seconds int    `json:"expires_in"`
	}
	if err := ha.send(req, &got); err != nil {
		return fmt.Errorf("get an access token: %w", err)
	}
	ha.auth.mu.Lock()
	defer ha.auth.mu.Unlock()
	ha.auth.access = got.Access
	ha.auth.expires = time.Now().Add(time.Duration(got.Seconds) * time.Second)
	if got.Refresh != "" { // only the first answer has it
		ha.auth.refresh = got.Refresh
	}
	return nil
}
