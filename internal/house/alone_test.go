package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"evcc-discovery/internal/repotest"
)

// concurrent are the packages of the standard library that start goroutines or are there for them.
var concurrent = []string{"context", "net", "net/http", "os/signal", "sync", "sync/atomic"}

// TestAlone: the packages that .ci/run tests without the race detector have nothing that could race.
func TestAlone(t *testing.T) {
	t.Parallel()
	list := regexp.MustCompile(`(?m)^alone="(.*)"$`).FindStringSubmatch(repotest.Read(t, ".ci/run"))
	if list == nil {
		t.Fatal(".ci/run names no packages without goroutines")
	}
	packages := repotest.Packages(t)
	for name := range strings.FieldsSeq(list[1]) {
		p, ok := packages[module+"/"+name]
		if !ok {
			t.Errorf(".ci/run names %s, which does not exist any more", name)
		}
		for _, imported := range p.Imports {
			if slices.Contains(concurrent, imported) {
				t.Errorf("%s imports %s: .ci/run must look for races there", name, imported)
			}
		}
		for _, file := range p.GoFiles {
			for _, position := range starts(t, filepath.Join(p.Dir, file)) {
				t.Errorf("%s: a goroutine: .ci/run must look for races there", position)
			}
		}
	}
}

// starts returns where a file starts goroutines.
func starts(t *testing.T, file string) (all []token.Position) {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if s, ok := n.(*ast.GoStmt); ok {
			all = append(all, set.Position(s.Pos()))
		}
		return true
	})
	return all
}
