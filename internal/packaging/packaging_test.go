// Package packaging holds the rules for the files that are no program: what Home Assistant's Supervisor, the linter for its
// apps, Docker and people who install the app count on. The repository's root is the app, and its users are the first to see
// a mistake there. The rules are those of the Supervisor (how it validates apps, options, translations and profiles, and how
// it searches a repository) and of github.com/frenck/action-addon-linter, which no package registry offers, and our own.
package packaging

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// rule is something that must be so in a clone.
type rule struct {
	name   string
	why    string // what happens otherwise
	check  func(*clone) findings
	trials []trial
}

// findings are what a rule finds wrong, each with its file.
type findings []string

func (f *findings) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

// trial is the clone with changes, and what the rule says of it.
type trial struct {
	want    string // part of a finding; "" = none
	changes []change
}

func finds(want string, changes ...change) trial { return trial{want, changes} }

func accepts(changes ...change) trial { return trial{"", changes} }

var rules = slices.Concat(linter, supervisor, ours, options, files, languages, image, pages)

// TestRules: the clone keeps every rule, and every rule can tell.
func TestRules(t *testing.T) {
	intact := open(t)
	names := make(map[string]bool)
	for _, r := range rules {
		if names[r.name] || r.why == "" {
			t.Errorf("the rule %q is there twice or has no reason", r.name)
		}
		names[r.name] = true
		t.Run(r.name, func(t *testing.T) {
			for _, found := range r.check(intact.with(t, nil)) {
				t.Errorf("%s\n\twhy: %s", found, r.why)
			}
			canFail := false
			for i, trial := range r.trials {
				got := strings.Join(r.check(intact.with(t, trial.changes)), "\n")
				canFail = canFail || trial.want != ""
				if trial.want == "" && got != "" || !strings.Contains(got, trial.want) {
					t.Errorf("trial %d: found %q, want %q", i+1, got, trial.want)
				}
			}
			if !canFail {
				t.Error("no trial shows that the rule can fail")
			}
		})
	}
}
