package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"evcc-discovery/e2e/internal/adapter"
	"evcc-discovery/e2e/internal/homeassistant"
	"evcc-discovery/internal/simulator"
)

// cleanup is what Home Assistant itself says when a user deletes a device, once for each of its entities.
var cleanup = homeassistant.Allowed{
	Logger: "homeassistant.components.mqtt.discovery", Text: "No device components to cleanup",
	Reason: "Home Assistant empties the topic of a device that its user deletes once per entity",
}

// TestRemoval: what is gone leaves Home Assistant, what its user deletes stays away, and neither leaves a line in its log
// but those that Home Assistant writes about its user's own deletion.
func TestRemoval(t *testing.T) {
	h := fresh(t, homeassistant.Newest, "removal")
	s := start(t, h, "0.313.2")
	want := readTable(t, "0.313.2")
	check(t, s.MQTT.Subscribe(t.Context(), "homeassistant/device/evcc-discovery/+/config"))
	s.waitEntities(t, len(want))
	s.waitSettled(t)
	for _, step := range []struct {
		name string
		do   func(*testing.T, *site)
	}{
		{"evcc has less than before", evccHasLess},
		{"while Home Assistant is down", removedWhileDown},
		{"the user deletes a device", userDeletes},
		{"the user removes everything", userRemovesAll},
	} {
		if !t.Run(step.name, func(t *testing.T) { step.do(t, s) }) {
			t.FailNow()
		}
	}
}

// evccHasLess: a loadpoint and a vehicle are gone after evcc's restart.
func evccHasLess(t *testing.T, s *site) {
	s.evcc.Do(simulator.Arrange{Order: []int{1, 2}})
	s.evcc.Do(simulator.RemoveVehicle{Name: "vehicle_4"})
	s.stopEvcc(t)
	began := time.Now()
	s.startEvcc(t)
	s.waitDevicesGone(t, "evcc_loadpoint_3", "evcc_vehicle_vehicle_5f4")
	t.Logf("gone %.0f s after evcc's start", time.Since(began).Seconds())
	s.waitAvailable(t, "sensor.evcc_garage_charge_power", "number.evcc_blue_e_golf_limit_soc")
}

// removedWhileDown: a vehicle, and with READ_ONLY all controls, go while Home Assistant cannot see it.
func removedWhileDown(t *testing.T, s *site) {
	ctx := t.Context()
	check(t, s.Stop(ctx))
	s.evcc.Do(simulator.RemoveVehicle{Name: "vehicle_3"})
	s.stopEvcc(t)
	s.startEvcc(t)
	s.restartWith(t, map[string]string{"EVCC_DISCOVERY_READ_ONLY": "true"})
	check(t, s.adapter.WaitOutput(ctx, "evcc_vehicle_vehicle_5f3/config"))
	s.waitSettled(t)
	check(t, s.Resume(ctx))
	began := time.Now()
	check(t, s.WaitGone(ctx, "select.evcc_garage_mode"))
	s.waitDevicesGone(t, "evcc_vehicle_vehicle_5f3")
	t.Logf("gone %.0f s after Home Assistant's start", time.Since(began).Seconds())
	s.waitAvailable(t, "sensor.evcc_garage_mode", "sensor.evcc_garage_charge_power")
	check(t, s.WaitStates(ctx, func(all map[string]homeassistant.State) error {
		for id := range all {
			if domain, _, _ := strings.Cut(id, "."); strings.Contains(id, ".evcc_") && domain != "sensor" && domain != "binary_sensor" {
				return fmt.Errorf("%s is still there in READ_ONLY", id)
			}
		}
		return nil
	}))
	s.restartWith(t, nil)
	s.waitAvailable(t, "select.evcc_garage_mode", "number.evcc_garage_limit_soc")
	check(t, s.WaitGone(ctx, "sensor.evcc_garage_mode"))
	s.waitSettled(t)
}

// userDeletes: the device stays away, over restarts of the program and of Home Assistant, until Rediscover.
func userDeletes(t *testing.T, s *site) {
	ctx := t.Context()
	s.allow(cleanup)
	before := s.waitEntities(t, 0)
	check(t, s.UpdateEntity(ctx, "select.evcc_garage_mode", map[string]any{"name": "My mode"}))
	check(t, s.RemoveDevice(ctx, "evcc-discovery_evcc_loadpoint_2"))
	check(t, s.WaitGone(ctx, "select.evcc_garage_mode"))
	check(t, s.adapter.WaitOutput(ctx, "device deleted in Home Assistant"))
	check(t, s.adapter.Restart(ctx))
	check(t, s.adapter.WaitOutput(ctx, "connected to the broker"))
	check(t, s.Restart(ctx))
	check(t, s.adapter.WaitOutput(ctx, "Home Assistant started"))
	s.waitSettled(t)
	s.waitDevicesGone(t, "evcc_loadpoint_2")
	began := time.Now()
	check(t, s.CallService(ctx, "button", "press", map[string]any{"entity_id": "button.evcc_discovery_rediscover"}))
	s.waitAvailable(t, "select.evcc_garage_mode", "sensor.evcc_garage_charge_power")
	t.Logf("back %.1f s after Rediscover", time.Since(began).Seconds())
	after := s.waitEntities(t, len(before))
	for id, e := range before {
		if after[id].UniqueID != e.UniqueID {
			t.Errorf("%s is %q after Rediscover, was %q", id, after[id].UniqueID, e.UniqueID)
		}
	}
	if got := after["select.evcc_garage_mode"].Name; got != "My mode" {
		t.Errorf("the user's name is %q after Rediscover", got)
	}
}

// userRemovesAll: the button that is off at first takes every device out of Home Assistant, and everything off the broker.
func userRemovesAll(t *testing.T, s *site) {
	ctx := t.Context()
	const button = "button.evcc_discovery_remove_all"
	since := s.MQTT.Mark()
	check(t, s.UpdateEntity(ctx, button, map[string]any{"disabled_by": nil}))
	s.waitBirth(t, since)
	s.waitAvailable(t, button)
	s.waitSettled(t)
	all, err := s.Devices(ctx)
	check(t, err)
	var ours []string
	for identifier := range all {
		if object, is := strings.CutPrefix(identifier, "evcc-discovery_"); is {
			ours = append(ours, object)
		}
	}
	began := time.Now()
	check(t, s.CallService(ctx, "button", "press", map[string]any{"entity_id": button}))
	s.waitDevicesGone(t, ours...)
	t.Logf("%d devices are gone %.1f s after the button", len(ours), time.Since(began).Seconds())
	left, err := s.Broker.Retained(ctx, filters...)
	check(t, err)
	if len(ours) == 0 || len(left) > 0 {
		t.Errorf("of %d devices are left on the broker: %v", len(ours), left)
	}
}

// TestLateEvcc: Home Assistant restarts while evcc is down, and evcc comes later.
func TestLateEvcc(t *testing.T) {
	s := start(t, fresh(t, homeassistant.Newest, "late"), "0.313.2")
	s.waitAvailable(t, "sensor.evcc_garage_charge_power", "select.evcc_garage_mode")
	s.stopEvcc(t)
	check(t, s.home.Restart(t.Context()))
	_, err := s.WaitState(t.Context(), "select.evcc_garage_mode", homeassistant.Is("unavailable"))
	check(t, err)
	began := time.Now()
	s.startEvcc(t)
	s.waitAvailable(t, "sensor.evcc_garage_charge_power", "select.evcc_garage_mode")
	took := time.Since(began)
	t.Logf("entities are available %.1f s after evcc's start", took.Seconds())
	if took > 10*time.Second {
		t.Errorf("that took %v", took)
	}
}

// restartWith starts the program anew with more settings.
func (s *site) restartWith(t *testing.T, more map[string]string) {
	t.Helper()
	check(t, s.adapter.Stop(t.Context()))
	program, err := adapter.Build(t.Context(), room("restarted"+t.Name()))
	check(t, err)
	settings := map[string]string{"EVCC_DISCOVERY_MQTT_URL": s.Broker.URL()}
	for name, value := range more {
		settings[name] = value
	}
	s.adapter, err = program.Start(settings)
	check(t, err)
}

// waitAvailable waits until entities have a value, or a place for one.
func (s *site) waitAvailable(t *testing.T, entities ...string) {
	t.Helper()
	for _, id := range entities {
		_, err := s.WaitState(t.Context(), id, func(st homeassistant.State) bool { return st.State != "unavailable" })
		check(t, err)
	}
}

// waitDevicesGone waits until devices are in none of Home Assistant's registries.
func (s *site) waitDevicesGone(t *testing.T, objects ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // evcc has time to tell of everything that it has
	defer cancel()
	for {
		all, err := s.Devices(ctx)
		check(t, err)
		if !slices.ContainsFunc(objects, func(o string) bool { _, there := all["evcc-discovery_"+o]; return there }) {
			return
		}
		select {
		case <-time.After(200 * time.Millisecond): // the registry has no event for "gone"
		case <-ctx.Done():
			t.Fatalf("of the devices %q some are still there", objects)
		}
	}
}
