// Package translations holds every word that people read in Home Assistant, one YAML file per language, and their
// loader. Nothing falls through: what a language lacks is taken from English.
//
// The files are the ones in which the Home Assistant Supervisor looks for option texts under "configuration"; it
// ignores our own keys beside it (https://developers.home-assistant.io/docs/add-ons/configuration).
package translations

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/language"
)

//go:embed *.yaml
var files embed.FS

// fallback is complete; every other language may lag behind.
const fallback = "en"

// Words are the texts of one language, with English behind them.
type Words struct {
	Language string            `yaml:"-"`        // code of the file: "de"
	Title    string            `yaml:"language"` // the language's own name
	Devices  map[string]string `yaml:"devices"`  // device names by scope, used where evcc gives no title
	Models   map[string]string `yaml:"models"`   // what kind of device it is, by scope
	Names    map[string]string `yaml:"names"`    // entity names by "scope.id"
	Problems map[string]Text   `yaml:"problems"` // by their code
	// Configuration belongs to the Supervisor: names and descriptions of the app's options.
	Configuration map[string]any `yaml:"configuration,omitempty"`
	Network       map[string]any `yaml:"network,omitempty"` // the same for ports

	english map[string]Text // problems in English
}

// Text is what is wrong, and what to do about it.
type Text struct {
	Title string `yaml:"title"`
	Text  string `yaml:"text"`
}

// Languages lists the codes for which there is a file, sorted.
func Languages() []string {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		panic(err) // embedded
	}
	var codes []string
	for _, e := range entries {
		codes = append(codes, strings.TrimSuffix(e.Name(), path.Ext(e.Name())))
	}
	slices.Sort(codes)
	return codes
}

// Load returns the words of the language that fits the wish best: "de", "de-AT", "de_AT.UTF-8"; English where none
// does or the wish is empty. The error tells of a broken file, which tests rule out.
func Load(wish string) (*Words, error) {
	english, err := read(fallback)
	if err != nil {
		return nil, err
	}
	english.english = english.Problems
	code := match(wish)
	if code == fallback {
		return english, nil
	}
	words, err := read(code)
	if err != nil {
		return nil, err
	}
	words.Devices = merge(english.Devices, words.Devices)
	words.Models = merge(english.Models, words.Models)
	words.Names = merge(english.Names, words.Names)
	words.Problems, words.english = merge(english.Problems, words.Problems), english.Problems
	return words, nil
}

// match follows BCP 47: a regional wish gets its base language, an unknown one English.
func match(wish string) string {
	codes := Languages()
	if i := slices.Index(codes, fallback); i > 0 { // the first is the matcher's own fallback
		codes = slices.Insert(slices.Delete(codes, i, i+1), 0, fallback)
	}
	tags := make([]language.Tag, len(codes))
	for i, c := range codes {
		tags[i] = language.MustParse(c)
	}
	if end := strings.IndexAny(wish, ".@:"); end >= 0 { // as in LANG and LANGUAGE
		wish = wish[:end]
	}
	wanted, err := language.Parse(wish)
	if err != nil {
		return fallback
	}
	_, index, confidence := language.NewMatcher(tags).Match(wanted)
	if confidence == language.No {
		return fallback
	}
	return codes[index]
}

func read(code string) (*Words, error) {
	file := code + ".yaml"
	content, err := files.ReadFile(file)
	if err != nil {
		return nil, err
	}
	words := &Words{Language: code}
	if err := yaml.UnmarshalWithOptions(content, words, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("translations/%s: %w", file, err)
	}
	return words, nil
}

func merge[T comparable](english, own map[string]T) map[string]T {
	merged := make(map[string]T, len(english))
	for key, text := range english {
		merged[key] = text
	}
	var none T
	for key, text := range own {
		if text != none {
			merged[key] = text
		}
	}
	return merged
}

// Name returns an entity's name by its "scope.id"; the key itself where even English has none.
func (w *Words) Name(key string) string { return text(w.Names, key) }

// Device returns the name of a scope's device that has no title.
func (w *Words) Device(scope string) string { return text(w.Devices, scope) }

// Model returns what kind of device a scope's device is.
func (w *Words) Model(scope string) string { return text(w.Models, scope) }

// Problem returns a problem's title, and what to do about it; the code itself where even English has none.
func (w *Words) Problem(code string) (title, text string) { return about(w.Problems, code) }

// LoggedProblem is Problem in English, whatever the language: for logs, which end up in bug reports.
func (w *Words) LoggedProblem(code string) (title, text string) { return about(w.english, code) }

func about(problems map[string]Text, code string) (title, text string) {
	t := problems[code]
	if t.Title == "" {
		return code, ""
	}
	return t.Title, t.Text
}

func text(texts map[string]string, key string) string {
	if t := texts[key]; t != "" {
		return t
	}
	return key
}
