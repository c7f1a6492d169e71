package entities_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/entities"
)

// noon is when the commands of these tests arrive.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// surroundings are the siblings of a command: vehicles of a tree, and values by key.
type surroundings struct {
	*entities.View
	values map[string]string
	modes  []string // newest first
}

func (s surroundings) VehicleName(option string) (string, bool) { return s.Vehicles().Name(option) }

func (s surroundings) Value(key string) string { return s.values[key] }

func (surroundings) Plan() entities.Plan {
	return entities.Plan{Value: 70, Time: time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)}
}

func (surroundings) Planned() (entities.Plan, bool) { return entities.Plan{}, false }

func (surroundings) Zone() *time.Location { return berlin }

var berlin = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return zone
}()

func (s surroundings) Before(_ string, not []string) string {
	for _, m := range s.modes {
		if !slices.Contains(not, m) {
			return m
		}
	}
	return ""
}

func garage(values map[string]string) surroundings {
	return surroundings{entities.Tree{
		"vehicles/db:1/title":   "e-Golf",
		"vehicles/db:2/title":   "Zoe",
		"vehicles/db:3/title":   "Zoe",
		"vehicles/db:4/title":   "none",
		"vehicles/db:5/title":   "Söhne's \"Blitz\" {{ 1 }}",
		"vehicles/db:6/other":   "a vehicle without a title does not exist yet",
		"vehicles/model3/title": "白い車",
	}.View(), values, nil}
}

// control returns the catalogue's row as an instance.
func control(t testing.TB, key string, c entities.Context) entities.Instance {
	t.Helper()
	for _, r := range entities.All {
		if r.Scope.String()+"."+r.ComponentKey() == key {
			return entities.Instance{Row: r, Context: c, Options: r.Codes(c.Capabilities)}
		}
	}
	t.Fatalf("the catalogue has no %s", key)
	return entities.Instance{}
}

func TestEncodeNumbers(t *testing.T) {
	t.Parallel()
	limit, current, threshold, cost := "loadpoint.number_limit_soc", "loadpoint.number_max_current", "loadpoint.number_enable_threshold", "loadpoint.number_smart_cost_limit"
	sek, co2 := entities.Context{Currency: "SEK"}, entities.Context{Capabilities: entities.CO2}
	for _, test := range []struct {
		control string
		context entities.Context
		command string
		want    string
		err     string
	}{
		{control: "loadpoint.number_solar_share", command: "80", want: "0.8"},
		{control: "loadpoint.number_solar_share", command: "33.3", want: "0.333"},
		{control: "loadpoint.number_solar_share", command: "0", want: "0"},
		{control: "loadpoint.number_solar_share", command: "101", err: "101 is outside 0 to 100"},
		{control: "loadpoint.number_solar_share", command: "-", err: `"-" is not a number`},
		{control: limit, command: "80", want: "80"},
		{control: limit, command: "80.0", want: "80"},
		{control: limit, command: "80.", want: "80"},
		{control: limit, command: "+80", want: "80"},
		{control: limit, command: "007", want: "7"},
		{control: limit, command: " 7 ", want: "7"},
		{control: limit, command: "\t7\r\n", want: "7"},
		{control: limit, command: "1e1", want: "10"},
		{control: limit, command: "0", want: "0"},
		{control: limit, command: "-0", want: "0"},
		{control: limit, command: "100", want: "100"},
		{control: limit, command: "101", err: "101 is outside 0 to 100"},
		{control: limit, command: "100.0001", err: "100.0001 is outside 0 to 100"},
		{control: limit, command: "-1", err: "-1 is outside 0 to 100"},
		{control: limit, command: "80.0001", err: "80.0001 is not a whole number"},
		{control: limit, command: "80.5", err: "80.5 is not a whole number"},
		{control: limit, command: "1e3", err: "1e3 is outside 0 to 100"},
		{control: limit, command: "NaN", err: `"NaN" is not a number`},
		{control: limit, command: "nan", err: `"nan" is not a number`},
		{control: limit, command: "Inf", err: `"Inf" is not a number`},
		{control: limit, command: "-infinity", err: `"-infinity" is not a number`},
		{control: limit, command: "1e999", err: `"1e999" is not a number`},
		{control: limit, command: "0x10", err: `"0x10" is not a number`},
		{control: limit, command: "0x1p4", err: `"0x1p4" is not a number`},
		{control: limit, command: "1_0", err: `"1_0" is not a number`},
		{control: limit, command: "1,5", err: `"1,5" is not a number`},
		{control: limit, command: "8 0", err: `"8 0" is not a number`},
		{control: limit, command: "80 %", err: `"80 %" is not a number`},
		{control: limit, command: "٨٠", err: `"٨٠" is not a number`},
		{control: limit, command: "-", err: `"-" is not a number`},
		{control: limit, command: "null", err: `"null" is not a number`},
		{control: limit, command: "true", err: `"true" is not a number`},
		{control: limit, command: "", err: "empty command"},
		{control: limit, command: " \n", err: "empty command"},
		{control: limit, command: "8\xff", err: "not UTF-8"},
		{control: limit, command: strings.Repeat("1", 513), err: "513 bytes are too long: at most 512"},
		{control: limit, command: strings.Repeat("0", 511) + "7", want: "7"},
		{control: current, command: "64", want: "64"},
		{control: current, command: "64.001", err: "64.001 is outside 0 to 64"},
		{control: current, command: "6.5", want: "6.5"},
		{control: current, command: "6.123456", want: "6.123"},
		{control: current, command: "6.9999", want: "7"},
		{control: current, command: ".5", want: "0.5"},
		{control: current, command: "1e-9", want: "0"},
		{control: current, context: entities.Context{Capabilities: entities.WholeAmps}, command: "6.5", want: "6.5"},
		{control: threshold, command: "-25000", want: "-25000"},
		{control: threshold, command: "-0.0001", want: "0"},
		{control: threshold, command: "25000.5", err: "25000.5 is outside -25000 to 25000"},
		{control: cost, command: "-0.5", want: "-0.5"},
		{control: cost, command: "2.5", want: "2.5"},
		{control: cost, command: "0.1235", want: "0.123"}, // binary: a little below the half
		{control: cost, command: "-0.501", err: "-0.501 is outside -0.5 to 2.5"},
		{control: cost, context: sek, command: "24.9", want: "24.9"},
		{control: cost, context: sek, command: "25.1", err: "25.1 is outside -5 to 25"},
		{control: cost, context: co2, command: "1000", want: "1000"},
		{control: cost, context: co2, command: "-0.1", err: "-0.1 is outside 0 to 1000"},
	} {
		in := control(t, test.control, test.context)
		checkEncode(t, in, test.command, nil, test.want, test.err)
	}
}

func TestEncodeWords(t *testing.T) {
	t.Parallel()
	boost, mode, vehicle := "loadpoint.switch_battery_boost", "loadpoint.select_mode", "loadpoint.select_vehicle"
	smart := entities.Context{Capabilities: entities.SmartModes}
	for _, test := range []struct {
		control string
		context entities.Context
		command string
		want    string
		err     string
	}{
		{control: boost, command: "true", want: "true"},
		{control: boost, command: " false ", want: "false"},
		{control: boost, command: "ON", err: `"ON" is none of true, false`},
		{control: mode, command: "minpv", want: "minpv"},
		{control: mode, command: "eco", err: `"eco" is none of off, pv, minpv, now`},
		{control: mode, context: smart, command: "smart", want: "smart"},
		{control: mode, context: smart, command: "eco", err: `"eco" is none of off, smart, now`},
		{control: vehicle, command: "e-Golf", want: "db:1"},
		{control: vehicle, command: "db:1", want: "db:1"},
		{control: vehicle, command: "-", want: "-"},
		{control: vehicle, command: "Zoe (db:2)", want: "db:2"},
		{control: vehicle, command: "Zoe (db:3)", want: "db:3"},
		{control: vehicle, command: "db:3", want: "db:3"},
		{control: vehicle, command: "Zoe", err: `evcc has no vehicle "Zoe"`},
		{control: vehicle, command: "db:4", want: "db:4"},
		{control: vehicle, command: "Söhne's \"Blitz\" {{ 1 }}", want: "db:5"},
		{control: vehicle, command: "白い車", want: "model3"},
		{control: vehicle, command: "db:6", err: `evcc has no vehicle "db:6"`},
		{control: vehicle, command: "E-GOLF", err: `evcc has no vehicle "E-GOLF"`},
	} {
		in := control(t, test.control, test.context)
		checkEncode(t, in, test.command, nil, test.want, test.err)
	}
}

// Spellings that evcc's own setters take are taken here as well, and what evcc would refuse is refused.
func TestEncodeSpellings(t *testing.T) {
	t.Parallel()
	const boost, mode, vehicle, battery = "loadpoint.switch_battery_boost", "loadpoint.select_mode", "loadpoint.select_vehicle", "site.select_battery_mode"
	const fast, plan, cost, clear = "loadpoint.switch_fast_charging", "vehicle.switch_plan", "loadpoint.number_smart_cost_limit", "loadpoint.button_smart_cost_limit"
	smart := entities.Context{Capabilities: entities.SmartModes}
	for _, test := range []struct {
		control string
		context entities.Context
		command string
		want    string
		err     string
	}{
		{control: mode, command: "PV", want: "pv"},
		{control: mode, command: "Off", want: "off"},
		{control: mode, command: " MinPV ", want: "minpv"},
		{control: mode, command: "Smart", want: "pv"},
		{control: mode, context: smart, command: "Smart", want: "smart"},
		{control: mode, context: smart, command: "PV", want: "pv"},
		{control: mode, command: "none", err: `"none" is none of off, pv, minpv, now`},
		{control: boost, command: "1", want: "true"},
		{control: boost, command: "True", want: "true"},
		{control: boost, command: "t", want: "true"},
		{control: boost, command: "FALSE", want: "false"},
		{control: boost, command: "0", want: "false"},
		{control: boost, command: "tRUE", err: `"tRUE" is none of true, false`},
		{control: boost, command: "yes", err: `"yes" is none of true, false`},
		{control: boost, command: "2", err: `"2" is none of true, false`},
		{control: fast, command: "True", want: "now"},
		{control: plan, command: "False", want: "{}"},
		{control: plan, command: "0", err: `0 is not a plan: write {"value":80,"time":"07:00"}, or {} to delete it; continuous and precondition (seconds) may be added`},
		{control: cost, command: "none", want: "-"},
		{control: cost, command: "-", want: "-"},
		{control: cost, command: "nil", want: "-"},
		{control: cost, command: "null", want: "-"},
		{control: cost, command: "None", err: `"None" is not a number`},
		{control: cost, command: "-0.6", err: "-0.6 is outside -0.5 to 2.5"},
		{control: clear, command: "none", want: "-"},
		{control: clear, command: "None", err: `"None" is none of -`},
		{control: vehicle, command: "none", want: "-"},
		{control: vehicle, command: "nil", want: "-"},
		{control: vehicle, command: "None", err: `evcc has no vehicle "None"`},
		{control: battery, command: "-", want: "unknown"},
		{control: battery, command: "none", want: "unknown"},
		{control: battery, command: "HOLD", want: "hold"},
		{control: battery, command: "Automatic", want: "unknown"},
		{control: "loadpoint.number_solar_share", command: "none", err: `"none" is not a number`},
		{control: battery, command: "Null", want: "unknown"},
		{control: battery, command: "keep", err: `"keep" is none of automatic, normal, hold, charge`},
		{control: "loadpoint.select_phases_configured", command: "none", err: `"none" is none of 1, 3`},
	} {
		in := control(t, test.control, test.context)
		in.Clears = test.control == cost
		checkEncode(t, in, test.command, nil, test.want, test.err)
	}
}

// evcc before 0.131.6 has no word for "none", and a limit that has an "off" value never has.
func TestClearing(t *testing.T) {
	t.Parallel()
	tree := entities.Tree{"loadpoints/1/title": "Garage", "loadpoints/1/connected": "true", "loadpoints/1/limitSoc": "0", "loadpoints/1/smartCostActive": "false"}
	clears := func() (list []string) {
		v := tree.View()
		for _, in := range v.Instances(v.Objects()[1], entities.Settings{}, func(string) bool { return false }) {
			if in.Clears {
				list = append(list, in.Row.ComponentKey())
			}
		}
		return list
	}
	if got := clears(); got != nil {
		t.Errorf("0.124: %v", got)
	}
	tree["loadpoints/1/effectivePlanId"] = "0"
	if diff := cmp.Diff([]string{"number_smart_cost_limit"}, clears()); diff != "" {
		t.Errorf("0.131.9 (-want +got):\n%s", diff)
	}
}

// A command reaches as far as evcc has been for two rounds, and not to the round step that is shown.
func TestEncodeHeld(t *testing.T) {
	t.Parallel()
	in := control(t, "loadpoint.number_max_current", entities.Context{})
	in.Told = in.Tell(in.Told, "125")
	checkEncode(t, in, "65", nil, "", "65 is outside 0 to 64")
	in.Held = in.Hold(in.Held, "125")
	for command, want := range map[string]string{"125": "125", "65": "65", "16": "16", "0": "0"} {
		checkEncode(t, in, command, nil, want, "")
	}
	checkEncode(t, in, "125.1", nil, "", "125.1 is outside 0 to 125")
	checkEncode(t, in, "130", nil, "", "130 is outside 0 to 125")
	checkEncode(t, in, "-0.1", nil, "", "-0.1 is outside 0 to 125")
	if held := in.Hold(in.Held, "1001"); held != in.Held {
		t.Errorf("beyond any current: %v", held)
	}
	price := control(t, "loadpoint.number_smart_cost_limit", entities.Context{})
	price.Held = price.Hold(price.Hold(entities.Beyond{}, "-0.6"), "3.5")
	checkEncode(t, price, "-0.6", nil, "-0.6", "")
	checkEncode(t, price, "3.5", nil, "3.5", "")
	checkEncode(t, price, "-0.61", nil, "", "-0.61 is outside -0.6 to 3.5")
	target := control(t, "vehicle.number_plan_soc", entities.Context{})
	if held := target.Hold(entities.Beyond{}, "130"); held != (entities.Beyond{}) {
		t.Errorf("a plan's target reaches to %v: plans have bounds of their own", held)
	}
}

// Switches by word: evcc gets a word that it knows, and off is the word before.
func TestEncodeToggles(t *testing.T) {
	t.Parallel()
	const fast, solar, hold = "loadpoint.switch_fast_charging", "loadpoint.switch_solar_charging", "site.switch_hold_battery"
	smart, device := entities.Context{Capabilities: entities.SmartModes}, entities.Context{Capabilities: entities.SwitchDevice}
	for _, test := range []struct {
		control, command string
		context          entities.Context
		mode             string
		before           []string // newest first
		want, err        string
	}{
		{control: fast, command: "true", mode: "pv", want: "now"},
		{control: fast, command: "true", mode: "now", want: "now"},
		{control: fast, command: "false", mode: "now", before: []string{"now", "minpv", "pv"}, want: "minpv"},
		{control: fast, command: "false", mode: "now", before: []string{"now", "off"}, want: "off"},
		{control: fast, command: "false", mode: "now", want: "pv"},
		{control: fast, command: "false", mode: "now", context: smart, want: "smart"},
		{control: fast, command: "false", mode: "now", context: smart, before: []string{"now", "minpv"}, want: "smart"},
		{control: fast, command: "false", mode: "now", context: device, before: []string{"now", "minpv"}, want: "pv"},
		{control: fast, command: "false", mode: "off", before: []string{"off", "now", "pv"}, want: "off"},
		{control: fast, command: "false", mode: "", err: "evcc has not published its mode yet"},
		{control: fast, command: "ON", err: `"ON" is none of true, false`},
		{control: solar, command: "true", mode: "off", want: "pv"},
		{control: solar, command: "true", mode: "minpv", want: "minpv"},
		{control: solar, command: "true", mode: "now", context: smart, want: "smart"},
		{control: solar, command: "false", mode: "minpv", before: []string{"minpv", "pv", "off", "now"}, want: "off"},
		{control: solar, command: "false", mode: "pv", before: []string{"pv", "now", "off"}, want: "off"},
		{control: solar, command: "false", mode: "smart", context: smart, before: []string{"smart", "pv"}, want: "off"},
		{control: solar, command: "false", mode: "pv", want: "off"},
		{control: solar, command: "pv", err: `"pv" is none of true, false`},
		{control: hold, command: "true", mode: "charge", want: "hold"},
		{control: hold, command: "false", mode: "hold", before: []string{"hold", "charge"}, want: "unknown"},
		{control: hold, command: "hold", err: `"hold" is none of true, false`},
	} {
		in := control(t, test.control, test.context)
		s := garage(map[string]string{"mode": test.mode})
		s.modes = test.before
		got, err := in.Encode([]byte(test.command), s, noon)
		if got != test.want || (err == nil) != (test.err == "") || (err != nil && err.Error() != test.err) {
			t.Errorf("%s %s of %q after %v: got %q, %v; want %q, %q", test.control, test.command, test.mode, test.before, got, err, test.want, test.err)
		}
	}
	in := control(t, fast, entities.Context{})
	in.Options = []string{"off"}
	if _, err := in.Encode([]byte("true"), garage(nil), noon); err == nil || err.Error() != "this evcc knows none of now" {
		t.Errorf("an evcc without the word: %v", err)
	}
}

// A clear button has no row of its own yet; its kind is checked all the same.
func TestEncodeClear(t *testing.T) {
	t.Parallel()
	in := entities.Instance{Row: &entities.Row{Write: &entities.Write{Kind: entities.WriteClear}}}
	checkEncode(t, in, "-", nil, "-", "")
	checkEncode(t, in, "0", nil, "", `"0" is none of -`)
	in.Row.Write.Kind = 255
	checkEncode(t, in, "-", nil, "", "no such kind of command: 255")
}

// evcc resets the half of a strategy that is missing, so each control sends the other one's value along.
func TestEncodeStrategies(t *testing.T) {
	t.Parallel()
	const continuous, precondition = "planStrategy/continuous", "planStrategy/precondition"
	for _, test := range []struct {
		control, command string
		siblings         map[string]string
		want, err        string
	}{
		{"switch_plan_strategy_continuous", "true", map[string]string{precondition: "900"}, `{"continuous":true,"precondition":900}`, ""},
		{"switch_plan_strategy_continuous", "false", map[string]string{precondition: "604800"}, `{"continuous":false,"precondition":604800}`, ""},
		{"switch_plan_strategy_continuous", "true", nil, `{"continuous":true,"precondition":0}`, ""},
		{"switch_plan_strategy_continuous", "on", nil, "", `"on" is none of true, false`},
		{"select_plan_strategy_precondition", "900", map[string]string{continuous: "true"}, `{"continuous":true,"precondition":900}`, ""},
		{"select_plan_strategy_precondition", "0", map[string]string{continuous: "false"}, `{"continuous":false,"precondition":0}`, ""},
		{"select_plan_strategy_precondition", "900", nil, `{"continuous":false,"precondition":900}`, ""},
		{"select_plan_strategy_precondition", "901", nil, "", `"901" is none of 0, 900, 1800, 3600, 7200, 604800`},
	} {
		for _, scope := range []string{"loadpoint.", "vehicle."} {
			checkEncode(t, control(t, scope+test.control, entities.Context{}), test.command, test.siblings, test.want, test.err)
		}
	}
}

func checkEncode(t *testing.T, in entities.Instance, command string, values map[string]string, want, wantErr string) {
	t.Helper()
	got, err := in.Encode([]byte(command), garage(values), noon)
	gotErr := ""
	if err != nil {
		gotErr = err.Error()
	}
	if diff := cmp.Diff([]string{want, wantErr}, []string{got, gotErr}); diff != "" {
		t.Errorf("%s %q: payload and error (-want +got):\n%s", in.Row.ComponentKey(), command, diff)
	}
}

// Off never leads to more power, whatever the mode, the minimum and the history are, in the words of every evcc.
func TestOffNeverMeansMore(t *testing.T) {
	t.Parallel()
	words := []string{"off", "smart", "pv", "minpv", "now"} // least first
	rank := func(mode string) int { return slices.Index(words, mode) }
	tried := 0
	for version, test := range map[string]struct {
		context entities.Context
		modes   []string
		always  []string
	}{
		"0.123": {modes: []string{"off", "pv", "minpv", "now"}, always: []string{""}},
		"0.313": {modes: []string{"off", "pv", "minpv", "now"}, always: []string{""}},
		"0.316": {context: entities.Context{Capabilities: entities.SmartModes}, modes: []string{"off", "smart", "now"}, always: []string{"off", "on"}},
	} {
		for _, id := range []string{"loadpoint.switch_fast_charging", "loadpoint.switch_solar_charging"} {
			in := control(t, id, test.context)
			for _, mode := range test.modes {
				for _, always := range test.always {
					for _, older := range append([]string{""}, test.modes...) {
						for _, oldest := range append([]string{""}, test.modes...) {
							s := garage(map[string]string{"mode": mode, "alwaysCharge": always})
							s.modes = []string{mode, older, oldest}
							got, err := in.Encode([]byte("false"), s, noon)
							if err != nil || rank(got) > rank(mode) || !slices.Contains(in.Options, got) {
								t.Errorf("%s: %s off at %q, %q before that: got %q, %v", version, id, mode, s.modes[1:], got, err)
							}
							if on := slices.Contains(in.Row.On, mode); !on && got != mode || on && slices.Contains(in.Row.On, got) {
								t.Errorf("%s: %s off at %q: got %q", version, id, mode, got)
							}
							tried++
						}
					}
				}
			}
		}
	}
	if tried < 500 {
		t.Errorf("only %d cases", tried)
	}
}
