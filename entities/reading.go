package entities

// Reading is a closed vocabulary of ways to understand evcc's payload. Natural follows from platform and measure: a
// number, true/false, one word of the options, Unix seconds, or text.
type Reading uint8

// The readings.
const (
	Natural  Reading = iota
	Kilo             // a number in thousandths of the unit: W shown as kW, Wh as kWh
	Percent          // a ratio 0..1 shown in percent
	Positive         // a number, where 0 or less means that evcc does not know
	Online           // the words online and offline
	Among            // a word: on where it is one of the row's On, off where it is another
	Series           // a JSON list of slots, in each shape that evcc has had: shown as the end of the last, with the list as attribute
	readingCount
)

// OwnState is a closed vocabulary of states that this program publishes on topics of its own, because evcc does not
// publish them as Home Assistant can show them. FromEvcc, the zero value, stands for none: Home Assistant reads evcc's topic.
type OwnState uint8

// The states of our own.
const (
	FromEvcc        OwnState = iota
	Titled                   // a vehicle's name, shown as its title (evcc's text never enters a template)
	Named                    // a vehicle's name as it is, and null for none
	Shared                   // what all loadpoints have in common, where evcc takes a value for all and publishes none
	EachCommand              // how each command ended, as an event
	LastCommand              // how the last command ended, with what was wanted as attributes
	FailedCommand            // whether the last command on some control failed, with a list as attribute
	PlanSwitch               // true while evcc has a charging plan; what it leaves of a deleted one is none
	PlanTime                 // the time of the plan that evcc has, and without one of the plan that is being made
	PlanTarget               // the target of that plan
	Planned                  // a value of the plan that evcc has, empty without one
	PlannedDuration          // how long a loadpoint charges for its plan
	PlannedPrice             // for how much on average
	Requested                // a battery mode that was requested; Automatically where there is none, of which evcc has no word at first
	TakenOut                 // whether a loadpoint is out of operation: evcc says it only where it is
	Held                     // as Among, and off where evcc has no word yet: it publishes none before the first command
	OfVehicle                // a value of the vehicle that is connected
	Filled                   // whether evcc publishes something there
	Legacy                   // a charging mode in the words before evcc 0.316
	OrZero                   // a number of which evcc publishes nothing while it is 0
	ownStateCount
)

// OfCommands reports whether the state tells of commands: without controls there is none.
func (s OwnState) OfCommands() bool {
	return s == EachCommand || s == LastCommand || s == FailedCommand
}

// Attributed reports whether we publish attributes beside the state.
func (s OwnState) Attributed() bool { return s == LastCommand || s == FailedCommand }

// Plans reports whether the state, and what a command does, follows from charging plans.
func (s OwnState) Plans() bool {
	switch s {
	case PlanSwitch, PlanTime, PlanTarget, Planned, PlannedDuration, PlannedPrice:
		return true
	}
	return false
}
