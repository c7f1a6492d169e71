package translations_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"evcc-discovery/entities"
	"evcc-discovery/translations"

	"github.com/agnivade/levenshtein"
	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

// adapterKeys are the names that belong to no row of the catalogue.
var adapterKeys = []string{"adapter.connected", "adapter.follow_titles", "adapter.problem", "adapter.rediscover", "adapter.remove_all", "adapter.reset_ids"}

// longest is how many characters a name may have, in every language.
const longest = 30

// file is a language file as it is written: in its order, without English behind it.
type file struct {
	Language string        `yaml:"language"`
	Devices  yaml.MapSlice `yaml:"devices"`
	Models   yaml.MapSlice `yaml:"models"`
	Names    yaml.MapSlice `yaml:"names"`
}

// parse fails on double lines, as the loader does.
func parse(content []byte) (file, error) {
	var f file
	err := yaml.Unmarshal(content, &f)
	return f, err
}

func readFile(t *testing.T, code string) file {
	t.Helper()
	content, err := os.ReadFile(code + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := parse(content)
	if err != nil {
		t.Fatalf("%s.yaml: %v", code, err)
	}
	return f
}

func load(t *testing.T, wish string) *translations.Words {
	t.Helper()
	words, err := translations.Load(wish)
	if err != nil {
		t.Fatalf("Load(%q): %v", wish, err)
	}
	return words
}

// keysOf returns the keys of a section in the file's order.
func keysOf(section yaml.MapSlice) []string {
	keys := make([]string, len(section))
	for i, item := range section {
		keys[i] = fmt.Sprint(item.Key)
	}
	return keys
}

// rowKeys returns every line that names has to have.
func rowKeys() []string {
	keys := slices.Clone(adapterKeys)
	for _, r := range entities.All {
		keys = append(keys, r.TermKey())
		for _, other := range []string{r.HeatingTermKey(), r.DeviceTermKey()} {
			if other != "" {
				keys = append(keys, other)
			}
		}
	}
	return keys
}

// scopeKeys returns every line that devices and models have to have.
func scopeKeys() []string {
	keys := []string{"adapter"}
	for _, s := range entities.Scopes {
		keys = append(keys, s.String())
	}
	return keys
}

// stale tells about the lines that are not among the wanted ones, each with the wanted one it resembles most.
func stale(code, kind string, lines, wanted []string) []string {
	var problems []string
	for _, line := range lines {
		if slices.Contains(wanted, line) {
			continue
		}
		nearest := slices.MinFunc(wanted, func(a, b string) int {
			return levenshtein.ComputeDistance(line, a) - levenshtein.ComputeDistance(line, b)
		})
		problems = append(problems, fmt.Sprintf("%s.yaml: %s is no %s (did you mean %s?)", code, line, kind, nearest))
	}
	return problems
}

// missing tells about the wanted lines that are not there.
func missing(code, section string, lines, wanted []string) []string {
	var problems []string
	for _, key := range wanted {
		if !slices.Contains(lines, key) {
			problems = append(problems, fmt.Sprintf("%s.yaml: %s has no line for %s", code, section, key))
		}
	}
	return problems
}

// TestLines: English has a line for everything, and no language one for nothing. What other languages lack is shown in
// English until somebody translates it: who adds a topic need not know them.
func TestLines(t *testing.T) {
	for _, code := range translations.Languages() {
		t.Run(code, func(t *testing.T) {
			f, lacks := readFile(t, code), 0
			for _, section := range []struct {
				name, kind string
				lines      []string
				wanted     []string
			}{
				{"devices", "scope", keysOf(f.Devices), scopeKeys()},
				{"models", "scope", keysOf(f.Models), scopeKeys()},
				{"names", "row", keysOf(f.Names), rowKeys()},
			} {
				for _, problem := range stale(code, section.kind, section.lines, section.wanted) {
					t.Error(problem)
				}
				for _, problem := range missing(code, section.name, section.lines, section.wanted) {
					if lacks++; code == "en" {
						t.Error(problem)
					} else {
						t.Log(problem)
					}
				}
			}
			t.Logf("%s.yaml lacks %d lines", code, lacks)
		})
	}
}

func TestLineProblems(t *testing.T) {
	lines := []string{"loadpoint.charg_power", "loadpoint.mode"}
	want := []string{"de.yaml: loadpoint.charg_power is no row (did you mean loadpoint.charge_power?)"}
	if diff := cmp.Diff(want, stale("de", "row", lines, rowKeys())); diff != "" {
		t.Errorf("stale (-want +got):\n%s", diff)
	}
	want = []string{"de.yaml: names has no line for site.version"}
	if diff := cmp.Diff(want, missing("de", "names", lines, []string{"loadpoint.mode", "site.version"})); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
}

// Languages stand in files of their own code, and every file is one that the loader reads.
func TestFiles(t *testing.T) {
	files, err := filepath.Glob("*.y*ml")
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, name := range files {
		codes = append(codes, strings.TrimSuffix(name, ".yaml"))
	}
	if diff := cmp.Diff(codes, translations.Languages()); diff != "" {
		t.Errorf("files and languages differ (-files +languages):\n%s", diff)
	}
	if !slices.Contains(codes, "en") {
		t.Error("en.yaml is not there")
	}
	titles := make(map[string]string)
	for _, code := range codes {
		title := readFile(t, code).Language
		if other := titles[title]; title == "" || other != "" {
			t.Errorf("%s.yaml: language %q is empty or that of %s.yaml", code, title, other)
		}
		titles[title] = code
	}
}

func TestDoubleLines(t *testing.T) {
	for _, test := range []struct{ name, content, problem string }{
		{"OK", "names:\n  site.a: x\n  site.b: x\n", ""},
		{"bad double name", "names:\n  site.a: x\n  site.a: y\n", `mapping key "site.a" already defined`},
		{"bad double device", "devices:\n  pv: x\n  pv: x\n", `mapping key "pv" already defined`},
		{"bad double section", "names:\n  site.a: x\nnames:\n  site.b: x\n", `mapping key "names" already defined`},
		{"bad double option", "configuration:\n  a:\n    name: x\n  a:\n    name: y\n", `mapping key "a" already defined`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := parse([]byte(test.content))
			switch {
			case test.problem == "" && err != nil:
				t.Error(err)
			case test.problem != "" && (err == nil || !strings.Contains(err.Error(), test.problem)):
				t.Errorf("got error %v, want %s", err, test.problem)
			}
		})
	}
}

// Every language has English's order, so that two files can be read side by side.
func TestOrder(t *testing.T) {
	english := readFile(t, "en")
	for _, code := range translations.Languages() {
		f := readFile(t, code)
		for _, section := range []struct {
			name      string
			want, got []string
		}{
			{"devices", keysOf(english.Devices), keysOf(f.Devices)},
			{"models", keysOf(english.Models), keysOf(f.Models)},
			{"names", keysOf(english.Names), keysOf(f.Names)},
		} {
			want, got := common(section.want, section.got), common(section.got, section.want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s.yaml: %s: not in the order of en.yaml (-en +%s):\n%s", code, section.name, code, diff)
			}
		}
	}
}

// common returns the lines that are in other as well, in their own order: what is missing or stale is TestLines' matter.
func common(lines, other []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return !slices.Contains(other, line) })
}

var (
	placeholder = regexp.MustCompile(`[{}<>%$_\\\pC]|\?\?|(?i:todo|fixme|xxx)`)
	// yaml11 is what older YAML reads as something else than text (https://yaml.org/type/).
	yaml11 = regexp.MustCompile(`^(?i:y|n|yes|no|on|off|true|false|null|~|[-+]?[0-9][0-9_.,:]*|[-+]?\.(inf|nan))$`)
)

// textProblem tells what is wrong with a text, "" if nothing.
func textProblem(value any, limit int) string {
	text, ok := value.(string)
	switch {
	case !ok:
		return "is not text; quote it"
	case strings.TrimSpace(text) == "":
		return "is empty; leave the line out" // an empty text would hide the English one
	case text != strings.TrimSpace(text):
		return "begins or ends with a space"
	case strings.Contains(text, "  "):
		return "has two spaces in a row"
	case placeholder.MatchString(text):
		return "has a placeholder"
	case yaml11.MatchString(text):
		return "is a number or a truth value in YAML 1.1"
	case utf8.RuneCountInString(text) > limit:
		return fmt.Sprintf("has %d characters, more than %d", utf8.RuneCountInString(text), limit)
	}
	return ""
}

func TestTexts(t *testing.T) {
	for _, code := range translations.Languages() {
		f := readFile(t, code)
		for _, item := range slices.Concat(f.Devices, f.Models, f.Names) {
			if problem := textProblem(item.Value, longest); problem != "" {
				t.Errorf("%s.yaml: %v: %#v %s", code, item.Key, item.Value, problem)
			}
		}
	}
}

func TestTextProblem(t *testing.T) {
	for _, test := range []struct {
		value any
		good  bool
	}{
		{"Charging power", true},
		{"Max. Ladestrom", true},
		{"Average CO₂ 30 days", true},
		{"Energie (rückwärts)", true},
		{strings.Repeat("ä", 30), true},
		{strings.Repeat("ä", 31), false},
		{"", false},
		{nil, false},
		{true, false},
		{uint64(5), false},
		{"no", false},
		{"12:30", false},
		{" Power", false},
		{"Power ", false},
		{"Charging  power", false},
		{"Charging\npower", false},
		{"Power {phase}", false},
		{"Power %d", false},
		{"charge_power", false},
		{"TODO", false},
	} {
		if problem := textProblem(test.value, 30); (problem == "") != test.good {
			t.Errorf("%#v: got problem %q, want good = %t", test.value, problem, test.good)
		}
	}
}

// Home Assistant shows a name behind the name of its device, next to the other names of that device.
func TestNamesOnDevice(t *testing.T) {
	for _, code := range translations.Languages() {
		words := load(t, code) // as users see them, with English behind
		used := make(map[string]string)
		for _, key := range rowKeys() {
			name := words.Name(key)
			scope, _, _ := strings.Cut(key, ".")
			for _, title := range slices.Compact([]string{words.Device(scope), words.Model(scope)}) {
				if containsFold(name, title) {
					t.Errorf("%s.yaml: %s: %q contains the device's %q", code, key, name, title)
				}
			}
			id := scope + " " + strings.ToLower(name)
			if other, double := used[id]; double && !oneValue(other, key) {
				t.Errorf("%s.yaml: %s and %s are both %q", code, other, key, name)
			}
			used[id] = key
		}
	}
}

func containsFold(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// oneValue reports whether two lines are one value's, of which each device shows only one.
func oneValue(a, b string) bool {
	bare := func(key string) string { return strings.TrimSuffix(strings.TrimSuffix(key, "_heating"), "_device") }
	return bare(a) == bare(b)
}

func TestLanguages(t *testing.T) {
	codes := translations.Languages()
	if !slices.IsSorted(codes) {
		t.Errorf("not sorted: %v", codes)
	}
	for _, code := range codes {
		if got := load(t, code).Language; got != code {
			t.Errorf("Load(%q) is %q: nobody can choose the language", code, got)
		}
	}
}

func TestLoad(t *testing.T) {
	for _, test := range []struct{ wish, want string }{
		{"", "en"},
		{"en", "en"},
		{"en-GB", "en"},
		{"en_US.UTF-8", "en"},
		{"C.UTF-8", "en"},
		{"de", "de"},
		{"DE", "de"},
		{"de-AT", "de"},
		{"de-CH", "de"},
		{"de_AT.UTF-8", "de"},
		{"gsw", "de"},
	} {
		if got := load(t, test.wish).Language; got != test.want {
			t.Errorf("Load(%q): got %s, want %s", test.wish, got, test.want)
		}
	}
}

func TestLoadUnknown(t *testing.T) {
	for _, wish := range []string{"fr", "tlh", "xx", "und", "x", "-", ".", "de/../en", "../de", "no such language", "\x00", "\xff", "äöü"} {
		if slices.Contains(translations.Languages(), wish) {
			continue
		}
		if got := load(t, wish).Language; got != "en" {
			t.Errorf("Load(%q): got %s, want en", wish, got)
		}
	}
}

// What a file says is what users see.
func TestLoadTexts(t *testing.T) {
	for _, code := range translations.Languages() {
		f, words := readFile(t, code), load(t, code)
		if words.Title != f.Language {
			t.Errorf("%s: Title is %q, want %q", code, words.Title, f.Language)
		}
		for _, section := range []struct {
			lines yaml.MapSlice
			text  func(string) string
		}{
			{f.Devices, words.Device},
			{f.Models, words.Model},
			{f.Names, words.Name},
		} {
			for _, item := range section.lines {
				if got := section.text(fmt.Sprint(item.Key)); got != item.Value {
					t.Errorf("%s: %s is %q, want %q", code, item.Key, got, item.Value)
				}
			}
		}
	}
}

func TestFallback(t *testing.T) {
	english := map[string]string{"site.a": "A", "site.b": "B"}
	own := map[string]string{"site.b": "Be"}
	want := map[string]string{"site.a": "A", "site.b": "Be"}
	if diff := cmp.Diff(want, translations.Merge(english, own)); diff != "" {
		t.Errorf("own words over English (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(english, translations.Merge(english, nil)); diff != "" {
		t.Errorf("English alone (-want +got):\n%s", diff)
	}
	if len(own) != 1 || english["site.b"] != "B" {
		t.Errorf("the sources have changed: %v, %v", english, own)
	}
	for _, code := range translations.Languages() { // whatever a real file lacks
		words := load(t, code)
		for _, key := range rowKeys() {
			if words.Name(key) == key {
				t.Errorf("%s: %s has no name", code, key)
			}
		}
		for _, key := range scopeKeys() {
			if words.Device(key) == key || words.Model(key) == key {
				t.Errorf("%s: %s has no device or model", code, key)
			}
		}
	}
}

func TestUnknownKey(t *testing.T) {
	for _, words := range []*translations.Words{{}, load(t, ""), load(t, "de")} {
		for _, text := range []func(string) string{words.Name, words.Device, words.Model} {
			if got := text("site.nonsense"); got != "site.nonsense" {
				t.Errorf("%q: an unknown key became %q", words.Language, got)
			}
		}
	}
}

// The log is English in every language.
func TestLoggedProblem(t *testing.T) {
	t.Parallel()
	english := load(t, "en")
	for _, code := range translations.Languages() {
		words := load(t, code)
		for problem := range english.Problems {
			title, text := words.LoggedProblem(problem)
			if wantTitle, wantText := english.Problem(problem); title != wantTitle || text != wantText {
				t.Errorf("%s: the log says %q, %q of %s", code, title, text, problem)
			}
		}
		if title, text := words.LoggedProblem("nonsense"); title != "nonsense" || text != "" {
			t.Errorf("%s: an unknown problem became %q, %q", code, title, text)
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, wish := range []string{"", "de", "de-AT", "de_AT.UTF-8", "de_DE@euro", "fr", "xx", "zh-Hans", "i-klingon", "en-GB-oed",
		"de-u-co-phonebk", "x-y", "..", "\xff"} {
		f.Add(wish)
	}
	codes, keys := translations.Languages(), rowKeys()
	f.Fuzz(func(t *testing.T, wish string) {
		words, err := translations.Load(wish)
		if err != nil || words == nil {
			t.Fatalf("Load(%q): %v, %v", wish, words, err)
		}
		if !slices.Contains(codes, words.Language) {
			t.Errorf("Load(%q) is %q, which is no language of ours", wish, words.Language)
		}
		for _, key := range keys {
			if words.Name(key) == key {
				t.Errorf("Load(%q) has no name for %s", wish, key)
			}
		}
	})
}
