package discovery_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documented is a line of the list of evcc's topics.
type documented struct {
	pattern            *regexp.Regexp
	path               string // below the root, with <id>, <name> … for objects
	kind, unit         string
	since, until       string
	written            bool   // there is only a setter
	set                string // its setter, "" for none; only versions from setSince up to, but without, setUntil have it
	setSince, setUntil string
}

// in reports whether that version published it.
func (d documented) in(version string) bool {
	return compareVersions(d.since, version) <= 0 && (d.until == "" || compareVersions(version, d.until) < 0)
}

// settable reports whether that version took a value for it there.
func (d documented) settable(version string) bool {
	return d.set != "" && compareVersions(d.setSince, version) <= 0 && (d.setUntil == "" || compareVersions(version, d.setUntil) < 0)
}

// factOf finds what is known of a path below the root in that version; a line without wildcards wins.
func factOf(facts []documented, path, version string) (found documented, ok bool) {
	for _, d := range facts {
		if d.in(version) && d.pattern.MatchString("evcc/"+path) && (!ok || !strings.Contains(d.pattern.String(), "[^/]+")) {
			found, ok = d, true
		}
	}
	return found, ok
}

// readFacts reads the documented list, which knows nothing of the catalogue.
func readFacts(t *testing.T) (list []documented) {
	t.Helper()
	content, err := os.ReadFile("../entities/testdata/evcc-topics.tsv")
	if err != nil {
		t.Fatal(err)
	}
	one := regexp.MustCompile(`<[a-z]+>|\*`)
	for line := range strings.Lines(string(content)) {
		f := strings.Split(line, "\t")
		topic := f[0] + "/" + f[1]
		if f[0] == "root" {
			topic = f[1]
		}
		pattern := one.ReplaceAllLiteralString(regexp.QuoteMeta(strings.ReplaceAll(topic, "*", "<x>")), `[^/]+`)
		list = append(list, documented{regexp.MustCompile("^evcc/" + pattern + "$"), topic, f[2], f[3], f[4], f[5], strings.Contains(f[7], "write-only"), f[8], f[10], f[11]})
	}
	return list
}

// TestExpectedAgainstFacts: what a tree's table expects to be read is documented for that version: evcc had the topic
// already, and had it still.
func TestExpectedAgainstFacts(t *testing.T) {
	facts := readFacts(t)
	checked := 0
	for _, version := range everyTree(t) {
		for id, e := range expected(t, version) {
			if !strings.HasPrefix(e.Topic, "evcc/") {
				continue
			}
			checked++
			if !slices.ContainsFunc(facts, func(d documented) bool { return d.in(version) && d.pattern.MatchString(e.Topic) }) {
				t.Errorf("%s: %s reads %s, which that evcc is not known to publish", version, id, e.Topic)
			}
		}
	}
	t.Logf("%d lines of %d tables are documented for their version", checked, len(everyTree(t)))
}
