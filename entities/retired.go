package entities

import "slices"

// Retirement is a row that the catalogue had in a release of ours and has no more. Its entity is removed from Home
// Assistant, and its component key is never used again: another meaning under it would inherit a history.
type Retirement struct {
	Scope  Scope
	Key    string // component key: "sensor_charge_power"
	Since  string // release of ours that was the first without it
	Reason string
}

// Retired lists what was dropped, by scope and key. TestRetired forbids a key in both lists.
var Retired = []Retirement{
	{Scope: Loadpoint, Key: "sensor_plan_cost", Since: "0.2.0", Reason: "an estimate with a guessed factor; Home Assistant can multiply price and energy"},
}

// IsRetired reports whether a component key of the scope was dropped.
func IsRetired(s Scope, component string) bool {
	return slices.ContainsFunc(Retired, func(r Retirement) bool { return r.Scope == s && r.Key == component })
}
