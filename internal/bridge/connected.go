package bridge

import (
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

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
