package discovery

import (
	"maps"
	"slices"

	"evcc-discovery/entities"
)

// Connected says where the values and controls of vehicles are that loadpoints show as those of the connected one: by
// ID of the vehicle's row, and then by evcc's name of the vehicle.
type Connected struct {
	Values   map[string]map[string]string // topics of states
	Commands map[string]map[string]string // command topics
}

func (c *Connected) add(list *map[string]map[string]string, id, vehicle, topic string) {
	if *list == nil {
		*list = make(map[string]map[string]string)
	}
	if (*list)[id] == nil {
		(*list)[id] = make(map[string]string)
	}
	(*list)[id][vehicle] = topic
}

// connect notes where one of a vehicle's values stands and how it is set. Where a sensor shows what a control sets, the
// sensor tells what evcc has.
func (b *builder) connect(in *entities.Instance) {
	if b.object.Scope != entities.Vehicle {
		return
	}
	c, row := &b.wanted.Connected, in.Row
	if in.Set != "" {
		c.add(&c.Commands, row.ID, b.object.Ref, b.topic(row, "set"))
	}
	if _, has := c.Values[row.ID][b.object.Ref]; in.State != "" && (!has || row.Platform == entities.Sensor) {
		topic := b.reader(in).StateTopic
		if row.Own == entities.OrZero { // evcc's own comes first
			topic = b.site.Root + "/" + in.State
		}
		c.add(&c.Values, row.ID, b.object.Ref, topic)
	}
}

// Inputs lists the topics, evcc's under its root and our own, from which a state follows.
func (w Wanted) Inputs(root string, s State) []string {
	var topics []string
	for _, path := range s.Instance.Inputs() {
		topics = append(topics, root+"/"+path)
	}
	if s.Reads() == entities.OfVehicle {
		topics = slices.AppendSeq(topics, maps.Values(w.Connected.Values[s.Instance.Row.Of]))
	}
	return topics
}
