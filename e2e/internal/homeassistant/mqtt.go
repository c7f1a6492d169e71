package homeassistant

import (
	"context"
	"fmt"
	"slices"
)

// MQTT is what a user types when adding the integration.
type MQTT struct {
	Host     string
	Port     int
	User     string // empty: none
	Password string
	Prefix   string // discovery prefix; empty: homeassistant
}

// step is one page of a config flow.
type step struct {
	FlowID string         `json:"flow_id"`
	StepID string         `json:"step_id"`
	Type   string         `json:"type"` // form, menu, create_entry, abort
	Errors map[string]any `json:"errors"`
	Reason string         `json:"reason"`
	Schema []struct {
		Name string `json:"name"`
	} `json:"data_schema"`
	Result struct {
		EntryID string `json:"entry_id"`
	} `json:"result"`
}

// has reports whether the page asks for a field; Home Assistant's releases differ and refuse what
// they do not ask for.
func (s step) has(field string) bool {
	for _, f := range s.Schema {
		if f.Name == field {
			return true
		}
	}
	return false
}

// AddMQTT sets up the integration by its config flow and returns the id of its entry. Home
// Assistant tries the broker itself and refuses what does not answer.
func (ha *Instance) AddMQTT(ctx context.Context, m MQTT) (entryID string, err error) {
	const flows = "/api/config/config_entries/flow"
	var page step
	if err := ha.Post(ctx, flows, map[string]any{"handler": "mqtt"}, &page); err != nil {
		return "", fmt.Errorf("add MQTT: %w", err)
	}
	input := map[string]any{"broker": m.Host, "port": m.Port}
	if m.User != "" {
		input["username"], input["password"] = m.User, m.Password
	}
	if page.has("protocol") {
		input["protocol"] = "5"
	}
	if page.has("other_settings") {
		input["other_settings"] = map[string]any{"set_client_cert": false, "set_ca_cert": "off"}
	}
	if err := ha.Post(ctx, flows+"/"+page.FlowID, input, &page); err != nil {
		return "", fmt.Errorf("add MQTT: %w", err)
	}
	if page.Type != "create_entry" {
		return "", fmt.Errorf("add MQTT: the flow ended with %s %s %v instead of an entry", page.Type, page.Reason, page.Errors)
	}
	if m.Prefix != "" {
		return page.Result.EntryID, ha.SetPrefix(ctx, page.Result.EntryID, m.Prefix)
	}
	return page.Result.EntryID, nil
}

// SetPrefix gives MQTT's entry another discovery prefix by the integration's options, where a user
// finds it, and reloads it.
func (ha *Instance) SetPrefix(ctx context.Context, entryID, prefix string) error {
	const flows = "/api/config/config_entries/options/flow"
	var page step
	if err := ha.Post(ctx, flows, map[string]any{"handler": entryID}, &page); err != nil {
		return fmt.Errorf("set the discovery prefix: %w", err)
	}
	input := map[string]any{"discovery": true, "discovery_prefix": prefix}
	for _, f := range page.Schema {
		if slices.Contains([]string{"birth_enable", "will_enable"}, f.Name) {
			input[f.Name] = true
		}
	}
	if err := ha.Post(ctx, flows+"/"+page.FlowID, input, &page); err != nil {
		return fmt.Errorf("set the discovery prefix: %w", err)
	}
	if page.Type != "create_entry" {
		return fmt.Errorf("set the discovery prefix: the flow ended with %s %s %v", page.Type, page.Reason, page.Errors)
	}
	return ha.Reload(ctx, entryID)
}

// Reload reloads a config entry, as the menu of the integration page does.
func (ha *Instance) Reload(ctx context.Context, entryID string) error {
	return ha.Post(ctx, "/api/config/config_entries/entry/"+entryID+"/reload", nil, nil)
}
