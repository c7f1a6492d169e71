package bridge

import (
	"maps"
	"slices"
	"time"
)

// ledger is what we have retained and the broker has not given back. A broker sends us our own messages back: what does
// not come back it does not keep, because it is too large, or because we may not write there. Some brokers close the
// connection on such a message, and what was sent behind it is lost with it; others drop it without a word. The rest
// must go on, and the message must not be sent again and again.
//
// When a connection ends while messages are open, nobody knows which one it was, if it was one at all. From then on what
// is larger than all that came back goes one at a time, the smallest first. If the connection ends once more, it was that
// one, and everything at least as large is left out, too: however many are too large, they cost two connections.
//
// What is left out is tried again, ever more seldom, and soon after a connection that ended for another reason: the
// broker may have other limits, or the network may have been bad. A trial that fails counts at once.
type ledger struct {
	pages   map[string]*page // by topic; none for what is on the broker
	read    map[string]bool  // kinds of topics from which something came over this connection
	trial   string           // the topic of the one message that may end the connection; "" = none is under way
	kept    int              // size of the largest message that came back over this connection
	proven  int              // the same over any connection
	limit   int              // about the size of the smallest that ended one; 0 = none is known
	careful time.Time        // until then it is one at a time
	retry   time.Time        // when what is left out is tried again; zero = never
	failed  int              // how often it was tried in vain
	soon    bool             // it is tried after the next connect
}

// page is one topic of the ledger.
type page struct {
	open  []string  // payloads that were sent and have not come back, the oldest first
	since time.Time // nothing has come back
	tries int       // how often in a row what did not come back was sent
	ends  int       // how many connections in a row its trial has ended
	last  string    // what did not come back over this connection, and was named
	bound int       // about the size of a message that never came back; 0 = none
	held  string    // the payload that is not sent: it is not its turn, or it is too large
	large int       // size of what is left out because it is too large, which is told; 0 = nothing
}

const (
	echoWait   = 30 * time.Second // for a message to come back
	mostTry    = 2                // so often a message is sent that does not
	mostEchoes = 4                // that are waited for on one topic
	carefulFor = 10 * time.Minute
	firstRetry = 5 * time.Minute
	lastRetry  = 24 * time.Hour
	small      = 512              // bytes: no broker finds that too large
	mostDoubt  = 3                // connections that a message ends which can hardly be the cause
	mostLeft   = 5                // that are named at once
	soonRetry  = 30 * time.Second // after the connect: by then everything was asked for
)

func newLedger() ledger {
	return ledger{pages: make(map[string]*page), read: make(map[string]bool)}
}

// packet is the size of a message as brokers measure it, at most.
func packet(topic, payload string) int { return len(topic) + len(payload) + 9 }

// less is a little less than the size of a message that is too large: a few bytes make no difference.
func less(size int) int { return size - size/16 }

// send takes a retained message to the broker, unless that would not keep it or others go first.
func (l *ledger) send(c *Core, topic, payload string) {
	switch {
	case payload == "":
		l.drop(c, topic)
		l.emit(c, topic, payload)
	case l.refuses(topic, payload):
		l.leaveOut(c, topic, payload)
	case l.one(c) && l.risky(topic, payload):
		l.page(topic).held = payload
	default:
		l.emit(c, topic, payload)
	}
}

// holds reports whether what is wanted on a topic is not sent.
func (l *ledger) holds(topic string) bool {
	p := l.pages[topic]
	return p != nil && p.held != ""
}

// waits reports whether what is wanted on a topic will be sent, or may come back.
func (l *ledger) waits(topic string) bool {
	p := l.pages[topic]
	return p != nil && (len(p.open) > 0 && !p.mute() || p.held != "" && !l.refuses(topic, p.held))
}

func (l *ledger) page(topic string) *page {
	p := l.pages[topic]
	if p == nil {
		p = &page{}
		l.pages[topic] = p
	}
	return p
}

func (l *ledger) emit(c *Core, topic, payload string) {
	p := l.page(topic)
	if len(p.open) == 0 {
		p.since = c.step.Now
	}
	if l.one(c) && l.risky(topic, payload) {
		l.trial = topic
	}
	p.open = append(p.open, payload)
	p.open = p.open[max(0, len(p.open)-mostEchoes):]
	p.held = ""
	if _, device := c.outbox.at[topic]; device {
		c.outbox.sent[topic] = c.step.Now
		c.rollcall.sent(c, topic)
	}
	c.step.Send(topic, payload)
}

// heard takes what somebody has written, and reports whether it is ours that comes back.
func (l *ledger) heard(c *Core, topic, payload string) bool {
	p, i := l.pages[topic], -1
	if p != nil {
		i = slices.Index(p.open, payload)
	}
	switch {
	case i < 0 && payload != c.retained[topic]:
		return false
	case i >= 0:
		p.open, p.since = p.open[i+1:], c.step.Now
		if len(p.open) == 0 && payload != c.retained[topic] {
			c.remember(topic, payload)
		}
	}
	l.came(c, topic, payload)
	return true
}

// came: the broker keeps messages of that size.
func (l *ledger) came(c *Core, topic, payload string) {
	size := packet(topic, payload)
	l.read[c.kind(topic)] = true
	l.kept = max(l.kept, size)
	l.proven = max(l.proven, size)
	if l.trial == topic {
		l.trial = ""
	}
	p := l.pages[topic]
	if p == nil {
		return
	}
	p.tries, p.ends = 0, 0
	if size >= p.bound {
		p.bound = 0
	}
	if p.held == "" {
		l.right(c, topic)
	}
	l.tidy(topic)
}

// drop forgets what was wanted on a topic.
func (l *ledger) drop(c *Core, topic string) {
	if p := l.pages[topic]; p != nil {
		p.tries, p.ends, p.bound, p.held = 0, 0, 0, ""
		l.right(c, topic)
		l.tidy(topic)
	}
}

// tidy tears out a page on which nothing stands.
func (l *ledger) tidy(topic string) {
	if p := l.pages[topic]; p != nil && len(p.open) == 0 && p.tries == 0 && p.ends == 0 && p.bound == 0 && p.held == "" && p.large == 0 {
		delete(l.pages, topic)
	}
}

// forget: what was sent over another connection does not come back, and what was not sent is asked for again, or not
// wanted any more. What is too large stays so.
func (l *ledger) forget(*Core) {
	l.kept, l.trial = 0, ""
	clear(l.read)
	for topic, p := range l.pages {
		p.open, p.held, p.last = nil, "", ""
		l.tidy(topic)
	}
}

// start is when the retained world has been read.
func (l *ledger) start(c *Core) {
	l.readBack(c)
	soon := c.step.Now.Add(soonRetry)
	if l.soon || !l.retry.IsZero() && l.retry.Before(soon) {
		l.retry, l.soon = soon, false
	}
}

// leave leaves everything to another program.
func (l *ledger) leave(c *Core) {
	for topic := range l.pages {
		l.right(c, topic)
	}
	*l = newLedger()
}

// next returns when a message should have come back, or is tried again.
func (l *ledger) next() time.Time {
	next := l.retry
	for _, p := range l.pages {
		if due := p.since.Add(echoWait); len(p.open) > 0 && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	return next
}

// tick does what time has made due.
func (l *ledger) tick(c *Core) {
	if next := l.next(); next.IsZero() || c.step.Now.Before(next) {
		return
	}
	for _, topic := range l.topics() {
		if p := l.pages[topic]; len(p.open) > 0 && !c.step.Now.Before(p.since.Add(echoWait)) {
			l.missed(c, topic)
			l.tidy(topic)
		}
	}
	if !l.retry.IsZero() && !c.step.Now.Before(l.retry) {
		l.again(c)
	}
}

// topics lists the pages; there are none while everything is on the broker.
func (l *ledger) topics() []string {
	if len(l.pages) == 0 {
		return nil
	}
	return slices.Sorted(maps.Keys(l.pages))
}
