package homeassistant

import (
	"fmt"
	"os"
	"path/filepath"
)

// household is the same for every instance: where no test depends on it, a value that differs from
// Home Assistant's default, so that a mix-up shows.
const household = `homeassistant:
  name: Test
  latitude: 52.5
  longitude: 13.4
  elevation: 34
  unit_system: metric
  currency: EUR
  country: DE
  language: en
  time_zone: Europe/Berlin
api:
config:
recorder:
logger:
  default: info
  logs:
    homeassistant.setup: warning
    homeassistant.bootstrap: warning
`

// httpBlock sets address and port where configuration.yaml still may (until 2026.5).
const httpBlock = `http:
  server_host: 127.0.0.1
  server_port: %d
`

// httpStorage sets them where configuration.yaml is only a proposal to the user, which Home
// Assistant takes back after five minutes: as the settings that the user has confirmed. All keys
// are needed.
const httpStorage = `{"version": 3, "minor_version": 1, "key": "http", "data": {
  "stable": {
    "server_host": ["127.0.0.1"], "server_port": %d, "cors_allowed_origins": [], "login_attempts_threshold": -1,
    "ip_ban_enabled": true, "ssl_profile": "intermediate_v6", "use_x_frame_options": true,
    "created_at": "2026-01-01T00:00:00+00:00", "error": null, "error_message": null},
  "pending": null, "yaml_migration_done": true}}
`

// onboardingStorage marks the steps as done that follow the first user. A browser then gets past the
// onboarding pages, and Home Assistant does not add a weather service, a radio and a voice, whose
// packages are not installed.
const onboardingStorage = `{"version": 4, "minor_version": 1, "key": "onboarding", "data": {
  "done": ["core_config", "analytics", "integration"]}}
`

// prepare writes the configuration directory of a fresh instance.
func (in *Installation) prepare(o Options, port int) error {
	configuration := household
	files := map[string]string{".storage/onboarding": onboardingStorage}
	if in.Version == Minimum {
		configuration += fmt.Sprintf(httpBlock, port)
	} else {
		files[".storage/http"] = fmt.Sprintf(httpStorage, port)
	}
	files["configuration.yaml"] = configuration + o.Configuration
	for name, text := range files {
		path := filepath.Join(o.Dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("prepare Home Assistant's configuration: %w", err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return fmt.Errorf("prepare Home Assistant's configuration: %w", err)
		}
	}
	return writeModules(o.Dir)
}
