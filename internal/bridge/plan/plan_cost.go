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
	if planned.price == "" || energy <= 0 || tree.PlansByCO2() {
		return ""
	}
	return strconv.FormatFloat(entities.Amount(planned.price)*energy, 'f', 2, 64)
}

// lacking returns the kWh that evcc still has to charge for the plan that the loadpoint follows, 0 where that cannot be
// known. Of an energy plan evcc counts from when it was set, and does not tell how much had been charged by then.
func (m *Machine) lacking(o entities.Object) float64 {
	tree := m.world.Tree()
	if target := entities.Amount(tree.FollowedPlan(o).SoC); target > 0 { // an old energy target may be left
		vehicle, _ := tree.VehicleAt(o)
		soc := tree.SoCAt(o)
		if soc <= 0 {
			return 0
		}
		return (target - soc) / 100 * tree.Capacity(vehicle) / efficiency
	}
	if tree.ChargedEnergy(o) > 0 {
		return 0
	}
	return entities.Amount(tree[o.Path(entities.PlansOf(o.Scope)[0].Target)])
}
