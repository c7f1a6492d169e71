package plan

import (
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// World is what plans need to know of their site.
type World interface {
	// Unavailable returns why evcc's topics mean nothing now, "" if they do. With a key it also tells why that object of the
	// registry is not where it was found.
	Unavailable(key string, o entities.Object) (reason string)
	// Tree returns what evcc has published.
	Tree() entities.Tree
	// Registry returns the registry, which holds the drafts.
	Registry() discovery.Registry
	// SetDraft changes the draft of an object in the registry, by its key there.
	SetDraft(key string, d discovery.Draft)
	// Remember publishes and stores the registry.
	Remember(s *step.Step)
}

const (
	planSettle = 250 * time.Millisecond // a plan comes in several messages; blanking takes less
	maxPlans   = 1000
)

// Machine follows the plans of one site.
type Machine struct {
	world  World
	states []discovery.State    // that show something of a plan
	plans  map[string]*evccPlan // by the object's topic prefix: "vehicles/db:7"
	// unidentified: evcc's topics are read anew, and which objects the plans belong to is not known yet.
	unidentified bool
	changed      time.Time // when what evcc has published is evaluated; zero = it is
	passes       time.Time // when the next time passes that is shown; zero = never
	zone         zone
}

// New returns the machine of a site. Local is the process's time zone, nil if unknown.
func New(local *time.Location, world World) *Machine {
	return &Machine{world: world, plans: make(map[string]*evccPlan), zone: zone{local: local}}
}

// Register takes the site's states, which tell which objects the plans belong to, and publishes those of plans.
func (m *Machine) Register(s *step.Step, states []discovery.State) {
	m.states = nil
	for _, state := range states {
		if state.Reads().Plans() {
			m.states = append(m.states, state)
		}
	}
	m.unidentified = false
	m.show(s)
}

// Locate takes Home Assistant's time zone.
func (m *Machine) Locate(s *step.Step, home *time.Location) {
	m.zone.home = home
	m.Recheck(s)
}

// Live takes a live message of evcc, also one that repeats a known value, and reports whether it told of a vehicle's plan.
func (m *Machine) Live(s *step.Step, path string, empty bool) bool {
	scope, prefix, key := entities.SplitPath(path)
	keys := entities.PlansOf(scope)
	switch {
	case scope != entities.Vehicle || !keys[0].Has(key) || empty != (key == keys[0].Whole):
		return false
	case empty:
		m.of(prefix).live = deleted
	default:
		m.of(prefix).live = alive
	}
	m.Recheck(s)
	return true
}

// Value takes a changed value of evcc, with its whole payload.
func (m *Machine) Value(s *step.Step, path string, payload []byte) {
	if loadpoint, ok := entities.PlanHours(path); ok {
		m.of(loadpoint).hours = readHours(payload)
		m.Recheck(s)
	} else if entities.ConcernsPlans(path) {
		m.Recheck(s)
	}
}

// Recheck evaluates evcc's topics again in a moment: evcc comes or goes, or has published something.
func (m *Machine) Recheck(s *step.Step) { m.changed = s.Now.Add(planSettle) }

// TreeBlanked is called when evcc has emptied its topics: nothing is known until evcc publishes it again, and what was shown
// stays.
func (m *Machine) TreeBlanked() {
	m.unidentified = true
	for _, p := range m.plans {
		p.blanked = true
	}
}

// Next returns when a tick is due; zero means never.
func (m *Machine) Next() time.Time { return step.Earlier(m.changed, m.passes) }

// Tick publishes the states when they are due.
func (m *Machine) Tick(s *step.Step) {
	if s.Due(m.Next()) {
		m.show(s)
	}
}

// Reconnect forgets evcc's plans, which are read again. Drafts are in the registry.
func (m *Machine) Reconnect(*step.Step) {
	m.plans, m.unidentified, m.changed, m.passes = make(map[string]*evccPlan), true, time.Time{}, time.Time{}
}

// of returns what is known of the plan of the object with that topic prefix.
func (m *Machine) of(prefix string) *evccPlan {
	p := m.plans[prefix]
	if p == nil {
		p = new(evccPlan)
		if len(m.plans) < maxPlans {
			m.plans[prefix] = p
		}
	}
	return p
}
