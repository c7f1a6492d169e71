package plan

import (
	"strconv"

	"evcc-discovery/entities"
)

// efficiency is evcc's own assumption of how much a vehicle keeps of the energy that it gets.
const efficiency = 0.9

// cost estimates the price of the energy that a loadpoint's plan still needs, as if all of it came from the grid; "" where
// something is unknown, and where evcc plans by CO₂.
func (m *Machine) cost(o entities.Object, planned hours) string {
	tree, energy := m.world.Tree(), m.lacking(o)
	if planned.price == "" || energy <= 0 || tree["site/smartCostType"] == "co2" {
		return ""
	}
	return strconv.FormatFloat(number(planned.price)*energy, 'f', 2, 64)
}

// lacking returns the kWh that evcc still has to charge for the plan that the loadpoint follows, 0 where that cannot be
// known. Of an energy plan evcc counts from when it was set, and does not tell how much had been charged by then.
func (m *Machine) lacking(o entities.Object) float64 {
	tree := m.world.Tree()
	vehicle := entities.Object{Scope: entities.Vehicle, Prefix: "vehicles/" + tree[o.Path("vehicleName")]}
	if target := number(tree[o.Path("effectivePlanSoc")]); target > 0 { // an old energy target may be left
		capacity, soc := number(tree[vehicle.Path("capacity")]), number(tree[o.Path("vehicleSoc")])
		if soc <= 0 {
			return 0
		}
		return (target - soc) / 100 * capacity / efficiency
	}
	if number(tree[o.Path("chargedEnergy")]) > 0 {
		return 0
	}
	return number(tree[o.Path(entities.PlansOf(o.Scope)[0].Target)])
}
