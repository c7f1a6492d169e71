package bridge

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// loadpoints returns the indexes that evcc's count stands for, without those that are taken out of operation.
func (s *site) loadpoints() []string {
	var list []string
	for i := range s.count() {
		if index := strconv.Itoa(i + 1); s.tree["loadpoints/"+index+"/disabled"] != "true" {
			list = append(list, index)
		}
	}
	return list
}

// count is how many loadpoints evcc says it has, within reason.
func (s *site) count() int {
	n, _ := strconv.Atoi(s.tree["loadpoints"]) // none while blanked
	return max(0, min(n, 100))
}

// fromEvcc takes one of evcc's topics. Most messages repeat what is known: that must cost nothing.
func (c *Core) fromEvcc(s *site, path string, e step.Event) {
	if strings.HasSuffix(path, "/set") {
		if len(e.Payload) == 0 && !e.Retained {
			c.relay.acknowledge(c, e.Topic)
		}
		return
	}
	if e.Retained && path == "updated" && unix(string(e.Payload)) < s.told {
		s.presence.aged = true
	}
	if !e.Retained {
		if len(e.Payload) > 0 {
			s.hear(c, path)
			if path == "updated" {
				s.clock(c.step.Now, e.Payload)
				s.beat(c.step.Now)
			}
		}
		if s.drafts.hear(path, len(e.Payload) == 0, c.step.Now) {
			c.relay.value(c, s, path) // it may repeat what is known
		}
	}
	old, known := s.tree[path]
	if known && old == string(e.Payload) || !known && len(e.Payload) == 0 {
		if path == "status" && !e.Retained {
			s.presence.status(string(e.Payload) == "online", s.loadpoints())
			s.announceReady(c)
		}
		return
	}
	s.change(c, path, e.Payload, known)
}

// hear takes a live message: evcc is there.
func (s *site) hear(c *Core, path string) {
	doubted := s.presence.stale || s.presence.silent
	s.presence.live(path, c.step.Now)
	if doubted {
		s.lookAgain(c.step.Now)
		s.announceReady(c)
	}
}

// interval is the time between two of evcc's cycles.
func (s *site) interval() time.Duration {
	if seconds, err := strconv.Atoi(s.tree["site/interval"]); err == nil && seconds > 0 {
		return time.Duration(min(seconds, int(longestInterval/time.Second))) * time.Second
	}
	return max(defaultInterval, s.pace)
}

// beat learns the interval of an evcc that does not tell it: the longest time between two words about its own, within
// reason, because it may have hung.
func (s *site) beat(now time.Time) {
	if !s.beaten.IsZero() {
		s.pace = max(s.pace, min(now.Sub(s.beaten), time.Hour))
	}
	s.beaten = now
}

// round is how long evcc takes to visit every loadpoint.
func (s *site) round() time.Duration { return s.interval() * time.Duration(max(1, s.count())) }

// change takes a value that is new.
func (s *site) change(c *Core, path string, payload []byte, known bool) {
	if loadpoint, ok := plannedFor(path); ok {
		s.drafts.of(loadpoint).slots = readSlots(payload)
		s.drafts.look(c.step.Now)
	}
	if len(payload) > longest {
		payload = payload[:0:0]
		payload = append(payload, "(long)"...)
		if known {
			return
		}
	}
	value := string(payload)
	c.changes++
	switch {
	case value == "":
		delete(s.tree, path)
	case !known && len(s.tree) >= mostTopics:
		return
	default:
		s.tree[path] = value
	}
	switch path {
	case "status":
		s.status(c, value)
	case "loadpoints":
		s.blank(c, value == "")
	}
	if value != "" && (!known || s.shapes(path, value)) {
		s.dirty(c.step.Now)
	}
	s.titled(c, path)
	s.vehicle(c, path, value)
	s.share(c, path)
	s.vehicleLimit(c, path, value)
	if concerns(path) {
		s.drafts.look(c.step.Now)
	}
	s.mode(c, path, value)
	s.legacy(c, path)
	c.relay.value(c, s, path)
	s.batteryMode(c, path, value)
}

func (s *site) status(c *Core, value string) {
	online := value == "online"
	if online != s.presence.online && c.phase == running {
		c.step.Note(step.Info, "evcc is "+word(online, "online", "offline"), "root", s.Root)
	}
	if online && !s.presence.online {
		s.presence.since, s.presence.heard, s.presence.spoke = c.step.Now, c.step.Now, false
		s.pace, s.beaten = 0, time.Time{}
	}
	s.presence.status(online, s.loadpoints())
	s.drafts.look(c.step.Now)
	s.announceReady(c)
}

func word(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

func (s *site) blank(c *Core, empty bool) {
	s.presence.blank(empty)
	if empty {
		s.refill()
	}
	s.presence.limit(s.loadpoints())
	s.inPlace()
	s.announceReady(c)
	s.drafts.look(c.step.Now)
	if empty {
		s.drafts.blank()
		s.battery.blanked(c)
		s.cleared = time.Time{}
		s.changed, s.first = time.Time{}, time.Time{} // what is half gone is not looked at
		return
	}
	s.cleared = c.step.Now.Add(settle) // evcc's burst says which vehicle is where
	s.dirty(c.step.Now)
}

// announceReady publishes whether evcc's values can be trusted, once evcc was seen.
func (s *site) announceReady(c *Core) {
	if c.phase == running && (s.tree["status"] != "" || c.retained[s.ReadyTopic()] != "") {
		c.step.Retain(s.ReadyTopic(), word(s.unsure, "offline", s.presence.ready()))
	}
}

// shapes reports whether another value of the topic can change what is wanted.
func (s *site) shapes(path, value string) bool {
	last := path[strings.LastIndexByte(path, '/')+1:]
	switch last {
	case "title", "siteTitle", "name", "version", "currency", "loadpoints", "pv", "devices", "battery":
		return true
	}
	if s.wanted.Bounds[path] {
		return true
	}
	if codes, closed := s.wanted.Codes[path]; closed {
		return !slices.Contains(codes, value)
	}
	return entities.IsCapability(path)
}
