package faults

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// automate is an automation of the user that runs when a car has ended to charge: when an entity goes from on to off, and
// not by way of unavailable or unknown. It looks after every message, as Home Assistant does, and it may run for no other
// reason than that evcc, while it ran, has ended to charge.
func (h *home) automate() {
	for _, topic := range slices.Sorted(maps.Keys(h.seen)) {
		c, ok := h.seen[topic]["binary_sensor_charging"]
		if !ok || !strings.Contains(topic, "_loadpoint_") {
			continue
		}
		before, now := h.charging[c.UniqueID], h.chargingState(&c)
		if before == now {
			continue
		}
		h.charging[c.UniqueID] = now
		h.w.say("home: %s is %s, was %s %v", c.StateTopic, now, before, h.w.verdict(&c))
		switch {
		case before == "on" && now == "off":
			if ended := h.w.owner(c.StateTopic).ended[c.StateTopic]; ended.IsZero() || h.w.now.Sub(ended) > fresh {
				h.w.fault("the automation on the end of charging has run, and nothing has ended: %s", c.StateTopic)
			}
		case before == "on":
			h.charging[c.UniqueID+" was"] = "on"
		case now == "on" && h.charging[c.UniqueID+" was"] == "on":
			h.spanned++
		}
		if now == "on" || now == "off" {
			delete(h.charging, c.UniqueID+" was")
		}
	}
}

// fresh is how long a message may be on its way.
const fresh = 25 * time.Second

// chargingState is what Home Assistant shows.
func (h *home) chargingState(c *component) string {
	switch value := h.values[c.StateTopic]; {
	case !h.available(c):
		return "unavailable"
	case value == "true":
		return "on"
	case value == "false":
		return "off"
	}
	return "unknown"
}

// owner is the evcc that publishes a topic.
func (w *world) owner(topic string) *evcc {
	if w.barn != nil && strings.HasPrefix(topic, barn+"/") {
		return w.barn
	}
	return w.evcc
}
