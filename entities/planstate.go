package entities

import (
	"math"
	"slices"
	"strconv"
)

// Keys with which evcc tells what it makes of charging plans, beside the plans themselves ([PlansOf]).
const (
	hoursKey        = "plan"              // of a loadpoint: when it charges, as JSON
	planActive      = "planActive"        // it charges for the plan now
	followedTime    = "effectivePlanTime" // of the plan that it follows
	followedID      = "effectivePlanId"   // 0 = it follows none
	vehicleAtKey    = "vehicleName"
	repeatingPlans  = "repeatingPlans" // of a vehicle, since evcc 0.131.9
	mostRepeating   = 20               // that are looked at
	vehicleCapacity = "capacity"
	vehicleLimit    = "limitSoc"
)

// ConcernsPlans reports whether a changed value may tell something about a plan: whether evcc has it, what evcc makes of it,
// or what a draft begins with.
func ConcernsPlans(path string) bool {
	scope, _, key := SplitPath(path)
	switch key {
	case planActive, followedTime, followedID, vehicleAtKey, repeatingPlans, vehicleCapacity, vehicleLimit, ZonePath:
		return true
	}
	return slices.ContainsFunc(PlansOf(scope), func(k PlanKeys) bool { return k.Has(key) })
}

// PlanHours returns the topic prefix of the loadpoint whose planned hours a path holds, ok false for every other path.
func PlanHours(path string) (loadpoint string, ok bool) {
	scope, prefix, key := SplitPath(path)
	return prefix, scope == Loadpoint && key == hoursKey
}

// FollowedPlan is what a loadpoint makes of charging plans.
type FollowedPlan struct {
	Active bool   // it charges for the plan now
	None   bool   // evcc says that it follows none
	Time   string // of the plan that it follows, in Unix seconds
}

// FollowedPlan returns which plan a loadpoint follows.
func (t Tree) FollowedPlan(lp Object) FollowedPlan {
	return FollowedPlan{Active: t[lp.Path(planActive)] == "true", None: t[lp.Path(followedID)] == "0", Time: t[lp.Path(followedTime)]}
}

// VehicleAt returns the vehicle that evcc knows at a loadpoint, ok false when there is none.
func (t Tree) VehicleAt(lp Object) (vehicle Object, ok bool) {
	ref := t[lp.Path(vehicleAtKey)]
	return Object{Scope: Vehicle, Ref: ref, Prefix: "vehicles/" + ref}, ref != ""
}

// VehicleWithSoC returns the vehicle at a loadpoint if evcc knows its state of charge: then it ignores plans of energy.
func (t Tree) VehicleWithSoC(lp Object) (vehicle Object, ok bool) {
	vehicle, ok = t.VehicleAt(lp)
	offline := t.View().Capabilities(vehicle)&Offline != 0 || t[lp.Path("vehicleFeatureOffline")] == "true"
	capacity := max(t.Capacity(vehicle), Amount(t[lp.Path("vehicleCapacity")]))
	return vehicle, ok && capacity > 0 && (!offline || Amount(t[lp.Path("vehicleSoc")]) > 0)
}

// Capacity returns a vehicle's battery capacity in kWh, 0 if unknown.
func (t Tree) Capacity(vehicle Object) float64 { return Amount(t[vehicle.Path(vehicleCapacity)]) }

// LimitSoC returns a vehicle's limit in %, ok false when it has none.
func (t Tree) LimitSoC(vehicle Object) (limit float64, ok bool) {
	limit = Amount(t[vehicle.Path(vehicleLimit)])
	return limit, limit >= 1 && limit <= 100
}

// HasRepeatingPlans reports whether this evcc has repeating plans: its keys for a vehicle's plan are the newer ones.
func (t Tree) HasRepeatingPlans(vehicle Object) bool { return t.Has(vehicle, repeatingPlans) }

// HasStrategy reports whether a half of the strategy of an object's plans has a setter of its own.
func (t Tree) HasStrategy(o Object, half WriteKind) bool {
	key := "planStrategy/continuous"
	if half == WritePrecondition {
		key = "planStrategy/precondition"
	}
	return t[o.Path(key)] != ""
}

// PreconditionInPlan reports whether this evcc takes the precondition as part of the plan, where leaving it out means 0:
// evcc 0.203.4 to 0.300.1.
func (t Tree) PreconditionInPlan() bool {
	return t["loadpoints/1/planPrecondition"] != "" && t["loadpoints/1/planContinuous"] == ""
}

// Precondition returns the precondition of such an evcc's plan in seconds.
func (t Tree) Precondition(o Object) int64 {
	key := "planPrecondition"
	if o.Scope == Vehicle {
		key = "plan/precondition"
	}
	return int64(Amount(t[o.Path(key)]))
}

// Amount reads a payload that is a number, 0 if it is none.
func Amount(payload string) float64 {
	v, err := strconv.ParseFloat(payload, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}
