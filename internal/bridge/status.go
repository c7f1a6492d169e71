package bridge

import (
	"evcc-discovery/entities"
	"evcc-discovery/internal/bridge/command"
	"evcc-discovery/internal/problem"
)

// Status is how the program is, for who asks over HTTP.
type Status struct {
	Version  string          `json:"version"`
	Phase    string          `json:"phase"`
	Sites    []SiteStatus    `json:"sites"`
	Problems []problem.Shown `json:"problems"`
}

// SiteStatus is how one evcc is, and what became of the commands for it since this program was started.
type SiteStatus struct {
	Root     string            `json:"root"`
	Evcc     string            `json:"evcc"`
	Devices  int               `json:"devices"`
	Controls int               `json:"controls"`
	Last     *command.Ending   `json:"last_command"` // nil = none yet
	Failed   []command.Failure `json:"failed"`       // controls whose last command failed
}

// NewStatus is how the program is before it has a broker to ask, or settings that can be used.
func NewStatus(version string) Status {
	return Status{Version: version, Phase: "waiting", Sites: []SiteStatus{}, Problems: []problem.Shown{}}
}

// phases are the words of a status.
var phases = [...]string{down: "connecting", learning: "reading", running: "running", standing: "standby", removed: "removed"}

// reporter gives the status away whenever it has changed.
type reporter struct {
	due    bool    // something of it has
	phase  phase   // as it was said last
	status *Status // that nobody has taken yet
}

// Status returns how the program is, nil when that is as it was the last time.
func (c *Core) Status() (status *Status) {
	status, c.reporter.status = c.reporter.status, nil
	return status
}

// look takes how a site is, which something has happened to.
func (r *reporter) look(c *Core, s *site) {
	if word := s.word(c); word != s.said {
		s.said, r.due = word, true
	}
	r.due = s.commands.StatusChanged() || r.due
}

// report ends each step.
func (c *Core) report() {
	r := &c.reporter
	if r.phase != c.phase {
		r.phase, r.due = c.phase, true
		for _, s := range c.sites {
			r.look(c, s)
		}
	}
	if !r.due {
		return
	}
	r.due = false
	status := NewStatus(c.settings.Version)
	status.Phase, status.Problems = phases[c.phase], c.step.Problems.List(c.settings.Words)
	for _, s := range c.sites {
		status.Sites = append(status.Sites, s.summary())
	}
	r.status = &status
}

func (s *site) summary() SiteStatus {
	status := SiteStatus{Root: s.Root, Evcc: s.said, Devices: len(s.wanted.Configs), Controls: len(s.wanted.Commands)}
	status.Last, status.Failed = s.commands.Status()
	return status
}

// word says how evcc is.
func (s *site) word(c *Core) string {
	state := s.trust.State()
	switch {
	case c.phase != running:
		return "unknown"
	case state == "online" && s.places.unsure[entities.Loadpoint]:
		return "settling"
	}
	return state
}
