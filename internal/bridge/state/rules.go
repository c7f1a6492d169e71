package state

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// How long inputs must have been quiet.
const (
	spread = 200 * time.Millisecond // evcc writes a value to one loadpoint after the other
	doubt  = time.Second            // an empty value may be the beginning of evcc's blanking
)

// rule is how one kind of state follows from other topics.
type rule struct {
	rank    int           // states are published in this order
	quiet   time.Duration // after any input
	emptied time.Duration // after its own topic was emptied
	atOnce  bool          // a value on its own topic needs no quiet
	options bool          // not before the device message: it has the options
	shaped  bool          // not before it is settled which loadpoint is which
	render  func(m *Machine, w World, st *discovery.State) (payload string, ok bool)
}

// rules are the kinds of states.
var rules = map[entities.OwnState]rule{
	entities.Titled:    {rank: 1, emptied: doubt, options: true, render: titled},
	entities.Named:     {rank: 1, emptied: doubt, options: true, render: named},
	entities.Shared:    {rank: 2, quiet: spread, render: shared},
	entities.OrZero:    {rank: 3, quiet: spread, atOnce: true, render: orZero},
	entities.Held:      {rank: 4, render: held},
	entities.Requested: {rank: 4, options: true, render: requested},
	entities.Legacy:    {rank: 5, options: true, shaped: true, render: legacy},
	entities.OfVehicle: {rank: 6, emptied: doubt, options: true, render: ofVehicle},
	entities.TakenOut:  {rank: 6, emptied: doubt, shaped: true, render: takenOut},
	entities.Filled:    {rank: 6, options: true, render: filled},
}

// wait returns how long to wait after another value of an input, "" for none; own is whether that is the state's own topic.
func (r *rule) wait(value string, own bool) time.Duration {
	switch {
	case own && value == "":
		return max(r.emptied, r.quiet)
	case own && r.atOnce:
		return 0
	}
	return r.quiet
}

// input is what evcc publishes on the state's own topic path.
func (m *Machine) input(w World, st *discovery.State) string {
	return w.Value(m.root + "/" + st.Instance.State)
}

// titled shows a vehicle's name as its title.
func titled(m *Machine, w World, st *discovery.State) (string, bool) {
	return m.wanted.Vehicles.Label(m.input(w, st)), true
}

func named(m *Machine, w World, st *discovery.State) (string, bool) {
	return m.wanted.Vehicles.Named(m.input(w, st)), true
}

// shared is what all loadpoints have in common, unknown where they differ.
func shared(_ *Machine, w World, st *discovery.State) (string, bool) {
	value, _ := st.Instance.Common(w.Siblings(st.Instance.Object))
	return value, true
}

// orZero is a vehicle's limit. evcc publishes nothing for none; where the vehicle is gone it is unknown.
func orZero(m *Machine, w World, st *discovery.State) (string, bool) {
	value := m.input(w, st)
	if value == "" && w.Value(m.root+"/"+st.Instance.TitlePath()) != "" {
		value = "0"
	}
	return value, true
}

// requested is the battery mode that somebody wants.
func requested(m *Machine, w World, st *discovery.State) (string, bool) {
	value := cmp.Or(m.input(w, st), entities.Automatic)
	if word := st.Instance.Row.WordFor(value); slices.Contains(st.Instance.Options, word) {
		return word, true
	}
	return value, true
}

// held is whether the home battery is held.
func held(m *Machine, w World, st *discovery.State) (string, bool) {
	return strconv.FormatBool(slices.Contains(st.Instance.Row.On, m.input(w, st))), true
}

// legacy is the mode in the words before evcc 0.316.
func legacy(_ *Machine, w World, st *discovery.State) (string, bool) {
	return entities.LegacyMode(w.Siblings(st.Instance.Object))
}

// ofVehicle is a value of the vehicle that is connected. evcc shows a limit of 0 as nothing.
func ofVehicle(m *Machine, w World, st *discovery.State) (string, bool) {
	row := st.Instance.Row
	topic := m.wanted.Connected.Values[row.Of][m.input(w, st)]
	if topic == "" {
		return "", true
	}
	value := w.Value(topic)
	if value == "" && row.Platform == entities.Select {
		value = "0"
	}
	return value, true
}

// takenOut is whether a loadpoint is out of operation. One that reports is not; of one that does neither nothing is known.
func takenOut(m *Machine, w World, st *discovery.State) (string, bool) {
	value := m.input(w, st)
	if value == "" && w.Value(m.root+"/"+st.Instance.Reports()) != "" {
		value = "false"
	}
	return value, true
}

// filled is whether evcc publishes something.
func filled(m *Machine, w World, st *discovery.State) (string, bool) {
	value := m.input(w, st)
	return strconv.FormatBool(value != "" && value != "0"), true
}
