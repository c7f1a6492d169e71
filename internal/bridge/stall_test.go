package bridge

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/problem"
)

// staller is a broker behind a network that can stall. It is asked and answers in virtual time.
type staller struct {
	handler  mqtt.Handler
	retained map[string]string
	filter   string // in whose replay it stalls …
	without  string // … before this topic, which other filters leave out; "" = it does not
	deaf     bool   // it has stalled
	refused  string // it may not be asked for
	asked    int    // how often the second loadpoint was, by name
}

func (s *staller) Publish(m mqtt.Message) error {
	switch {
	case s.deaf:
		return nil
	case m.Retained && len(m.Payload) == 0:
		delete(s.retained, m.Topic)
	case m.Retained:
		s.retained[m.Topic] = string(m.Payload)
	}
	s.handler.Message(mqtt.Message{Topic: m.Topic, Payload: m.Payload})
	return nil
}

func (s *staller) Unsubscribe(...string) error { return nil }
func (s *staller) Busy() bool                  { return false }

func (s *staller) Subscribe(_ byte, filters ...string) error {
	switch {
	case s.deaf:
		time.Sleep(10 * time.Second)
		return errors.New("no answer within 10s")
	case filters[0] == s.refused:
		return mqtt.ErrForbidden
	case filters[0] == second:
		s.asked++
	}
	for _, topic := range slices.Sorted(maps.Keys(s.retained)) {
		switch {
		case !fits(filters[0], topic):
		case topic == s.without && s.filter == filters[0]:
			s.deaf = true
			return nil
		case topic != s.without:
			s.handler.Message(mqtt.Message{Topic: topic, Payload: []byte(s.retained[topic]), Retained: true})
		}
	}
	return nil
}

// fits reports whether a topic belongs to a filter.
func fits(filter, topic string) bool {
	levels, parts := strings.Split(filter, "/"), strings.Split(topic, "/")
	for i, level := range levels {
		switch {
		case level == "#":
			return true
		case i >= len(parts), level != "+" && level != parts[i]:
			return false
		}
	}
	return len(levels) == len(parts)
}

// stalled is a loop at work with two loadpoints, behind such a network.
func stalled(t *testing.T) (b *staller, l *Loop, end func()) {
	b = &staller{retained: map[string]string{
		"evcc/status": "online", "evcc/loadpoints": "2",
		"evcc/loadpoints/1/title": "Garage", "evcc/loadpoints/1/chargePower": "0", "evcc/loadpoints/1/connected": "false",
		"evcc/loadpoints/2/title": "Carport", "evcc/loadpoints/2/chargePower": "0", "evcc/loadpoints/2/connected": "false",
	}}
	l = NewLoop(settingsFor(t, "evcc"), zerolog.Nop(), func(string, []byte) error { return nil })
	b.handler = l.Handler()
	ctx, cancel := context.WithCancel(t.Context())
	go l.Run(ctx, b)
	b.handler.Up()
	b.pass(time.Minute)
	if before := b.devices(); len(before) != 4 || !slices.Contains(before, second) {
		t.Fatalf("there are %q", before)
	}
	return b, l, func() { cancel(); synctest.Wait() }
}

const second = "homeassistant/device/evcc-discovery/evcc_loadpoint_2/config"

func (*staller) pass(d time.Duration) { time.Sleep(d); synctest.Wait() }

// reconnect breaks the connection and lets it come back, with another view of the broker.
func (s *staller) reconnect(filter, without, refused string) {
	s.handler.Down(errors.New("the network is gone"))
	s.pass(2 * time.Second)
	s.filter, s.without, s.refused, s.deaf, s.asked = filter, without, refused, false, 0
	s.handler.Up()
	s.pass(time.Minute)
}

// devices lists what the broker keeps of ours.
func (s *staller) devices() (list []string) {
	for topic := range s.retained {
		if strings.HasSuffix(topic, "/config") {
			list = append(list, topic)
		}
	}
	slices.Sort(list)
	return list
}

// forbids reports whether the broker's rules are said to forbid something.
func forbids(l *Loop) bool {
	return slices.ContainsFunc(l.Status().Problems, func(p problem.Shown) bool { return p.Code == problem.BrokerForbids })
}

// A network that stalls in the middle of what the broker replays looks as if a device were not there: nobody has deleted it.
// Nor is a question without an answer forbidden.
func TestStalledWhileReading(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, l, end := stalled(t)
		defer end()
		before := b.devices()
		for _, at := range []string{"homeassistant/device/evcc-discovery/+/config", second} {
			b.reconnect(at, second, "")
			if !b.deaf || forbids(l) {
				t.Errorf("deaf %t; wrong is %+v", b.deaf, l.Status().Problems)
			}
			b.reconnect("", "", "")
			if after := b.devices(); !slices.Equal(before, after) {
				t.Errorf("there were %q, after a stall there are %q", before, after)
			}
		}
	})
}

// What is gone from the broker its user has deleted, when the broker has answered twice.
func TestAskedTwice(t *testing.T) {
	t.Parallel()
	for _, refused := range []string{"", second} {
		synctest.Test(t, func(t *testing.T) {
			b, l, end := stalled(t)
			defer end()
			delete(b.retained, second)
			b.reconnect("", "", refused)
			back, want := slices.Contains(b.devices(), second), refused != ""
			if asked := b.asked; back != want || asked != mostAsk && !want || forbids(l) {
				t.Errorf("refused %q: asked by name %d times, and it is back %t; wrong is %+v", refused, asked, back, l.Status().Problems)
			}
		})
	}
}
