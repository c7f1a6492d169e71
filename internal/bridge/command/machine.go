package command

import (
	"iter"
	"maps"
	"slices"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// World is what commands need to know of their surroundings.
type World interface {
	// Running reports whether anything may be published.
	Running() bool
	// Closed returns why evcc takes no commands now, "" if it does.
	Closed() string
	// Value is what evcc has published last on a topic path below its root.
	Value(path string) string
	// Around is what a command for an object may need to know.
	Around(o entities.Object) entities.Siblings
	// Heard returns since when Home Assistant hears what is sent to the entities of a device message, by its config topic;
	// zero while that is not known.
	Heard(config string) time.Time
}

// Composer makes what evcc gets of commands for charging plans, which concern more than the value that they set.
type Composer interface {
	// Compose returns evcc's payload, and what is wanted of the strategy beside it. Where local, there is nothing for
	// evcc: the payload changes the plan that is being made.
	Compose(s *step.Step, in *entities.Instance, raw string, around entities.Siblings) (payload string, beside entities.Strategy, local bool, err error)
	// Change applies a local payload.
	Change(s *step.Step, o entities.Object, payload string)
	// Unplanned says why there is no such control for plans, "" where a path is of something else.
	Unplanned(path string) string
}

// Machine follows the commands of one site.
type Machine struct {
	site     discovery.Site
	world    World
	composer Composer

	registered bool                         // its controls are known
	commands   map[string]discovery.Command // by command topic
	connected  map[string]map[string]string // command topics of vehicles, by row and by evcc's name of the vehicle
	states     map[entities.OwnState]discovery.State

	lanes   map[string]*lane     // by name, while a command is under way or waits
	setters map[string]*lane     // the same by the /set topic under way
	owed    map[string]time.Time // until when an answer of evcc may be one that was given up, by /set topic
	order   []*lane              // oldest first, so that ticks are in order
	due     time.Time            // the earliest deadline of a lane
	moved   bool                 // due is to be found anew
	battery keeper
	results results
}

// New returns the machine of a site without controls.
func New(site discovery.Site, world World, composer Composer) *Machine {
	return &Machine{site: site, world: world, composer: composer, commands: make(map[string]discovery.Command),
		lanes: make(map[string]*lane), setters: make(map[string]*lane), owed: make(map[string]time.Time)}
}

// Register takes what is wanted of the site. Topics of objects that are gone stay known: evcc itself answers those or does
// not. Failures of controls that do not exist any more are over.
func (m *Machine) Register(s *step.Step, wanted *discovery.Wanted) {
	maps.Copy(m.commands, wanted.Commands)
	m.connected = wanted.Connected.Commands
	m.states = make(map[entities.OwnState]discovery.State)
	for _, state := range slices.Backward(wanted.States) { // the first of a kind counts
		if state.Reads().OfCommands() {
			m.states[state.Reads()] = state
		}
	}
	m.registered = true
	m.results.prune(s, wanted.Commands)
	m.results.show(s.Now)
}

// Withdraw takes back the controls that are not wanted.
func (m *Machine) Withdraw(wanted map[string]discovery.Command) {
	maps.DeleteFunc(m.commands, func(topic string, _ discovery.Command) bool { _, ok := wanted[topic]; return !ok })
}

// Controls returns the controls that are known, by command topic.
func (m *Machine) Controls() iter.Seq2[string, discovery.Command] { return maps.All(m.commands) }

// Pending returns how many commands have no end yet, without those that nobody waits for.
func (m *Machine) Pending() (n int) {
	for _, l := range m.order {
		n += len(l.waiting)
		if l.busy && !l.current.quiet {
			n++
		}
	}
	return n
}

// Start is called when the retained world was read: states are shown anew, and what is held is repeated at once.
func (m *Machine) Start(s *step.Step) {
	m.results.show(s.Now)
	m.battery.again(s.Now)
}

// Show publishes the states once more.
func (m *Machine) Show(s *step.Step) { m.results.show(s.Now) }

// Value takes a value of evcc that has changed, or was said again by evcc where that tells something.
func (m *Machine) Value(s *step.Step, path string) {
	m.follow(s, path)
	m.late(s, path)
	m.battery.value(m, s, path)
}

// Next returns when a tick is due; zero means never.
func (m *Machine) Next() time.Time {
	return step.Earlier(step.Earlier(m.deadline(), m.battery.next()), m.nextResult())
}

// Tick does what time has made due. It is for a world that runs.
func (m *Machine) Tick(s *step.Step) {
	m.battery.tick(m, s)
	m.expire(s)
	m.tell(s)
}

// Reconnect: what is under way ends, with an answer. What is held is held over a lost connection, too, and answers that
// nobody has heard yet still wait.
func (m *Machine) Reconnect(s *step.Step) { m.Abandon(s) }

// Leave ends everything and forgets it: the site is another program's matter now. If that does not know of what is held,
// evcc's minute ends it.
func (m *Machine) Leave(s *step.Step) {
	m.Abandon(s)
	*m = *New(m.site, m.world, m.composer)
}

// Remove ends what is under way without a word on the broker, from which everything is taken.
func (m *Machine) Remove(s *step.Step) {
	m.Release(s)
	m.states = nil
	m.Abandon(s)
}

// Release gives the home battery back to evcc.
func (m *Machine) Release(s *step.Step) { m.battery.release(s) }

// Blanked takes that evcc has emptied its tree.
func (m *Machine) Blanked(s *step.Step) { m.battery.blanked(m, s) }

// Forgotten takes that the broker has nothing any more of what evcc shows. evcc repeats it only when it changes.
func (m *Machine) Forgotten() { m.battery.unseen = true }
