package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"evcc-discovery/internal/repotest"
)

// calls lists what only some files may call.
var calls = []struct {
	function string   // as it is written; ".Name" on anything
	within   string   // a folder, "" = everywhere
	files    []string // who may
	reason   string
}{
	{"os.Exit", "", []string{"main.go"}, "what ends the process cannot be tested, and skips every defer"},
	{".Fatal", "", nil, "a logger that ends the process cannot be tested either"},
	{".Fatalf", "", nil, "a logger that ends the process cannot be tested either"},
	{"time.Now", "internal/bridge", []string{"internal/bridge/loop.go"}, "time is part of the event: the core has no clock"},
	{"time.Since", "internal/bridge", []string{"internal/bridge/loop.go"}, "time is part of the event: the core has no clock"},
	{"time.Until", "internal/bridge", []string{"internal/bridge/loop.go"}, "time is part of the event: the core has no clock"},
	{"time.Sleep", "internal/bridge", nil, "the core never waits"},
	{"time.After", "internal/bridge", nil, "the core never waits"},
	{"time.NewTimer", "internal/bridge", []string{"internal/bridge/loop.go"}, "the core asks for ticks by Next"},
	{"time.Now", "discovery", nil, "messages are a pure function"},
	{"time.Now", "entities", nil, "the catalogue is pure data"},
}

// TestCalls reads the program's sources: who calls what only few may.
func TestCalls(t *testing.T) {
	t.Parallel()
	packages := repotest.Packages(t)
	found := make(map[string]bool) // files that call what they may
	for _, p := range packages {
		if forTests(p.ImportPath) {
			continue
		}
		for _, name := range p.GoFiles {
			file := path.Join(short(p.ImportPath), name)
			for function, position := range selectors(t, filepath.Join(p.Dir, name)) {
				for _, rule := range calls {
					if rule.function != function || rule.within != "" && !strings.HasPrefix(file, rule.within+"/") {
						continue
					}
					found[file+" "+function] = true
					if !slices.Contains(rule.files, file) {
						t.Errorf("%s: %s: %s", position, function, rule.reason)
					}
				}
			}
		}
	}
	for _, rule := range calls {
		for _, file := range rule.files {
			if !found[file+" "+rule.function] {
				t.Errorf("a rule lets %s call %s, which it does not do any more", file, rule.function)
			}
		}
	}
}

// selectors returns every "a.B" and ".B" of a file with the position of one.
func selectors(t *testing.T, file string) map[string]token.Position {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]token.Position)
	ast.Inspect(parsed, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			all["."+s.Sel.Name] = set.Position(s.Pos())
			if x, ok := s.X.(*ast.Ident); ok {
				all[x.Name+"."+s.Sel.Name] = set.Position(s.Pos())
			}
		}
		return true
	})
	return all
}
