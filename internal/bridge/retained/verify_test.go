package retained

import "testing"

const siteTopic = devicePrefix + "evcc_site/config"

// asked returns an owner whose store has just asked the broker what it keeps of a site's message, and waits for its answer.
func asked(t *testing.T) *owner {
	o := newOwner(t)
	o.connect()
	o.device(siteTopic, 1, 0)
	o.do(func() {})
	o.arrive(1)
	o.now = o.store.Next()
	o.do(func() {})
	if !o.asked {
		t.Fatal("the broker is not asked")
	}
	return o
}

// What another program has written while the broker was asked is not taken for ours.
func TestAnswerOfAnother(t *testing.T) {
	t.Parallel()
	o := asked(t)
	o.store.limits.missing[siteTopic] = true
	for range 2 { // the second one is not answered at once
		o.other(siteTopic, "foreign")
		o.asked = false
		o.arrive(1)
	}
	o.do(func() { o.store.Replay(o.s, siteTopic, "foreign") })
	o.now = o.now.Add(quiet)
	o.do(func() {})
	if _, missing := o.store.limits.missing[siteTopic]; !missing {
		t.Error("another's message counts as ours")
	}
}

// While an answer takes long, nothing that was sent meanwhile asks for ticks.
func TestLongAnswer(t *testing.T) {
	t.Parallel()
	o := asked(t)
	o.asked = false
	o.device(siteTopic, 1, 100)
	for range 30 {
		o.do(func() { o.store.Replay(o.s, "ours/rubbish", "x") })
		if next := o.store.Next(); !next.After(o.now) {
			t.Fatalf("%v: a tick is asked for at %v", o.now, next)
		}
		o.now = o.now.Add(quiet / 2)
	}
	o.now = o.now.Add(quiet)
	o.do(func() {})
	o.do(func() {})
	if !o.asked {
		t.Error("what was sent meanwhile is not asked for")
	}
}

// A device message counts as kept when it was read, also before the broker has answered anything; one that was only sent does not.
func TestKept(t *testing.T) {
	t.Parallel()
	o := newOwner(t)
	o.broker.keep(siteTopic, deviceMessage("x", 1, 0))
	o.devices[siteTopic] = deviceMessage("x", 1, 0)
	o.connect()
	o.device(devicePrefix+"evcc_meter_pv/config", 1, 0)
	sent := o.store.Announce(o.s)
	if again := o.store.Announce(o.s); !sent || again {
		t.Errorf("sent %v, again %v", sent, again)
	}
	if !o.store.Kept(siteTopic) || o.store.Kept(devicePrefix+"evcc_meter_pv/config") {
		t.Errorf("kept: read %v, sent %v", o.store.Kept(siteTopic), o.store.Kept(devicePrefix+"evcc_meter_pv/config"))
	}
	o.do(func() { o.store.Drop(o.s, siteTopic) })
	if o.store.Kept(siteTopic) {
		t.Error("what was taken off counts as kept")
	}
}
