package bridge

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"evcc-discovery/internal/problem"
)

// swallowed finds device messages that the broker does not keep. A broker sends us our own messages back. One that finds
// a message too large closes the connection, or drops the message without a word; then the rest must go on, and the
// message must not be sent again and again.
type swallowed struct {
	open  map[string]time.Time // config topics whose message has not come back, since when
	tries map[string]int       // how often in a row
}

const (
	echoWait = 30 * time.Second
	mostTry  = 2
)

func newSwallowed() swallowed {
	return swallowed{open: make(map[string]time.Time), tries: make(map[string]int)}
}

// forget: what was sent over another connection does not come back. What was doubted stays in doubt.
func (w *swallowed) forget(*Core) { clear(w.open) }

func (w *swallowed) sent(c *Core, topic, payload string) {
	if payload == "" {
		delete(w.open, topic)
		return
	}
	w.open[topic] = c.now
}

// kept takes a message that has come back.
func (w *swallowed) kept(c *Core, topic string) {
	delete(w.open, topic)
	if _, doubted := w.tries[topic]; doubted {
		delete(w.tries, topic)
		c.problems.set(c, problem.MessageTooLarge, topic, false, "")
	}
}

// lost takes the end of a connection. What was under way may have caused it: the largest of it.
func (w *swallowed) lost(c *Core) {
	largest := ""
	for topic := range w.open {
		if n := len(c.retained[topic]); largest == "" || n > len(c.retained[largest]) {
			largest = topic
		}
	}
	clear(w.open)
	if largest == "" {
		clear(c.outbox.stopped) // it ended for another reason: the broker may have other limits now
		return
	}
	w.doubt(c, largest)
}

// doubt counts against a message.
func (w *swallowed) doubt(c *Core, topic string) {
	w.tries[topic]++
	if w.tries[topic] < mostTry {
		return
	}
	size := len(c.retained[topic])
	c.outbox.stopped[topic] = size
	c.problems.set(c, problem.MessageTooLarge, topic, true, strconv.Itoa(size)+" bytes")
}

// next returns when a message should have come back.
func (w *swallowed) next() (next time.Time) {
	for _, since := range w.open {
		if due := since.Add(echoWait); next.IsZero() || due.Before(next) {
			next = due
		}
	}
	return next
}

// tick sends once more what did not come back.
func (w *swallowed) tick(c *Core) {
	if len(w.open) == 0 {
		return
	}
	for _, topic := range slices.Sorted(maps.Keys(w.open)) {
		if c.now.Before(w.open[topic].Add(echoWait)) {
			continue
		}
		delete(w.open, topic)
		w.doubt(c, topic)
		if i, wanted := c.outbox.at[topic]; wanted {
			delete(c.retained, topic)
			c.outbox.want(c.outbox.wanted[i:i+1], c.retained)
		}
	}
}
