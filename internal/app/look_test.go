package app

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/internal/homeassistant"
)

// What the user changes in Home Assistant is seen within a minute; one that does not answer has not changed.
func TestLook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answers := []homeassistant.Core{{MQTT: true, Language: "en"}, {}, {MQTT: true, Language: "en"}, {MQTT: true, Language: "de"}}
		ctx, cancel := context.WithCancel(t.Context())
		asked := 0
		ask := func(context.Context) (homeassistant.Core, error) {
			defer func() { asked++ }()
			if asked == 1 {
				return answers[1], errors.New("it restarts")
			}
			return answers[asked], nil
		}
		type shown struct {
			After time.Duration
			homeassistant.Core
		}
		var got []shown
		began := time.Now()
		look(ctx, homeassistant.Core{Language: "en"}, ask, func(core homeassistant.Core) {
			got = append(got, shown{time.Since(began), core})
			if asked == len(answers) {
				cancel()
			}
		})
		want := []shown{{0, homeassistant.Core{Language: "en"}}, {lookPause, answers[0]}, {4 * lookPause, answers[3]}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
