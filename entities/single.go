package entities

import "strconv"

// sameness is a closed vocabulary of when a value of the only PV system or battery is also the site's.
type sameness uint8

// The kinds of sameness. Values that move are never compared: evcc publishes one after the other.
const (
	moving  sameness = iota // once both are published
	counter                 // once both count: a sum of 0 has no counter behind it
	settled                 // once both are the same number, above 0: evcc counts batteries whose capacity it does not know as 1
	samenessCount
)

// repeated is a row of a unit that says what a row of the site says, where the unit is the only one of its kind.
type repeated struct {
	unit     Scope
	id, site string
	when     sameness
}

// repeats are the rows of units that are left out then. The site has nothing for what was charged into a battery, for phases,
// or for what the optimizer suggests. Sorted.
var repeats = []repeated{
	{PV, "energy", "pv_energy", counter},
	{PV, "power", "pv_power", moving},
	{Battery, "capacity", "battery_capacity", settled},
	{Battery, "energy", "battery_energy_discharge", counter},
	{Battery, "power", "battery_power", moving},
	{Battery, "soc", "battery_soc", moving},
}

// siteRow finds the site's row for a row of a unit.
var siteRow = func() map[*Row]siteRepeat {
	found := make(map[*Row]siteRepeat)
	for _, r := range repeats {
		unit, site := row(r.unit, r.id), row(Site, r.site)
		if unit != nil && site != nil { // a test finds those that are not there
			found[unit] = siteRepeat{site, r.when}
		}
	}
	return found
}()

type siteRepeat struct {
	row  *Row
	when sameness
}

// row returns the row that shows a value, nil if there is none.
func row(s Scope, id string) *Row {
	for _, r := range ByScope(s) {
		if r.ID == id && r.Platform == Sensor {
			return r
		}
	}
	return nil
}

// repeatsSite reports whether the row's object is the only one of its kind, and the site has the same value.
func (v *View) repeatsSite(r *Row, o Object) bool {
	site, ok := siteRow[r]
	if !ok || v.others(o) {
		return false
	}
	unit, sum := v.Tree[v.state(r, o)], v.Tree[v.state(site.row, SiteObject)]
	a, errA := strconv.ParseFloat(unit, 64)
	b, errB := strconv.ParseFloat(sum, 64)
	switch {
	case errA != nil || errB != nil:
		return false
	case site.when == counter:
		return a > 0 && b > 0
	case site.when == settled:
		return a > 0 && a == b
	}
	return true
}

// others reports whether there is another object of its kind.
func (v *View) others(o Object) bool {
	for _, other := range v.objects {
		if other.Scope == o.Scope && other != o {
			return true
		}
	}
	return false
}
