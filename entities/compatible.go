package entities

import (
	"slices"
	"strconv"
)

// Compatible is not evcc's: the user wants what dashboards made for the ha-evcc integration need beside what we have.
// It is a capability, because rows and options depend on it in the same way. Lists of numbers stand where we have
// numbers; what they offer is bounded by what evcc has, as it is there.
const Compatible Capability = 1 << 31

// numbers lists options from one number to another.
func numbers(from, to, step int) []Option {
	var list []Option
	for n := from; n <= to; n += step {
		list = append(list, Option{Code: strconv.Itoa(n)})
	}
	return list
}

// smallCurrents are what the ha-evcc integration offers below 1 A.
var smallCurrents = append(words("0.125", "0.25", "0.5"), numbers(1, 16, 1)...)

// Null is how the ha-evcc integration calls nothing: no vehicle, and no battery mode of the user's.
const Null = "null"

// batteryModeChoices are what can be requested. That integration has null and unknown for what evcc decides itself.
var batteryModeChoices = append([]Option{{Code: Automatically, Except: Compatible}, {Code: Null, Needs: Compatible}, {Code: Automatic, Needs: Compatible}}, batteryModes[1:]...)

// Clip bounds a list of numbers by other values of the same object. The zero value bounds nothing.
type Clip struct {
	Floor, Ceiling string // keys; a value of 0 bounds nothing
	Needs          bool   // nothing but 0 while the floor is 0
}

// bounds returns the topic paths that bound the row's list on an object.
func (c Clip) bounds(o Object) []string {
	var paths []string
	for _, key := range []string{c.Floor, c.Ceiling} {
		if key != "" {
			paths = append(paths, o.Path(key))
		}
	}
	return paths
}

// clip returns the options that the object's other values leave. 0 means "off", and always stays.
func (v *View) clip(c Clip, o Object, options []string) []string {
	if c == (Clip{}) {
		return options
	}
	value := func(key string) float64 {
		n, _ := strconv.ParseFloat(v.Tree[o.Path(key)], 64) // nothing bounds nothing
		return n
	}
	floor, ceiling := value(c.Floor), value(c.Ceiling)
	return slices.DeleteFunc(slices.Clone(options), func(code string) bool {
		n, _ := strconv.ParseFloat(code, 64) // they are ours
		return n != 0 && (n < floor || ceiling > 0 && n > ceiling || c.Needs && floor == 0)
	})
}

// writeLevel sets one of the battery's levels from a list.
var writeLevel = &Write{Kind: WriteWord, Group: BatteryLevels}

// compatibleSite and compatibleLoadpoint exist in compatibility mode only. Sorted by ID.
var compatibleSite = []Row{
	{ID: "buffer_soc", Term: "list_buffer_soc", Key: "bufferSoc", Platform: Select, Options: numbers(5, 100, 5), Clip: Clip{Floor: "prioritySoc"}, Write: writeLevel, Applies: withBattery, Category: Config, Icon: "mdi:battery-arrow-up", Sample: "50"},
	{ID: "buffer_start_soc", Term: "list_buffer_start_soc", Key: "bufferStartSoc", Platform: Select, Options: append(numbers(5, 100, 5), Option{Code: "0"}), Clip: Clip{Floor: "bufferSoc", Needs: true}, Write: writeLevel, Applies: withBattery, Category: Config, Icon: "mdi:battery-charging-medium", Sample: "0"},
	{ID: "priority_soc", Term: "list_priority_soc", Key: "prioritySoc", Platform: Select, Options: numbers(0, 100, 5), Clip: Clip{Ceiling: "bufferSoc"}, Write: writeLevel, Applies: withBattery, Category: Config, Icon: "mdi:battery-high", Sample: "0"},
}

var compatibleLoadpoint = []Row{
	{ID: "battery_boost_limit", Term: "list_battery_boost_limit", Key: "batteryBoostLimit", Platform: Select, Options: numbers(0, 100, 5), Write: &Write{Kind: WriteWord}, Applies: Applies{Needs: HomeBattery, Except: Integrated}, Category: Config, Icon: "mdi:battery-arrow-down", Sample: "100"},
	{ID: "limit_soc", Term: "list_limit_soc", Key: "vehicleName", Platform: Select, Own: OfVehicle, Of: "limit_soc", Options: numbers(0, 100, 5), Write: writeOfVehicle, Applies: withCarNames, Category: Config, Icon: "mdi:target", Sample: "db:7"},
	{ID: "max_current", Term: "list_max_current", Key: "maxCurrent", Platform: Select, Options: numbers(1, 64, 1), Clip: Clip{Floor: "minCurrent"}, Write: &Write{Kind: WriteWord, Group: Currents}, Applies: Applies{Except: SwitchDevice | Integrated}, Category: Config, Icon: "mdi:current-ac", Sample: "16"},
	{ID: "min_current", Term: "list_min_current", Key: "minCurrent", Platform: Select, Options: smallCurrents, Clip: Clip{Ceiling: "maxCurrent"}, Write: &Write{Kind: WriteWord, Group: Currents}, Category: Config, Icon: "mdi:current-ac", Sample: "6"},
	{ID: "min_soc", Term: "list_min_soc", Key: "vehicleName", Platform: Select, Own: OfVehicle, Of: "min_soc", Options: numbers(0, 95, 5), Write: writeOfVehicle, Applies: withCarNames, Category: Config, Icon: "mdi:target", Sample: "db:7"},
	{ID: "vehicle_name", Key: "vehicleName", Platform: Select, Own: Named, Write: &Write{Kind: WriteVehicle, Set: "vehicle"}, Applies: withCarNames, Icon: "mdi:car", Sample: "id3"},
}
