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

// byUnit is the look of a read-only number.
var byUnit = map[string]look{
	"W":                          {"sensor", "W", "power", "measurement", "number"},
	"A":                          {"sensor", "A", "current", "measurement", "number"},
	"V":                          {"sensor", "V", "voltage", "measurement", "number"},
	"Wh":                         {"sensor", "kWh", "energy", "measurement", "*0.001"},
	"kWh":                        {"sensor", "kWh", "energy", "measurement", "number"},
	"°C":                         {"sensor", "°C", "temperature", "measurement", "number"},
	"km":                         {"sensor", "km", "distance", "measurement", "number"},
	"%":                          {"sensor", "%", "", "measurement", "number"},
	"% or °C":                    {"sensor", "%", "", "measurement", "number"},
	"ratio 0..1":                 {"sensor", "%", "", "measurement", "*100"},
	"factor":                     {"sensor", "", "", "measurement", "number"},
	"phases":                     {"sensor", "", "", "measurement", "number"},
	"":                           {"sensor", "", "", "measurement", "number"},
	"<currency>":                 {"sensor", "€", "", "measurement", "number"},
	"<currency>/kWh":             {"sensor", "€/kWh", "", "measurement", "number"},
	"gCO2/kWh":                   {"sensor", "g/kWh", "", "measurement", "number"},
	"<currency>/kWh or gCO2/kWh": {"sensor", "€/kWh", "", "measurement", "number"},
}

// byClass is what the words of package topics make of a look.
var byClass = map[string]func(l *look){
	"counter":      func(l *look) { l.StateClass = "total_increasing" },
	"sum":          func(l *look) { l.StateClass = "total" },
	"period":       func(l *look) { l.StateClass = "total_increasing" },
	"window":       func(l *look) { l.StateClass = "" },
	"forecast":     func(l *look) { l.StateClass = "" },
	"setpoint":     func(l *look) { l.StateClass = "" },
	"level":        func(l *look) { l.DeviceClass = "battery" },
	"capacity":     func(l *look) { l.DeviceClass = "energy_storage" },
	"choice":       func(l *look) { *l = byType["enum"] },
	"connectivity": func(l *look) { *l = look{"binary_sensor", "", "connectivity", "", "online"} },
	"plug":         func(l *look) { l.DeviceClass = "plug" },
	"charging":     func(l *look) { l.DeviceClass = "battery_charging" },
	"positive":     func(l *look) { l.Reading = "positive" },
	"zero":         func(l *look) { l.Reading = "zero" },
	"overflow":     func(*look) {}, // every elapsed time has it
	"absent":       func(l *look) { l.Reading = "out" },
	"elapsed":      func(l *look) { l.Unit, l.Reading = "h", "hours" },
	"timer":        func(l *look) { l.Unit, l.Reading = "min", "minutes" },
	"kilo":         func(l *look) { l.Unit, l.Reading = "k"+l.Unit, "*0.001" },
}

// setElsewhere are values that are set on another value's topic, or seem to be set and are not: evcc's answer to
// batteryMode/set is batteryModeExternal, and before 0.301.2 phasesConfigured was set by phases/set.
var setElsewhere = map[string]bool{"site/batteryMode": false, "loadpoints/<id>/phasesConfigured": true}

// beside are entities that show or set what another one does as well: their topics do not say what they look like.
var beside = re(`^(switch\..*_(fast|solar)_charging|sensor\..*_legacy_mode|select\..*_vehicle|select\.evcc_battery_mode|sensor\..*_plan_energy)$`)

// re makes patterns readable.
var re = regexp.MustCompile

// derive says what a value must look like in that version, from the facts alone.
func derive(d documented, path, version string, tree entities.Tree) look {
	l, ok := byType[d.Type]
	if !ok {
		l = byUnit[d.Unit]
	}
	for _, class := range d.Class {
		if change := byClass[class]; change != nil { // TestClasses names it
			change(&l)
		}
	}
	settable, elsewhere := setElsewhere[d.Path()]
	if settable || !elsewhere && d.Settable(version) {
		l = control(l)
	}
	object := path[:strings.LastIndexByte(path, '/')+1]
	heating := tree[object+"chargerFeatureHeating"] == "true"
	switch {
	case d.Unit == "% or °C" && heating:
		l.Unit, l.DeviceClass = "°C", "temperature"
	case l.DeviceClass == "battery_charging" && (heating || tree[object+"chargerFeatureIntegratedDevice"] == "true"):
		l.DeviceClass = "running" // without a plug nothing is charged
	}
	return l
}

// control says what a value looks like that can be set.
func control(l look) look {
	switch l.StateClass = ""; l.Reading { // statistics of set points mean nothing
	case "bool":
		l.Platform = "switch"
	case "word":
		l.Platform, l.DeviceClass = "select", ""
	default:
		l.Platform = "number"
	}
	return l
}

// TestClasses: every class in the list is known, and every known one is in the list.
func TestClasses(t *testing.T) {
	used := make(map[string]bool)
	for _, d := range readFacts(t) {
		for _, class := range d.Class {
			if used[class] = true; byClass[class] == nil {
				t.Errorf("%s: no such class: %s", d.Path(), class)
			}
		}
	}
	for class := range byClass {
		if !used[class] {
			t.Errorf("nothing has the class %s", class)
		}
	}
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
