package app_test

import (
	"testing"

	"evcc-discovery/internal/simulator"
)

// The home battery is held, given back by automatic, by evcc's restart and by our orderly end, and can be held again at
// once. That it lasts is shown in virtual time, in internal/bridge.
func TestBattery(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		const hold, external = "evcc-discovery/evcc/site/hold_battery/", "evcc/site/batteryModeExternal"
		w := newWorld(t, newest)
		evcc := w.up(t)
		adapter, log := w.published(t)
		turn := func(on, mode string) {
			t.Helper()
			w.send(t, hold+"set", on)
			w.wait(t, external, mode)
			w.wait(t, hold+"state", on)
		}
		w.wait(t, hold+"state", "false")
		turn("true", "hold")
		turn("false", "unknown")
		turn("true", "hold")

		w.evcc.Do(simulator.Stop{})
		w.wait(t, "evcc/status", "offline") // its will, which must not come after the next start
		if err := evcc.wait(); err != nil {
			t.Error(err)
		}
		log.wait(t, "home battery released to evcc")
		w.up(t)
		w.wait(t, hold+"state", "false")
		turn("true", "hold")

		w.send(t, "evcc/site/batteryMode/set", "charge")
		log.wait(t, "home battery mode changed elsewhere")
		w.wait(t, hold+"state", "false")
		turn("true", "hold")

		adapter.stop()
		w.wait(t, external, "unknown")
	})
}
