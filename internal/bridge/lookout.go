package bridge

import (
	"maps"
	"slices"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

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

// showTitles keeps our own state topics up with evcc's: a vehicle's name becomes its title. A state waits for the
// message with its options, and what evcc's blanking takes away is not shown as no vehicle.
func (s *site) showTitles(c *Core) {
	if c.phase != running || s.wanted.States == nil || s.presence.blanked || !s.cleared.IsZero() {
		return
	}
	for _, state := range s.wanted.States {
		if state.Reads() == entities.Titled && !c.outbox.due[state.Config] {
			c.retain(state.Topic, s.wanted.Vehicles.Label(s.tree[state.Instance.State]))
		}
	}
}

// vehicle takes another vehicle at a loadpoint. None is only believed when evcc's blanking does not follow.
func (s *site) vehicle(c *Core, path, value string) {
	if !slices.ContainsFunc(s.wanted.States, func(state discovery.State) bool {
		return state.Reads() == entities.Titled && state.Instance.State == path
	}) {
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
