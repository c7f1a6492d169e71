package command

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// command is one that has not ended.
type command struct {
	control   discovery.Command
	topic     string   // Home Assistant's command topic
	setter    string   // evcc's /set topic
	raw       string   // as Home Assistant sent it
	watches   []string // topic paths below the root that tell what became of it
	payload   string   // for evcc, made when it is published: it may hold a sibling's value of that moment
	allOff    bool     // the other switch of the charging mode was switched off just before
	local     bool     // not for evcc: it changes a plan's draft
	repeat    bool     // our own repeat of an accepted command: nobody waits for its end
	published bool     // to evcc
	received  time.Time
	strategy  entities.Strategy // what a plan command wants beside the plan
}

func (m *Machine) newCommand(topic string, control discovery.Command, raw string, received time.Time) command {
	return command{control: control, topic: topic, setter: m.site.Root + "/" + control.Instance.Set + "/set",
		watches: control.Instance.Watches(), raw: raw, received: received}
}

// ReadOnlyReason is why every command is refused in read-only mode.
const ReadOnlyReason = "read-only: EVCC_DISCOVERY_READ_ONLY is set"

// Command takes what Home Assistant published on a command topic of the site: neither empty nor retained, see [Clearing].
func (m *Machine) Command(s *step.Step, e step.Event) {
	control, known := m.controls[e.Topic]
	if !known {
		m.refuseUnknown(s, e)
		return
	}
	c := m.newCommand(e.Topic, control, string(e.Payload), s.Now)
	m.switchedOff(&c)
	if control.Instance.Row.Write.Kind == entities.WriteOfVehicle {
		m.forward(s, e, c)
		return
	}
	err := m.encode(s, &c) // first, so that it is known what evcc would have to show
	if err == nil {
		m.hold.requested(&c)
	}
	if reason := m.unavailable(&control); reason != "" {
		m.end(s, refused, c, reason)
		return
	}
	var parts []command
	if err == nil {
		parts, err = m.strategyCommands(s, &c)
	}
	if err != nil {
		m.end(s, refused, c, err.Error())
		return
	}
	for _, part := range parts {
		m.enqueue(s, part)
	}
	m.enqueue(s, c)
}

// refuseUnknown refuses a command on a topic of the site that is no control.
func (m *Machine) refuseUnknown(s *step.Step, e step.Event) {
	path := strings.TrimPrefix(e.Topic, m.site.Topic()+"/")
	reason, object := "no such control", ""
	switch {
	case m.site.ReadOnly:
		reason = ReadOnlyReason
	case !m.world.Running():
		reason = "not ready yet"
	case !m.registered:
		reason = cmp.Or(m.world.Unavailable("", entities.Object{}), "not ready yet") // it may exist: nobody has looked yet
	default:
		displaced := m.displaced(keyOf(path), entities.Object{})
		if displaced != "" {
			object = keyOf(path)
		}
		reason = cmp.Or(displaced, m.composer.NoControl(path), reason)
	}
	reason = shorten(reason, maxReason)
	s.Note(step.Warn, "command refused", "topic", e.Topic, "reason", reason)
	m.record(s, result{outcome: refused, term: shorten(strings.TrimSuffix(path, "/set"), maxValue), value: shorten(string(e.Payload), maxValue), reason: reason, at: s.Now,
		command: command{control: discovery.Command{Object: object}}})
}

// keyOf is the registry's key of whose topic a path below the site's is: "loadpoint/1/mode/set".
func keyOf(path string) string {
	scope, rest, _ := strings.Cut(path, "/")
	id, _, _ := strings.Cut(rest, "/")
	return scope + "/" + id
}

// unavailable returns why nothing may be sent to a control's place now, "" if it may.
func (m *Machine) unavailable(control *discovery.Command) (reason string) {
	return m.world.Unavailable(control.Object, control.Instance.Object)
}

// displaced returns why an object is not where it was found, "" while evcc is not there at all.
func (m *Machine) displaced(key string, o entities.Object) (reason string) {
	if m.world.Unavailable("", entities.Object{}) != "" {
		return ""
	}
	return m.world.Unavailable(key, o)
}

// encode checks the command and makes its payload for evcc.
func (m *Machine) encode(s *step.Step, c *command) (err error) {
	in, siblings := &c.control.Instance, m.siblings(c)
	if in.Row.Own.Plans() {
		c.payload, c.strategy, c.local, err = m.composer.Compose(s, in, c.raw, siblings)
	} else {
		c.payload, err = in.Encode([]byte(c.raw), siblings, s.Now)
	}
	if payload, ok := in.AllOff(); ok && c.allOff {
		c.payload, err = payload, nil
	}
	return err
}

// switchedOff takes a command that may switch off charging. Both switches of a mode, switched off in either order, mean off.
func (m *Machine) switchedOff(c *command) {
	in := &c.control.Instance
	if !in.IsOff(c.raw) {
		return
	}
	last := m.offs[in.Object.Prefix]
	c.allOff = last.topic != "" && last.topic != c.topic && c.received.Sub(last.at) <= bothOff
	m.offs[in.Object.Prefix] = switchOff{c.topic, c.received}
}

// switchOff is the last time that a switch of a charging mode was switched off.
type switchOff struct {
	topic string
	at    time.Time
}

// isOff reports whether a command switches off what is off already: evcc needs not hear of it.
func (m *Machine) isOff(c *command) bool {
	in := &c.control.Instance
	return in.IsOff(c.raw) && m.world.Value(in.State) == c.payload
}

// fulfilled reports whether evcc shows what was wanted, at the place where the control's object still stands.
func (m *Machine) fulfilled(c *command) bool {
	return m.displaced(c.control.Object, c.control.Instance.Object) == "" && c.payload != "" && len(c.watches) > 0 && c.control.Instance.Fulfilled(c.raw, c.payload, m.siblings(c))
}

func (m *Machine) siblings(c *command) entities.Siblings {
	return m.world.Siblings(c.control.Instance.Object)
}

// strategyCommands returns the commands for the strategy that is wanted beside a plan: only what is not so already and stays
// so. Each has an end of its own.
func (m *Machine) strategyCommands(s *step.Step, plan *command) (list []command, err error) {
	for _, kind := range []entities.WriteKind{entities.WriteContinuous, entities.WritePrecondition} {
		value := plan.strategy.Value(kind)
		if value == "" {
			continue
		}
		topic, control, ok := m.find(plan.control.Instance.Object, kind)
		if !ok {
			continue
		}
		part := m.newCommand(topic, control, value, plan.received)
		if m.world.Value(control.Instance.State) == value && m.queues[part.queue()] == nil {
			continue
		}
		if err := m.encode(s, &part); err != nil {
			return nil, fmt.Errorf("precondition: %w", err) // all or nothing
		}
		list = append(list, part)
	}
	return list, nil
}

// find returns the control of that kind on an object.
func (m *Machine) find(o entities.Object, kind entities.WriteKind) (topic string, control discovery.Command, ok bool) {
	for topic, control := range m.controls {
		if in := &control.Instance; in.Object == o && in.Row.Write.Kind == kind {
			return topic, control, true
		}
	}
	return "", discovery.Command{}, false
}

// forward gives a command for the connected vehicle to that vehicle's own control, whose result it is from there on.
func (m *Machine) forward(s *step.Step, e step.Event, c command) {
	in := &c.control.Instance
	reason := m.unavailable(&c.control)
	if reason == "" {
		if err := m.encode(s, &c); err != nil {
			reason = err.Error()
		}
	}
	vehicle := m.world.Value(cmp.Or(in.State, in.Set))
	topic := m.ofVehicles[in.Row.Of][vehicle]
	switch {
	case reason != "":
	case vehicle == "":
		reason = "no vehicle connected"
	case topic == "":
		reason = "the connected vehicle has no such control"
	}
	if reason != "" {
		m.end(s, refused, c, reason)
		return
	}
	m.results.clear(s.Now, c.topic)
	e.Topic = topic
	if in.Row.Platform == entities.Button {
		e.Payload = []byte("{}") // no plan
	}
	m.Command(s, e)
}
