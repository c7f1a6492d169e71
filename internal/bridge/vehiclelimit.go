package bridge

import (
	"strings"
	"time"

	"evcc-discovery/entities"
)

// A vehicle's limit of 0 is none, and evcc publishes nothing of it. What evcc says of a limit is shown at once. Where it
// says nothing, that is 0 only for a vehicle that is there: it may be evcc's blanking, too, or the end of the vehicle.

// vehicleLimit takes a value that may be a vehicle's limit.
func (s *site) vehicleLimit(c *Core, path, value string) {
	if c.phase != running || !strings.HasPrefix(path, "vehicles/") {
		return
	}
	for i := range s.wanted.States {
		state := &s.wanted.States[i]
		switch {
		case state.Reads() != entities.OrZero || state.Instance.State != path:
		case value == "":
			s.emptied = c.step.Now.Add(spread)
		case !s.presence.blanked:
			c.step.Retain(state.Topic, value)
		}
	}
}

// showVehicleLimits publishes every vehicle's limits, unknown where evcc does not have the vehicle any more.
func (s *site) showVehicleLimits(c *Core) {
	s.emptied = time.Time{}
	if !s.believed(c) {
		return
	}
	for i := range s.wanted.States {
		state := &s.wanted.States[i]
		if state.Reads() != entities.OrZero {
			continue
		}
		value := s.tree[state.Instance.State]
		if value == "" && s.tree.Title(state.Instance.Object) != "" {
			value = "0"
		}
		c.step.Retain(state.Topic, value)
	}
}
