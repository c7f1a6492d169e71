package e2e

import (
	"os"
	"testing"

	"evcc-discovery/e2e/internal/broker"
)

// holdTopic is our topic of whether the home battery is held.
const holdTopic = "evcc-discovery/evcc/site/hold_battery/state"

// TestBattery holds the home battery and gives it back in every way that there is.
func TestBattery(t *testing.T) {
	s, whole := start(t, newest(t), "0.313.2"), t
	check(t, s.MQTT.Subscribe(t.Context(), "evcc/site/batteryMode/set", "evcc/site/batteryModeExternal"))
	s.see(t, "switch.evcc_hold_battery", "off")
	t.Run("automatic", func(t *testing.T) {
		s.hold(t)
		s.see(t, "sensor.evcc_battery_mode", "hold")
		s.choose(t, "select.evcc_battery_mode", "automatic")
		s.released(t)
		s.see(t, "sensor.evcc_battery_mode", "normal")
	})
	t.Run("the program stops", func(t *testing.T) {
		s.hold(t)
		since := s.MQTT.Mark()
		check(t, s.adapter.Stop(t.Context()))
		_, err := s.MQTT.WaitMessage(t.Context(), since, broker.On("evcc/site/batteryModeExternal", "unknown"))
		check(t, err)
		s.see(t, "switch.evcc_hold_battery", "unavailable")
		check(t, s.adapter.Resume())
		s.released(t)
	})
	t.Run("evcc restarts", func(t *testing.T) {
		s.hold(t)
		s.stopEvcc(t)
		s.see(t, "switch.evcc_hold_battery", "unavailable")
		s.startEvcc(whole) // it shall outlive this part
		s.released(t)
		check(t, s.adapter.WaitOutput(t.Context(), "home battery released to evcc"))
	})
	t.Run("somebody else", func(t *testing.T) {
		s.hold(t)
		check(t, s.MQTT.Publish(t.Context(), "evcc/site/batteryMode/set", "charge", false))
		s.see(t, "select.evcc_battery_mode", "charge")
		s.released(t)
		check(t, s.adapter.WaitOutput(t.Context(), "home battery mode changed elsewhere"))
		s.choose(t, "select.evcc_battery_mode", "automatic")
	})
	t.Run("more than a minute", func(t *testing.T) {
		if os.Getenv("E2E") != "long" {
			t.Skip("takes 75 s; E2E=long runs it, and internal/bridge an hour in virtual time")
		}
		s.hold(t)
		since := s.MQTT.Mark()
		for range 3 { // evcc would drop it after 60 s
			sent, err := s.MQTT.WaitMessage(t.Context(), since, broker.On("evcc/site/batteryMode/set", "hold"))
			check(t, err)
			since = s.MQTT.Mark()
			t.Logf("repeated: %s %s", sent.Topic, sent.Payload)
		}
		s.see(t, "switch.evcc_hold_battery", "on")
		s.see(t, "sensor.evcc_battery_mode", "hold")
		s.turn(t, "switch.evcc_hold_battery", "off")
		s.released(t)
	})
}

func (s *site) hold(t *testing.T) {
	t.Helper()
	s.turn(t, "switch.evcc_hold_battery", "on")
	s.see(t, "switch.evcc_hold_battery", "on")
	s.see(t, "select.evcc_battery_mode", "hold")
}

// released waits until the battery is not held, in Home Assistant and in evcc.
func (s *site) released(t *testing.T) {
	t.Helper()
	s.see(t, "switch.evcc_hold_battery", "off")
	if got := s.value(holdTopic); got == "hold" {
		t.Error("evcc still holds the battery")
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
