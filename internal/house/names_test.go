package house

import (
	"slices"
	"strings"
	"testing"

	"evcc-discovery/internal/repotest"
)

// otherwise are the packages for tests that are not called so, each with its reason.
var otherwise = map[string]string{
	"internal/mqtt/mosquitto": "it is called after the broker that it starts",
}

// forTests reports whether a package's name says that it is there for tests alone.
func forTests(path string) bool {
	return strings.HasSuffix(path, "test") || otherwise[short(path)] != ""
}

// TestPackagesForTests: what only tests import is called …test, and no program imports what is called so.
func TestPackagesForTests(t *testing.T) {
	t.Parallel()
	packages := repotest.Packages(t)
	program, tests := make(map[string]bool), make(map[string]bool) // who is imported by them
	for _, p := range packages {
		for _, imported := range p.Imports {
			if forTests(p.ImportPath) {
				tests[imported] = true
			} else {
				program[imported] = true
			}
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			tests[imported] = true
		}
	}
	for path := range packages {
		if program[path] && forTests(path) {
			t.Errorf("%s is for tests, and the program imports it", path)
		}
		if tests[path] && !program[path] && path != module && !forTests(path) {
			t.Errorf("only tests import %s: call it …test, or say why not", path)
		}
	}
	for name, reason := range otherwise {
		if !tests[module+"/"+name] || program[module+"/"+name] {
			t.Errorf("a rule names %s, which is not for tests alone: %s", name, reason)
		}
	}
}
