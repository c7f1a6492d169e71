package discovery

import "slices"

// seat is one object of a scope: as it is remembered, or as it stands in evcc now.
type seat struct {
	index  int    // where it stands, from 1
	placed bool   // it stands there; what is remembered of a removed one has had a place
	name   string // evcc's stable one
	title  string
	among  int // how many there were, where not all of them are known
}

// What stands at a place, where it is not the index of a seat that is known.
const (
	fresh = -1 // something new
	waits = -2 // nobody can tell
)

// judge says who of those that are known stands at each place of evcc: the table of docs/reliability.md. A stable name
// tells, then a title that is there once; a place of its own only where nothing else is missing, new or elsewhere. Named is
// whether this evcc gives names: then what had one and is not among them is gone. Told is whether no title that may still
// come could change that.
func judge(known, there []seat, named bool) (at []int, told bool) {
	j := judgement{known: known, there: there, named: named, at: slices.Repeat([]int{waits}, len(there))}
	j.byName()
	j.byTitle()
	j.sort()
	told = !j.pending
	if len(j.lost) == 0 || j.inPlace(false) || j.inPlace(true) {
		j.renew()
	}
	return j.at, told
}

// judgement is what is known so far.
type judgement struct {
	known, there []seat
	named        bool
	at           []int // by place
	lost, found  []int // known ones, and places, that nothing brings together
	moved        bool  // somebody stands elsewhere
	pending      bool  // somebody is missing and a title may still come
}

func (j *judgement) free(place int) bool  { return j.at[place] == waits }
func (j *judgement) taken(known int) bool { return slices.Contains(j.at, known) }

// open reports whether a title, or a place, can tell who a known one is.
func (j *judgement) open(known int) bool {
	return !j.taken(known) && (j.known[known].name == "" || !j.named)
}

func (j *judgement) byName() {
	for k, s := range j.known {
		if i := slices.IndexFunc(j.there, func(t seat) bool { return s.name != "" && t.name == s.name }); i >= 0 {
			j.at[i] = k
		}
	}
}

// byTitle brings together what has a title that is there once and known once. Those that have a place come before those that
// are remembered without one.
func (j *judgement) byTitle() {
	titled := func(title string, placed bool) (list []int) {
		for k, s := range j.known {
			if s.title == title && s.placed == placed && j.open(k) {
				list = append(list, k)
			}
		}
		return list
	}
	at := slices.Clone(j.at)
	for i, t := range j.there {
		if t.title == "" || !j.free(i) || j.twin(i) {
			continue
		}
		known := titled(t.title, true)
		if len(known) == 0 {
			known = titled(t.title, false)
		}
		if len(known) == 1 {
			at[i] = known[0]
			s := j.known[known[0]]
			j.moved = j.moved || s.index != t.index || !s.placed
			j.pending = j.pending || s.name != "" // its name may still say that it is another
		}
	}
	j.at = at
}

// twin reports whether another place has the same title.
func (j *judgement) twin(place int) bool {
	for i, t := range j.there {
		if i != place && j.free(i) && t.title == j.there[place].title {
			return true
		}
	}
	return false
}

// sort finds what nothing has brought together.
func (j *judgement) sort() {
	for k, s := range j.known {
		if s.placed && j.open(k) {
			j.lost = append(j.lost, k)
			j.pending = j.pending || s.name != ""
		}
	}
	for i, t := range j.there {
		if j.free(i) {
			j.found = append(j.found, i)
			j.pending = j.pending || t.title == "" && !slices.ContainsFunc(j.lost, func(k int) bool { // it never had one
				return j.known[k].index == t.index && j.known[k].title == ""
			})
		}
	}
}

// inPlace lets what is lost stay at its place, where all the others are at theirs: under its title, under none that is told,
// or all of it under other ones. With others, stable names that are new count as well: evcc has begun to give them.
func (j *judgement) inPlace(others bool) bool {
	var found []int
	for _, i := range j.found {
		if others || j.there[i].name == "" {
			found = append(found, i)
		}
	}
	if j.moved || len(found) != len(j.lost) && !j.unknownBefore() {
		return false
	}
	same, untold, renamed, titled := 0, 0, 0, true
	pairs := make(map[int]int)
	for _, k := range j.lost {
		n := slices.IndexFunc(found, func(i int) bool { return j.there[i].index == j.known[k].index })
		if n < 0 {
			return false
		}
		i := found[n]
		pairs[i] = k
		titled = titled && j.known[k].title != "" && !j.shared(k)
		switch t := j.there[i]; {
		case t.title == j.known[k].title:
			same++
		case t.title == "":
			untold++
		case t.name == "" && !j.vague(i):
			renamed++
		}
	}
	if all := len(pairs); same+untold != all && renamed != all && (renamed+untold != all || !titled) {
		return false
	}
	for i, k := range pairs {
		j.at[i] = k
	}
	return true
}

// unknownBefore reports whether there are as many as there were, of which not all are known: one that had no title yet was left
// out.
func (j *judgement) unknownBefore() bool {
	return len(j.lost) > 0 && !slices.ContainsFunc(j.lost, func(k int) bool { return j.known[k].among != len(j.there) })
}

// shared reports whether something else that is lost had the same title.
func (j *judgement) shared(known int) bool {
	return slices.ContainsFunc(j.lost, func(k int) bool { return k != known && j.known[k].title == j.known[known].title })
}

// vague reports whether a place's title tells nothing.
func (j *judgement) vague(place int) bool {
	title := j.there[place].title
	return title == "" || j.twin(place) || slices.ContainsFunc(j.lost, func(k int) bool { return j.known[k].title == title })
}

// renew makes what is left new. One without name and title comes back where it stood.
func (j *judgement) renew() {
	for _, i := range j.found {
		if !j.free(i) {
			continue
		}
		t := j.there[i]
		k := slices.IndexFunc(j.known, func(s seat) bool {
			return !s.placed && s.index == t.index && s.index > 0 && s.name+s.title+t.name+t.title == ""
		})
		if j.at[i] = fresh; k >= 0 && !j.taken(k) {
			j.at[i] = k
		}
	}
}
