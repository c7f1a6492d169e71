package bridge

import (
	"strings"
	"sync"

	"evcc-discovery/discovery"

	"evcc-discovery/internal/bridge/step"
)

// backlog is how many events may wait before newer values of a topic replace older ones that wait.
const backlog = 4096

// mailbox hands events from the MQTT client to the loop. Put never waits. Beyond backlog it keeps one value per
// state topic, so its size is bounded by the number of topics; commands, answers, presence and blanking keep their order and
// are never merged.
type mailbox struct {
	mu     sync.Mutex
	events []step.Event
	latest map[string]int // position in events by topic, once there is a backlog
	filled chan struct{}  // holds a token while there are events
}

func newMailbox() *mailbox { return &mailbox{filled: make(chan struct{}, 1)} }

// put adds an event.
func (m *mailbox) put(e step.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.events) >= backlog && m.merge(e) {
		return
	}
	m.events = append(m.events, e)
	select {
	case m.filled <- struct{}{}:
	default:
	}
}

// merge replaces the value that waits for the same topic.
func (m *mailbox) merge(e step.Event) bool {
	if e.Kind != step.Received || len(e.Payload) == 0 || spoken(e.Topic) {
		m.latest = nil // what comes before an event of this kind stays before it
		return false
	}
	if i, ok := m.latest[e.Topic]; ok {
		m.events[i] = e
		return true
	}
	if m.latest == nil {
		m.latest = make(map[string]int)
	}
	m.latest[e.Topic] = len(m.events)
	return false
}

// spoken reports whether what is said on a topic is not only its last word: commands, presence, and what programs of one
// base topic say to each other.
func spoken(topic string) bool {
	return strings.HasSuffix(topic, "/set") || strings.HasSuffix(topic, "/status") || strings.HasSuffix(topic, discovery.PeerTopic(""))
}

// take returns everything that waits.
func (m *mailbox) take() []step.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	events := m.events
	m.events, m.latest = nil, nil
	return events
}
