package faults

import (
	"encoding/json"
	"maps"
	"slices"
)

// discover takes a device message.
func (h *home) discover(topic, payload string) {
	if payload == "" {
		for key, c := range h.seen[topic] {
			h.remove(topic, key, c)
		}
		delete(h.seen, topic)
		return
	}
	var read struct {
		Device       struct{ Name string }
		Availability []availability
		Components   map[string]component
	}
	if err := json.Unmarshal([]byte(payload), &read); err != nil {
		h.w.fault("Home Assistant cannot read %s: %v", topic, err)
		return
	}
	if h.seen[topic] == nil {
		h.seen[topic] = make(map[string]component)
	}
	h.names[topic] = read.Device.Name
	wanted := make(map[string]bool)
	for _, key := range slices.Sorted(maps.Keys(read.Components)) {
		c := read.Components[key]
		old, known := h.seen[topic][key]
		if c.UniqueID == "" {
			if known {
				h.remove(topic, key, old)
			}
			continue
		}
		c.shared = read.Availability
		h.add(topic, key, c)
		if !known || old.StateTopic != c.StateTopic || !slices.Equal(old.conditions(), c.conditions()) {
			c.listen(wanted)
		}
	}
	for _, t := range slices.Sorted(maps.Keys(wanted)) {
		h.peer.subscribe(t)
	}
}

func (h *home) add(topic, key string, c component) {
	id := c.Platform + " " + c.UniqueID
	if other, ok := h.registry[id]; ok && (other.config != topic || other.key != key) && h.seen[other.config][other.key].UniqueID == c.UniqueID {
		h.w.fault("Home Assistant: %s is in %s and in %s", id, other.config, topic)
	}
	if old, known := h.seen[topic][key]; known && (old.Platform != c.Platform || old.UniqueID != c.UniqueID) {
		h.w.fault("Home Assistant: %s %s was %s %s and is now %s %s", topic, key, old.Platform, old.UniqueID, c.Platform, c.UniqueID)
	}
	h.seen[topic][key] = c
	h.registry[id] = entity{topic, key, c}
}

func (h *home) remove(topic, key string, c component) {
	delete(h.seen[topic], key)
	delete(h.registry, c.Platform+" "+c.UniqueID)
}
