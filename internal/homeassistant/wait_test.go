package homeassistant

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	brokerAnswer = `{"result":"ok","data":{"addon":"core_mosquitto","host":"core-mosquitto","port":1883,"ssl":false,"protocol":"3.1.1","username":"addons","password":"` + password + `"}}`
	coreAnswer   = `{"language":"de","currency":"EUR","time_zone":"Europe/Berlin","version":"2026.11.0","state":"RUNNING","components":["mqtt","sensor"]}`
)

// script answers request by request; the last answer stays.
type script struct {
	begin   time.Time
	answers []string // the body of a 200, or "<status> <message>"; "" = connection lost
	asked   []time.Duration
	heard   []string
}

func (s *script) RoundTrip(*http.Request) (*http.Response, error) {
	n := min(len(s.asked), len(s.answers)-1)
	s.asked = append(s.asked, time.Since(s.begin))
	switch a := s.answers[n]; {
	case a == "":
		return nil, errors.New("odd")
	case a[0] == '{':
		return reply(http.StatusOK, a), nil
	case a[:3] == "502":
		return reply(http.StatusBadGateway, "502: Bad Gateway"), nil
	default:
		return reply(http.StatusBadRequest, `{"result":"error","message":"`+a[4:]+`"}`), nil
	}
}

func (s *script) notify(err error) { s.heard = append(s.heard, err.Error()) }

func run(answers ...string) (*script, *Client) {
	s := &script{begin: time.Now(), answers: answers}
	return s, New("http://supervisor", token, &http.Client{Transport: s})
}

func (s *script) expect(t *testing.T, asked []time.Duration, heard []string) {
	t.Helper()
	for i := range asked {
		asked[i] *= time.Second
	}
	if diff := cmp.Diff(asked, s.asked); diff != "" {
		t.Errorf("asked after (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(heard, s.heard); diff != "" {
		t.Errorf("heard (-want +got)\n%s", diff)
	}
}

// The pauses grow to their limit, and a reason is heard once as long as it stays the same.
func TestWaitBroker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const none, setup = "400 Service not enabled", "400 System is not ready with state: setup"
		s, c := run("", setup, setup, none, none, none, "", "", brokerAnswer)
		got, err := c.WaitBroker(t.Context(), s.notify)
		want := Broker{URL: "mqtt://core-mosquitto:1883", Username: "addons", Password: password, App: "core_mosquitto"}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
		const ask = "ask http://supervisor/services/mqtt: "
		s.expect(t, []time.Duration{0, 1, 3, 7, 15, 30, 45, 60, 75}, []string{
			ask + "odd",
			ask + "System is not ready with state: setup",
			ask + "no app offers an MQTT broker",
			ask + "odd",
		})
	})
}

func TestWaitCore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := run("502", "502", `{"version":"2026.11.0","state":"STARTING","components":[]}`, `{}`, coreAnswer)
		got, err := c.WaitCore(t.Context(), s.notify)
		want := Core{Language: "de", Currency: "EUR", TimeZone: "Europe/Berlin", Version: "2026.11.0", MQTT: true}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
		const ask = "ask http://supervisor/core/api/config: "
		s.expect(t, []time.Duration{0, 1, 3, 7, 15}, []string{
			ask + "Home Assistant does not answer the Supervisor",
			ask + "Home Assistant is not ready with state: STARTING",
			ask + "components is missing",
		})
	})
}

// Nobody needs to listen, and what is there at once is not waited for.
func TestWaitUnheard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := run("", brokerAnswer)
		if _, err := c.WaitBroker(t.Context(), nil); err != nil {
			t.Error(err)
		}
		s.expect(t, []time.Duration{0, 1}, nil)
		s, c = run(brokerAnswer)
		if _, err := c.WaitBroker(t.Context(), s.notify); err != nil {
			t.Error(err)
		}
		s.expect(t, []time.Duration{0}, nil)
	})
}

// The end of ctx ends a pause at once; the error says that and what was waited for.
func TestWaitEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := run("502")
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err := c.WaitCore(ctx, s.notify)
		var e *Error
		if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &e) || e.Reason != Away {
			t.Errorf("got %v", err)
		}
		if want := "ask http://supervisor/core/api/config: Home Assistant does not answer the Supervisor (no longer waiting: context deadline exceeded)"; err.Error() != want {
			t.Errorf("got %v", err)
		}
		if d := time.Since(s.begin); d != 5*time.Second {
			t.Errorf("ended after %v", d)
		}
		s.expect(t, []time.Duration{0, 1, 3}, []string{"ask http://supervisor/core/api/config: Home Assistant does not answer the Supervisor"})
	})
}

// The end of ctx ends a request at once, the first one or a later one.
func TestWaitEndsInRequest(t *testing.T) {
	t.Parallel()
	for hang := range 2 {
		synctest.Test(t, func(t *testing.T) {
			n, begin := -1, time.Now()
			c := New("http://supervisor", token, &http.Client{Transport: trip(func(r *http.Request) (*http.Response, error) {
				if n++; n == hang {
					<-r.Context().Done()
					return nil, r.Context().Err()
				}
				return reply(http.StatusBadGateway, ""), nil
			})})
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(4*time.Second, cancel)
			_, err := c.WaitCore(ctx, nil)
			var e *Error
			if !errors.Is(err, context.Canceled) || errors.As(err, &e) != (hang > 0) {
				t.Errorf("got %v", err)
			}
			if d := time.Since(begin); d != 4*time.Second || n != hang {
				t.Errorf("ended after %v and %d answers", d, n)
			}
		})
	}
}

// An answer in the moment in which ctx ends is still the reason.
func TestWaitEndsWithAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := New("http://supervisor", token, &http.Client{Transport: trip(func(*http.Request) (*http.Response, error) {
			cancel()
			return reply(http.StatusBadGateway, ""), nil
		})})
		_, err := c.WaitCore(ctx, nil)
		if want := "ask http://supervisor/core/api/config: Home Assistant does not answer the Supervisor (no longer waiting: context canceled)"; err == nil || err.Error() != want {
			t.Errorf("got %v", err)
		}
	})
}
