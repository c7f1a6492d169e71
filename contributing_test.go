package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// probe is a test of made-up topics in a copy of package discovery: their message and their names.
const probe = `package discovery_test

import (
	"strings"
	"testing"

	"evcc-discovery/discovery"
)

func TestMadeUpTopics(t *testing.T) {
	tree := readTree(t, "0.313.2")
	tree["loadpoints/1/cableTemperature"], tree["loadpoints/1/plugTemperature"], tree["loadpoints/1/socketTemperature"] = "31.5", "32.5", "33.5"
	for _, c := range site(t).Wanted(tree, discovery.Registry{}, false).Configs {
		if !strings.Contains(c.Topic, "_loadpoint_1/") {
			continue
		}
		for _, word := range []string{WORDS} {
			for _, want := range []string{"\"sensor_" + word + "_temperature\":{", "\"default_entity_id\":\"sensor.evcc_carport_" + word + "_temperature\"",
				"\"name\":\"" + strings.ToUpper(word[:1]) + word[1:] + " temperature\"",
				"\"state_topic\":\"evcc/loadpoints/1/" + word + "Temperature\"", "\"device_class\":\"temperature\""} {
				if !strings.Contains(c.Payload, want) {
					t.Errorf("%s has no %s", c.Topic, want)
				}
			}
		}
		return
	}
	t.Error("no loadpoint")
}
`

// TestAddATopic takes CONTRIBUTING.md by its word: the diff there is one row, one line of English and the topic's own
// line, and with nothing else a topic that evcc would have published is a working entity. Two are added, because the second
// one must be as easy as the first; an example that the tree has already is left out.
func TestAddATopic(t *testing.T) {
	t.Parallel()
	added := addedLines(t)
	dir := t.TempDir()
	for _, part := range []string{"entities", "translations", "discovery", "docs", "internal/simulator/trees", "internal/simulator/testdata", "internal/topicstest"} {
		if err := os.CopyFS(filepath.Join(dir, part), os.DirFS(part)); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"go.mod", "go.sum"} {
		edit(t, dir, file, func(string) string { return contentOf(t, file) })
	}
	var parts []string
	for _, part := range []string{"cable", "plug", "socket"} {
		if len(parts) == 2 || strings.Contains(contentOf(t, "entities/loadpoint.go"), `"`+part+"Temperature") {
			continue
		}
		parts = append(parts, strconv.Quote(part))
		for file, line := range added {
			line = strings.NewReplacer("cable", part, "Cable", strings.ToUpper(part[:1])+part[1:]).Replace(line)
			edit(t, dir, file, func(text string) string { return insert(t, text, line) })
		}
	}
	if len(parts) < 2 {
		t.Fatal("the tree has all the topics that are made up here")
	}
	edit(t, dir, "discovery/made_up_test.go", func(string) string { return strings.ReplaceAll(probe, "WORDS", strings.Join(parts, ", ")) })
	// Without paths in what is compiled, another directory with the same content has it from the cache.
	cmd := exec.CommandContext(t.Context(), "go", "test", "-trimpath", "-vet=off", "-run", strings.Join(affected, "|"), "./entities", "./translations", "./discovery")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
}

// affected are the tests that a topic can turn red which no captured tree has, but for those of pages that are generated.
// Other packages take the catalogue as it is.
var affected = []string{"TestMadeUpTopics", "TestCatalogue", "TestIdentities", "TestSorted", "TestRowsAreShort", "TestDrift", "TestUnits",
	"TestLines", "TestOrder", "TestTexts", "TestNamesOnDevice", "TestDocumentedBecomeEntities", "TestPages", "TestReference"}

// addedLines reads the diff of CONTRIBUTING.md: file to added line.
func addedLines(t *testing.T) map[string]string {
	t.Helper()
	_, rest, ok := strings.Cut(contentOf(t, "CONTRIBUTING.md"), "```diff\n")
	diff, _, _ := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("CONTRIBUTING.md has no diff")
	}
	added, file := make(map[string]string), ""
	for line := range strings.Lines(diff) {
		if name, begins := strings.CutPrefix(line, "+++ b/"); begins {
			file = strings.TrimSpace(name)
		} else if line[0] == '+' {
			if added[file] != "" {
				t.Errorf("the diff adds more than one line to %s", file)
			}
			added[file] = line[1:]
		}
	}
	if len(added) != 3 || added[facts] == "" || !strings.Contains(added["entities/loadpoint.go"], "{ID:") || added["translations/en.yaml"] == "" {
		t.Fatalf("the diff is not one row, one line of English and one of the documented list: %q", added)
	}
	return added
}

// facts is the documented list of evcc's topics.
const facts = "entities/testdata/evcc-topics.tsv"

// sorting is what lines of a table sort by: a row's ID, a name's key.
var sorting = regexp.MustCompile(`^\t{ID: "(\w+)"|^  loadpoint\.(\w+):`)

// insert puts the line where it sorts.
func insert(t *testing.T, text, line string) string {
	t.Helper()
	id := sorting.FindString(line)
	if id == "" { // the documented list is in the order of evcc's own
		return text + line
	}
	lines := slices.Collect(strings.Lines(text))
	i := slices.IndexFunc(lines, func(l string) bool { return sorting.FindString(l) > id })
	if i < 0 {
		t.Fatalf("no place for %s", line)
	}
	return strings.Join(slices.Insert(lines, i, line), "")
}

func contentOf(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func edit(t *testing.T, dir, file string, change func(string) string) {
	t.Helper()
	path := filepath.Join(dir, file)
	content, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(change(string(content))), 0o644); err != nil {
		t.Fatal(err)
	}
}
