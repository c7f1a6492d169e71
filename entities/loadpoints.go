package entities

import "strconv"

// mostLoadpoints bounds what a count may stand for.
const mostLoadpoints = 100

// LoadpointCount is how many loadpoints evcc says it has, within reason; none while it has emptied its topics.
func (t Tree) LoadpointCount() int { return max(0, min(t.count("loadpoints"), mostLoadpoints)) }

// Loadpoints returns the loadpoints that evcc's count stands for, without those that are taken out of operation. What evcc
// has told of them is not asked for.
func (t Tree) Loadpoints() (list []Object) {
	for i := range t.LoadpointCount() {
		ref := strconv.Itoa(i + 1)
		if o := (Object{Scope: Loadpoint, Ref: ref, Prefix: "loadpoints/" + ref}); t[o.Path(idle)] != "true" {
			list = append(list, o)
		}
	}
	return list
}
