package placestest

import (
	"fmt"
	"slices"
)

// added is the charger of a loadpoint that is inserted; those that were there are 1, 2, 3, 4.
const added = 8

// house is what evcc has before anything changes.
type house struct{ naming, titling string }

// build returns a house with n loadpoints, nil where there is none of the kind.
func (h house) build(n int) []loadpoint {
	var layout []loadpoint
	for i := range n {
		layout = append(layout, loadpoint{charger: i + 1, title: []string{"Alpha", "Beta", "Gamma", "Delta"}[i]})
		h.name(&layout[i], i == n-1)
	}
	switch h.titling {
	case "titled":
		return layout
	case "twins":
		layout[min(1, n-1)].title = layout[0].title
	case "first untitled":
		layout[0].title = ""
	case "last untitled":
		layout[n-1].title = ""
	}
	if n == 1 {
		return nil
	}
	return layout
}

// name names a loadpoint. Those of the web interface come behind those of evcc.yaml.
func (h house) name(l *loadpoint, last bool) {
	switch {
	case h.naming == "stable", h.naming == "mixed" && last:
		l.name = fmt.Sprint("db:", 10+l.charger)
	case h.naming == "positional", h.naming == "mixed":
		l.name = positional
	}
}

// change is what becomes of a layout.
type change struct {
	name  string
	after []loadpoint
}

// places lists what can become of where loadpoints stand.
func (h house) places(before []loadpoint) (list []change) {
	list = append(list, change{"", before})
	for i := range len(before) + 1 {
		l := loadpoint{charger: added, title: "New"}
		h.name(&l, i == len(before))
		list = append(list, change{fmt.Sprint("insert at ", i+1), slices.Insert(slices.Clone(before), i, l)})
	}
	for i := range before {
		if len(before) > 1 {
			list = append(list, change{fmt.Sprint("remove ", i+1), slices.Delete(slices.Clone(before), i, i+1)})
		}
		for k := range i {
			if h.naming == "mixed" && i == len(before)-1 {
				continue // what evcc.yaml has comes first
			}
			after := slices.Clone(before)
			after[i], after[k] = after[k], after[i]
			list = append(list, change{fmt.Sprintf("swap %d and %d", k+1, i+1), after})
		}
	}
	return list
}

// titles lists what can become of titles besides, of loadpoints that were there; "" is nothing.
func titles(before []loadpoint, c change) (list []change) {
	list = append(list, c)
	var stay []int
	for i, l := range c.after {
		if l.charger != added {
			stay = append(stay, i)
		}
	}
	for n, i := range stay {
		renamed := rename(c.after, i)
		list = append(list, change{join(c.name, fmt.Sprint("rename ", c.after[i].charger)), renamed})
		for _, k := range stay[:n] {
			if c.name != "" {
				continue
			}
			list = append(list, change{fmt.Sprintf("rename %d, rename %d", k+1, i+1), rename(renamed, k)})
			exchanged := slices.Clone(before)
			exchanged[i].title, exchanged[k].title = before[k].title, before[i].title
			list = append(list, change{fmt.Sprintf("exchange titles %d and %d", k+1, i+1), exchanged})
		}
	}
	return list
}

func rename(layout []loadpoint, i int) []loadpoint {
	after := slices.Clone(layout)
	after[i].title = join(after[i].title, "renamed")
	return after
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

// Ways in which the change comes about: what evcc does, and where the program is meanwhile.
var (
	all = []string{"up", "confirmed at once", "crash", "restarted", "stopped", "killed and crash", "started before blanking",
		"started after blanking", "started early", "killed amid"}
	some  = []string{"up", "killed and crash", "started early"}
	least = []string{"up", "started early"}
	alive = []string{"live", "live and stopped"} // the title changes while evcc runs
)

// houses are those that are played, with up to so many loadpoints, and the ways.
var houses = []struct {
	house
	upTo int
	ways []string
}{
	{house{"positional", "titled"}, 3, all},
	{house{"positional", "titled"}, 4, least},
	{house{"stable", "titled"}, 3, some},
	{house{"stable", "titled"}, 4, []string{"up"}},
	{house{"unnamed", "titled"}, 3, least},
	{house{"mixed", "titled"}, 3, least},
	{house{"ancient", "titled"}, 3, least},
	{house{"positional", "twins"}, 3, least},
	{house{"positional", "first untitled"}, 3, least},
	{house{"positional", "last untitled"}, 3, least},
	{house{"stable", "twins"}, 3, []string{"up"}},
	{house{"stable", "first untitled"}, 3, []string{"up"}},
}

// script is one case.
type script struct {
	house
	name, way     string
	before, after []loadpoint
	excluded      string // by the name under which the oracle excludes it, "" = it is played
}

// scripts are all cases, each once.
func scripts() (list []script) {
	seen := make(map[string]bool)
	add := func(h house, before []loadpoint, c change, way string) {
		name := fmt.Sprintf("%s/%s/%d/%s/%s", h.naming, h.titling, len(before), c.name, way)
		if !seen[name] {
			seen[name] = true
			list = append(list, script{h, name, way, before, c.after, judge(before, c.after).undecidable(before, c.after)})
		}
	}
	for _, played := range houses {
		for n := range played.upTo {
			before := played.build(n + 1)
			if before == nil {
				continue
			}
			for _, place := range played.places(before) {
				for _, c := range titles(before, place) {
					for _, way := range played.ways {
						add(played.house, before, c, way)
					}
					if place.name == "" && c.name != "" && played.house == houses[0].house {
						for _, way := range alive {
							add(played.house, before, c, way)
						}
					}
				}
			}
		}
	}
	return list
}
