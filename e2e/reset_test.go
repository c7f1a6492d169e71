package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"evcc-discovery/e2e/internal/homeassistant"
)

// TestResetIDs: another integration has our ids when we come, and leaves. Resetting gives every entity the id of the
// table, keeps the name that the user gave, and leaves no line in Home Assistant's log but the recorder's, which says that the ids
// have a history already.
func TestResetIDs(t *testing.T) {
	h := fresh(t, homeassistant.Newest, "reset")
	h.allow(homeassistant.Allowed{
		Logger: "homeassistant.components.recorder.entity_registry", Text: "because the new entity_id is already in use",
		Reason: "the ids have a history, the other integration's: it goes on, and the few minutes under …_2 are not moved to it",
	})
	ctx := t.Context()
	taken := []string{"sensor.evcc_garage_charge_power", "number.evcc_garage_limit_soc", "select.evcc_garage_mode", "sensor.evcc_grid_power"}
	topic := func(id string) string { return "homeassistant/" + strings.Replace(id, ".", "/other_", 1) + "/config" }
	for _, id := range taken {
		config := map[string]any{"unique_id": "other_" + id, "default_entity_id": id, "name": "Other", "state_topic": "other/state"}
		if !strings.HasPrefix(id, "sensor") {
			config["command_topic"], config["options"] = "other/set", []string{"a"}
		}
		if !strings.HasPrefix(id, "select") {
			delete(config, "options")
		}
		payload, err := json.Marshal(config)
		check(t, err)
		check(t, h.MQTT.Publish(ctx, topic(id), string(payload), true))
	}
	check(t, h.WaitStates(ctx, func(all map[string]homeassistant.State) error {
		for _, id := range taken {
			if _, ok := all[id]; !ok {
				return fmt.Errorf("%s does not exist", id)
			}
		}
		return nil
	}))

	s := start(t, h, "0.313.2")
	want := readTable(t, "0.313.2")
	check(t, s.MQTT.Subscribe(ctx, "homeassistant/device/evcc-discovery/+/config"))
	ids := s.waitEntities(t, len(want))
	for _, id := range taken {
		if _, ok := ids[id+"_2"]; !ok {
			t.Fatalf("%s_2 does not exist: the other integration did not take the id", id)
		}
	}
	check(t, s.UpdateEntity(ctx, "sensor.evcc_garage_charge_power_2", map[string]any{"name": "My own name"}))
	for _, id := range taken {
		check(t, s.MQTT.Publish(ctx, topic(id), "", true))
	}
	for _, id := range taken {
		check(t, s.WaitGone(ctx, id))
	}
	s.waitSettled(t)

	began := time.Now()
	check(t, s.MQTT.Publish(ctx, "evcc-discovery/adapter/reset_ids/set", "PRESS", false))
	check(t, s.WaitGone(ctx, "sensor.evcc_home_power"))
	check(t, s.WaitStates(ctx, func(all map[string]homeassistant.State) error {
		for _, e := range want {
			if state, ok := all[e.EntityID]; e.Enabled == "yes" && (!ok || state.State == "unavailable") {
				return fmt.Errorf("%s is %q", e.EntityID, state.State)
			}
		}
		return nil
	}))
	t.Logf("every entity has its id %.0f s later", time.Since(began).Seconds())
	seeEntities(t, s, want)
	if name := s.waitEntities(t, len(want))["sensor.evcc_garage_charge_power"].Name; name != "My own name" {
		t.Errorf("the name that the user gave is %q", name)
	}
	t.Run("compatibility", func(t *testing.T) { compatibility(t, s) })
}

// compatibility: the lists of the ha-evcc integration come, show evcc's values, can be chosen from, follow what bounds
// them, and go again.
func compatibility(t *testing.T, s *site) {
	ctx := t.Context()
	s.restartWith(t, map[string]string{"EVCC_DISCOVERY_COMPATIBILITY": "ha-evcc"})
	for id, want := range map[string]string{
		"select.evcc_garage_min_current": "6", "select.evcc_garage_max_current": "16", "select.evcc_garage_vehicle_name": "vehicle_2",
		"select.evcc_garage_limit_soc": "0", "select.evcc_priority_soc": "0", "select.evcc_garage_battery_boost_limit": "100",
	} {
		s.see(t, id, want)
	}
	choose := func(id, option string) {
		check(t, s.CallService(ctx, "select", "select_option", map[string]any{"entity_id": id, "option": option}))
		s.see(t, id, option)
	}
	choose("select.evcc_garage_min_current", "8")
	s.see(t, "number.evcc_garage_min_current", "8")
	choose("select.evcc_garage_limit_soc", "75")
	s.see(t, "number.evcc_white_model_3_limit_soc", "75")
	choose("select.evcc_garage_vehicle_name", "null")
	s.see(t, "select.evcc_garage_vehicle", "-")
	check(t, s.WaitStates(ctx, func(all map[string]homeassistant.State) error {
		if options := all["select.evcc_garage_max_current"].Attribute("options"); strings.Contains(options, "7") && strings.HasPrefix(strings.Trim(options, "["), "6") {
			return fmt.Errorf("the maximum may still be below the minimum: %s", options)
		}
		return nil
	}))
	s.restartWith(t, nil)
	check(t, s.WaitGone(ctx, "select.evcc_garage_min_current"))
	check(t, s.WaitGone(ctx, "select.evcc_priority_soc"))
}
