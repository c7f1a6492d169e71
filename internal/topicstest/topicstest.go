// Package topicstest reads the documented list of evcc's topics, entities/testdata/evcc-topics.tsv: what evcc publishes and
// accepts in which of its versions. The list knows nothing of the catalogue, so that tests can hold one against the
// other. Only tests use the package.
//
// Most values are what their type and unit say: measurements, words, truth values. The column class has a word for the rest:
//
//	counter       energy that one meter has counted: it only grows
//	sum           energy of several counters, or of one that may fall
//	period        energy that begins again at 0: of a session, a day, a year
//	window        energy of the last hours or days, as they move
//	forecast      what is expected, or left to do
//	setpoint      a setting, a limit, a plan, an advice
//	level         a battery's state of charge, or one that it is to have
//	capacity      energy that fits into a battery
//	choice        one of a few numbers that evcc offers
//	connectivity  whether evcc is there
//	plug          whether something is plugged in
//	charging      whether energy flows into something
//	elapsed       a time that people read in hours
//	timer         a time that people read in minutes
//
// More than the kind is known of some: positive says that 0 or less means unknown, zero that 0 is published as nothing,
// overflow that there is a value for unknown, absent that it is published only while it is true. The ha-evcc integration, whose entities ours can follow, has kilo in thousands.
package topicstest

import (
	"cmp"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Topic is one line: a topic of evcc in every version from Since up to, but without, Until.
type Topic struct {
	Scope, Key         string // "loadpoints/<id>" and "chargeCurrents/l*"; the scope root stands for nothing above the key
	Type, Unit         string
	Class              []string // what kind of value it is, beyond type and unit; see below
	Since, Until       string   // versions of evcc; Until is empty while it is there
	ReplacedBy         string   // path of the topic that came instead, often without the scope
	When               string   // in which cases it is published, in words
	Written            bool     // there is only a setter: nothing is published
	Set                string   // the setter with "/set", below the scope; "" for none
	SetSince, SetUntil string   // versions that have it; SetUntil may be a gap, which is not the end
}

// Read reads the list.
func Read(t testing.TB, file string) []Topic {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list []Topic
	for line := range strings.Lines(string(content)) {
		f := strings.Split(line, "\t")
		if f[0] == "scope" { // the heading
			continue
		}
		list = append(list, Topic{
			Scope: f[0], Key: f[1], Type: f[2], Unit: f[3], Class: strings.Fields(f[4]), Since: f[5], Until: f[6], ReplacedBy: f[7],
			When: f[8], Written: strings.Contains(f[8], "write-only"), Set: f[9], SetSince: f[11], SetUntil: f[12],
		})
	}
	return list
}

// Path is the topic below evcc's root as the list has it: "loadpoints/<id>/chargePower".
func (d Topic) Path() string { return d.below(d.Key) }

// SetPath is the same of the setter, without "/set"; "" for none.
func (d Topic) SetPath() string {
	name, ok := strings.CutSuffix(d.Set, "/set")
	if !ok {
		return ""
	}
	return d.below(name)
}

func (d Topic) below(key string) string {
	if d.Scope == "root" {
		return key
	}
	return d.Scope + "/" + key
}

// Kind is the scope in the catalogue's words: site, loadpoint or vehicle, "" for another one.
func (d Topic) Kind() string {
	return map[string]string{"site": "site", "loadpoints/<id>": "loadpoint", "vehicles/<name>": "vehicle"}[d.Scope]
}

// Objects replaces what stands for an object in a path by "*".
func Objects(path string) string {
	return strings.NewReplacer("<id>", "*", "<n>", "*", "<name>", "*").Replace(path)
}

// Periods returns the paths that a path with "<period>" stands for.
func Periods(path string) []string {
	if !strings.Contains(path, "<period>") {
		return []string{path}
	}
	var list []string
	for _, period := range []string{"30d", "365d", "thisYear", "total"} {
		list = append(list, strings.Replace(path, "<period>", period, 1))
	}
	return list
}

// In reports whether that version published it.
func (d Topic) In(version string) bool { return !d.Written && within(version, d.Since, d.Until) }

// Settable reports whether that version took a value for it.
func (d Topic) Settable(version string) bool {
	first, last, gap := d.Gap()
	if gap {
		return within(version, d.SetSince, "") && (Compare(version, first) < 0 || Compare(last, version) < 0)
	}
	return d.Set != "" && within(version, d.SetSince, d.SetUntil)
}

// Gap returns the first and the last version between which the setter was away; ok is false when it never was.
func (d Topic) Gap() (first, last string, ok bool) {
	gap, ok := strings.CutPrefix(d.SetUntil, "gap ")
	first, last, _ = strings.Cut(strings.TrimSuffix(gap, " without setter"), "..")
	return first, last, ok
}

func within(version, since, until string) bool {
	return Compare(since, version) <= 0 && (until == "" || Compare(version, until) < 0)
}

// Compare compares versions of evcc as numbers: 0.123.0 is older than 0.131.12. No version is the oldest.
func Compare(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		m, _ := strconv.Atoi(x)
		n, _ := strconv.Atoi(y)
		return cmp.Compare(m, n)
	})
}
