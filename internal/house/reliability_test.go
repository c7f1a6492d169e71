package house

import (
	"path"
	"regexp"
	"strings"
	"testing"

	"evcc-discovery/internal/repotest"
)

var (
	testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	quoted       = regexp.MustCompile("`([^`]+)`")
)

// TestReliabilityTable: every line of docs/reliability.md names the tests that show it, and each name is that of one test.
func TestReliabilityTable(t *testing.T) {
	t.Parallel()
	exists := make(map[string]int)
	for _, name := range repotest.Files(t) {
		switch {
		case strings.HasPrefix(name, "internal/bridge/testdata/") && path.Ext(name) == ".txt":
			exists[path.Base(name)]++ // a transcript
		case strings.HasSuffix(name, "_test.go"):
			for _, m := range testFunction.FindAllStringSubmatch(repotest.Read(t, name), -1) {
				exists[m[1]]++
			}
		}
	}
	lines := 0
	table, _, _ := strings.Cut(repotest.Read(t, "docs/reliability.md"), "\n## ")
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 6 || strings.HasPrefix(cells[1], "--") || strings.TrimSpace(cells[1]) == "Fault" {
			continue
		}
		lines++
		named := quoted.FindAllStringSubmatch(cells[4], -1)
		if len(named) == 0 {
			t.Errorf("no test shows it: %s", cells[1])
		}
		for _, m := range named {
			if n := exists[m[1]]; n != 1 {
				t.Errorf("%d tests are called %s; one should show: %s", n, m[1], cells[1])
			}
		}
	}
	if lines < 15 {
		t.Errorf("only %d lines were read", lines)
	}
}
