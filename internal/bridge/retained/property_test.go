package retained

import (
	"flag"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/problem"
)

var (
	seeds = flag.Int("seeds", 300, "runs of TestInTheEnd")
	first = flag.Uint64("first", 0, "seed of the first")
)

const adapter = devicePrefix + "adapter/config"

var (
	deviceTopics = []string{siteTopic, devicePrefix + "evcc_loadpoint_1/config", devicePrefix + "evcc_vehicle_golf/config",
		devicePrefix + "evcc_meter_pv/config"}
	stateTopics = []string{"ours/evcc/registry", "ours/removal/evcc_meter_pv", "ours/evcc/ready", "ours/evcc/loadpoint/1/plan/state"}
)

// TestInTheEnd: whatever the broker drops, closes on, hands on without keeping it, keeps from us, replays or forgets, and
// whatever others write: in the end it has what is wanted, or a problem names what it has not. A device that its user deletes stays away,
// one that a program empties comes back; Home Assistant's start repeats everything; and no two messages for one device are
// nearer than [Spacing].
func TestInTheEnd(t *testing.T) {
	t.Parallel()
	for seed := *first; seed < *first+uint64(*seeds); seed++ {
		o := newOwner(t)
		o.seed, o.rnd = seed, rand.New(rand.NewPCG(seed, 11))
		o.settings()
		for range 40 {
			o.happens()
		}
		o.slow = false
		o.pass(20 * time.Second)
		if o.rnd.IntN(2) == 0 { // somebody mends the broker
			o.cut()
			o.broker.limit = 0
			clear(o.broker.secret)
		}
		o.pass(4 * 24 * time.Hour)
		o.check()
		if t.Failed() {
			return
		}
	}
}

// settings are what the broker is like, and what is wanted at first.
func (o *owner) settings() {
	o.device(adapter, 2, 0)
	for _, topic := range deviceTopics {
		o.device(topic, 1+o.rnd.IntN(3), o.rnd.IntN(2000))
	}
	o.states["ours/evcc/ready"] = "online"
	if o.rnd.IntN(3) > 0 {
		o.broker.limit, o.broker.tooMuch = 700+o.rnd.IntN(2000), excess(o.rnd.IntN(int(excesses)))
	}
	if o.rnd.IntN(4) == 0 {
		for _, topic := range append(deviceTopics, stateTopics[:2]...) {
			o.broker.secret[topic] = o.rnd.IntN(3) == 0
		}
	}
	o.pass(time.Second)
}

// happens plays something.
func (o *owner) happens() {
	o.slow = o.rnd.IntN(3) == 0
	o.pass(time.Duration(o.rnd.IntN(1000)) * time.Millisecond << o.rnd.IntN(8))
	topic := deviceTopics[o.rnd.IntN(len(deviceTopics))]
	state := stateTopics[o.rnd.IntN(len(stateTopics))]
	switch o.rnd.IntN(12) {
	case 0, 1: // a device appears or changes
		o.do(func() { o.device(topic, 1+o.rnd.IntN(3), o.rnd.IntN(2000)) })
		delete(o.deleted, topic)
	case 2:
		o.do(func() { delete(o.devices, topic); o.store.Drop(o.s, topic) })
	case 3, 4:
		o.state(state)
	case 5: // the connection breaks
		o.cut()
	case 6: // the broker breaks, and has lost everything, or the last while
		o.cut()
		if o.broker.kept = make(map[string]string); o.rnd.IntN(2) == 0 {
			maps.Copy(o.broker.kept, o.old)
		}
	case 7:
		o.old = maps.Clone(o.broker.kept)
	case 8:
		o.overwrite(topic, state)
	case 9:
		o.slow = false
		o.userDeletes(append(deviceTopics, adapter)[o.rnd.IntN(len(deviceTopics)+1)])
	case 10:
		o.slow = false
		o.wipe()
	case 11:
		o.slow = false
		o.birth()
	}
	if o.rnd.IntN(8) == 0 {
		o.arrive(o.rnd.IntN(len(o.way) + 1))
		o.cut()
	}
}

// state changes another message. Only what is looked for on the broker is ever large.
func (o *owner) state(topic string) {
	size := []int{0, 2, 20, 40}[o.rnd.IntN(4)]
	if isLasting(topic) || o.broker.tooMuch == closes {
		size *= 50
	}
	o.states[topic] = strings.Repeat("y", size)
	o.do(func() { o.store.Retain(o.s, topic, o.states[topic]) })
}

// overwrite is another program that writes to topics of ours.
func (o *owner) overwrite(topics ...string) {
	for _, topic := range topics {
		_, device := o.devices[topic]
		_, state := o.states[topic]
		if o.up && (device || state) && !o.broker.secret[topic] {
			o.other(topic, []string{"", "foreign"}[o.rnd.IntN(2)])
		}
	}
}

// userDeletes is Home Assistant's user who deletes a device: one empty message for each component.
func (o *owner) userDeletes(topic string) {
	o.pass(20 * time.Second)
	message, there := o.broker.kept[topic]
	times := len(discovery.Keys(message))
	if !there || o.devices[topic] != message || o.broker.secret[topic] {
		return
	}
	for range times {
		o.other(topic, "")
		o.now = o.now.Add(90 * time.Millisecond / time.Duration(times))
	}
	if o.rnd.IntN(3) == 0 || times == 1 && o.now.Before(o.wiped.Add(provisional)) {
		return // anything may happen meanwhile
	}
	cuts := o.cuts
	o.pass(2 * time.Second)
	if wanted := topic == adapter; o.cuts == cuts && o.store.Wanted(topic) != wanted {
		o.errorf("%s was deleted by its user with %d messages: wanted %v, want %v", topic, times, !wanted, wanted)
	}
}

// wipe is a program that empties every topic of ours once.
func (o *owner) wipe() {
	o.pass(20 * time.Second)
	topics := slices.DeleteFunc(o.readable(), func(topic string) bool { return !o.store.isDevice(topic) })
	o.rnd.Shuffle(len(topics), func(i, j int) { topics[i], topics[j] = topics[j], topics[i] })
	before := maps.Clone(o.devices)
	o.wiped = o.now.Add(time.Second)
	seen := slices.Contains(topics, adapter)
	for _, topic := range topics {
		o.other(topic, "")
		o.now = o.now.Add(time.Duration(o.rnd.IntN(2)) * 10 * time.Millisecond)
	}
	cuts := o.cuts
	o.pass(2 * time.Second)
	for topic := range before {
		if _, wanted := o.devices[topic]; seen && !wanted && o.cuts == cuts {
			o.errorf("a wipe of %q counts as the deletion of %s", topics, topic)
		}
	}
}

// birth is a start of Home Assistant: it gets every device.
func (o *owner) birth() {
	o.pass(20 * time.Second)
	at := o.now.Add(BirthDelay("ours"))
	o.store.Repeat(at)
	o.pass(15 * time.Second)
	for topic, payload := range o.devices {
		if !o.store.Withholds(topic, payload) && o.sent[topic].Before(at) {
			o.errorf("%s is not sent again after Home Assistant's start", topic)
		}
	}
}

// check compares the broker with what is wanted.
func (o *owner) check() {
	detail := ""
	for _, p := range o.s.Problems.List(noWords{}) {
		if p.Code == problem.MessageTooLarge {
			detail = p.Detail
		}
	}
	want := maps.Clone(o.devices)
	maps.Copy(want, o.states)
	for topic := range o.deleted {
		if o.broker.kept[topic] != "" && !o.broker.secret[topic] && o.devices[topic] == "" {
			o.errorf("%s was deleted and is there", topic)
		}
	}
	for _, topic := range slices.Sorted(maps.Keys(want)) {
		_, missing := o.store.limits.missing[topic]
		named := strings.Contains(detail, topic+" (") || missing && strings.HasSuffix(detail, " more")
		fits := !o.broker.tooLarge(topic, want[topic])
		switch {
		case o.broker.secret[topic] && want[topic] == "": // who may not read it cannot know that there is something
		case fits && o.broker.kept[topic] != want[topic]:
			o.errorf("%s is %.60q, want %.60q", topic, o.broker.kept[topic], want[topic])
		case fits && named && !o.broker.secret[topic]:
			o.errorf("%s is there, and the problem names it: %s", topic, detail)
		case !fits && !named:
			o.errorf("%s is too large, and the problem does not name it: %q", topic, detail)
		}
	}
	for _, topic := range deviceTopics {
		if _, wanted := o.devices[topic]; !wanted && o.broker.kept[topic] != "" && !o.broker.secret[topic] {
			o.errorf("%s is there, and nobody wants it: %.60q", topic, o.broker.kept[topic])
		}
	}
}
