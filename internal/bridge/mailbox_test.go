package bridge

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"evcc-discovery/discovery"

	"evcc-discovery/internal/bridge/step"
)

func message(topic, payload string) step.Event {
	return step.Event{Kind: step.Received, Topic: topic, Payload: []byte(payload)}
}

// full returns a mailbox that holds as much as it takes before it merges.
func full() *mailbox {
	m := newMailbox()
	for i := range backlog {
		m.put(message(fmt.Sprintf("evcc/%d", i), "x"))
	}
	return m
}

// waiting shows what waits beyond the backlog.
func waiting(m *mailbox) []string {
	var list []string
	for _, e := range m.take()[backlog:] {
		list = append(list, fmt.Sprintf("%d %s %s", e.Kind, e.Topic, e.Payload))
	}
	return list
}

func TestMailboxKeepsOrder(t *testing.T) {
	t.Parallel()
	m := newMailbox()
	want := []step.Event{{Kind: step.Connected}, message("a", "1"), message("b", "1"), message("a", "2"), message("a", ""), {Kind: step.Lost}}
	for _, e := range want {
		m.put(e)
	}
	if diff := cmp.Diff(want, m.take()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]step.Event(nil), m.take(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("taken twice (-want +got):\n%s", diff)
	}
}

// A token is in filled as long as something waits, and only one: put never waits for the loop.
func TestMailboxTellsThatItIsFilled(t *testing.T) {
	t.Parallel()
	m := newMailbox()
	m.put(message("a", "1"))
	m.put(message("a", "2"))
	select {
	case <-m.filled:
	default:
		t.Fatal("nothing said")
	}
	select {
	case <-m.filled:
		t.Error("said twice")
	default:
	}
	m.take()
	m.put(message("a", "3"))
	if len(m.filled) != 1 {
		t.Error("nothing said after it was emptied")
	}
}

// Beyond the backlog the newest value of a topic takes the place of the one that waits.
func TestMailboxCoalesces(t *testing.T) {
	t.Parallel()
	m := full()
	for _, e := range []step.Event{message("a", "1"), message("b", "1"), message("a", "2"), message("evcc/0", "new"), message("a", "3"), message("evcc/0", "newer")} {
		m.put(e)
	}
	want := []string{"3 a 3", "3 b 1", "3 evcc/0 newer"}
	if diff := cmp.Diff(want, waiting(m)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// However much arrives, it holds one value per topic beyond the backlog.
func TestMailboxIsBoundedByTopics(t *testing.T) {
	t.Parallel()
	m := full()
	for i := range 100_000 {
		m.put(message(fmt.Sprintf("evcc/%d", i%500), "y"))
	}
	if got, want := len(m.take()), backlog+500; got != want {
		t.Errorf("got %d events, want %d", got, want)
	}
	m.put(message("a", "1"))
	m.put(message("a", "2"))
	if got := len(m.take()); got != 2 {
		t.Errorf("after the backlog: got %d events, want 2", got)
	}
}

// Commands and evcc's answers, blanking and the connection's ups and downs are never merged, and no value is moved
// across one of them.
func TestMailboxNeverMergesCommands(t *testing.T) {
	t.Parallel()
	m := full()
	for _, e := range []step.Event{
		message("a", "1"), message("x/set", "now"), message("a", "2"), message("a", "3"), message("x/set", "now"), message("x/set", ""),
		message("a", "4"), message("b", ""), message("a", "5"), {Kind: step.Lost}, message("a", "6"), {Kind: step.Connected}, message("a", "7"), message("a", "8"),
	} {
		m.put(e)
	}
	want := []string{"3 a 1", "3 x/set now", "3 a 3", "3 x/set now", "3 x/set ", "3 a 4", "3 b ", "3 a 5", "2  ", "3 a 6", "1  ", "3 a 8"}
	if diff := cmp.Diff(want, waiting(m)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Beyond the backlog what programs say to each other is not lost: of two that ask, each must hear the other.
func TestMailboxKeepsWhatOthersSay(t *testing.T) {
	t.Parallel()
	m := full()
	topic := discovery.PeerTopic("evcc-discovery")
	for _, e := range []step.Event{message("a", "1"), message(topic, "here other 1"), message("a", "2"), message(topic, "who? third"), message("a", "3")} {
		m.put(e)
	}
	want := []string{"3 a 1", "3 " + topic + " here other 1", "3 a 2", "3 " + topic + " who? third", "3 a 3"}
	if diff := cmp.Diff(want, waiting(m)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Beyond the backlog a crash must not vanish: offline and online stay two events.
func TestMailboxKeepsPresence(t *testing.T) {
	t.Parallel()
	m := newMailbox()
	for range backlog {
		m.put(step.Event{Kind: step.Tick})
	}
	for _, payload := range []string{"offline", "online"} {
		m.put(step.Event{Kind: step.Received, Topic: "evcc/status", Payload: []byte(payload)})
	}
	events := m.take()
	if len(events) != backlog+2 || string(events[backlog].Payload) != "offline" {
		t.Errorf("%d events wait, want %d with offline before online", len(events), backlog+2)
	}
}
