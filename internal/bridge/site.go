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

	empty   time.Time // no evcc under the root: blanked, or connected to the broker
	changed time.Time // when the shape changed last; zero = it is published
	first   time.Time // when it changed first since it was published
	cleared time.Time // when a vehicle that was taken away is shown as none; zero = nothing waits
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
	s.presence = presence{since: now, heard: now}
	s.empty, s.titles, s.cleared = now, time.Time{}, time.Time{}
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
	list := make([]string, s.count())
	for i := range list {
		list[i] = strconv.Itoa(i + 1)
	}
	return list
}

// count is how many loadpoints evcc says it has, within reason.
func (s *site) count() int {
	n, _ := strconv.Atoi(s.tree["loadpoints"]) // none while blanked
	return max(0, min(n, 100))
}

// fromEvcc takes one of evcc's topics. Most messages repeat what is known: that must cost nothing.
func (c *Core) fromEvcc(s *site, path string, e Event) {
	if strings.HasSuffix(path, "/set") {
		if len(e.Payload) == 0 && !e.Retained {
			c.relay.acknowledge(c, e.Topic)
		}
		return
	}
	if !e.Retained && len(e.Payload) > 0 {
		s.hear(c, path)
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

// hear takes a live message: evcc is there.
func (s *site) hear(c *Core, path string) {
	doubted := s.presence.stale || s.presence.silent
	if s.presence.silent {
		c.note(Info, "evcc publishes again", "root", s.Root)
	}
	s.presence.live(path, c.now)
	if doubted {
		s.announceReady(c)
	}
}

// round is how long evcc takes to visit every loadpoint.
func (s *site) round() time.Duration {
	interval := defaultInterval
	if seconds, err := strconv.Atoi(s.tree["site/interval"]); err == nil && seconds > 0 && seconds < 3600 {
		interval = time.Duration(seconds) * time.Second
	}
	return interval * time.Duration(max(1, s.count()))
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
		s.dirty(c.now)
	}
	s.vehicle(c, path, value)
	c.relay.value(c, s.Root, path, value)
}

func (s *site) status(c *Core, value string) {
	online := value == "online"
	if online != s.presence.online && c.phase == running {
		c.note(Info, "evcc is "+word(online, "online", "offline"), "root", s.Root)
	}
	if online && !s.presence.online {
		s.presence.since, s.presence.heard = c.now, c.now
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
	s.presence.limit(s.loadpoints())
	s.announceReady(c)
	if empty {
		s.empty, s.cleared = c.now, time.Time{}
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
	for _, t := range []time.Time{s.titles, s.cleared, s.presence.due(s.round())} {
		if !t.IsZero() {
			earlier(t)
		}
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
	s.doubt(c)
	if !s.cleared.IsZero() && !c.now.Before(s.cleared) {
		s.cleared = time.Time{}
		s.showTitles(c)
	}
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

// complete reports whether evcc is there with a loadpoint that has reported, or says that it has none: settings come
// before the values that tell evcc's version, and in between everything may be blank.
func (s *site) complete() bool {
	if count := s.tree["loadpoints"]; count == "" || count == "0" {
		return count == "0"
	}
	objects := s.tree.View().Objects()
	return slices.ContainsFunc(objects, func(o entities.Object) bool { return o.Scope == entities.Loadpoint })
}

// reconcile compares what is wanted with what is on the broker.
func (s *site) reconcile(c *Core) {
	untitled := !c.now.Before(s.presence.since.Add(titleWait))
	s.view = s.tree.Clone().View()
	s.wanted = s.Wanted(s.tree, s.registry, untitled)
	s.registry = s.wanted.Registry
	if len(s.wanted.Untitled) > 0 {
		s.titles = s.presence.since.Add(titleWait)
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
	s.showTitles(c)
}

// doubt does what time has made due about evcc's presence.
func (s *site) doubt(c *Core) {
	if due := s.presence.due(s.round()); due.IsZero() || c.now.Before(due) {
		return
	}
	s.presence.expire()
	if s.presence.silent {
		c.note(Warn, "evcc says online and publishes nothing: its entities are unavailable until it does; restart evcc if this lasts", "root", s.Root)
	}
	s.announceReady(c)
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

// showTitles keeps our own state topics up with evcc's: a vehicle's name becomes its title. A state waits for the
// message with its options, and what evcc's blanking takes away is not shown as no vehicle.
func (s *site) showTitles(c *Core) {
	if c.phase != running || s.view == nil || s.presence.blanked || !s.cleared.IsZero() {
		return
	}
	for _, state := range s.wanted.States {
		if !c.outbox.due[state.Config] {
			c.retain(state.Topic, s.view.VehicleLabel(s.tree[state.Source]))
		}
	}
}

// vehicle takes another vehicle at a loadpoint. None is only believed when evcc's blanking does not follow.
func (s *site) vehicle(c *Core, path, value string) {
	if !slices.ContainsFunc(s.wanted.States, func(state discovery.State) bool { return state.Source == path }) {
		return
	}
	s.cleared = time.Time{}
	if value == "" {
		s.cleared = c.now.Add(settle)
	}
	s.showTitles(c)
}

// lookout says once that evcc is not to be seen, in words that fit what is there, and once that it has come.
func (s *site) lookout(c *Core) {
	here := s.tree["loadpoints"] != ""
	switch {
	case here && s.absent:
		s.absent = false
		c.note(Info, "evcc is there", "root", s.Root)
	case !here && !s.absent && !c.now.Before(s.empty.Add(absence)):
		s.absent = true
		s.missing(c)
	}
}

func (s *site) missing(c *Core) {
	switch status := s.tree["status"]; {
	case status == "offline":
		c.note(Warn, "evcc is offline: its entities are unavailable until it starts", "root", s.Root)
	case status != "" && len(s.tree) > 2:
		c.note(Warn, "evcc publishes, but the broker has lost what it said when it started: restart evcc", "root", s.Root)
	case status != "":
		c.note(Warn, "evcc is online and publishes nothing yet: it waits for its devices", "root", s.Root)
	default:
		fields := []string{"root", s.Root}
		if others := slices.Sorted(maps.Keys(c.candidates)); len(others) > 0 {
			fields = append(fields, "found", strings.Join(others, ","))
		}
		c.note(Warn, "no evcc publishes under this root: switch on MQTT in evcc (Configuration → Integrations → MQTT) or set EVCC_DISCOVERY_EVCC_TOPICS to its topic", fields...)
	}
}
