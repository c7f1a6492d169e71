package bridge

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/step"
)

// refuses reports whether the broker would not keep a message.
func (l *ledger) refuses(topic, payload string) bool {
	return l.tooLarge(l.pages[topic], packet(topic, payload))
}

// tooLarge is the same for a size; a topic needs no page.
func (l *ledger) tooLarge(p *page, size int) bool {
	return l.limit > 0 && size >= l.limit || p != nil && p.bound > 0 && size >= p.bound
}

// leaveOut names a message that is not sent.
func (l *ledger) leaveOut(c *Core, topic, payload string) {
	p := l.page(topic)
	if p.held = payload; p.large == 0 {
		p.large = packet(topic, payload)
		c.step.Note(step.Warn, "the broker does not keep a message: it is left out, and tried again later", "topic", topic, "bytes", strconv.Itoa(p.large))
		l.tell(c)
	}
	l.plan(c)
}

// plan lets what is not there be tried again, ever more seldom.
func (l *ledger) plan(c *Core) {
	if l.retry.IsZero() {
		l.retry = c.step.Now.Add(min(firstRetry<<min(2*l.failed, 10), lastRetry))
		l.failed++
	}
}

// pass gives up what is left out on a topic: what comes next there is judged by itself.
func (l *ledger) pass(topic string) {
	p := l.pages[topic]
	p.tries, p.ends, p.bound, p.held = 0, 0, 0, ""
}

// right: what is wanted on the topic is there, or nothing is wanted there any more.
func (l *ledger) right(c *Core, topic string) {
	if p := l.pages[topic]; p.large > 0 {
		p.large = 0
		l.tell(c)
	}
}

// tell names what is left out, in few words: they are a message, too.
func (l *ledger) tell(c *Core) {
	var list []string
	for _, topic := range l.topics() {
		if size := l.pages[topic].large; size > 0 {
			list = append(list, topic+" ("+strconv.Itoa(size)+" bytes)")
		}
	}
	if more := len(list) - mostLeft; more > 0 {
		list = append(list[:mostLeft], "and "+strconv.Itoa(more)+" more")
	}
	c.step.Problem(problem.MessageTooLarge, "", len(list) > 0, strings.Join(list, ", "))
}

// risky reports whether a message may end the connection. None that is small does, and none on a topic from which nothing
// comes back: it did not, and its trial would hold up the others.
func (l *ledger) risky(topic, payload string) bool {
	p := l.pages[topic]
	return packet(topic, payload) > max(small, l.kept) && (p == nil || !p.mute())
}

// one reports whether messages go one at a time.
func (l *ledger) one(c *Core) bool { return l.limit > 0 || c.step.Now.Before(l.careful) }

// lost takes the end of a connection.
func (l *ledger) lost(c *Core) {
	switch {
	case l.trial != "":
		l.accuse(c)
	case !l.one(c) && l.suspects():
		l.careful = c.step.Now.Add(carefulFor)
	default: // it ended for another reason
		l.soon = len(l.pages) > 0 || l.limit > 0
	}
	for topic, p := range l.pages {
		if p.held != "" {
			delete(c.retained, topic) // the broker never had it
		}
	}
}

// suspects reports whether a message is open that may have ended the connection.
func (l *ledger) suspects() bool {
	for topic, p := range l.pages {
		if slices.ContainsFunc(p.open, func(payload string) bool { return l.risky(topic, payload) }) {
			return true
		}
	}
	return false
}

// accuse takes the message on trial for the one that ended the connection: nothing as large is sent from now on. One that
// is no larger than what the broker has kept before has the benefit of the doubt.
func (l *ledger) accuse(c *Core) {
	p := l.pages[l.trial]
	largest := slices.MaxFunc(p.open, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	size := packet(l.trial, largest)
	if p.ends++; largest == "" || less(size) <= l.proven && p.ends < mostDoubt {
		l.careful = c.step.Now.Add(carefulFor)
		return
	}
	l.limit = max(l.kept+1, less(size))
	l.proven, p.ends = l.kept, 0
	l.leaveOut(c, l.trial, largest)
}

// mute reports whether nothing has come back, also when it was sent once more.
func (p *page) mute() bool { return p.tries >= mostTry }

// missed takes a message that has not come back: it is sent once more, and then left out. One that is no larger than
// others that came back is named and goes on, as does one of a kind of which nothing comes back, be it ever so small: we may
// not write there, or not read.
func (l *ledger) missed(c *Core, topic string) {
	p := l.pages[topic]
	payload := p.open[len(p.open)-1]
	p.open = nil
	if l.trial == topic {
		l.trial = ""
	}
	switch p.tries++; {
	case payload == "", c.abandoned(topic, payload):
		l.drop(c, topic)
	case p.held != "": // newer
	case !p.mute():
		l.send(c, topic, payload)
	case l.proven > 0 && packet(topic, payload) > l.proven && l.read[c.kind(topic)]:
		p.tries, p.bound = 0, less(packet(topic, payload))
		l.leaveOut(c, topic, payload)
	default:
		if p.last = payload; p.large == 0 {
			p.large = packet(topic, payload)
			c.step.Note(step.Warn, "a message of ours does not come back: the broker does not take it, or keeps it from us", "topic", topic)
			l.tell(c)
		}
		l.plan(c)
	}
}

// again lets everything that was left out, or does not come back, be tried once more. What was left out over an earlier connection and nobody has
// asked for since is over: it is on the broker, or not wanted any more.
func (l *ledger) again(c *Core) {
	if l.limit > 0 {
		l.careful = c.step.Now.Add(carefulFor)
	}
	l.retry, l.limit = zero, 0
	left := false
	for _, topic := range l.topics() {
		p := l.pages[topic]
		p.bound = 0
		switch {
		case p.large == 0:
		case p.held != "" || len(p.open) > 0:
			p.tries = mostTry - 1
			left = true
		case p.last == "" || p.last != c.retained[topic]:
			p.tries = 0
			l.right(c, topic)
		default:
			left = true
			l.resend(c, topic)
		}
		l.tidy(topic)
	}
	if !left {
		l.failed = 0
	}
}

// release sends what has waited for its turn, the smallest first.
func (l *ledger) release(c *Core) {
	if c.phase != running || len(l.pages) == 0 {
		return
	}
	var topics []string
	for topic, p := range l.pages {
		if p.held != "" && !l.refuses(topic, p.held) {
			topics = append(topics, topic)
		}
	}
	slices.SortFunc(topics, func(a, b string) int {
		return cmp.Or(packet(a, l.pages[a].held)-packet(b, l.pages[b].held), strings.Compare(a, b))
	})
	for _, topic := range topics {
		payload := l.pages[topic].held
		if l.one(c) && l.trial != "" && l.risky(topic, payload) {
			continue
		}
		l.emit(c, topic, payload)
	}
}
