package placestest

import "slices"

// fate is what must have become of a loadpoint that was there.
type fate uint8

const (
	open     fate = iota // nothing but safety is asked for
	followed             // its entities are there and are its own, wherever it stands, whatever its title
	gone                 // two full rounds later its entities are not there
	held                 // its entities are there and unavailable, and the problem is named
)

// verdict is the table of what must become of places, as it stands in docs/reliability.md, for one change. It knows what
// evcc publishes, and no charger.
type verdict struct {
	fates []fate // of what was there
	to    []int  // where that stands now, -1 = nowhere
	fresh []bool // of what is there: it must have entities of its own
}

// sides are what is left of two layouts when lasting names and titles that are there once have found each other.
type sides struct {
	before, after []loadpoint
	missing       []int // titles that were there once, and are not there
	unknown       []int // titles that were not there
	vague, vaguer []int // no title, or one that is there more than once: before and after
	unmoved       bool  // what has found itself stands where it stood
}

func judge(before, after []loadpoint) verdict {
	v := verdict{make([]fate, len(before)), make([]int, len(before)), make([]bool, len(after))}
	s := v.pair(before, after)
	switch {
	case len(s.vague)+len(s.vaguer) > 0:
		v.vague(s)
	case len(s.missing) == 0:
		for _, j := range s.unknown {
			v.fresh[j] = true
		}
	case s.unmoved && slices.Equal(s.missing, s.unknown) && len(before) == len(after): // renamed
		for _, i := range s.missing {
			v.fates[i], v.to[i] = followed, i
		}
	case s.unmoved && slices.Equal(s.missing, s.unknown): // one with a lasting name has come or gone: renamed, or doubtful
	case len(s.unknown) == 0:
		v.all(s.missing, gone)
	default:
		v.all(s.missing, held)
	}
	return v
}

func (v *verdict) all(places []int, f fate) {
	for _, i := range places {
		v.fates[i] = f
	}
}

// pair lets lasting names and unique titles find each other.
func (v *verdict) pair(before, after []loadpoint) sides {
	s := sides{before: before, after: after, unmoved: true}
	taken := make([]bool, len(after))
	for i, b := range before {
		v.to[i] = slices.IndexFunc(after, func(a loadpoint) bool {
			if b.stable() || a.stable() {
				return a.name == b.name
			}
			return a.title == b.title && once(before, b.title) && once(after, b.title)
		})
		switch j := v.to[i]; {
		case j >= 0:
			v.fates[i], taken[j] = followed, true
			s.unmoved = s.unmoved && (i == j || b.stable())
		case b.stable():
			v.fates[i] = gone
		case once(before, b.title):
			s.missing = append(s.missing, i)
		default:
			s.vague = append(s.vague, i)
		}
	}
	for j, a := range after {
		switch {
		case taken[j]:
		case a.stable():
			v.fresh[j] = true
		case once(after, a.title) && !has(before, a.title):
			s.unknown = append(s.unknown, j)
		default:
			s.vaguer = append(s.vaguer, j)
		}
	}
	return s
}

// vague judges where some have no title of their own: those keep their place only where all others are where they were.
// Where another one has got a new title meanwhile, or nothing is left that they could be, keeping and holding are both right.
func (v *verdict) vague(s sides) {
	still := s.unmoved && len(s.before) == len(s.after) && slices.Equal(s.missing, s.unknown) && slices.Equal(s.vague, s.vaguer) &&
		!slices.ContainsFunc(s.vague, func(i int) bool { return s.before[i].title != s.after[i].title })
	switch {
	case still && len(s.missing) == 0:
		for _, i := range s.vague {
			v.fates[i], v.to[i] = followed, i
		}
	case !still && len(s.vaguer) > 0:
		v.all(s.vague, held)
	}
}

func has(layout []loadpoint, title string) bool {
	return slices.ContainsFunc(layout, func(l loadpoint) bool { return !l.stable() && l.title == title })
}

// once reports whether it is a title, of one that has no lasting name.
func once(layout []loadpoint, title string) bool {
	n := 0
	for _, l := range layout {
		if !l.stable() && l.title == title {
			n++
		}
	}
	return title != "" && n == 1
}

// undecidable names why nobody who sees what evcc publishes could be right about the chargers, "" where somebody can.
func (v verdict) undecidable(before, after []loadpoint) string {
	for i, b := range before {
		if v.fates[i] != followed || after[v.to[i]].charger == b.charger {
			continue
		}
		if b.title != "" && after[v.to[i]].title == b.title && once(before, b.title) {
			return "a known title that ends on another charger"
		}
		return "a replacement at one place without a lasting name"
	}
	return ""
}
