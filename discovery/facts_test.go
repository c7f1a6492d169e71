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
	pattern      *regexp.Regexp
	since, until string
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
		list = append(list, documented{regexp.MustCompile("^evcc/" + pattern + "$"), f[4], f[5]})
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
			if !slices.ContainsFunc(facts, func(d documented) bool {
				return d.pattern.MatchString(e.Topic) && compareVersions(d.since, version) <= 0 && (d.until == "" || compareVersions(version, d.until) < 0)
			}) {
				t.Errorf("%s: %s reads %s, which that evcc is not known to publish", version, id, e.Topic)
			}
		}
	}
	t.Logf("%d lines of %d tables are documented for their version", checked, len(everyTree(t)))
}
