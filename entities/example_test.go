package entities_test

import (
	"fmt"
	"time"

	"evcc-discovery/entities"
)

// What evcc publishes tells what there is. Some topics are always there with others that evcc leaves empty for days.
func Example() {
	tree := entities.Tree{
		"loadpoints/1/connected":   "true",
		"loadpoints/1/chargePower": "6900",
		"loadpoints/1/maxCurrent":  "16",
		"loadpoints/1/vehicleSoc":  "55",
	}
	neverSeen := func(componentKey string) bool { return false }
	view := tree.View()
	for _, object := range view.Objects() {
		for _, in := range view.Instances(object, entities.Settings{}, neverSeen) {
			if in.Row.Enabled() && in.Row.Own == entities.FromEvcc {
				fmt.Printf("%s reads %s in %q, set on %q\n", in.Row.ComponentKey(), in.State, in.Row.Quantity(in.Context).Unit, in.Set)
			}
		}
	}
	// Output:
	// sensor_charge_power reads loadpoints/1/chargePower in "kW", set on ""
	// sensor_charge_remaining_duration reads loadpoints/1/chargeRemainingDuration in "h", set on ""
	// binary_sensor_connected reads loadpoints/1/connected in "", set on ""
	// number_max_current reads loadpoints/1/maxCurrent in "A", set on "loadpoints/1/maxCurrent"
	// number_min_current reads loadpoints/1/minCurrent in "A", set on "loadpoints/1/minCurrent"
	// sensor_vehicle_range reads loadpoints/1/vehicleRange in "km", set on ""
	// sensor_vehicle_soc reads loadpoints/1/vehicleSoc in "%", set on ""
}

// A command is checked against its row, and becomes what evcc takes.
func ExampleInstance_Encode() {
	view := entities.Tree{"loadpoints/1/connected": "true", "loadpoints/1/chargePower": "0"}.View()
	neverSeen := func(componentKey string) bool { return false }
	for _, in := range view.Instances(view.Objects()[1], entities.Settings{}, neverSeen) {
		if in.Row.ComponentKey() != "number_max_current" {
			continue
		}
		for _, command := range []string{"16.0", "1000", "much"} {
			payload, err := in.Encode([]byte(command), nil, time.Now()) // siblings are asked by plans and vehicles alone
			fmt.Printf("%s/set %q %v\n", in.Set, payload, err)
		}
	}
	// Output:
	// loadpoints/1/maxCurrent/set "16" <nil>
	// loadpoints/1/maxCurrent/set "" 1000 is outside 0 to 64
	// loadpoints/1/maxCurrent/set "" "much" is not a number
}

// Topics that become no entity have a reason.
func ExampleLookup() {
	ignored, ok := entities.Lookup("loadpoints/2/vehicleIdentity")
	fmt.Println(ignored.Reason, ok)
	// Output: an RFID tag or MAC address: private true
}
