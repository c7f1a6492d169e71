package bridge

import (
	"maps"
	"slices"
	"strings"

	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/step"
)

// others follows the devices of other evcc-discoveries at the same evccs: those with another base topic.
type others struct {
	seen map[string]map[string]bool // their base topics, as discovery topics write them, by evcc's root
}

// forget: while we were away they may have gone, and nobody tells.
func (o *others) forget(*Core) { clear(o.seen) }

// config takes the message of a site's device that is not ours.
func (o *others) config(c *Core, e step.Event) {
	for _, s := range c.sites {
		node, other := s.OtherBase(e.Topic)
		if !other {
			continue
		}
		nodes := o.seen[s.Root]
		switch {
		case len(e.Payload) == 0:
			delete(nodes, node)
		case nodes == nil:
			if o.seen == nil {
				o.seen = make(map[string]map[string]bool)
			}
			o.seen[s.Root] = map[string]bool{node: true}
		case len(nodes) < mostOthers:
			nodes[node] = true
		}
		if c.phase == running {
			o.show(c, s)
		}
	}
}

// learn takes up what the retained world says of them: also that they are gone.
func (o *others) learn(c *Core) {
	for _, s := range c.sites {
		o.show(c, s)
	}
}

func (o *others) show(c *Core, s *site) {
	nodes := slices.Sorted(maps.Keys(o.seen[s.Root]))
	c.step.Problem(problem.OtherBase, s.Root, len(nodes) > 0, strings.Join(nodes, ","))
}
