// Package state publishes the states of our own: what evcc does not publish as Home Assistant can show it. Each kind is one
// row of a table ([rules]): how it follows from other topics, and how long they must have been quiet. There is one clock
// and one condition for all of them: nothing is published while evcc's topics cannot be believed (package trust), and
// everything is looked at anew when they can.
//
// Plans and the ends of commands have states, too; they come from the machines that know them (plan, command).
package state

import (
	"cmp"
	"slices"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/internal/bridge/step"
)

// World is what states follow from.
type World interface {
	// Value returns the last payload of a topic, evcc's or one of our own; "" = none.
	Value(topic string) string
	// Siblings returns what else evcc has published of an object.
	Siblings(o entities.Object) entities.Siblings
	// Announced reports whether a device message as it is wanted is on its way to the broker or there: it holds the options
	// of its entities' states.
	Announced(config string) bool
}

// Machine publishes the states of one site. The zero Machine has none.
type Machine struct {
	wanted  discovery.Wanted
	root    string
	items   []item
	inputs  map[string][]int  // by topic: who follows from it
	silent  []discovery.State // that are not wanted now, and may be again
	next    time.Time         // when an item is due; zero = none is
	waiting bool              // one is due and waits for its device message
	emptied []int             // whose own topic was emptied, which may be the beginning of evcc's blanking
}

// item is one state and when it is looked at.
type item struct {
	*discovery.State
	*rule
	due time.Time // zero = nothing is new
}

// Want takes the site's states, which are all due now. Those that are not among them any more are unknown where what they
// were of has ended, and stay as they are where it has only not reported yet.
func (m *Machine) Want(s *step.Step, root string, wanted discovery.Wanted, ended func(discovery.State) bool) {
	before, there := m.silent, make(map[string]bool)
	for _, it := range m.items {
		before = append(before, *it.State)
	}
	*m = Machine{wanted: wanted, root: root, inputs: make(map[string][]int)}
	for i := range wanted.States {
		st := &wanted.States[i]
		if r, ok := rules[st.Reads()]; ok {
			m.items = append(m.items, item{State: st, rule: &r})
			there[st.Topic] = true
		}
	}
	slices.SortStableFunc(m.items, func(a, b item) int { return cmp.Compare(a.rank, b.rank) })
	for i, it := range m.items {
		for _, topic := range wanted.Inputs(root, *it.State) {
			m.inputs[topic] = append(m.inputs[topic], i)
		}
	}
	for _, st := range before {
		switch {
		case there[st.Topic]:
		case ended(st):
			s.Retain(st.Topic, "")
		default:
			m.silent = append(m.silent, st)
		}
	}
	m.All(s.Now)
}

// All makes every state due.
func (m *Machine) All(at time.Time) {
	for i := range m.items {
		m.schedule(i, at)
	}
}

// Changed takes another value of a topic, "" for none.
func (m *Machine) Changed(topic, value string, now time.Time) {
	for _, i := range m.inputs[topic] {
		own := topic == m.root+"/"+m.items[i].Instance.State
		m.schedule(i, now.Add(m.items[i].wait(value, own)))
		if own && value == "" && m.items[i].emptied > 0 {
			m.emptied = append(m.emptied, i)
		}
	}
}

// Lives takes that evcc has published a value: while it blanks its topics it publishes none. It reports whether that changed
// anything.
func (m *Machine) Lives(now time.Time) bool {
	if len(m.emptied) == 0 {
		return false
	}
	for _, i := range m.emptied {
		if !m.items[i].due.IsZero() {
			m.schedule(i, now)
		}
	}
	m.emptied = nil
	return true
}

func (m *Machine) schedule(i int, at time.Time) {
	m.items[i].due = at
	m.next = step.Earlier(m.next, at)
}

// Next returns when something is due; zero means never. What waits for its device message is looked at when that is sent,
// and what waits for evcc to be believed when it is.
func (m *Machine) Next() time.Time { return m.next }

// Announced takes that device messages were sent.
func (m *Machine) Announced(now time.Time) {
	if m.waiting {
		m.next = step.Earlier(m.next, now)
	}
}

// Tick publishes what is due. One state may follow from another.
func (m *Machine) Tick(s *step.Step, w World, settled bool) {
	for s.Due(m.next) {
		m.next, m.waiting = time.Time{}, false
		for i := range m.items {
			it := &m.items[i]
			switch {
			case it.due.IsZero():
			case s.Now.Before(it.due):
				m.next = step.Earlier(m.next, it.due)
			case it.options && !w.Announced(it.Config), it.shaped && !settled:
				m.waiting = true
			default:
				it.due = time.Time{}
				if payload, ok := it.render(m, w, it.State); ok {
					s.Retain(it.Topic, payload)
				}
			}
		}
	}
}
