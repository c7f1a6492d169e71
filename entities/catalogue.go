package entities

import (
	"slices"
)

// table holds rows of one scope, sorted by ID.
type table struct {
	scope Scope
	rows  []Row
	needs Capability // of all its rows
}

var tables = []table{
	{scope: Site, rows: site},
	{scope: Site, rows: compatibleSite, needs: Compatible},
	{scope: Site, rows: statistics},
	{scope: Loadpoint, rows: loadpoint},
	{scope: Loadpoint, rows: compatibleLoadpoint, needs: Compatible},
	{scope: Loadpoint, rows: advice("charge", "stop")},
	{scope: Vehicle, rows: vehicle},
	{scope: PV, rows: pv},
	{scope: Battery, rows: battery},
	{scope: Aux, rows: aux},
	{scope: Ext, rows: ext},
	{scope: Consumer, rows: consumer},
	{scope: Circuit, rows: circuit},
}

// All is the catalogue: every row, by scope and then by ID. Rows are shared and must not be changed.
var All = catalogue(tables)

var (
	byScope      = group(All)
	readOnlyTwin = twins(All)
	clearButton  = buttons(All)
)

// catalogue puts the tables together, and fills in what their rows leave out for brevity.
func catalogue(tables []table) []*Row {
	var all []*Row
	for _, t := range tables {
		for i := range t.rows {
			row := &t.rows[i]
			row.Scope = t.scope
			row.Applies.Needs |= t.needs
			if row.Key != "" {
				row.Keys = append(keys(row.Key), row.Keys...) // Check refuses both
			}
			if w := row.Write; w != nil && w.Set != "" {
				w.Sets = keys(w.Set)
			}
			all = append(all, row)
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
		if !slices.ContainsFunc(rows, func(o *Row) bool { return o.Scope == r.Scope && o.ComponentKey() == t.ComponentKey() }) {
			twin[r] = t
		}
	}
	return twin
}

// buttons finds what clears a number: a button of the same ID.
func buttons(rows []*Row) map[*Row]*Row {
	button := make(map[*Row]*Row)
	for _, b := range rows {
		for _, r := range rows {
			if b.Platform == Button && b.Write.Kind == WriteClear && r.Platform == Number && r.Scope == b.Scope && r.ID == b.ID {
				button[r] = b
			}
		}
	}
	return button
}

// ByScope returns the rows of one scope in the catalogue's order. The slice is shared.
func ByScope(s Scope) []*Row { return byScope[s] }
