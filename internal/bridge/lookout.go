package bridge

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/internal/problem"
)

// doubt does what time has made due about evcc's presence.
func (s *site) doubt(c *Core) {
	if due := s.presence.due(s.round()); due.IsZero() || c.step.Now.Before(due) {
		return
	}
	s.presence.expire()
	s.lookAgain(c.step.Now)
	s.announceReady(c)
}

// showTitles keeps our own state topics up with evcc's: a vehicle's name becomes its title. A state waits for the
// message with its options, and what evcc's blanking takes away is not shown as no vehicle.
func (s *site) showTitles(c *Core) {
	if c.phase != running || s.wanted.States == nil || s.presence.blanked {
		return
	}
	for _, state := range s.wanted.States {
		switch name := s.tree[state.Instance.State]; {
		case c.outbox.due[state.Config], name == "" && !s.cleared.IsZero():
		case state.Reads() == entities.Titled:
			c.step.Retain(state.Topic, s.wanted.Vehicles.Label(name))
		case state.Reads() == entities.Named:
			c.step.Retain(state.Topic, s.wanted.Vehicles.Named(name))
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
	if value == "" {
		s.cleared = c.step.Now.Add(settle)
	}
	s.showTitles(c)
}

// absences are the problems of an evcc that is not to be seen.
var absences = []problem.Code{problem.EvccMissing, problem.EvccOffline, problem.EvccStarting, problem.EvccForgotten}

// lookout says what is wrong with evcc, in words that fit what is there.
func (s *site) lookout(c *Core) {
	absence, detail := s.absence(), ""
	if absence == problem.EvccMissing {
		detail = strings.Join(slices.Sorted(maps.Keys(c.candidates)), ",") // other roots
	}
	for _, code := range absences {
		c.step.Problem(code, s.Root, code == absence, detail)
	}
	c.step.Problem(problem.EvccSilent, s.Root, s.presence.silent, "")
	c.step.Problem(problem.ClockWrong, s.Root, s.skew != "", s.skew)
	c.step.Problem(problem.EvccFlood, s.Root, len(s.tree) >= mostTopics || s.wanted.Crowded, "")
}

// mostSkew is how far evcc's clock may be from ours: messages wait on busy brokers, too.
const mostSkew = time.Minute

// stalled doubts an evcc that had stopped publishing before we came: what it says about the time is on the broker. How
// far its clock is from ours is known once it was heard; where it was not, its next message sets that right.
func (s *site) stalled(now time.Time) {
	seconds := unix(s.tree["updated"])
	if seconds > 0 && s.presence.online && now.Add(-s.off).After(time.Unix(seconds, 0).Add(3*s.round()+cycleWait)) {
		s.presence.silent = true
	}
}

// unix reads what evcc says about the time; 0 where it says nothing, or, as old versions do, in words.
func unix(updated string) int64 {
	seconds, _ := strconv.ParseInt(updated, 10, 64)
	return max(0, seconds)
}

// clock compares evcc's clock with ours, where it has just told the time.
func (s *site) clock(now time.Time, payload []byte) {
	seconds := int64(0)
	for _, digit := range payload {
		if digit < '0' || digit > '9' || seconds > 1<<40 {
			return // old versions write it in words
		}
		seconds = 10*seconds + int64(digit-'0')
	}
	skew := now.Sub(time.Unix(seconds, 0)).Round(time.Minute)
	if skew.Abs() <= mostSkew {
		skew = 0
	}
	if skew == s.off {
		return
	}
	s.off, s.skew = skew, ""
	if skew != 0 {
		s.skew = "evcc is " + strings.TrimSuffix(skew.Abs().String(), "0s") + word(skew > 0, " behind", " ahead")
	}
}

// old returns the version of an evcc that is older than any that was tried, "" of others and of one that was built without
// a version, which says 0.0.0.
func (s *site) old() string {
	var major, minor int
	version := s.tree["site/version"]
	if n, _ := fmt.Sscanf(version, "%d.%d", &major, &minor); n == 2 && major == 0 && minor > 0 && minor < oldest {
		return version
	}
	return ""
}

// oldest is the minor version of the oldest evcc that was tried: 0.123.
const oldest = 123

// absence returns why there is no evcc, "" when it is there.
func (s *site) absence() problem.Code {
	switch status := s.tree["status"]; {
	case s.tree["loadpoints"] != "":
		return ""
	case status == "offline":
		return problem.EvccOffline
	case status != "" && len(s.tree) > 2:
		return problem.EvccForgotten
	case status != "":
		return problem.EvccStarting
	}
	return problem.EvccMissing
}
