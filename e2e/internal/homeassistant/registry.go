package homeassistant

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Entity is a line of the entity registry; it also exists for a disabled entity, which has no state.
type Entity struct {
	EntityID       string `json:"entity_id"`
	UniqueID       string `json:"unique_id"`
	Platform       string `json:"platform"` // mqtt
	DeviceID       string `json:"device_id"`
	Name           string `json:"name"` // given by the user
	OriginalName   string `json:"original_name"`
	EntityCategory string `json:"entity_category"`
	DisabledBy     string `json:"disabled_by"` // integration, user, or empty
	HiddenBy       string `json:"hidden_by"`
}

// Device is a line of the device registry.
type Device struct {
	ID               string      `json:"id"`
	Identifiers      [][2]string `json:"identifiers"` // domain, identifier
	Name             string      `json:"name"`
	NameByUser       string      `json:"name_by_user"`
	Manufacturer     string      `json:"manufacturer"`
	Model            string      `json:"model"`
	SWVersion        string      `json:"sw_version"`
	ConfigurationURL string      `json:"configuration_url"`
	ViaDeviceID      string      `json:"via_device_id"`
	AreaID           string      `json:"area_id"`
}

// Entities are all lines of the entity registry that came by MQTT.
func (ha *Instance) Entities(ctx context.Context) ([]Entity, error) {
	var all []Entity
	if err := ha.Call(ctx, "config/entity_registry/list", nil, &all); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(e Entity) bool { return e.Platform != "mqtt" }), nil
}

// UpdateEntity changes what a user can change: name, new_entity_id, disabled_by (nil enables),
// hidden_by, icon, area_id, ….
func (ha *Instance) UpdateEntity(ctx context.Context, entityID string, changes map[string]any) error {
	fields := map[string]any{"entity_id": entityID}
	maps.Copy(fields, changes)
	return ha.Call(ctx, "config/entity_registry/update", fields, nil)
}

// RemoveEntity deletes an entity as a user does. Nobody is told on MQTT.
func (ha *Instance) RemoveEntity(ctx context.Context, entityID string) error {
	return ha.Call(ctx, "config/entity_registry/remove", map[string]any{"entity_id": entityID}, nil)
}

// Devices are all devices that came by MQTT, by their identifier there.
func (ha *Instance) Devices(ctx context.Context) (map[string]Device, error) {
	var all []Device
	if err := ha.Call(ctx, "config/device_registry/list", nil, &all); err != nil {
		return nil, err
	}
	found := map[string]Device{}
	for _, d := range all {
		for _, id := range d.Identifiers {
			if id[0] == "mqtt" {
				found[id[1]] = d
			}
		}
	}
	return found, nil
}

// RemoveDevice deletes a device as a user does on its page; Home Assistant then empties the
// retained discovery messages of its components.
func (ha *Instance) RemoveDevice(ctx context.Context, identifier string) error {
	devices, err := ha.Devices(ctx)
	if err != nil {
		return err
	}
	d, ok := devices[identifier]
	if !ok {
		return fmt.Errorf("remove device %q: there are only %q", identifier, slices.Sorted(maps.Keys(devices)))
	}
	command, fields := "config/device_registry/remove", map[string]any{"device_id": d.ID}
	if ha.Version == Minimum { // it removes a device from one integration at a time
		var entries []struct {
			EntryID string `json:"entry_id"`
		}
		if err := ha.Get(ctx, "/api/config/config_entries/entry?domain=mqtt", &entries); err != nil {
			return err
		}
		command = "config/device_registry/remove_config_entry"
		fields["config_entry_id"] = entries[0].EntryID
	}
	return ha.Call(ctx, command, fields, nil)
}

// DebugInfo is Home Assistant's own record of a device's discovery messages, subscriptions and last
// payloads, as JSON.
func (ha *Instance) DebugInfo(ctx context.Context, deviceID string) (json.RawMessage, error) {
	var info json.RawMessage
	err := ha.Call(ctx, "mqtt/device/debug_info", map[string]any{"device_id": deviceID}, &info)
	return info, err
}

// Expose makes entities known to Assist, as the voice settings do.
func (ha *Instance) Expose(ctx context.Context, entityIDs ...string) error {
	return ha.Call(ctx, "homeassistant/expose_entity", map[string]any{
		"assistants": []string{"conversation"}, "entity_ids": entityIDs, "should_expose": true,
	}, nil)
}
