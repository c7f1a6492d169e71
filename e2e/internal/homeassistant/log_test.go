package homeassistant

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// printed is what Home Assistant really prints, the paths apart: of 2026.11 and, without the offset
// of the time, of 2026.5.
const printed = `Unable to find configuration. Creating default one.
2026-11-22 13:34:50.047+00:00 WARNING (MainThread) [homeassistant.bootstrap] Skipping pip installation of required modules. This may cause issues
2026-11-22 13:34:50.114+00:00 INFO (MainThread) [homeassistant.bootstrap] Setting up stage frontend: {'frontend'}; already set up: {}
Dependencies: {'api'}; already set up: {'system_log'}
2026-11-22 13:34:51.015+00:00 ERROR (ImportExecutor_0) [homeassistant.components.camera.img_util] Error loading libturbojpeg; Camera snapshot performance will be sub-optimal
Traceback (most recent call last):
  File "/cache/evcc-discovery/e2e/homeassistant/components/camera/img_util.py", line 91, in __init__
RuntimeError: Unable to locate turbojpeg library automatically.
2026-11-22 13:34:51.100 ERROR (Thread-1 (_do_work)) [homeassistant.components.recorder] Trouble
  File "/cache/evcc-discovery/e2e/homeassistant/components/recorder/core.py", line 1
2026-11-22 13:34:52.000 ERROR (MainThread) [homeassistant.components.mqtt.number] Invalid value for number.garage: 500 (range 0.0 - 100.0)
2026-11-22 13:34:52.100 WARNING (MainThread) [homeassistant.components.sensor.recorder] Entity sensor.garage has state class total_increasing
2026-11-22 13:34:52.200 INFO (MainThread) [homeassistant.components.mqtt.client] Connected to MQTT server
2026-11-22 13:34:53.000 ERROR (MainThread) [homeassistant] Error doing job: Task exception was never retrieved (task: None)
Traceback (most recent call last):
ValueError: Sensor sensor.garage provides state value 'charging'
2026-11-22 13:34:54.000 WARNING (MainThread) [homeassistant.helpers.entity] Update of switch.evcc_fast is taking over 10 seconds
2026-11-22 13:34:55.000 WARNING (MainThread) [homeassistant.helpers.entity] Update of light.garden is taking over 10 seconds
`

func TestParseLog(t *testing.T) {
	got := parseLog(printed)
	want := []Entry{
		{"ERROR", "stderr", "Unable to find configuration. Creating default one."},
		{"WARNING", "homeassistant.bootstrap", "Skipping pip installation of required modules. This may cause issues"},
		{"INFO", "homeassistant.bootstrap", "Setting up stage frontend: {'frontend'}; already set up: {}\nDependencies: {'api'}; already set up: {'system_log'}"},
	}
	if diff := cmp.Diff(want, got[:3]); diff != "" {
		t.Errorf("first entries (-want +got):\n%s", diff)
	}
	if len(got) != 11 {
		t.Errorf("%d entries, want 11: %q", len(got), got)
	}
}

func TestOffending(t *testing.T) {
	paths := []string{"/cache/evcc-discovery/e2e"}
	provoked := Allowed{Logger: "homeassistant.components.mqtt.number", Text: "number.garage", Reason: "provoked"}
	for name, c := range map[string]struct {
		names []string
		allow []Allowed
		want  []string // loggers
	}{
		"ours": {want: []string{
			"homeassistant.components.mqtt.number", "homeassistant.components.sensor.recorder", "homeassistant", "homeassistant.helpers.entity"}},
		"a name more": {names: []string{"Light.Garden"}, want: []string{
			"homeassistant.components.mqtt.number", "homeassistant.components.sensor.recorder", "homeassistant", "homeassistant.helpers.entity", "homeassistant.helpers.entity"}},
		"allowed": {allow: []Allowed{provoked}, want: []string{
			"homeassistant.components.sensor.recorder", "homeassistant", "homeassistant.helpers.entity"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, e := range offending(parseLog(printed), paths, c.names, c.allow) {
				got = append(got, e.Logger)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("loggers (-want +got):\n%s", diff)
			}
		})
	}
}
