package plan

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/entities"
)

// slots is what evcc plans for a loadpoint: when it charges. With how much power it does not tell, so there is a
// duration and an average price, and a sum only as an estimate ([Machine.outlay]).
type slots struct {
	seconds int64
	price   string // per kWh, or g CO₂ per kWh where evcc plans by that; "" = without prices
}

// longestPlan is a week of quarters of an hour, with room.
const longestPlan = 128 << 10

// slot is one of evcc's: {"start":…,"end":…,"value":…}.
type slot struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	Value *float64  `json:"value"`
}

// plannedFor returns the loadpoint whose planned slots stand under a path, ok false for every other path.
func plannedFor(path string) (prefix string, ok bool) {
	prefix, ok = strings.CutSuffix(path, "/plan")
	return prefix, ok && strings.HasPrefix(path, "loadpoints/")
}

// readSlots reads evcc's payload: the word null without a plan, and what nobody can read is none either.
func readSlots(payload []byte) slots {
	var list []slot
	if len(payload) > longestPlan || json.Unmarshal(payload, &list) != nil {
		return slots{}
	}
	var seconds, weighted float64
	priced := false
	for _, s := range list {
		length := s.End.Sub(s.Start).Seconds()
		if length <= 0 || length > 7*24*60*60 {
			return slots{}
		}
		seconds += length
		if s.Value != nil {
			weighted += *s.Value * length
			priced = priced || *s.Value != 0 // an evcc without tariffs says 0 for all
		}
	}
	if seconds == 0 {
		return slots{}
	}
	read := slots{seconds: int64(seconds)}
	if priced {
		read.price = strconv.FormatFloat(weighted/seconds, 'f', 4, 64)
	}
	return read
}

// efficiency is evcc's own assumption of how much a vehicle keeps of the energy that it gets.
const efficiency = 0.9

// outlay estimates what the energy costs that is still missing for a loadpoint's plan, as if all of it came from the
// grid; "" where something is not known, and where evcc plans by CO₂.
func (m *Machine) outlay(o entities.Object, planned slots) string {
	tree, energy := m.tree(), m.lacking(o)
	if planned.price == "" || energy <= 0 || tree["site/smartCostType"] == "co2" {
		return ""
	}
	return strconv.FormatFloat(number(planned.price)*energy, 'f', 2, 64)
}

// lacking returns the kWh that evcc still has to charge for the plan that the loadpoint follows, 0 where that cannot be
// known. Of an energy plan evcc counts from when it was set, and does not tell how much had been charged by then.
func (m *Machine) lacking(o entities.Object) float64 {
	tree := m.tree()
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
