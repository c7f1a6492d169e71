package entities

// Match is match, for tests.
var Match = match

// Tables are the rows of the catalogue's tables, each sorted by ID.
func Tables() (list [][]Row) {
	for _, t := range tables {
		list = append(list, t.rows)
	}
	return list
}

// Private is private, for tests.
var Private = private

// Existence is existence, for tests.
type Existence struct{ Applies, Possible, Kept, TwinKept, Released bool }

// Shown reports whether a row and its twin are entities.
func (p Existence) Shown() (itself, twin bool) {
	q := existence{applies: p.Applies, possible: p.Possible, kept: p.Kept, twinKept: p.TwinKept, released: p.Released}
	return q.itself(), q.twin()
}

// Repeats are the rows of units and the site's rows that say the same.
func Repeats() map[*Row]*Row {
	list := make(map[*Row]*Row)
	for _, r := range repeats {
		list[row(r.unit, r.id)] = row(Site, r.site)
	}
	return list
}
