package entities

import (
	"slices"
)

// All is the catalogue: every row, by scope and then by ID. Rows are shared and must not be changed.
var All = catalogue(site, compatibleSite, statistics, loadpoint, compatibleLoadpoint, advice(Loadpoint, "charge", "stop"), vehicle, pv, battery, aux, ext, consumer, circuit)

var (
	byScope      = group(All)
	readOnlyTwin = twins(All)
)

// catalogue puts the tables together.
func catalogue(tables ...[]Row) []*Row {
	var all []*Row
	for _, table := range tables {
		for i := range table {
			all = append(all, &table[i])
		}
	}
	return all
}

func group(rows []*Row) [][]*Row {
	grouped := make([][]*Row, len(Scopes))
	for _, r := range rows {
		grouped[r.Scope] = append(grouped[r.Scope], r)
	}
	return grouped
}

// twins finds the read-only form of every control that has one of its own: where a sensor of that ID exists
// anyway, it shows the value already.
func twins(rows []*Row) map[*Row]*Row {
	twin := make(map[*Row]*Row)
	for _, r := range rows {
		if r.Write == nil || r.Applies.Needs&Compatible != 0 {
			continue // without controls, what is shown beside them needs no second form
		}
		t := r.readOnly()
		if t == nil {
			continue
		}
		if !slices.ContainsFunc(rows, func(o *Row) bool { return o.Scope == r.Scope && o.Key() == t.Key() }) {
			twin[r] = t
		}
	}
	return twin
}

// ByScope returns the rows of one scope in the catalogue's order. The slice is shared.
func ByScope(s Scope) []*Row { return byScope[s] }
