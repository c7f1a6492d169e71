package bridge

import (
	"strings"

	"evcc-discovery/discovery"
)

// resend sends what does not come back once more: we may have been allowed to read it.
func (l *ledger) resend(c *Core, topic string) {
	p := l.pages[topic]
	payload := p.last
	p.last = ""
	if !c.outbox.due[topic] {
		l.send(c, topic, payload)
	}
}

// readBack takes what the broker has replayed: there we may read. Of one that is too large it tells nothing, because what is
// there may be older.
func (l *ledger) readBack(c *Core) {
	for topic := range c.retained {
		l.read[c.kind(topic)] = true
	}
	for _, topic := range l.topics() {
		if p := l.pages[topic]; c.retained[topic] != "" && !l.tooLarge(p, p.large) {
			p.tries = 0
			l.right(c, topic)
			l.tidy(topic)
		}
	}
}

// kind is what topics have in common that access lists tell apart: where one of a kind is read, all are.
func (c *Core) kind(topic string) string {
	if discovery.IsConfig(c.settings.Prefix, c.settings.Base, topic) {
		return "/config"
	}
	own, _ := below(topic, c.settings.Base)
	kind, _, _ := strings.Cut(own, "/")
	return kind
}

// abandoned reports whether a config message is not wanted any more: its user has deleted the device while it was under way.
func (c *Core) abandoned(topic, payload string) bool {
	_, wanted := c.outbox.at[topic]
	return !wanted && c.retained[topic] != payload && discovery.IsConfig(c.settings.Prefix, c.settings.Base, topic)
}
