package discovery_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// The reference is testdata/ha-evcc-entities.txt: what the ha-evcc integration made of the evcc 0.313.2 demo. The same
// entity id means the same unit and the same option codes here as there, so that whoever switches keeps history,
// dashboards and automations.

// absent are topics that the demo's devices do not have. The integration makes an entity of each all the same, which
// never has a value; we make one once evcc publishes. For the comparison evcc does.
var absent = entities.Tree{
	"site/smartFeedInPriorityAvailable": "true",
	"site/gridExportLimit":              "0", "site/auxPower": "100", "site/pv/1/energy": "1234.5",
	"site/grid/currents": "3", "site/grid/currents/1": "1", "site/grid/currents/2": "2", "site/grid/currents/3": "3",
	"loadpoints/1/vehicleClimaterActive": "false", "loadpoints/2/vehicleClimaterActive": "false",
}

// measured are values of a charger with a meter; the demo has none.
var measured = entities.Tree{
	"chargeCurrents": "48", "chargeCurrents/l1": "16", "chargeCurrents/l2": "16", "chargeCurrents/l3": "16",
	"chargeVoltages": "690", "chargeVoltages/l1": "230", "chargeVoltages/l2": "230", "chargeVoltages/l3": "230",
	"chargeTotalImport": "1234.5",
}

// otherwise names lines of the reference that have no equal here, and why. The test fails for one that has.
var otherwise = map[string]string{
	"number.evcc_heat_pump_limit_energy":              "an integrated device has no sessions that an energy limit could end",
	"sensor.evcc_heat_pump_charge_remaining_duration": "a device without vehicle has nothing that could be full",
	"sensor.evcc_heat_pump_charge_remaining_energy":   "a device without vehicle has nothing that could be full",
	"sensor.evcc_carport_phase_remaining":             "they are seconds, and the unit says so",
	"sensor.evcc_garage_phase_remaining":              "they are seconds, and the unit says so",
	"sensor.evcc_heat_pump_phase_remaining":           "they are seconds, and the unit says so",
	"sensor.evcc_forecast_feedin":                     "the current slot changes with the clock; evcc's tariff_feed_in is the same value",
	"sensor.evcc_forecast_grid":                       "the current slot changes with the clock; evcc's tariff_grid is the same value",
	"sensor.evcc_forecast_planner":                    "the current slot changes with the clock; evcc's tariff_grid is the same value",
	"sensor.evcc_forecast_solar":                      "the current slot changes with the clock; evcc's tariff_solar is the same value",
}

// improvement is what only compatibility mode has as the reference, and why.
type improvement struct{ ids, reason string }

var better = []improvement{
	{onlyUnits, "the site has the same while there is only one; they exist beside a second one"},
	{`^select\.evcc_battery_mode$`, "automatic: null and unknown read as broken"},
	{`^sensor\.evcc_stat\w+_avg_price$`, "a price per kWh has that unit"},
	{`^sensor\.evcc_stat\w+_avg_co2$`, "grams per kWh have that unit"},
	{`_(charge|charge_remaining)_duration$`, "19,181 s say nothing, 5h 19m does"},
}

// onlyUnits are entities of the only PV system and battery that only compatibility mode has.
const onlyUnits = `^sensor\.evcc_(pv_0_power|battery_0_(power|soc|capacity))$`

// line is a line of the reference.
type line struct{ id, enabled, source, unit, options string }

func reference(t *testing.T) []line {
	t.Helper()
	content, err := os.ReadFile("testdata/ha-evcc-entities.txt")
	if err != nil {
		t.Fatal(err)
	}
	var list []line
	for text := range strings.Lines(string(content)) {
		if f := strings.Split(strings.TrimRight(text, "\n"), " | "); !strings.HasPrefix(text, "#") {
			list = append(list, line{f[0], f[1], f[2], strings.TrimSpace(f[3]), strings.TrimSpace(f[6])})
		}
	}
	return list
}

// ours are the components by entity id.
func ours(t *testing.T, s discovery.Site, tree entities.Tree) map[string]map[string]any {
	t.Helper()
	all := make(map[string]map[string]any)
	for _, c := range s.Wanted(tree, discovery.Registry{}, false).Configs {
		var m struct{ Components map[string]map[string]any }
		if err := json.Unmarshal([]byte(c.Payload), &m); err != nil {
			t.Fatal(err)
		}
		for _, component := range m.Components {
			all[component["default_entity_id"].(string)] = component
		}
	}
	return all
}

func referenceTree(t *testing.T) entities.Tree {
	tree := readTree(t, "0.313.2")
	maps.Copy(tree, absent)
	for _, lp := range []string{"1", "2", "3"} {
		for key, value := range measured {
			tree["loadpoints/"+lp+"/"+key] = value
		}
	}
	return tree
}

// TestReference prints the share of lines that one evcc topic can feed (marked mqtt) which have their equal here, and
// names every other one.
func TestReference(t *testing.T) {
	compatible := site(t)
	compatible.Compatible = true
	demo, whole, plain := ours(t, site(t), readTree(t, "0.313.2")), ours(t, compatible, referenceTree(t)), ours(t, site(t), referenceTree(t))
	lines, here, now := 0, 0, 0
	used := make(map[string]bool)
	for _, l := range reference(t) {
		component, same := whole[l.id]
		problem := "does not exist"
		if same {
			problem = differs(component, l)
		}
		reason, excepted := otherwise[l.id]
		switch {
		case l.source == "compat": // TestCompatible's
		case same && problem != "" && !excepted:
			t.Errorf("%s: %s", l.id, problem)
		case problem == "" && excepted:
			t.Errorf("%s is an exception and has its equal", l.id)
		case l.source == "mqtt" && problem != "" && !excepted:
			t.Errorf("%s (enabled there: %s): %s; give a reason or add it", l.id, l.enabled, problem)
		}
		if l.source != "mqtt" {
			continue
		}
		lines++
		if problem != "" {
			t.Logf("%s: %s: %s", l.id, problem, reason)
			continue
		}
		here++
		if mine := differs(plain[l.id], l); mine != "" {
			i := slices.IndexFunc(better, func(b improvement) bool { return re(b.ids).MatchString(l.id) })
			if i < 0 {
				t.Errorf("%s, without compatibility mode: %s; give a reason", l.id, mine)
				continue
			}
			used[better[i].ids] = true
		}
		if _, there := demo[l.id]; there {
			now++
		}
	}
	t.Logf("%d of %d lines marked mqtt have their equal: %.1f %%; %d of them in the demo as it is, the others once evcc publishes their topics",
		here, lines, 100*float64(here)/float64(lines), now)
	for _, b := range better {
		if !used[b.ids] {
			t.Errorf("%s are as there, and a reason is given why not", b.ids)
		}
	}
	if 100*here < 95*lines {
		t.Errorf("less than 95 %% have their equal")
	}
}

// unlikeLists names what lists of compatibility mode cannot have, and why.
var unlikeLists = map[string]string{
	"unit": "a select of MQTT discovery has no unit: the integration shows A beside currents",
}

// TestCompatible does the same for the lines marked compat, with COMPATIBILITY=ha-evcc; and the mode takes nothing away.
func TestCompatible(t *testing.T) {
	s := site(t)
	plain := ours(t, s, referenceTree(t))
	s.Compatible = true
	whole := ours(t, s, referenceTree(t))
	for id := range plain {
		if whole[id] == nil {
			t.Errorf("%s is missing in compatibility mode", id)
		}
	}
	lines, here, marked := 0, 0, make(map[string]bool)
	for _, l := range reference(t) {
		if l.source != "compat" {
			continue
		}
		lines++
		marked[l.id] = true
		component := whole[l.id]
		if component == nil {
			t.Errorf("%s does not exist", l.id)
			continue
		}
		if l.unit != "" {
			t.Logf("%s: unit %q: %s", l.id, l.unit, unlikeLists["unit"])
		}
		var options []string
		for _, o := range component["options"].([]any) {
			options = append(options, o.(string))
		}
		got := strings.Join(options, ",")
		if want, cut := strings.CutSuffix(l.options, " …"); got != want && !(cut && strings.HasPrefix(got, want)) {
			t.Errorf("%s offers %s, there %s", l.id, got, l.options)
			continue
		}
		here++
	}
	t.Logf("%d of %d lists have the same id and options", here, lines)
	for id := range whole {
		if plain[id] == nil && !marked[id] && !re(onlyUnits).MatchString(id) {
			t.Errorf("%s exists in compatibility mode only and is not in the reference", id)
		}
	}
}

func differs(component map[string]any, l line) string {
	if have, _ := component["unit_of_measurement"].(string); have != l.unit {
		return fmt.Sprintf("unit %q, there %q", have, l.unit)
	}
	if component["platform"] != "select" {
		return ""
	}
	var codes []string
	for _, o := range component["options"].([]any) {
		codes = append(codes, o.(string))
	}
	for code := range strings.SplitSeq(l.options, ",") {
		if !slices.Contains(codes, strings.TrimSpace(code)) {
			return fmt.Sprintf("lacks the option %q of %q", code, l.options)
		}
	}
	return ""
}

// The lists of compatibility mode follow what evcc has: nobody is offered a minimum above the maximum.
func TestListsAreBounded(t *testing.T) {
	t.Parallel()
	s := site(t)
	s.Compatible = true
	tree := readTree(t, "0.313.2")
	tree["loadpoints/1/minCurrent"], tree["loadpoints/1/maxCurrent"] = "8", "10.5"
	tree["site/prioritySoc"], tree["site/bufferSoc"], tree["site/bufferStartSoc"] = "40", "80", "90"
	all := ours(t, s, tree)
	for id, want := range map[string]string{
		"select.evcc_carport_min_current": "0.125 0.25 0.5 1 2 3 4 5 6 7 8 9 10",
		"select.evcc_buffer_soc":          "40 45 50 55 60 65 70 75 80 85 90 95 100",
		"select.evcc_buffer_start_soc":    "80 85 90 95 100 0",
		"select.evcc_priority_soc":        "0 5 10 15 20 25 30 35 40 45 50 55 60 65 70 75 80",
	} {
		if got := strings.Trim(fmt.Sprint(all[id]["options"]), "[]"); got != want {
			t.Errorf("%s: got %s, want %s", id, got, want)
		}
	}
	if got := all["select.evcc_carport_max_current"]["options"].([]any); got[0] != "8" || got[len(got)-1] != "64" {
		t.Errorf("max_current: %v", got)
	}
	w := s.Wanted(tree, discovery.Registry{}, false)
	for _, path := range []string{"loadpoints/1/minCurrent", "loadpoints/1/maxCurrent", "site/prioritySoc", "site/bufferSoc"} {
		if !w.Bounds[path] {
			t.Errorf("another %s changes no list", path)
		}
	}
}
