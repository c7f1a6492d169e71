package bridge

import (
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/step"
)

// noConnection are the problems that a connection ends.
var noConnection = []problem.Code{problem.BrokerUnreachable, problem.BrokerLogin, problem.BrokerTLS, problem.BrokerProtocol}

// lost takes why there is no connection.
func (c *Core) lost(e step.Event) {
	for _, code := range noConnection {
		c.step.Problem(code, "", code == e.Problem, e.Detail)
	}
}

// connect takes a new connection.
func (c *Core) connect() {
	c.lost(step.Event{})
	c.step.Note(step.Info, "connected to the broker")
	if c.phase == removed {
		c.step.Send(discovery.StatusTopic(c.settings.Base), "") // our will
		return
	}
	c.learn()
}

// learn begins to read: what the broker retains replaces what was known before.
func (c *Core) learn() {
	c.phase = learning
	c.learned, c.learnLimit = c.step.Now.Add(quiet), c.step.Now.Add(learnAtMost)
	c.forget()
	filters := []string{c.settings.Base + "/#", c.settings.Prefix + "/status", discovery.ConfigFilter(c.settings.Prefix, c.settings.Base)}
	for _, s := range c.sites {
		for _, part := range []string{"/+", "/site/#", "/loadpoints/#", "/vehicles/#"} { // in portions: brokers limit what they replay at once
			filters = append(filters, s.Root+part)
		}
	}
	for _, s := range c.sites {
		filters = append(filters, s.OtherBasesFilter())
	}
	filters = append(filters, "+/loadpoints", "+/+/loadpoints") // other roots, to name them when ours has no evcc
	c.step.Subscribe(filters...)
	c.standby.Ask(c.step)
}

// locate takes Home Assistant's time zone.
func (c *Core) locate(name string) {
	home, err := time.LoadLocation(name)
	if err != nil || name == "" {
		return // it is checked where it comes from; then the process's zone stays
	}
	for _, s := range c.sites {
		s.plans.Locate(c.step, home)
	}
}
