package entities

// costKeys are the keys that only the price of a plan depends on.
var costKeys = []string{followedSoC, chargedEnergy, costType}

const (
	chargedEnergy = "chargedEnergy"
	costType      = "site/smartCostType"
)

// ChargedEnergy returns what a loadpoint has charged since the vehicle was connected, in Wh.
func (t Tree) ChargedEnergy(lp Object) float64 { return Amount(t[lp.Path(chargedEnergy)]) }

// PlansByCO2 reports whether evcc plans by emissions: what it tells as price are grams.
func (t Tree) PlansByCO2() bool { return t[costType] == "co2" }
