package entities

// Match is match, for tests.
var Match = match

// Tables are the tables of the catalogue, each sorted by ID.
var Tables = [][]Row{site, compatibleSite, statistics, loadpoint, compatibleLoadpoint, advice(Loadpoint, "charge"), vehicle, pv, battery, aux, ext, consumer, circuit}

// Private is private, for tests.
var Private = private

// Existence is existence, for tests.
type Existence struct{ Applies, Possible, Kept, TwinKept, Released bool }

// Shown reports whether a row and its twin are entities.
func (p Existence) Shown() (itself, twin bool) {
	q := existence{applies: p.Applies, possible: p.Possible, kept: p.Kept, twinKept: p.TwinKept, released: p.Released}
	return q.itself(), q.twin()
}
