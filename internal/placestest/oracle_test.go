package placestest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// oracle knows the true charger behind every value, and looks at Home Assistant after every message.
type oracle struct {
	w      *world
	owner  map[string]int // charger by device: the first one that its entities showed
	blind  bool           // evcc has started while the program was away: sensors are excluded until it says that it is there
	probed map[string]time.Time
	sent   int // commands, to evcc
	faults []fault
}

// fault is something that may never happen.
type fault struct{ kind, text string }

func newOracle(w *world) *oracle {
	return &oracle{w: w, owner: make(map[string]int), probed: make(map[string]time.Time)}
}

// fault keeps the first of each kind.
func (o *oracle) fault(kind, format string, args ...any) {
	o.w.say("FAULT "+kind+": "+format, args...)
	if !slices.ContainsFunc(o.faults, func(f fault) bool { return f.kind == kind }) {
		o.faults = append(o.faults, fault{kind, fmt.Sprintf("%8.3f ", o.w.now.Sub(begin).Seconds()) + fmt.Sprintf(format, args...)})
	}
}

// sources are the keys of evcc from which states of ours follow.
var sources = map[string]string{"legacy_mode": "mode"}

// commands are the controls that are tried, and evcc's keys.
var commands = map[string]string{"number_limit_soc": "limitSoc", "number_min_current": "minCurrent", "number_max_current": "maxCurrent"}

// look holds that an entity shows its charger, and steers it.
func (o *oracle) look(e *entity) {
	if !e.available() {
		return
	}
	control := e.CommandTopic != ""
	if e.state.payload != "" && (control || !o.blind) {
		o.shows(e, control)
	}
	if control {
		o.try(e)
	}
}

func (o *oracle) shows(e *entity, control bool) {
	kind := map[bool]string{true: "a control shows another charger", false: "a sensor shows another charger"}[control]
	_, row, _ := strings.Cut(e.key, "_")
	owner, key := o.owner[e.config], sources[row]
	switch charger := e.state.charger; {
	case charger == 0 && key == "":
		o.fault("model", "%s reads %s: this model does not know what from", e.key, e.StateTopic)
	case charger == 0 && owner != 0 && value(owner, key) != e.state.payload:
		o.fault(kind, "%s of charger %d is %s", e.id, owner, e.state.payload)
	case charger == 0:
	case owner == 0:
		o.owner[e.config] = charger
	case owner != charger:
		o.fault(kind, "%s of charger %d shows %s = %s of charger %d", e.id, owner, e.StateTopic, e.state.payload, charger)
	}
}

// try sends a command, which tells evcc what the entity's own charger has already. Where it arrives, steers sees.
func (o *oracle) try(e *entity) {
	key, tried := commands[e.key]
	last, before := o.probed[e.id]
	switch {
	case !tried, !o.w.program.connected, !o.w.evcc.listening, o.owner[e.config] == 0:
	case before && o.w.now.Sub(last) < time.Second: // the last one may be under way
	default:
		o.probed[e.id] = o.w.now
		o.w.program.receive(message{topic: e.CommandTopic, payload: value(o.owner[e.config], key)})
	}
}

// steers takes a command that the program sends to evcc.
func (o *oracle) steers(topic, payload string) {
	o.sent++
	charger, key := o.w.evcc.steered(topic)
	if charger == 0 {
		return // it arrives nowhere
	}
	if want := value(charger, key); payload != want {
		o.fault("a control steers another charger", "%s %s: charger %d is there, which has %s", topic, payload, charger, want)
	}
}

// starts: evcc says online.
func (o *oracle) starts() { o.blind = !o.w.program.connected }

// sees: the program says that it is there.
func (o *oracle) sees() {
	if o.blind {
		o.blind = false
		o.everything()
	}
}

// listens: evcc takes commands, and others may stand where they went before.
func (o *oracle) listens() {
	if o.w.program.connected {
		o.everything()
	}
}

func (o *oracle) everything() {
	for _, e := range o.w.home.all {
		o.look(e)
	}
}
