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

// World is what commands need to know of their site.
type World interface {
	// Running reports whether anything may be published.
	Running() bool
	// Unavailable returns why evcc takes no commands now, "" if it does. With a key it also tells why that object of the
	// registry is not where it was found; a zero o is any place.
	Unavailable(key string, o entities.Object) (reason string)
	// Value returns what evcc has published last on a topic path below its root.
	Value(path string) string
	// Siblings returns what a command for the object may depend on.
	Siblings(o entities.Object) entities.Siblings
	// ListeningSince returns when Home Assistant has subscribed to the topics of a device message, by its config topic;
	// zero while that is unknown.
	ListeningSince(config string) time.Time
}

// Composer builds the payloads of charging plans, which evcc takes only as a whole.
type Composer interface {
	// Compose returns the payload for evcc, and the strategy that is wanted beside the plan. If local, there is nothing for
	// evcc: the payload changes the draft.
	Compose(s *step.Step, in *entities.Instance, raw string, siblings entities.Siblings) (payload string, strategy entities.Strategy, local bool, err error)
	// ChangeDraft applies a local payload.
	ChangeDraft(s *step.Step, o entities.Object, payload string)
	// NoControl returns why a plan control does not exist, "" for the path of any other control.
	NoControl(path string) (reason string)
}

// Machine follows the commands of one site.
type Machine struct {
	site     discovery.Site
	world    World
	composer Composer

	registered bool                         // its controls are known
	controls   map[string]discovery.Command // by command topic
	ofVehicles map[string]map[string]string // command topics of vehicles, by row and by evcc's name of the vehicle
	states     map[entities.OwnState]discovery.State

	queues   map[string]*queue    // that are not empty, by name
	order    []*queue             // the same, oldest first
	setters  map[string]*queue    // the same, by the setter of the command under way
	lateAcks map[string]time.Time // by setter: until when an acknowledgement may be for a command that was given up
	due      time.Time            // the earliest deadline of a queue
	stale    bool                 // due has to be computed anew
	offs     map[string]switchOff // by topic prefix of the object
	hold     batteryHold
	results  results
}

// New returns the machine of a site without controls.
func New(site discovery.Site, world World, composer Composer) *Machine {
	return &Machine{site: site, world: world, composer: composer, controls: make(map[string]discovery.Command),
		queues: make(map[string]*queue), setters: make(map[string]*queue), lateAcks: make(map[string]time.Time), offs: make(map[string]switchOff)}
}

// Register takes the site's controls and states. Controls of objects that are gone stay known: the world says why they are
// refused. Failures of controls that do not exist any more are over.
func (m *Machine) Register(s *step.Step, wanted *discovery.Wanted) {
	maps.Copy(m.controls, wanted.Commands)
	m.ofVehicles = wanted.Connected.Commands
	m.states = make(map[entities.OwnState]discovery.State)
	for _, state := range slices.Backward(wanted.States) { // the first of a kind wins
		if state.Reads().OfCommands() {
			m.states[state.Reads()] = state
		}
	}
	m.registered = true
	maps.DeleteFunc(m.results.failed, func(topic string, _ *result) bool { _, exists := wanted.Commands[topic]; return !exists })
	m.results.schedule(s.Now)
}

// Controls returns the registered controls by command topic.
func (m *Machine) Controls() iter.Seq2[string, discovery.Command] { return maps.All(m.controls) }

// Pending returns how many commands have not ended yet, without our own repeats.
func (m *Machine) Pending() (n int) {
	for _, q := range m.order {
		n += len(q.waiting)
		if q.busy && !q.current.repeat {
			n++
		}
	}
	return n
}

// Resume is called when the retained messages have been read after a connect: the states are published, and the battery
// mode is repeated, at once.
func (m *Machine) Resume(s *step.Step) {
	m.results.schedule(s.Now)
	m.hold.due = s.Now
}

// Republish publishes the states once more.
func (m *Machine) Republish(s *step.Step) { m.results.schedule(s.Now) }

// Value takes a changed value of evcc, or a repeated one that confirms something.
func (m *Machine) Value(s *step.Step, path string) {
	m.matchQueues(s, path)
	m.matchFailures(s, path)
	m.hold.value(m, s, path)
}

// Next returns when a tick is due; zero means never.
func (m *Machine) Next() time.Time {
	return step.Earlier(step.Earlier(m.deadline(), m.hold.next()), m.nextResult())
}

// Tick does what is due. The world must be running.
func (m *Machine) Tick(s *step.Step) {
	m.hold.tick(m, s)
	m.expire(s)
	m.publish(s)
}

// Reconnect ends what is under way. The battery stays held over a lost connection, and events that nobody has heard yet
// still wait.
func (m *Machine) Reconnect(s *step.Step) { m.Abandon(s) }

// Discard ends what is under way and forgets everything: another instance handles the site from here on. If that does not
// know of the battery hold, evcc ends it after its minute.
func (m *Machine) Discard(s *step.Step) {
	m.Abandon(s)
	*m = *New(m.site, m.world, m.composer)
}

// RemoveAll ends everything without publishing results: all our topics are being removed.
func (m *Machine) RemoveAll(s *step.Step) {
	m.Release(s)
	m.states = nil
	m.Abandon(s)
}

// Release gives the home battery back to evcc.
func (m *Machine) Release(s *step.Step) { m.hold.release(s) }

// TreeBlanked is called when evcc has emptied its topics.
func (m *Machine) TreeBlanked(s *step.Step) { m.hold.treeBlanked(m, s) }

// BrokerForgot is called when the broker has lost what evcc had retained. evcc repeats it only on change.
func (m *Machine) BrokerForgot() { m.hold.unseen = true }
