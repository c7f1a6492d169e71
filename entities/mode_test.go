package entities_test

import (
	"testing"

	"evcc-discovery/entities"
)

// The words of every version are commands on every version. Not all of them are options.
func TestModeWords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		have          entities.Capability
		command, want string
	}{
		{0, "off", "off"}, {0, "pv", "pv"}, {0, "minpv", "minpv"}, {0, "now", "now"},
		{0, "smart", "pv"},
		{entities.SwitchDevice, "smart", "pv"}, {entities.SwitchDevice, "minpv", "minpv"},
		{entities.SmartModes, "off", "off"}, {entities.SmartModes, "smart", "smart"}, {entities.SmartModes, "now", "now"},
		{entities.SmartModes, "pv", "pv"}, {entities.SmartModes, "minpv", "minpv"}, // evcc translates them itself
		{entities.SmartModes | entities.SwitchDevice, "minpv", "minpv"},
	} {
		in := control(t, "loadpoint.select_mode", entities.Context{Capabilities: test.have})
		checkEncode(t, in, test.command, nil, test.want, "")
	}
}

// What evcc shows for a mode that it was sent.
func TestModeFulfilled(t *testing.T) {
	t.Parallel()
	heat := map[string]string{"chargerFeatureContinuous": "true"}
	for _, test := range []struct {
		sent, mode, always string
		more               map[string]string
		want               bool
	}{
		{sent: "pv", mode: "pv", want: true},
		{sent: "pv", mode: "minpv"},
		{sent: "minpv", mode: "minpv", want: true},
		{sent: "pv", mode: "smart", always: "off", want: true},
		{sent: "pv", mode: "smart", always: "on"},
		{sent: "pv", mode: "now", always: "off"},
		{sent: "minpv", mode: "smart", always: "on", want: true},
		{sent: "minpv", mode: "smart", always: "once"},
		{sent: "minpv", mode: "smart", always: "off"},
		{sent: "minpv", mode: "smart", always: "off", more: heat, want: true},
		{sent: "minpv", mode: "off", always: "off", more: heat},
		{sent: "smart", mode: "smart", always: "on", want: true},
		{sent: "now", mode: "smart", always: "on"},
	} {
		values := map[string]string{"/loadpoints/1/mode": test.mode, "alwaysCharge": test.always}
		for key, value := range test.more {
			values[key] = value
		}
		in := on(t, "loadpoint.select_mode", lp1)
		if got := in.Fulfilled(test.sent, test.sent, garage(values)); got != test.want {
			t.Errorf("%s sent, evcc shows %s and %q: got %v", test.sent, test.mode, test.always, got)
		}
	}
}

func TestLegacyMode(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		mode, always, want string
		wait               bool
	}{
		{mode: "pv", want: "pv"},
		{mode: "minpv", want: "minpv"},
		{mode: "off", want: "off"},
		{mode: "now", always: "on", want: "now"},
		{mode: "off", always: "on", want: "off"},
		{mode: "smart", always: "off", want: "pv"},
		{mode: "smart", always: "on", want: "minpv"},
		{mode: "smart", always: "once", want: "minpv"},
		{mode: "eco", want: ""}, // no word of before
		{mode: "smart", wait: true},
		{mode: "", always: "on", wait: true},
	} {
		got, ok := entities.LegacyMode(garage(map[string]string{"mode": test.mode, "alwaysCharge": test.always}))
		if got != test.want || ok == test.wait {
			t.Errorf("%s and %q: got %q, %v, want %q", test.mode, test.always, got, ok, test.want)
		}
	}
}
