package trust

import (
	"maps"
	"slices"
	"strings"

	"evcc-discovery/entities"
	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/problem"
)

// absences are the problems of an evcc that cannot be seen.
var absences = []problem.Code{problem.EvccMissing, problem.EvccOffline, problem.EvccStarting, problem.EvccForgotten}

// Report says what is wrong with evcc. Others are the roots under which another evcc was seen.
func (m *Machine) Report(s *step.Step, others map[string]bool) {
	absence, detail := m.absence(), ""
	switch absence {
	case problem.EvccMissing:
		detail = strings.Join(slices.Sorted(maps.Keys(others)), ",")
	case problem.EvccForgotten:
		detail = m.lacking()
	}
	for _, code := range absences {
		s.Problem(code, m.root, code == absence, detail)
	}
	s.Problem(problem.EvccSilent, m.root, m.silent, "")
	s.Problem(problem.ClockWrong, m.root, m.skew != "", m.skew)
}

// absence returns why there is no evcc, "" when it is there. Live values prove that one runs, whatever the broker lacks: it
// was cleared, or a bridge forwards only some topics, or none as retained.
func (m *Machine) absence() problem.Code {
	switch status := m.tree[entities.StatusPath]; {
	case status == "" && m.spoke:
		return problem.EvccForgotten
	case status == "":
		return problem.EvccMissing
	case m.tree[entities.CountPath] != "":
		return ""
	case status == "offline":
		return problem.EvccOffline
	case status != "" && len(m.tree) > 2:
		return problem.EvccForgotten
	}
	return problem.EvccStarting
}

// lacking names the topics that evcc publishes once and the broker does not have.
func (m *Machine) lacking() string {
	var topics []string
	for _, path := range []string{entities.StatusPath, entities.CountPath} {
		if m.tree[path] == "" {
			topics = append(topics, m.root+"/"+path)
		}
	}
	return strings.Join(topics, ", ")
}

// State says in a word how evcc is.
func (m *Machine) State() string {
	switch v := m.Value(); {
	case m.tree[entities.StatusPath] == "":
		return "missing"
	case v == None:
		return "offline"
	case v == Blanked, m.tree[entities.CountPath] == "":
		return "starting"
	case v == Silent:
		return "silent"
	case v == Stale:
		return "settling"
	}
	return "online"
}
