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

// How long a command may take.
const (
	answerTime = 3 * time.Second        // for evcc's acknowledgement; it takes milliseconds
	valueTime  = 500 * time.Millisecond // for the value after it, or for it after the value
	pairTime   = 500 * time.Millisecond // for the related command that makes room for this one
	staleTime  = time.Minute            // a command that waited longer is dropped: late is worse than never
)

// sent is a command on its way.
type sent struct {
	command discovery.Command
	topic   string // Home Assistant's command topic
	setter  string // evcc's /set topic
	raw     string // as Home Assistant sent it
	payload string // for evcc, made when it is sent: it may hold a sibling's value of that moment
	local   bool   // nothing for evcc: it changes a plan that is being made
	quiet   bool   // nobody waits for its end: it repeats what was accepted
	handed  bool   // to evcc
	since   time.Time
	beside  entities.Strategy // what a plan command wants beside the plan
}

func (m *Machine) sent(topic string, command discovery.Command, raw string, since time.Time) sent {
	return sent{command: command, topic: topic, setter: m.site.Root + "/" + command.Instance.Set + "/set", raw: raw, since: since}
}

// Ignored reports whether what has come on a command topic is no command, and clears it where it was retained.
func Ignored(s *step.Step, e step.Event) bool {
	if len(e.Payload) == 0 {
		return true // our own clearing of a retained command, or nothing at all
	}
	if e.Retained {
		s.Note(step.Warn, "command ignored and cleared: it was retained, and might be long past", "topic", e.Topic)
		s.Send(e.Topic, "")
	}
	return e.Retained
}

// Command takes what Home Assistant sent to a topic of the site's.
func (m *Machine) Command(s *step.Step, e step.Event) {
	if Ignored(s, e) {
		return
	}
	command, known := m.commands[e.Topic]
	if !known {
		m.unknown(s, e)
		return
	}
	next := m.sent(e.Topic, command, string(e.Payload), s.Now)
	if command.Instance.Row.Write.Kind == entities.WriteOfVehicle {
		m.hand(s, e, next)
		return
	}
	err := m.encode(s, &next) // first, so that it is known what evcc would have to show
	if err == nil {
		m.battery.ask(&next)
	}
	if reason := m.world.Closed(); reason != "" {
		m.end(s, refused, next, reason)
		return
	}
	if err != nil {
		m.end(s, refused, next, err.Error())
		return
	}
	strategies, err := m.strategies(s, &next)
	if err != nil {
		m.end(s, refused, next, err.Error())
		return
	}
	for _, strategy := range strategies {
		m.send(s, strategy)
	}
	m.send(s, next)
}

// ReadsOnly is why nothing at all can be told.
const ReadsOnly = "this program only reads: EVCC_DISCOVERY_READ_ONLY is set"

// unknown refuses what is no control.
func (m *Machine) unknown(s *step.Step, e step.Event) {
	path := strings.TrimPrefix(e.Topic, m.site.Topic()+"/")
	reason := "there is no such control"
	switch {
	case m.site.ReadOnly:
		reason = ReadsOnly
	case !m.world.Running():
		reason = "not ready yet"
	case !m.registered:
		reason = cmp.Or(m.world.Closed(), "not ready yet") // there may be one: nobody has looked yet
	default:
		reason = cmp.Or(m.composer.Unplanned(path), reason)
	}
	reason = shorten(reason, cause)
	s.Note(step.Warn, "command refused", "topic", e.Topic, "reason", reason)
	m.add(s, result{verdict: refused, control: short(strings.TrimSuffix(path, "/set")), value: short(string(e.Payload)), reason: reason, at: s.Now})
}

// encode checks the command and makes its payload for evcc.
func (m *Machine) encode(s *step.Step, c *sent) (err error) {
	in, around := &c.command.Instance, m.around(c)
	if in.Row.Own.Plans() {
		c.payload, c.beside, c.local, err = m.composer.Compose(s, in, c.raw, around)
	} else {
		c.payload, err = in.Encode([]byte(c.raw), around, s.Now)
	}
	return err
}

// fulfilled reports whether evcc shows what was wanted.
func (m *Machine) fulfilled(c *sent) bool {
	in := &c.command.Instance
	return c.payload != "" && len(in.Watches()) > 0 && in.Fulfilled(c.raw, c.payload, m.around(c))
}

func (m *Machine) around(c *sent) entities.Siblings { return m.world.Around(c.command.Instance.Object) }

// strategies returns the commands for the strategy that a plan command wants beside the plan: only what is not so
// already and stays so. They go their own way and have their own answers.
func (m *Machine) strategies(s *step.Step, c *sent) (list []sent, err error) {
	for _, kind := range []entities.WriteKind{entities.WriteContinuous, entities.WritePrecondition} {
		value := c.beside.Value(kind)
		if value == "" {
			continue
		}
		topic, command, ok := m.control(c.command.Instance.Object, kind)
		half := m.sent(topic, command, value, c.since)
		if !ok || m.world.Value(command.Instance.State) == value && m.lanes[half.lane()] == nil {
			continue
		}
		if err := m.encode(s, &half); err != nil {
			return nil, fmt.Errorf("precondition: %w", err) // all or nothing
		}
		list = append(list, half)
	}
	return list, nil
}

// control returns the control of that kind on an object.
func (m *Machine) control(o entities.Object, kind entities.WriteKind) (topic string, command discovery.Command, ok bool) {
	for topic, command := range m.commands {
		if in := &command.Instance; in.Object == o && in.Row.Write.Kind == kind {
			return topic, command, true
		}
	}
	return "", discovery.Command{}, false
}

// hand gives a command for the connected vehicle to that vehicle's own control.
func (m *Machine) hand(s *step.Step, e step.Event, c sent) {
	in := &c.command.Instance
	if reason := m.world.Closed(); reason != "" {
		m.end(s, refused, c, reason)
		return
	}
	if err := m.encode(s, &c); err != nil {
		m.end(s, refused, c, err.Error())
		return
	}
	vehicle := m.world.Value(cmp.Or(in.State, in.Set))
	topic := m.connected[in.Row.Of][vehicle]
	switch {
	case vehicle == "":
		m.end(s, refused, c, "no vehicle is connected")
	case topic == "":
		m.end(s, refused, c, "the vehicle that is connected has no such control")
	default:
		m.results.over(s, c.topic) // how this one ends is told of the vehicle's control
		e.Topic = topic
		if in.Row.Platform == entities.Button {
			e.Payload = []byte("{}") // no plan
		}
		m.Command(s, e)
	}
}
