// Package house holds the rules of the whole repository that no single package can hold: who may import and call what,
// how packages are named, and that the page on reliability names tests that exist. Each rule has its reason, and fails when
// nothing is left that it speaks of.
package house

import (
	"slices"
	"strings"
	"testing"

	"evcc-discovery/internal/repotest"
)

const module = repotest.Module

// allowed lists what a package may import besides the standard library. Everything else of the tree and every other
// module is forbidden there, each for its reason.
var allowed = map[string]struct {
	imports []string
	reason  string
}{
	"entities":  {nil, "the catalogue is pure data that evcc itself could import: the standard library only"},
	"discovery": {[]string{module + "/entities", "github.com/gosimple/unidecode", "golang.org/x/text/unicode/norm"}, "the messages are a pure function of catalogue, topics and registry: usable as a library, without broker, words or log"},
}

// only lists who may import a package.
var only = map[string]struct {
	importers []string
	reason    string
}{
	"github.com/eclipse/paho.mqtt.golang":         {[]string{"internal/mqtt"}, "its handlers, tokens and reconnects have traps: one package knows them"},
	"github.com/eclipse/paho.mqtt.golang/packets": {[]string{"internal/mqtt"}, "its handlers, tokens and reconnects have traps: one package knows them"},
	"github.com/mochi-mqtt/server/v2":             {[]string{"internal/mqtt"}, "the embedded broker is a detail of that package"},
	"github.com/mochi-mqtt/server/v2/packets":     {[]string{"internal/mqtt"}, "the embedded broker is a detail of that package"},
	"github.com/kelseyhightower/envconfig":        {[]string{"internal/settings"}, "settings are declared and read in one place"},
	"github.com/goccy/go-yaml":                    {[]string{"translations"}, "the only YAML are the words"},
	module + "/internal/simulator":                {[]string{"internal/app"}, "demo and tests use the production path: nothing else knows of the simulator"},
	module + "/internal/app":                      {[]string{""}, "it puts everything together: only main is above it"},
}

// layers are the import directions of the tree: a package may import packages of lower layers only, and its own layer
// where that is said.
var layers = []struct {
	prefix string
	level  int
	peers  bool // packages of this layer may import each other
	reason string
}{
	{"entities", 0, false, "the catalogue is below everything"},
	{"discovery", 1, false, "discovery knows the catalogue and nothing else of ours"},
	{"translations", 1, false, "words need the catalogue at most"},
	{"internal/", 2, true, "internal packages are the program"},
	{"bench", 2, false, "benchmarks stand beside the program and are no part of it"},
	{"", 3, false, "main is above everything"},
}

func TestImports(t *testing.T) {
	t.Parallel()
	packages := repotest.Packages(t)
	for name, rule := range allowed {
		p, ok := packages[module+"/"+name]
		if !ok {
			t.Errorf("a rule names %s, which does not exist any more", name)
		}
		for _, imported := range p.Imports {
			if !isStandard(imported) && !slices.Contains(rule.imports, imported) {
				t.Errorf("%s imports %s: %s", name, imported, rule.reason)
			}
		}
		for _, imported := range rule.imports {
			if !slices.Contains(p.Imports, imported) {
				t.Errorf("a rule lets %s import %s, which it does not do any more", name, imported)
			}
		}
	}
	for imported, rule := range only {
		used := false
		for path, p := range packages {
			name := short(path)
			if !slices.Contains(p.Imports, imported) {
				continue
			}
			used = true
			if !slices.Contains(rule.importers, name) {
				t.Errorf("%s imports %s: %s", path, imported, rule.reason)
			}
		}
		if !used {
			t.Errorf("a rule names %s, which nobody imports any more", imported)
		}
		for _, name := range rule.importers {
			if _, ok := packages[strings.TrimSuffix(module+"/"+name, "/")]; !ok {
				t.Errorf("a rule names %s, which does not exist any more", name)
			}
		}
	}
}

// Imports point one way: main, internal, discovery, entities.
func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	used := make(map[string]bool)
	level := func(path string) (int, bool, string) {
		name := short(path)
		for _, l := range layers {
			if name == l.prefix || l.prefix != "" && strings.HasSuffix(l.prefix, "/") && strings.HasPrefix(name, l.prefix) {
				used[l.prefix] = true
				return l.level, l.peers, l.reason
			}
		}
		t.Errorf("%s is in no layer", path)
		return 0, false, ""
	}
	for path, p := range repotest.Packages(t) {
		above, peers, _ := level(path)
		for _, imported := range p.Imports {
			if imported != module && !strings.HasPrefix(imported, module+"/") {
				continue
			}
			below, _, reason := level(imported)
			if below > above || below == above && !peers {
				t.Errorf("%s imports %s: %s", path, imported, reason)
			}
		}
	}
	for _, l := range layers {
		if !used[l.prefix] {
			t.Errorf("a rule names the layer %q, which does not exist any more", l.prefix)
		}
	}
}

// short is a package's path from the root, "" for main.
func short(path string) string { return strings.TrimPrefix(strings.TrimPrefix(path, module), "/") }

// isStandard: paths of the standard library have no dot in their first element, and ours begin with the module's name.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return first != module && !strings.Contains(first, ".")
}
