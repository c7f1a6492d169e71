package bridge

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// site is what the core knows of one evcc.
type site struct {
	discovery.Site
	tree     entities.Tree
	presence presence
	registry discovery.Registry
	stored   string // the registry as it was last given away
	wanted   discovery.Wanted

	since   time.Time // evcc online, or connected to the broker: later of both
	empty   time.Time // no evcc under the root: blanked, or connected to the broker
	changed time.Time // when the shape changed last; zero = it is published
	first   time.Time // when it changed first since it was published
	titles  time.Time // when objects without a title are published all the same; zero = none waits
	absent  bool      // it was said that no evcc is here
	view    *entities.View
}

func newSite(s discovery.Site, known discovery.Registry) *site {
	return &site{Site: s, tree: make(entities.Tree), registry: known}
}

// forget drops what came over the last connection; ids that were chosen stay.
func (s *site) forget(now time.Time) {
	clear(s.tree)
	s.presence = presence{}
	s.since, s.empty, s.titles = now, now, time.Time{}
	s.changed, s.first = time.Time{}, time.Time{}
}

// learn takes over when the retained world has been read.
func (s *site) learn(c *Core) {
	var registry discovery.Registry
	if err := registry.Decode([]byte(c.retained[s.RegistryTopic()])); err != nil {
		c.note(Error, "the registry on the broker cannot be read: ids are chosen anew where titles have changed",
			"topic", s.RegistryTopic(), "error", err.Error())
	} else if len(registry.Objects) > 0 {
		s.registry = registry
	}
	known := s.tree["status"] != "" || s.tree["loadpoints"] != ""
	distrusted := c.retained[s.ReadyTopic()] == "offline" // by an earlier run of ours
	if known && s.tree["loadpoints"] != "" && (!s.presence.online || distrusted) {
		s.presence.await(s.loadpoints())
	}
	s.announceReady(c)
	if known {
		s.dirty(c.now)
	}
}

// loadpoints returns the indexes that evcc's count stands for.
func (s *site) loadpoints() []string {
	n, _ := strconv.Atoi(s.tree["loadpoints"])
	list := make([]string, 0, max(0, min(n, 100)))
	for i := 1; i <= n && i <= 100; i++ {
		list = append(list, strconv.Itoa(i))
	}
	return list
}

// fromEvcc takes one of evcc's topics. Most messages repeat what is known: that must cost nothing.
func (c *Core) fromEvcc(s *site, path string, e Event) {
	if strings.HasSuffix(path, "/set") {
		if len(e.Payload) == 0 && !e.Retained {
			c.relay.acknowledge(c, e.Topic)
		}
		return
	}
	if !e.Retained && s.presence.stale && len(e.Payload) > 0 {
		s.presence.live(path)
		s.announceReady(c)
	}
	old, known := s.tree[path]
	if known && old == string(e.Payload) || !known && len(e.Payload) == 0 {
		if path == "status" && !e.Retained {
			s.presence.status(string(e.Payload) == "online", s.loadpoints())
		}
		return
	}
	s.change(c, path, e.Payload, known)
}

// change takes a value that is new.
func (s *site) change(c *Core, path string, payload []byte, known bool) {
	if len(payload) > longest {
		payload = payload[:0:0]
		payload = append(payload, "(long)"...)
		if known {
			return
		}
	}
	value := string(payload)
	switch {
	case value == "":
		delete(s.tree, path)
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
		s.dirty(c.now)
	}
	s.showTitles(c, path, value)
	c.relay.value(c, s.Root, path, value)
}

func (s *site) status(c *Core, value string) {
	online := value == "online"
	if online != s.presence.online && c.phase == running {
		c.note(Info, "evcc is "+word(online, "online", "offline"), "root", s.Root)
	}
	if online && !s.presence.online {
		s.since = c.now
	}
	s.presence.status(online, s.loadpoints())
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
	s.announceReady(c)
	if empty {
		s.empty = c.now
		s.changed, s.first = time.Time{}, time.Time{} // what is half gone is not looked at
		return
	}
	s.dirty(c.now)
}

// announceReady publishes whether evcc's values can be trusted, once evcc was seen.
func (s *site) announceReady(c *Core) {
	if c.phase == running && (s.tree["status"] != "" || c.retained[s.ReadyTopic()] != "") {
		c.retain(s.ReadyTopic(), s.presence.ready())
	}
}

// shapes reports whether another value of the topic can change what is wanted.
func (s *site) shapes(path, value string) bool {
	last := path[strings.LastIndexByte(path, '/')+1:]
	switch last {
	case "title", "siteTitle", "name", "version", "currency", "loadpoints", "pv", "devices", "battery":
		return true
	}
	if codes, closed := s.wanted.Codes[path]; closed {
		return !slices.Contains(codes, value)
	}
	return entities.IsCapability(path)
}

func (s *site) dirty(now time.Time) {
	if s.first.IsZero() {
		s.first = now
	}
	s.changed = now
}

// next returns when the site needs a tick.
func (s *site) next() time.Time {
	var next time.Time
	earlier := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	if !s.changed.IsZero() {
		earlier(s.due())
	}
	if !s.titles.IsZero() {
		earlier(s.titles)
	}
	if !s.absent && s.tree["loadpoints"] == "" {
		earlier(s.empty.Add(absence))
	}
	return next
}

// due returns when the shape is settled: quiet for a while, but not put off for ever.
func (s *site) due() time.Time {
	due, limit := s.changed.Add(settle), s.first.Add(settleAtMost)
	if limit.Before(due) {
		return limit
	}
	return due
}

func (s *site) tick(c *Core) {
	s.lookout(c)
	waited := !s.titles.IsZero() && !c.now.Before(s.titles)
	settled := !s.changed.IsZero() && !c.now.Before(s.due())
	if !settled && !waited {
		return
	}
	s.changed, s.first, s.titles = time.Time{}, time.Time{}, time.Time{}
	if s.complete() {
		s.reconcile(c)
	}
}

// complete reports whether evcc is there with a loadpoint that has reported: settings come before the values that
// tell evcc's version, and in between everything may be blank.
func (s *site) complete() bool {
	if s.tree["loadpoints"] == "" {
		return false
	}
	objects := s.tree.View().Objects()
	return slices.ContainsFunc(objects, func(o entities.Object) bool { return o.Scope == entities.Loadpoint })
}

// reconcile compares what is wanted with what is on the broker.
func (s *site) reconcile(c *Core) {
	untitled := !c.now.Before(s.since.Add(titleWait))
	s.view = s.tree.Clone().View()
	s.wanted = s.Wanted(s.tree, s.registry, untitled)
	s.registry = s.wanted.Registry
	if len(s.wanted.Untitled) > 0 {
		s.titles = s.since.Add(titleWait)
	}
	s.remember(c)
	before := len(c.outbox.due)
	c.outbox.want(append([]discovery.Retained{s.Adapter()}, s.wanted.Configs...), c.retained)
	c.relay.serve(s)
	if len(c.outbox.due) > before {
		c.note(Info, "devices are published", "root", s.Root, "devices", strconv.Itoa(len(s.wanted.Configs)),
			"controls", strconv.Itoa(len(s.wanted.Commands)))
	}
	c.outbox.tick(c)
	for _, state := range s.wanted.States {
		c.retain(state.Topic, state.Payload)
	}
}

// remember keeps the registry on the broker and, when it has changed, wherever else there is a place for it.
func (s *site) remember(c *Core) {
	encoded := s.registry.Encode()
	c.retain(s.RegistryTopic(), string(encoded))
	if string(encoded) != s.stored {
		s.stored = string(encoded)
		c.actions = append(c.actions, Action{Store: &Store{Root: s.Root, Registry: encoded}})
	}
}

// showTitles keeps our own state topics up with evcc's: a vehicle's name becomes its title.
func (s *site) showTitles(c *Core, path, value string) {
	if c.phase != running || s.view == nil || s.presence.blanked {
		return
	}
	for _, state := range s.wanted.States {
		if state.Source == path {
			c.retain(state.Topic, s.view.VehicleLabel(value))
		}
	}
}

// lookout says once that no evcc is under the root, and which roots look like one; and once that it has come.
func (s *site) lookout(c *Core) {
	here := s.tree["loadpoints"] != ""
	switch {
	case here && s.absent:
		s.absent = false
		c.note(Info, "evcc is there", "root", s.Root)
	case !here && !s.absent && !c.now.Before(s.empty.Add(absence)):
		s.absent = true
		if s.tree["status"] == "offline" {
			c.note(Warn, "evcc is offline: its entities are unavailable until it starts", "root", s.Root)
			return
		}
		fields := []string{"root", s.Root}
		if others := slices.Sorted(maps.Keys(c.candidates)); len(others) > 0 {
			fields = append(fields, "found", strings.Join(others, ","))
		}
		c.note(Warn, "no evcc publishes under this root: switch on MQTT in evcc (Configuration → Integrations → MQTT) or set EVCC_DISCOVERY_EVCC_TOPICS to its topic", fields...)
	}
}
