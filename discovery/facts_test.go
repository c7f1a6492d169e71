package discovery_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"evcc-discovery/internal/topicstest"
)

// documented is a line of the list of evcc's topics.
type documented struct {
	topicstest.Topic
	pattern *regexp.Regexp // of whole topics
}

// facts is the documented list, which knows nothing of the catalogue.
const facts = "../entities/testdata/evcc-topics.tsv"

func readFacts(t *testing.T) (list []documented) {
	t.Helper()
	one := regexp.MustCompile(`<[a-z]+>|\*`)
	for _, d := range topicstest.Read(t, facts) {
		pattern := one.ReplaceAllLiteralString(regexp.QuoteMeta(strings.ReplaceAll(d.Path(), "*", "<x>")), `[^/]+`)
		list = append(list, documented{d, regexp.MustCompile("^evcc/" + pattern + "$")})
	}
	return list
}

// factOf finds what is known of a path below the root in that version; a line without wildcards wins.
func factOf(list []documented, path, version string) (found documented, ok bool) {
	for _, d := range list {
		if d.In(version) && d.pattern.MatchString("evcc/"+path) && (!ok || !strings.Contains(d.pattern.String(), "[^/]+")) {
			found, ok = d, true
		}
	}
	return found, ok
}

// TestExpectedAgainstFacts: what a tree's table expects to be read is documented for that version: evcc had the topic
// already, and had it still.
func TestExpectedAgainstFacts(t *testing.T) {
	list := readFacts(t)
	checked := 0
	for _, version := range everyTree(t) {
		for id, e := range expected(t, version) {
			if !strings.HasPrefix(e.Topic, "evcc/") {
				continue
			}
			checked++
			if !slices.ContainsFunc(list, func(d documented) bool { return d.In(version) && d.pattern.MatchString(e.Topic) }) {
				t.Errorf("%s: %s reads %s, which that evcc is not known to publish", version, id, e.Topic)
			}
		}
	}
	t.Logf("%d lines of %d tables are documented for their version", checked, len(everyTree(t)))
}
