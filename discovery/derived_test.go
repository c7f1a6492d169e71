package discovery_test

import (
	"regexp"
	"strings"
	"testing"

	"evcc-discovery/entities"
)

// Two things are held together here that know nothing of each other, and nothing of the catalogue: the list of evcc's
// topics, with type, unit, setter and versions, and the tables of what each tree must become.

// look is what a table says of a value, as far as facts tell.
type look struct{ Platform, Unit, DeviceClass, StateClass, Reading string }

// byType is the look of a read-only value that has no unit or whose unit does not matter.
var byType = map[string]look{
	"bool":       {"binary_sensor", "", "", "", "bool"},
	"enum":       {"sensor", "", "enum", "", "word"},
	"string":     {"sensor", "", "", "", "text"},
	"count":      {"sensor", "", "", "measurement", "number"},
	"time_unix":  {"sensor", "", "timestamp", "", "time"},
	"duration_s": {"sensor", "s", "duration", "measurement", "number"},
	"json":       {"sensor", "", "timestamp", "", "series"}, // forecasts: the end of the last slot
}

// byUnit is the look of a read-only number. Energy counters are not here: see special.
var byUnit = map[string]look{
	"W":                          {"sensor", "W", "power", "measurement", "number"},
	"A":                          {"sensor", "A", "current", "measurement", "number"},
	"V":                          {"sensor", "V", "voltage", "measurement", "number"},
	"°C":                         {"sensor", "°C", "temperature", "measurement", "number"},
	"km":                         {"sensor", "km", "distance", "measurement", "positive"}, // evcc.md §11: 0 is unknown
	"%":                          {"sensor", "%", "", "measurement", "number"},
	"ratio 0..1":                 {"sensor", "%", "", "measurement", "*100"},
	"factor":                     {"sensor", "", "", "measurement", "number"},
	"phases":                     {"sensor", "", "", "measurement", "number"},
	"":                           {"sensor", "", "", "measurement", "number"},
	"<currency>":                 {"sensor", "€", "", "measurement", "number"},
	"<currency>/kWh":             {"sensor", "€/kWh", "", "measurement", "number"},
	"gCO2/kWh":                   {"sensor", "g/kWh", "", "measurement", "number"},
	"<currency>/kWh or gCO2/kWh": {"sensor", "€/kWh", "", "measurement", "number"},
}

// re makes the tables below readable.
var re = regexp.MustCompile

// special lists values of which more is known than type and unit; the first that matches counts.
var special = []struct {
	topics *regexp.Regexp // paths below the root
	look   look
	why    string
}{
	{re(`^status$`), look{"binary_sensor", "", "connectivity", "", "online"}, "evcc's will"},
	{re(`/phasesConfigured$`), look{"select", "", "", "", "word"}, "set by phases/set before 0.301.2"},
	{re(`/connected$`), look{"binary_sensor", "", "plug", "", "bool"}, "a plug"},
	{re(`/charging$`), look{"binary_sensor", "", "battery_charging", "", "bool"}, "energy flows"},
	{re(`/chargePower$`), look{"sensor", "kW", "power", "measurement", "*0.001"}, "the reference has kW here"},
	{re(`/vehicleSoc$`), look{"sensor", "%", "battery", "measurement", "positive"}, "§11: 0 is unknown"},
	{re(`/vehicle(Limit|Target)Soc$`), look{"sensor", "%", "", "", "positive"}, "a set point; 0 is unknown"},
	{re(`/effective\w+Soc$`), look{"sensor", "%", "", "", "number"}, "a set point"},
	{re(`/forecast/\w+/soc$`), look{"sensor", "%", "", "", "number"}, "a forecast"},
	{re(`(/soc|battery\w*Soc)$`), look{"sensor", "%", "battery", "measurement", "number"}, "a battery's level"},
	{re(`(statistics/(30d|365d)/chargedKWh)$`), look{"sensor", "kWh", "energy", "", "number"}, "a window that moves may fall"},
	{re(`/chargedKWh$`), look{"sensor", "kWh", "energy", "total_increasing", "number"}, "only grows, but for the new year"},
	{re(`/avgPrice$`), look{"sensor", "€", "", "measurement", "number"}, "the reference's unit"},
	{re(`/avgCo2$`), look{"sensor", "CO₂", "", "measurement", "number"}, "the reference's unit"},
	{re(`/phaseRemaining$`), look{"sensor", "", "", "measurement", "number"}, "the reference has no unit"},
	{re(`/connectedDuration$`), look{"sensor", "s", "duration", "measurement", "finite"}, "§1: overflow value"},
	{re(`(/effectivePlanStrategy/precondition|/planOverrun|site/interval)$`), look{"sensor", "s", "duration", "", "number"}, "a setting or a plan"},
	{re(`/plan(P|/p)recondition$`), look{"sensor", "", "enum", "", "word"}, "the choices of its control of later versions"},
	{re(`(c|C)apacity$`), look{"sensor", "kWh", "energy_storage", "measurement", "number"}, "fits into a battery"},
	{re(`/(session|charged|today)Energy$`), look{"sensor", "kWh", "energy", "total_increasing", "*0.001"}, "starts again at 0"},
	{re(`/(last\w+|chargeRemaining)Energy$|/yield$`), look{"sensor", "kWh", "energy", "", "*0.001"}, "a window, a rest or a forecast"},
	{re(`/(planEnergy|limitEnergy)$`), look{"sensor", "kWh", "energy", "", "number"}, "a set point"},
	{re(`/(chargeTotalImport|grid(E|/e)nergy|grid/returnEnergy)$`), look{"sensor", "kWh", "energy", "total_increasing", "positive"}, "of one meter"},
	{re(`(/energy|(pv|battery|return)Energy)$`), look{"sensor", "kWh", "energy", "total", "positive"}, "§11: may fall, 0 is no counter"},
	{re(`/suggestion/(dis)?charge$|/max\w*Power$`), look{"sensor", "W", "power", "", "number"}, "advice, a set point"},
	{re(`(effectiveM|/m)(in|ax)Current$`), look{"sensor", "A", "current", "", "number"}, "a set point"},
	{re(`/effectivePlanId$|loadpoints/\d+/priority$`), look{"sensor", "", "", "", "number"}, "an identifier, a set point"},
}

// controls are the looks of what a setter writes that is no plain number, word or switch.
var controls = []struct {
	topics *regexp.Regexp
	look   look
}{
	{re(`/planStrategy/precondition$`), look{"select", "", "", "", "word"}},
	{re(`^vehicles/.+Soc$`), look{"number", "%", "battery", "", "zero"}}, // since 0.133 nothing is published for 0
	{re(`(Soc|BoostLimit)$`), look{"number", "%", "battery", "", "number"}},
	{re(`^loadpoints/\d+/\w+Delay$`), look{"number", "s", "duration", "", "number"}},
	{re(`^loadpoints/\d+/limitEnergy$`), look{"number", "kWh", "energy", "", "number"}},
}

// setElsewhere are values whose setter acts on another topic: evcc's answer to batteryMode/set is batteryModeExternal.
var setElsewhere = map[string]bool{"site/batteryMode": true}

// beside are entities that show or set what another one does as well: their topics do not say what they look like.
var beside = re(`^(switch\..*_(fast|solar)_charging|sensor\..*_legacy_mode|select\..*_vehicle|select\.evcc_battery_mode|sensor\..*_plan_energy)$`)

// heats finds paths of what is °C on heating devices, plugless of what charges nothing without a plug.
var (
	heats    = re(`^(loadpoints/\d+/)\w+Soc$`)
	plugless = re(`^(loadpoints/\d+/)charging$`)
)

// derive says what a value must look like in that version, from the facts alone.
func derive(d documented, path, version string, tree entities.Tree) look {
	l, ok := byType[d.Type]
	if !ok {
		l = byUnit[d.Unit]
	}
	for _, s := range special {
		if s.topics.MatchString(path) {
			l = s.look
			break
		}
	}
	if d.Settable(version) && !setElsewhere[path] {
		l = control(d, path, l)
	}
	if m := heats.FindStringSubmatch(path); m != nil && l.Unit == "%" && tree[m[1]+"chargerFeatureHeating"] == "true" {
		l.Unit, l.DeviceClass = "°C", "temperature"
	}
	if m := plugless.FindStringSubmatch(path); m != nil && (tree[m[1]+"chargerFeatureHeating"] == "true" || tree[m[1]+"chargerFeatureIntegratedDevice"] == "true") {
		l.DeviceClass = "running"
	}
	return l
}

// control says what a value looks like that can be set.
func control(d documented, path string, l look) look {
	for _, c := range controls {
		if c.topics.MatchString(path) {
			return c.look
		}
	}
	if l.Platform == "select" {
		return l
	}
	switch l.StateClass = ""; d.Type { // statistics of set points mean nothing
	case "bool":
		l.Platform = "switch"
	case "enum":
		l = look{"select", "", "", "", "word"}
	default:
		l.Platform = "number"
	}
	return l
}

// readLine is a line of a table whose topic tells what it looks like.
type readLine struct {
	version string
	tree    entities.Tree
	id      string
	line    expectation
	path    string // of the topic, below evcc's root
}

// eachReading goes through the tables of every tree.
func eachReading(t *testing.T, do func(readLine)) {
	t.Helper()
	for _, version := range everyTree(t) {
		tree := readTree(t, version)
		for id, line := range expected(t, version) {
			if path, evccs := strings.CutPrefix(line.Topic, "evcc/"); evccs && !beside.MatchString(id) {
				do(readLine{version, tree, id, line, path})
			}
		}
	}
}

// TestExpectedIsDerived: each line of a table that reads a topic of evcc is what type, unit and setter of the topic make
// of it in that version.
func TestExpectedIsDerived(t *testing.T) {
	list := readFacts(t)
	checked := 0
	eachReading(t, func(r readLine) {
		d, ok := factOf(list, r.path, r.version)
		if !ok {
			return // TestExpectedAgainstFacts names it
		}
		checked++
		platform, _, _ := strings.Cut(r.id, ".")
		got := look{platform, r.line.Unit, r.line.DeviceClass, r.line.StateClass, r.line.Reading}
		if want := derive(d, r.path, r.version, r.tree); got != want {
			t.Errorf("%s: %s reads %s (%s in %q): the table has %+v, the facts say %+v", r.version, r.id, r.path, d.Type, d.Unit, got, want)
		}
	})
	t.Logf("%d lines are what the facts make of their topics", checked)
}
