package app

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"evcc-discovery/internal/homeassistant"
)

// The user adds the MQTT integration while the problem is shown: it is over within a minute, also when Home Assistant
// does not answer in between.
func TestUntilListens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began, asked, said := time.Now(), 0, time.Duration(0)
		ask := func(context.Context) (homeassistant.Core, error) {
			asked++
			if asked == 2 {
				return homeassistant.Core{MQTT: true}, errors.New("it restarts")
			}
			return homeassistant.Core{MQTT: asked == 4}, nil
		}
		untilListens(t.Context(), ask, func() { said = time.Since(began) })
		if said != 4*listenPause || asked != 4 {
			t.Errorf("said after %v and %d questions, want %v and 4", said, asked, 4*listenPause)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		untilListens(ctx, ask, func() { t.Error("said after the end") })
	})
}
