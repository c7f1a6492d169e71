package bridge

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"evcc-discovery/internal/problem"
)

// refuses reports whether the broker would not keep a message.
func (l *ledger) refuses(topic, payload string) bool {
	size := packet(topic, payload)
	p := l.pages[topic]
	return l.limit > 0 && size >= l.limit || p != nil && p.bound > 0 && size >= p.bound
}

// leaveOut names a message that is not sent.
func (l *ledger) leaveOut(c *Core, topic, payload string) {
	p := l.page(topic)
	if p.held = payload; p.large == 0 {
		p.large = packet(topic, payload)
		c.note(Warn, "the broker does not keep a message: it is left out, and tried again later", "topic", topic, "bytes", strconv.Itoa(p.large))
		l.tell(c)
	}
	if l.retry.IsZero() {
		l.retry = c.now.Add(min(firstRetry<<min(2*l.failed, 10), lastRetry))
		l.failed++
	}
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
	c.problems.set(c, problem.MessageTooLarge, "", len(list) > 0, strings.Join(list, ", "))
}

// waits reports whether it is not a message's turn.
func (l *ledger) waits(c *Core, topic, payload string) bool {
	return l.one(c) && packet(topic, payload) > l.kept
}

// one reports whether messages go one at a time.
func (l *ledger) one(c *Core) bool { return l.limit > 0 || c.now.Before(l.careful) }

// lost takes the end of a connection.
func (l *ledger) lost(c *Core) {
	switch {
	case l.trial != "":
		l.accuse(c)
	case !l.one(c) && l.suspects():
		l.careful = c.now.Add(carefulFor)
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
		if slices.ContainsFunc(p.open, func(payload string) bool { return packet(topic, payload) > l.kept }) {
			return true
		}
	}
	return false
}

// accuse takes the message on trial for the one that ended the connection: nothing as large is sent from now on. A small
// one, and one no larger than what the broker has kept before, has the benefit of the doubt.
func (l *ledger) accuse(c *Core) {
	p := l.pages[l.trial]
	largest := slices.MaxFunc(p.open, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	size := packet(l.trial, largest)
	if p.tries++; largest == "" || size <= max(small, l.proven) && p.tries < mostDoubt {
		l.careful = c.now.Add(carefulFor)
		return
	}
	l.limit = max(l.kept+1, less(size))
	l.proven = l.kept
	l.leaveOut(c, l.trial, largest)
}

// again lets everything that was left out be tried once more. What was left out over an earlier connection and nobody has
// asked for since is over: it is on the broker, or not wanted any more.
func (l *ledger) again(c *Core) {
	if l.limit > 0 {
		l.careful = c.now.Add(carefulFor)
	}
	l.retry, l.limit = zero, 0
	left := false
	for _, topic := range l.topics() {
		p := l.pages[topic]
		p.bound = 0
		switch {
		case p.large == 0:
		case p.held == "" && len(p.open) == 0:
			l.right(c, topic)
		default:
			p.tries = mostTry - 1
			left = true
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
		if l.waits(c, topic, payload) && l.trial != "" {
			return
		}
		l.emit(c, topic, payload)
	}
}
