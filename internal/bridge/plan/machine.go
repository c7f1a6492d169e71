package plan

import (
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// World is what plans need to know of their surroundings.
type World interface {
	// Closed returns why evcc is not to be believed now, "" if it is.
	Closed() string
	// Tree is what evcc has published.
	Tree() entities.Tree
	// Registry holds the drafts.
	Registry() discovery.Registry
	// SetDraft changes a draft in the registry, by its object's key there.
	SetDraft(key string, d discovery.Draft)
	// Remember keeps the registry.
	Remember(s *step.Step)
}

// Machine follows the plans of one site.
type Machine struct {
	world  World
	states []discovery.State // that show something of a plan
	drafts drafts
	here   zone
	home   *time.Location // where Home Assistant is; nil until it has told
	local  *time.Location // where the process is; nil is UTC
}

// New returns the machine of a site. Local is where the process is, nil if that is not known.
func New(local *time.Location, world World) *Machine {
	m := &Machine{world: world, local: local}
	return m
}

// Register takes the site's own states, and shows those of plans. It is known from here on whose plans evcc's topics tell of.
func (m *Machine) Register(s *step.Step, states []discovery.State) {
	m.states = m.states[:0:0]
	for _, state := range states {
		if state.Reads().Plans() {
			m.states = append(m.states, state)
		}
	}
	m.drafts.moved = false
	m.show(s)
}

// Locate takes Home Assistant's time zone.
func (m *Machine) Locate(s *step.Step, home *time.Location) {
	m.home = home
	m.Look(s)
}

// Value takes a value of evcc that has changed, before anything was left out of it.
func (m *Machine) Value(s *step.Step, path string, payload []byte) {
	if loadpoint, ok := plannedFor(path); ok {
		m.drafts.of(loadpoint).slots = readSlots(payload)
		m.Look(s)
	} else if concerns(path) {
		m.Look(s)
	}
}

// Look makes the plans due: evcc comes or goes.
func (m *Machine) Look(s *step.Step) { m.drafts.look(s.Now) }

// Blank takes that evcc has emptied its tree.
func (m *Machine) Blank() { m.drafts.blank() }

// Next returns when a tick is due; zero means never.
func (m *Machine) Next() time.Time { return m.drafts.next() }

// Tick shows the plans when that is due. While evcc is not there its plans stay as they were.
func (m *Machine) Tick(s *step.Step) {
	if s.Due(m.drafts.next()) {
		m.show(s)
	}
}

// Reconnect: whose plans evcc's topics tell of is not known yet. What is being made is in the registry.
func (m *Machine) Reconnect(*step.Step) { m.drafts = drafts{moved: true} }

func (m *Machine) tree() entities.Tree { return m.world.Tree() }
