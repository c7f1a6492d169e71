package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"evcc-discovery/internal/repotest"
)

const bridge = "internal/bridge"

// shared is what every machine of the bridge may import of ours, each with its reason.
var shared = map[string]string{
	bridge + "/step":   "what all machines share: time and what happened go in, actions come out",
	"internal/problem": "what is wrong is declared in one place",
	"entities":         "the catalogue",
	"discovery":        "the messages, topics and the registry",
}

// siblings are the machines that may know another one, each with its reason.
var siblings = map[string]struct{ knows, reason string }{
	bridge + "/removal": {bridge + "/retained", "a removal goes on when the broker has its message, which the store knows"},
}

// mostMethods is how many methods an interface between a machine and its surroundings may have: with thirty, a machine would
// know all of the core under another name.
const mostMethods = 5

// TestMachines: the bridge knows its machines; they know neither it nor, but for one, each other, and their surroundings by
// small interfaces only.
func TestMachines(t *testing.T) {
	t.Parallel()
	packages := repotest.Packages(t)
	core, ok := packages[module+"/"+bridge]
	if !ok || !declares(t, core, "Core") {
		t.Fatal("the rules speak of the Core of " + bridge + ", which does not exist any more")
	}
	used := make(map[string]bool) // what the rules allow, and somebody does
	interfaces := 0
	for name, p := range machines(packages) {
		if !slices.Contains(core.Imports, p.ImportPath) {
			t.Errorf("%s does not import %s: it puts its machines together", bridge, name)
		}
		for _, imported := range p.Imports {
			of := short(imported)
			switch {
			case isStandard(imported):
			case shared[of] != "":
				used[of] = true
			case siblings[name].knows == of:
				used[name] = true
			default:
				t.Errorf("%s imports %s: a machine knows what all share, and no other machine", name, imported)
			}
		}
		if names(t, p, "Core") {
			t.Errorf("%s names Core: a machine that knows the core cannot be understood, or tested, without it", name)
		}
		for of, methods := range methodsOf(t, p) {
			if interfaces++; methods > mostMethods {
				t.Errorf("%s.%s has %d methods, and %d are the most: a machine sees little of its surroundings", name, of, methods, mostMethods)
			}
		}
	}
	for name := range shared {
		if !used[name] {
			t.Errorf("a rule lets machines import %s, which none does any more", name)
		}
	}
	for name, s := range siblings {
		if !used[name] {
			t.Errorf("a rule lets %s import %s, which it does not do any more: %s", name, s.knows, s.reason)
		}
	}
	if interfaces == 0 {
		t.Error("no machine has an interface to its surroundings any more")
	}
}

// TestBridgeIsAbove: nobody but the program imports the bridge, and nobody but the bridge its machines. Tests may.
func TestBridgeIsAbove(t *testing.T) {
	t.Parallel()
	packages := repotest.Packages(t)
	above := false
	for path, p := range packages {
		name := short(path)
		for _, imported := range p.Imports {
			of := short(imported)
			inside := name == bridge || strings.HasPrefix(name, bridge+"/")
			switch {
			case of == bridge && name == "internal/app":
				above = true
			case of == bridge:
				t.Errorf("%s imports %s: only internal/app runs it", name, of)
			case strings.HasPrefix(of, bridge+"/") && !inside:
				t.Errorf("%s imports %s: what goes on inside the bridge is nobody else's matter", name, of)
			}
		}
	}
	if !above {
		t.Errorf("a rule lets internal/app import %s, which it does not do any more", bridge)
	}
}

// machines are the packages below the bridge, by their path from the root.
func machines(packages map[string]repotest.Package) map[string]repotest.Package {
	below := make(map[string]repotest.Package)
	for path, p := range packages {
		if name := short(path); strings.HasPrefix(name, bridge+"/") && !forTests(name) {
			below[name] = p
		}
	}
	return below
}

// parsed returns a package's files without those of its tests.
func parsed(t *testing.T, p repotest.Package) (files []*ast.File) {
	t.Helper()
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// types calls do for each type that a package declares.
func types(t *testing.T, p repotest.Package, do func(*ast.TypeSpec)) {
	t.Helper()
	for _, file := range parsed(t, p) {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				do(spec)
			}
			return true
		})
	}
}

// declares reports whether a package has a type of that name.
func declares(t *testing.T, p repotest.Package, name string) (found bool) {
	t.Helper()
	types(t, p, func(spec *ast.TypeSpec) { found = found || spec.Name.Name == name })
	return found
}

// names reports whether a package's code names something so.
func names(t *testing.T, p repotest.Package, name string) (found bool) {
	t.Helper()
	for _, file := range parsed(t, p) {
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name == name {
				found = true
			}
			return true
		})
	}
	return found
}

// methodsOf counts the methods of each interface that a package declares, embedded ones of its own among them. One that is
// embedded from elsewhere counts as too many: what it has cannot be seen there.
func methodsOf(t *testing.T, p repotest.Package) map[string]int {
	t.Helper()
	declared := make(map[string]*ast.InterfaceType)
	types(t, p, func(spec *ast.TypeSpec) {
		if i, ok := spec.Type.(*ast.InterfaceType); ok {
			declared[spec.Name.Name] = i
		}
	})
	var count func(i *ast.InterfaceType) int
	count = func(i *ast.InterfaceType) (n int) {
		for _, field := range i.Methods.List {
			id, _ := field.Type.(*ast.Ident)
			switch {
			case len(field.Names) > 0:
				n += len(field.Names)
			case id != nil && declared[id.Name] != nil:
				n += count(declared[id.Name])
			default:
				n += mostMethods + 1
			}
		}
		return n
	}
	all := make(map[string]int)
	for name, i := range declared {
		all[name] = count(i)
	}
	return all
}
