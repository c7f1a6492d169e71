package bridge

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/bridge/trust"
)

// places say who stands where at a site, and which of it Home Assistant may show.
//
// They stay as judged until evcc empties its topics, may have started anew, or a title, a name or a count contradicts. Then
// nothing of a scope is available until evcc has told enough of it, or has said no more for a while. Home Assistant reads evcc's
// topics itself, so what stands elsewhere is not available there before it has forgotten what it read at the old place
// ([discovery.Site.Emptied]) and has the message with the new one.
type places struct {
	discovery.Places
	unsure  map[entities.Scope]bool // that may stand otherwise than judged
	filling bool                    // evcc has emptied its topics: what titles there are are new
	heard   map[string]time.Time    // when Home Assistant reads what is at a place, by its topic
	said    map[string]bool         // topics of places that the broker was told of
	left    map[string]bool         // device messages whose entities have forgotten what they read at an old place
	wake    time.Time               // when the next is heard; zero = none is waited for
}

func newPlaces() places { return places{said: make(map[string]bool), left: make(map[string]bool)} }

// refs are the loadpoints that stand somewhere, as evcc numbers them.
func (p *places) refs() (list []string) {
	for _, at := range p.List {
		if at.Scope == entities.Loadpoint && at.Stands() {
			list = append(list, strconv.Itoa(at.Index))
		}
	}
	return list
}

// unsettle begins to judge anew: evcc has emptied its topics, or may have started without doing so.
func (s *site) unsettle(filling bool) {
	s.places.filling, s.places.unsure = filling, make(map[entities.Scope]bool)
	for _, scope := range entities.Scopes[1:] {
		s.places.unsure[scope] = true
	}
}

// judge finds out who stands where. Settled is whether evcc has said no more for a while; then what it has not told counts
// as what it has not.
func (s *site) judge(c *Core, settled bool) {
	s.places.Places = s.registry.Places(s.tree.Sketch())
	for scope := range s.places.unsure {
		switch {
		case s.trust.Value() == trust.None:
		case settled && s.places.Told(scope), s.places.filling && s.places.Settled(scope):
			delete(s.places.unsure, scope)
		}
	}
	s.announceReady(c)
}

// announceReady publishes which of evcc's values can be trusted, once evcc was seen: of the site, and at each place.
func (s *site) announceReady(c *Core) {
	p := &s.places
	p.wake = zero
	if c.phase != running || s.tree[entities.StatusPath] == "" && c.store.Have(s.ReadyTopic()) == "" {
		return
	}
	c.step.Retain(s.ReadyTopic(), word(s.trust.Ready(), "online", "offline"))
	before, ready := p.heard, make(map[string]bool)
	p.heard = make(map[string]time.Time)
	for _, at := range p.List {
		topic, config := s.PlaceTopic(at.Key, at.Index), s.ConfigTopic(at.Key)
		reading := s.Reads(c.store.Have(config), at.Key, at.Index)
		switch {
		case s.registry.Objects[at.Key].Deleted, reading == discovery.Neither && c.store.Have(config) != "":
		case reading == discovery.Elsewhere, reading == discovery.Nothing:
			if at.Stands() && !p.unsure[at.Scope] {
				s.leave(c, at)
			}
		default: // it reads what is there, or remembers that from before the broker has lost it
			p.said[topic] = true
			delete(p.left, config)
			if at.Stands() {
				ready[topic] = s.hears(c, topic, config, before[topic]) && !p.unsure[at.Scope] && s.believed(at)
			}
		}
	}
	for _, topic := range slices.Sorted(maps.Keys(p.said)) {
		c.step.Retain(topic, word(ready[topic], "online", "offline"))
	}
}

// hears reports whether Home Assistant reads what is at a place, and notes since when, or when it will.
func (s *site) hears(c *Core, topic, config string, since time.Time) bool {
	if since.IsZero() {
		since = c.store.Reads(config)
	}
	if !c.step.Due(since) {
		s.places.wake = step.Earlier(s.places.wake, since) // it may be earlier
		return false
	}
	s.places.heard[topic] = since
	return true
}

// leave lets the entities of what stands elsewhere than its message says forget what they read at the old place.
func (s *site) leave(c *Core, at discovery.Place) {
	config := s.ConfigTopic(at.Key)
	message := c.store.Have(config)
	switch reads := c.store.Reads(config); {
	case s.Reads(message, at.Key, at.Index) == discovery.Elsewhere:
		emptied := func(message string) string { return s.Emptied(message, at.Key) }
		if !c.removal.Rewrite(c.step, config, emptied) {
			c.store.Want([]discovery.Retained{{Topic: config, Payload: emptied(message)}})
		}
	case s.places.left[config]:
	case c.step.Due(reads):
		c.step.Publish(s.EmptyTopic(at.Key), "")
		s.places.left[config] = true
		s.dirty(c.step.Now.Add(-settle)) // now it may have its new message
	default:
		s.places.wake = step.Earlier(s.places.wake, reads)
	}
}

// ripe returns the messages that may be sent: not those of what has not left its old place.
func (s *site) ripe(c *Core, configs []discovery.Retained) []discovery.Retained {
	waits := make(map[string]bool)
	for _, at := range s.places.List {
		config := s.ConfigTopic(at.Key)
		reading := s.Reads(c.store.Have(config), at.Key, at.Index)
		waits[config] = reading == discovery.Elsewhere || reading == discovery.Nothing && !s.places.left[config]
	}
	return slices.DeleteFunc(slices.Clone(configs), func(m discovery.Retained) bool { return waits[m.Topic] })
}

// believed reports whether values at a place are those of the evcc that runs.
func (s *site) believed(at discovery.Place) bool {
	if at.Scope == entities.Loadpoint {
		return s.trust.Reported(strconv.Itoa(at.Index))
	}
	return s.trust.Ready()
}

// seen takes what the broker has of earlier runs: what does not stand there any more must not be available.
func (p *places) seen(s discovery.Site, topics []string) {
	for _, topic := range topics {
		if s.IsPlaceTopic(topic) {
			p.said[topic] = true
		}
	}
}

// displaced returns why nothing may be read from, or sent to, where an object of the registry stood when o was found; "" if it
// stands there. A zero o is any place.
func (s *site) displaced(key string, o entities.Object) (reason string) {
	at, known := s.places.Of(key)
	kind := map[bool]string{true: "loadpoints", false: "meters"}[at.Scope == entities.Loadpoint]
	_, exists := s.registry.Objects[key]
	switch {
	case !known && exists && o.Index() > 0, at.Verdict == discovery.Gone:
		return "evcc no longer has it"
	case !known:
		return ""
	case s.places.unsure[at.Scope]:
		return "evcc has started, and has not published yet which " + kind + " it has"
	case at.Verdict == discovery.Held:
		return "the order of " + kind + " changed: " + moved(s.places.Held())
	case o.Index() > 0 && o.Index() != at.Index:
		return "its position changed, and evcc has not published all of it yet"
	}
	return ""
}

// order names what is held.
func (s *site) order(c *Core) {
	held := s.places.Held()
	c.step.Problem(problem.OrderChanged, s.Root, len(held) > 0, moved(held))
}

// moved puts what is held into words that fit a log line.
func moved(held []discovery.Place) string {
	var list []string
	for _, p := range held {
		now := "nothing"
		if p.Now != "" {
			now = strconv.Quote(p.Now)
		}
		list = append(list, p.Scope.String()+" "+strconv.Itoa(p.Index)+": "+strconv.Quote(p.Was)+", now "+now)
	}
	return strings.Join(list, "; ")
}

// followTitles is the user's word that entities shall go with their titles.
func (c *Core) followTitles() {
	for _, s := range c.sites {
		if len(s.places.Held()) == 0 || !s.complete() {
			continue
		}
		s.registry = s.registry.Follow(s.tree.View())
		c.step.Note(step.Info, "entities now follow their titles", "root", s.Root)
		s.reconcile(c)
	}
}
