package removal

import (
	"slices"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge/retained"
	"evcc-discovery/internal/bridge/step"
)

// pending is what goes of one device.
type pending struct {
	discovery.Tombstone
	plain  string // the device's message without what goes; "" while it is not known, or when the whole device goes
	stage  stage
	last   bool      // Home Assistant has started: after this run it is forgotten
	over   time.Time // when that run ended; zero = it has not
	missed bool      // the broker did not take what had to be seen of this run
}

// willWait is how long a broker may take to tell that Home Assistant's connection had broken without a word: one and a half
// of its keepalive, and a bit. Until then what ran for the last time may not have been seen.
const willWait = 100 * time.Second

// stage is how what goes stands in the device's message.
type stage uint8

const (
	inFull  stage = iota // as it was
	reduced              // as what Home Assistant takes for its end
	out                  // not at all
)

func (p *pending) whole() bool { return len(p.Message) > 0 }

// begin lets it run from its start.
func (p *pending) begin(last bool) {
	p.stage, p.last, p.over, p.missed = inFull, last, time.Time{}, false
}

// message is what shall be on the broker; "" when nothing shall.
func (p *pending) message() string {
	switch {
	case p.whole() && p.stage == inFull:
		return string(p.Message)
	case p.whole():
		return ""
	case p.stage == inFull:
		return discovery.WithComponents(p.plain, p.Components)
	case p.stage == reduced:
		return discovery.WithComponents(p.plain, p.RemovalComponents())
	}
	return p.plain
}

// runs reports whether there is something to do before the next birth.
func (p *pending) runs() bool { return p.stage != out && (p.whole() || p.plain != "") }

// due returns when the next stage of a removal can begin: the message of the one before is on the broker for long enough, or
// nobody waits for that any more. Zero: it waits for the store to send it, or there is nothing to do.
func (m *Machine) due(topic string, p *pending) time.Time {
	if !p.runs() || m.store.Due(topic) {
		return time.Time{}
	}
	due := m.store.Sent(topic).Add(retained.Spacing)
	if settled, _ := m.store.Settled(topic); settled.After(due) {
		return settled
	}
	return due
}

// Next returns when a tick is due; zero means never.
func (m *Machine) Next() time.Time {
	next := m.repeat
	for topic, p := range m.pending {
		next = step.Earlier(next, m.due(topic, p))
		if !p.over.IsZero() {
			next = step.Earlier(next, p.over.Add(willWait))
		}
	}
	return next
}

// Tick goes one stage further where that is due. A stage that the broker does not take is passed over, because the device's
// own message must not wait for it; what goes then stays known, and runs again after the next connect, and after Home
// Assistant's next start.
func (m *Machine) Tick(s *step.Step) {
	if len(m.pending) == 0 {
		m.repeat = time.Time{}
		return
	}
	if s.Due(m.repeat) {
		m.repeat = time.Time{}
		for _, topic := range m.order() {
			m.pending[topic].begin(true)
			m.show(s, topic)
		}
	}
	order := m.order()
	slices.Reverse(order) // children before their site
	for _, topic := range order {
		switch p := m.pending[topic]; {
		case !p.over.IsZero() && s.Due(p.over.Add(willWait)):
			m.Drop(s, topic)
			m.ended(topic, p.whole())
		case s.Due(m.due(topic, p)):
			m.advance(s, topic, p)
		}
	}
}

// advance begins the next stage.
func (m *Machine) advance(s *step.Step, topic string, p *pending) {
	if _, confirmed := m.store.Settled(topic); !confirmed && !p.missed {
		p.missed = true
		s.Note(step.Warn, "broker did not accept the removal: entities may remain in Home Assistant; retrying after the next reconnect or start of Home Assistant", "device", topic)
	}
	if p.stage++; p.whole() {
		p.stage = out
	}
	m.show(s, topic)
	if p.last && p.stage == out && !p.missed {
		p.over = s.Now
	}
}

// show puts a removal's message on its way.
func (m *Machine) show(s *step.Step, topic string) {
	p := m.pending[topic]
	switch payload := p.message(); {
	case p.whole() && payload == "":
		m.store.Drop(s, topic)
	case payload != "":
		m.store.Want([]discovery.Retained{{Topic: topic, Payload: payload}})
	}
}
