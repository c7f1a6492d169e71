package bridge

import (
	"evcc-discovery/discovery"
	"evcc-discovery/internal/problem"
)

// noConnection are the problems that a connection ends.
var noConnection = []problem.Code{problem.BrokerUnreachable, problem.BrokerLogin, problem.BrokerTLS, problem.BrokerProtocol}

// lost takes why there is no connection.
func (c *Core) lost(e Event) {
	for _, code := range noConnection {
		c.problems.set(c, code, "", code == e.Problem, e.Detail)
	}
}

// connect takes a new connection.
func (c *Core) connect() {
	c.lost(Event{})
	c.note(Info, "connected to the broker")
	if c.phase == removed {
		c.publish(discovery.StatusTopic(c.settings.Base), "", true) // our will
		return
	}
	c.learn()
}

// learn begins to read: what the broker retains replaces what was known before.
func (c *Core) learn() {
	c.phase = learning
	c.learned, c.learnLimit = c.now.Add(quiet), c.now.Add(learnAtMost)
	c.forget()
	filters := []string{c.settings.Base + "/#", c.settings.Prefix + "/status", discovery.ConfigFilter(c.settings.Prefix, c.settings.Base)}
	for _, s := range c.sites {
		for _, part := range []string{"/+", "/site/#", "/loadpoints/#", "/vehicles/#"} { // in portions: brokers limit what they replay at once
			filters = append(filters, s.Root+part)
		}
	}
	for _, s := range c.sites {
		filters = append(filters, s.OthersFilter())
	}
	filters = append(filters, "+/loadpoints", "+/+/loadpoints") // other roots, to name them when ours has no evcc
	c.actions = append(c.actions, Action{Subscribe: filters})
	c.standby.ask(c)
}
