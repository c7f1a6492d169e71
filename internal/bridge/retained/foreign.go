package retained

import (
	"maps"
	"slices"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/problem"
)

// foreign is what others write to our topics. Home Assistant's user who deletes a device is respected. Home Assistant tells of
// it by emptying the device's message once for each of its components, within a tenth of a second; a program that clears
// topics empties each once. A device with one component looks the same both ways: it counts as deleted, unless our own device is
// emptied, too, ten minutes before or after: that one always comes back, and then a program clears everything. What others have
// emptied or overwritten is sent again with the ordinary spacing, and named as a problem at the third time.
type foreign struct {
	emptied     map[string]emptied   // device topics, until it is known who did it
	provisional map[string]time.Time // devices that count as deleted, and may not be
	wiped       time.Time            // when a program has emptied our own device last
	fights      map[string]fight     // topics to which others write
	repair      map[string]time.Time // topics that are sent again, and when
}

type emptied struct {
	since time.Time
	times int
}

type fight struct {
	rounds int
	last   time.Time
}

const (
	deletionTime = time.Second      // in which Home Assistant empties a topic for each component
	provisional  = 10 * time.Minute // that a deletion may turn out to be a wipe
	peace        = 10 * time.Minute // without another's message: the fight is over
	quarrel      = 3                // rounds that are no accident
)

func newForeign() foreign {
	return foreign{emptied: make(map[string]emptied), provisional: make(map[string]time.Time), fights: make(map[string]fight), repair: make(map[string]time.Time)}
}

// reconnect: what is there is read again. A fight goes on.
func (f *foreign) reconnect() {
	clear(f.emptied)
	clear(f.repair)
}

// pending reports whether somebody else has just changed a topic.
func (f *foreign) pending(topic string) bool {
	_, emptied := f.emptied[topic]
	_, repair := f.repair[topic]
	return emptied || repair
}

// Live takes what was written to one of our topics just now: our own message that comes back, or another's.
func (st *Store) Live(s *step.Step, topic, payload string) {
	if st.echo(s, topic, payload) {
		return
	}
	e, pending := st.foreign.emptied[topic]
	switch known := st.have[topic]; {
	case st.isDevice(topic) && payload == "" && (st.byTopic[topic] != nil || pending):
		if st.set(topic, ""); !pending {
			e.since = s.Now
		}
		e.times++
		st.foreign.emptied[topic] = e
	case payload == known:
	case st.byTopic[topic] != nil:
		delete(st.foreign.emptied, topic)
		st.set(topic, payload)
		st.round(s, topic)
		st.schedule(st.byTopic[topic], true)
	case st.isDevice(topic):
		st.Read(topic, payload)
	default:
		if _, ours := st.states[topic]; ours {
			st.round(s, topic)
			st.foreign.repair[topic] = s.Now.Add(Spacing)
		}
	}
}

// echo takes our own message that comes back. One that was under way while its device was dropped is taken back.
func (st *Store) echo(s *step.Step, topic, payload string) bool {
	o := st.open[topic]
	i := slices.Index(o.payloads, payload)
	if i < 0 {
		return o.more
	}
	if o.payloads = o.payloads[i+1:]; len(o.payloads) == 0 {
		delete(st.open, topic)
	} else {
		o.since = s.Now
		st.open[topic] = o
	}
	switch {
	case len(o.payloads) > 0:
	case payload != "" && st.isDevice(topic) && st.byTopic[topic] == nil:
		st.have[topic] = payload
		st.Drop(s, topic)
	default:
		if st.have[topic] != payload {
			st.set(topic, payload)
		}
		if payload == st.shall(topic) {
			st.there(s, topic)
		}
	}
	return true
}

// round counts how often others have written.
func (st *Store) round(s *step.Step, topic string) {
	delete(st.verify.sizes, topic)
	f := st.foreign.fights[topic]
	f.rounds, f.last = f.rounds+1, s.Now
	st.foreign.fights[topic] = f
	if f.rounds == 1 {
		s.Note(step.Warn, "another program changed our topic; sending it again", "topic", topic)
	}
	s.Problem(problem.ForeignConfig, topic, f.rounds >= quarrel, "")
}

// nextForeign returns when it is known who has emptied a topic, one is repaired, or a fight is over.
func (st *Store) nextForeign() (next time.Time) {
	f := &st.foreign
	for _, e := range f.emptied {
		next = step.Earlier(next, e.since.Add(deletionTime))
	}
	for _, at := range f.repair {
		next = step.Earlier(next, at)
	}
	for _, fight := range f.fights {
		next = step.Earlier(next, fight.last.Add(peace))
	}
	return next
}

// settleForeign does what time has made due, and returns which devices their user has deleted, and which count as deleted
// and are not.
func (st *Store) settleForeign(s *step.Step) (deleted, returned []string) {
	f := &st.foreign
	if len(f.repair)+len(f.fights)+len(f.emptied) == 0 {
		return nil, nil
	}
	for _, topic := range slices.Sorted(maps.Keys(f.repair)) {
		if s.Due(f.repair[topic]) {
			delete(f.repair, topic)
			st.emit(s, topic, st.states[topic])
		}
	}
	for topic, fight := range f.fights {
		if s.Due(fight.last.Add(peace)) {
			delete(f.fights, topic)
			s.Problem(problem.ForeignConfig, topic, false, "")
		}
	}
	for _, topic := range slices.Sorted(maps.Keys(f.emptied)) {
		e := f.emptied[topic]
		if !s.Due(e.since.Add(deletionTime)) {
			continue
		}
		delete(f.emptied, topic)
		switch d := st.byTopic[topic]; {
		case d == nil:
		case topic == discovery.AdapterTopic(st.prefix, st.base):
			st.schedule(d, true)
			if e.times == 1 {
				f.wiped = s.Now
				returned = append(returned, st.wiped(s)...)
			}
		case e.times > 1:
			st.Drop(s, topic)
			deleted = append(deleted, topic)
		case len(discovery.Keys(d.Payload)) == 1 && (f.wiped.IsZero() || s.Due(f.wiped.Add(provisional))):
			f.provisional[topic] = s.Now
			st.Drop(s, topic)
			deleted = append(deleted, topic)
		default:
			st.round(s, topic)
			st.schedule(d, true)
		}
	}
	return deleted, returned
}

// wiped returns which devices count as deleted and were wiped by a program, because our own device was, too.
func (st *Store) wiped(s *step.Step) (returned []string) {
	for topic, at := range st.foreign.provisional {
		if s.Now.Before(at.Add(provisional)) {
			returned = append(returned, topic)
		}
		delete(st.foreign.provisional, topic)
	}
	slices.Sort(returned)
	return returned
}
