package bridge

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"evcc-discovery/internal/problem"
	"evcc-discovery/translations"

	"evcc-discovery/internal/bridge/step"
)

// Every problem is declared once, hides behind problems that are declared before it, and has its words in every language;
// no language has words for a problem that does not exist.
func TestProblems(t *testing.T) {
	t.Parallel()
	var codes []string
	for _, p := range problem.All {
		if slices.Contains(codes, string(p.Code)) {
			t.Errorf("%s is declared twice", p.Code)
		}
		for _, code := range p.HiddenBy {
			if problem.Of(code) == nil || code == p.Code {
				t.Errorf("%s hides behind %q", p.Code, code)
			}
		}
		if p.Severity != problem.Warning && p.Severity != problem.Error {
			t.Errorf("%s has severity %q", p.Code, p.Severity)
		}
		codes = append(codes, string(p.Code))
	}
	slices.Sort(codes)
	for _, language := range translations.Languages() {
		words, err := translations.Load(language)
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Sorted(maps.Keys(words.Problems)); !slices.Equal(got, codes) {
			t.Errorf("%s.yaml has words for %q, want %q", language, got, codes)
		}
		for code, text := range words.Problems {
			if text.Title == "" || text.Text == "" || strings.HasSuffix(text.Title, ".") || !strings.HasSuffix(text.Text, ".") {
				t.Errorf("%s.yaml: %s is %+v: a title without, and a text with a full stop", language, code, text)
			}
		}
	}
}

// What Home Assistant has to keep is bounded, however many problems there are.
func TestProblemsAreBounded(t *testing.T) {
	t.Parallel()
	c, now := runningCore(t, "0.313.2")
	for i := range 100 {
		c.Step(step.Event{At: now, Kind: step.Reported, Problem: problem.BrokerForbids, Where: fmt.Sprint(i), On: true})
	}
	attributes := c.store.Have("evcc-discovery/adapter/problem/attributes")
	if n := strings.Count(attributes, `"code"`); n != mostShown {
		t.Errorf("%d problems as attributes, want %d", n, mostShown)
	}
	if len(attributes) > 16384 {
		t.Errorf("%d bytes of attributes: Home Assistant's recorder takes 16384", len(attributes))
	}
}
