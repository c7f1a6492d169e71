package entities_test

import (
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"unicode/utf8"

	"evcc-discovery/entities"
	"evcc-discovery/internal/topicstest"
)

func TestCatalogue(t *testing.T) {
	for _, r := range entities.All {
		t.Run(r.Scope.String()+"."+r.ComponentKey(), func(t *testing.T) {
			if err := r.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

// IDs are unique per platform, and rows that share one have words of their own.
func TestIdentities(t *testing.T) {
	keys, terms := make(map[string]bool), make(map[string]bool)
	for _, r := range entities.All {
		key := r.Scope.String() + "." + r.ComponentKey()
		if keys[key] {
			t.Errorf("%s given twice", key)
		}
		if terms[r.TermKey()] {
			t.Errorf("%s: the term %s is another row's; set Term", key, r.TermKey())
		}
		keys[key], terms[r.TermKey()] = true, true
	}
}

func TestSorted(t *testing.T) {
	for _, table := range entities.Tables() {
		var ids []string
		for _, r := range table {
			ids = append(ids, r.ID)
		}
		if !slices.IsSorted(ids) {
			t.Errorf("%s: rows are not sorted by ID: %v", table[0].Scope, ids)
		}
	}
}

// Rows are there to be read at a glance: what makes many of them long gets a word or a variable.
func TestRowsAreShort(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var lengths []int
	for _, file := range files {
		for line := range strings.Lines(read(t, file)) {
			if row := strings.TrimSpace(line); strings.HasPrefix(strings.TrimPrefix(row, "Row"), `{ID: "`) {
				lengths = append(lengths, utf8.RuneCountInString(row))
			}
		}
	}
	slices.Sort(lengths)
	long := len(lengths) - sort.SearchInts(lengths, 251)
	t.Logf("%d rows: median %d characters, %d longer than 250", len(lengths), lengths[len(lengths)/2], long)
	if len(lengths) < 250 || lengths[len(lengths)/2] > 150 || long > 20 {
		t.Error("want a median of at most 150 characters, and at most 20 rows that are longer than 250")
	}
}

// TestDrift holds the catalogue against reality in both directions: what evcc published is a row or ignored with a
// reason, and what the catalogue names was published or is documented.
func TestDrift(t *testing.T) {
	published := capturedPaths(t)
	patterns := rowPatterns()
	for path, source := range published {
		_, ignored := entities.Lookup(path)
		if !matchesAny(patterns, path) && !ignored && !entities.IsCapability(path) {
			t.Errorf("evcc publishes %s (%s): add a row or an Ignored reason", path, source)
		}
		if matchesAny(patterns, path) && ignored {
			t.Errorf("%s is a row and ignored as well", path)
		}
	}
	listed := documentedPaths(t)
	for _, r := range entities.All {
		for _, k := range r.Keys {
			known := func(p string) bool { return anyMatches(p, published) || slices.Contains(listed, p) }
			if !slices.ContainsFunc(paths(r, k), known) {
				t.Errorf("%s.%s: no captured tree has %s and testdata/evcc-topics.tsv does not document it", r.Scope, r.ComponentKey(), k.Path)
			}
		}
	}
	for _, ig := range entities.Ignored {
		if !anyMatches(ig.Path, published) && !slices.ContainsFunc(listed, func(d string) bool { return entities.Match(ig.Path, d) }) {
			t.Errorf("Ignored names %s, which no evcc publishes", ig.Path)
		}
	}
}

// rowPatterns returns the paths of all rows' keys with "*" for the object.
func rowPatterns() map[string]bool {
	patterns := make(map[string]bool)
	for _, r := range entities.All {
		for _, k := range r.Keys {
			for _, p := range paths(r, k) {
				patterns[p] = true
			}
		}
	}
	return patterns
}

// paths returns where a key may stand: under each prefix of its scope.
func paths(r *entities.Row, k entities.Key) []string {
	var list []string
	for _, prefix := range r.Scope.Prefixes() {
		list = append(list, entities.Object{Prefix: prefix, Ref: "*"}.Path(k.Path))
	}
	return list
}

func matchesAny(patterns map[string]bool, path string) bool {
	for p := range patterns {
		if entities.Match(p, path) {
			return true
		}
	}
	return false
}

func anyMatches(pattern string, paths map[string]string) bool {
	for p := range paths {
		if entities.Match(pattern, p) {
			return true
		}
	}
	return false
}

// capturedPaths returns every topic path that a captured evcc published, with the file it stands in.
func capturedPaths(t *testing.T) map[string]string {
	t.Helper()
	paths := make(map[string]string)
	for _, pattern := range []string{"../internal/simulator/trees/*.txt", "../internal/simulator/testdata/*-session.txt"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no captures at %s: %v", pattern, err)
		}
		for _, file := range files {
			for line := range strings.Lines(read(t, file)) {
				if path, ok := capturedPath(line); ok {
					paths[path] = filepath.Base(file)
				}
			}
		}
	}
	return paths
}

// capturedPath finds the topic in a line of a tree ("evcc/status online") or of a session ("12.3 - evcc/status online").
func capturedPath(line string) (string, bool) {
	for field := range strings.FieldsSeq(line) {
		path, ok := strings.CutPrefix(field, "evcc/")
		if strings.HasPrefix(line, "#") {
			return "", false
		}
		if ok {
			return path, !strings.HasSuffix(path, "/set")
		}
	}
	return "", false
}

// documentedPaths returns the topics of the documented list with "*" for objects.
func documentedPaths(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, d := range topicstest.Read(t, documented) {
		path := topicstest.Objects(d.Path())
		paths = append(paths, topicstest.Periods(path)...)
		if list, ok := strings.CutSuffix(path, "*"); ok { // its items are 1, 2, 3 or l1, l2, l3
			for _, n := range []string{"1", "2", "3"} {
				paths = append(paths, list+n)
			}
		}
		paths = append(paths, strings.ReplaceAll(path, "plans/*/", "plans/1/"))
	}
	return paths
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
