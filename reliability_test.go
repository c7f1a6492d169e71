package main_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	quoted       = regexp.MustCompile("`([^`]+)`")
)

// TestReliabilityTable: every line of docs/reliability.md names the tests that show it, and each name is that of one test.
func TestReliabilityTable(t *testing.T) {
	t.Parallel()
	exists := make(map[string]int)
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(filepath.ToSlash(path), "internal/bridge/testdata/") && !d.IsDir() && filepath.Ext(path) == ".txt":
			exists[d.Name()]++ // a transcript
		case strings.HasSuffix(path, "_test.go"):
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range testFunction.FindAllStringSubmatch(string(source), -1) {
				exists[m[1]]++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("docs/reliability.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(string(page)) {
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
