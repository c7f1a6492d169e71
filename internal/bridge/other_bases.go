package bridge

import (
	"maps"
	"slices"
	"strings"

	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/problem"
)

// otherBases follows the devices of other evcc-discoveries at the same evccs: those with another base topic. While we were
// away they may have gone, and nobody tells.
type otherBases struct {
	seen map[string]map[string]bool // their base topics, as discovery topics write them, by evcc's root
}

// see takes that the device of a site with another base topic is there, or not any more.
func (o *otherBases) see(c *Core, s *site, base string, there bool) {
	bases := o.seen[s.Root]
	switch {
	case !there:
		delete(bases, base)
	case bases == nil:
		if o.seen == nil {
			o.seen = make(map[string]map[string]bool)
		}
		o.seen[s.Root] = map[string]bool{base: true}
	case len(bases) < mostOthers:
		bases[base] = true
	}
	if c.phase == running {
		o.show(c.step, s)
	}
}

func (o *otherBases) show(st *step.Step, s *site) {
	bases := slices.Sorted(maps.Keys(o.seen[s.Root]))
	st.Problem(problem.OtherBase, s.Root, len(bases) > 0, strings.Join(bases, ","))
}
