package bridge

import (
	"container/heap"
	"time"

	"evcc-discovery/internal/bridge/step"
)

// machine is one that time moves.
type machine interface {
	// Next returns when a tick is due; zero means never.
	Next() time.Time
	// Tick does what time has made due.
	Tick(s *step.Step)
	// Reconnect drops what was begun over an earlier connection: what was under way is not under way any more, and what was
	// seen is read again. What is known for good stays.
	Reconnect(s *step.Step)
}

// machines lists the core's machines, in the order of their ticks. Sites have their own.
func (c *Core) machines() [4]machine {
	return [...]machine{c.removal, resetting{c}, storing{c}, &c.clearing}
}

func (s *site) machines() [2]machine { return [...]machine{s.plans, s.commands} }

// resetting resets entity ids.
type resetting struct{ *Core }

func (c resetting) Next() time.Time      { return c.ids.Next(c.store) }
func (c resetting) Reconnect(*step.Step) {} // what was taken out must come back
func (c resetting) Tick(s *step.Step)    { c.ids.Tick(s, c.store) }

// storing keeps the broker as it shall be, and takes what became known of it.
type storing struct{ *Core }

func (c storing) Next() time.Time      { return c.store.Next() }
func (c storing) Reconnect(*step.Step) { c.store.Reconnect() }
func (c storing) Tick(s *step.Step) {
	out := c.store.Tick(s)
	for _, config := range out.Deleted {
		c.deleted(config, "device deleted in Home Assistant; press Rediscover or run evcc-discovery rediscover to restore it")
	}
	c.returned(out.Returned)
	if out.Verified {
		c.verified()
	}
	if out.Sent {
		c.sent()
	}
}

// sent takes that device messages are on their way: what has waited for them goes on.
func (c *Core) sent() {
	for _, site := range c.sites {
		site.states.Announced(c.step.Now)
		c.touch(site)
	}
}

// verified puts into the registries what the broker keeps.
func (c *Core) verified() {
	for _, site := range c.sites {
		site.confirm(c)
		site.remember(c)
	}
}

// confirm notes in the registry which of its messages the broker was seen to keep.
func (s *site) confirm(c *Core) {
	s.registry = s.registry.Announce(s.Site, func(config string) bool {
		return s.registry.Announced(s.Site, config) || c.store.Kept(config) && c.tells(s, config)
	})
}

// schedule holds the running sites by when they need a tick, so that an event costs the same with one site and with
// hundreds. A site's time may be too early, never too late.
type schedule struct {
	queue   siteQueue
	touched []*site // that something has happened to in this step
}

type siteQueue []*site

func (q siteQueue) Len() int           { return len(q) }
func (q siteQueue) Less(i, j int) bool { return q[i].wake.Before(q[j].wake) }
func (q siteQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].position, q[j].position = i, j
}
func (q *siteQueue) Push(s any) {
	s.(*site).position = len(*q)
	*q = append(*q, s.(*site))
}
func (q *siteQueue) Pop() any {
	old := *q
	s := old[len(old)-1]
	s.position = -1
	*q = old[:len(old)-1]
	return s
}

func (q *schedule) next() time.Time {
	if len(q.queue) == 0 {
		return zero
	}
	return q.queue[0].wake
}

// put finds a site's place anew.
func (q *schedule) put(s *site) {
	s.wake = s.next()
	switch queued := s.position >= 0; {
	case s.wake.IsZero() && queued:
		heap.Remove(&q.queue, s.position)
	case s.wake.IsZero():
	case queued:
		heap.Fix(&q.queue, s.position)
	default:
		heap.Push(&q.queue, s)
	}
}

// touch has a site looked at in this step: something has happened to it.
func (c *Core) touch(s *site) {
	if !s.touched {
		s.touched = true
		c.schedule.touched = append(c.schedule.touched, s)
	}
}

// tickSites gives their ticks to the sites that something has happened to, or that are due.
func (c *Core) tickSites() {
	for c.step.Due(c.schedule.next()) {
		s := heap.Pop(&c.schedule.queue).(*site)
		c.touch(s)
	}
	for i := 0; i < len(c.schedule.touched); i++ {
		c.schedule.touched[i].tick(c)
	}
}

// showSites ends a step for the sites that it has concerned.
func (c *Core) showSites() {
	for i := 0; i < len(c.schedule.touched); i++ {
		c.schedule.touched[i].show(c)
	}
	for _, s := range c.schedule.touched {
		s.touched = false
		c.schedule.put(s)
		c.reporter.look(c, s)
	}
	c.schedule.touched = c.schedule.touched[:0]
}

// touchAll has every site looked at: everything has begun anew.
func (c *Core) touchAll() {
	for _, s := range c.sites {
		c.touch(s)
	}
}
