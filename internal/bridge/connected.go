package bridge

import (
	"evcc-discovery/discovery"
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// showConnected publishes what loadpoints show of the vehicle that is connected, and what is only there or not.
// They follow from other topics, so they are looked at whenever one has another value.
func (s *site) showConnected(c *Core) {
	if s.presence.blanked || !s.cleared.IsZero() || s.shown == c.changes {
		return
	}
	defer func() { s.shown = c.changes }()
	for i := range s.wanted.States {
		state := &s.wanted.States[i]
		switch reading := state.Reads(); {
		case c.outbox.due[state.Config]: // its options come first
		case reading == entities.OfVehicle:
			c.step.Retain(state.Topic, s.ofVehicle(c, state))
		case reading == entities.Filled:
			value := s.tree[state.Instance.State]
			c.step.Retain(state.Topic, word(value == "" || value == "0", "false", "true"))
		}
	}
}

// ofVehicle is a value of the vehicle that is connected to a loadpoint. evcc shows a limit of 0 as nothing.
func (s *site) ofVehicle(c *Core, state *discovery.State) string {
	row, vehicle := state.Instance.Row, s.tree[state.Instance.State]
	topic := s.wanted.Connected.Values[row.Of][vehicle]
	value := ""
	if path, ok := below(topic, s.Root); ok {
		value = s.tree[path]
	} else if topic != "" {
		value = c.retained[topic]
	}
	if value == "" && topic != "" && row.Platform == entities.Select {
		return "0"
	}
	return value
}

// hand gives a command for the connected vehicle to that vehicle's own control.
func (r *relay) hand(c *Core, e step.Event, s sent) {
	site, in := s.site(), &s.command.Instance
	if reason := site.closed(c); reason != "" {
		r.end(c, refused, s, reason)
		return
	}
	if err := s.encode(c); err != nil {
		r.end(c, refused, s, err.Error())
		return
	}
	vehicle := site.tree[in.State]
	if in.State == "" {
		vehicle = site.tree[in.Set]
	}
	topic := site.wanted.Connected.Commands[in.Row.Of][vehicle]
	switch {
	case vehicle == "":
		r.end(c, refused, s, "no vehicle is connected")
	case topic == "":
		r.end(c, refused, s, "the vehicle that is connected has no such control")
	default:
		site.results.over(c, s.topic) // how this one ends is told of the vehicle's control
		e.Topic = topic
		if in.Row.Platform == entities.Button {
			e.Payload = []byte("{}") // no plan
		}
		r.command(c, e)
	}
}
