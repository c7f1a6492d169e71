package discovery

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// seats reads "A B db:7=C -": who stands at 1, 2, 3, 4; "-" has no title, "~" before a title what is remembered without a place.
func seats(words string) (list []seat) {
	for i, word := range strings.Fields(words) {
		s := seat{index: i + 1, placed: true}
		if rest, ok := strings.CutPrefix(word, "~"); ok {
			s.index, s.placed, word = 0, false, rest
		}
		name, title, named := strings.Cut(word, "=")
		if !named {
			name, title = "", word
		}
		s.name, s.title = strings.TrimPrefix(name, "lp"), strings.TrimPrefix(title, "-")
		list = append(list, s)
	}
	return list
}

// TestTableOfPlaces is the table of docs/reliability.md, a row each. What is wanted stands for each place: who of those that
// are known, "+" something new, "?" nobody can tell. Behind it stands who is nowhere and held "!", or gone.
func TestTableOfPlaces(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ row, known, there, want string }{
		{"all where they were", "A B", "A B", "1 2"},
		{"moved, none missing: followed", "A B", "B A", "2 1"},
		{"", "A B C", "C A B", "3 1 2"},
		{"all present, some unknown, grown by as many: new", "A", "A X", "1 +"},
		{"", "A", "X A", "+ 1"},
		{"", "A B", "B X A", "2 + 1"},
		{"", "A B", "A - B", "1 + 2"},
		{"some missing, as many unknown at their places, the rest unmoved: renamed", "A B", "A X", "1 2"},
		{"", "A B", "X Y", "1 2"},
		{"", "A", "X", "1"},
		{"some missing, none unknown, shrunk: the rest followed, the missing gone", "A B C", "B C", "2 3 gone 1"},
		{"", "A B C", "C A", "3 1 gone 2"},
		{"", "A B", "", "gone 1 2"},
		{"anything else: held", "A B", "B X", "2 ? held 1"},
		{"", "A B C", "C X A", "3 ? 1 held 2"},
		{"", "A B", "X Y Z", "? ? ? held 1 2"},
		{"", "A", "X Y", "? ? held 1"},
		{"", "A B", "X", "? held 1 2"},

		{"a title that is there twice keeps its place while all others keep theirs", "A A B", "A A B", "1 2 3"},
		{"", "A A", "A A", "1 2"},
		{"", "A A", "A", "? held 1 2"},
		{"", "A A", "A X", "? ? held 1 2"},
		{"", "A A B", "A A", "? ? held 1 2 3"},
		{"", "A A B", "B A A", "3 ? ? held 1 2"},
		{"", "A A", "A A X", "? ? ? held 1 2"},
		{"", "A B", "B B", "? ? held 1 2"},
		{"so does none", "- B", "- B", "1 2"},
		{"", "- B", "B -", "2 ? held 1"},
		{"", "- - B", "- B", "? 3 held 1 2"},
		{"", "- B", "X B", "1 2"},
		{"", "- B C", "- B X", "? 2 ? held 1 3"},
		{"", "- B", "B", "2 gone 1"},
		{"while the count agrees, titles that are not told hold nothing", "A B", "- -", "1 2"},
		{"", "A B", "- B", "1 2"},
		{"", "A B", "- A", "? 1 held 2"},
		{"", "A B", "X -", "1 2"},
		{"", "- B", "X -", "? ? held 1 2"},
		{"", "A A", "X -", "? ? held 1 2"},
		{"", "A B", "- - -", "? ? ? held 1 2"},

		{"a stable name counts more than a title", "db1=A db2=B", "db2=A db1=B", "2 1"},
		{"", "db1=A db2=B", "db2=B", "2 gone 1"},
		{"", "db1=A", "db1=A db2=A", "1 +"},
		{"", "db1=A", "db2=A", "+ gone 1"},
		{"those of evcc.yaml stand before those with one", "A db1=B", "X db1=B db2=C", "1 2 +"},
		{"", "A B db1=C", "B db1=C db2=A", "2 3 1"},
		{"evcc begins to give names", "A B", "db1=A db2=B", "1 2"},
		{"", "A B", "db1=B db2=A", "2 1"},
		{"", "- -", "db1=- db2=-", "1 2"},
		{"", "A", "db1=X", "? held 1"},
		{"and ends to", "db1=A db2=B", "A B", "1 2"},
		{"", "db1=A db2=B", "B A", "2 1"},

		{"what is remembered without a place comes back under its title", "A ~B", "A B", "1 2"},
		{"", "A ~B ~B", "A B", "1 +"},
		{"", "A ~A", "A", "1"},
		{"{Einfahrt, Carport} → {Carport}, Follow titles, and back", "C ~E", "E C", "2 1"},
	} {
		if diff := cmp.Diff(test.want, placed(test.known, test.there)); diff != "" {
			t.Errorf("%s: %q, then %q (-want +got):\n%s", test.row, test.known, test.there, diff)
		}
	}
}

// placed writes down who stands where.
func placed(before, after string) string {
	known, there := seats(before), seats(after)
	named := strings.Contains(after, "=")
	at, _ := judge(known, there, named)
	var words []string
	open, seen := false, make(map[int]bool)
	for _, who := range at {
		switch who {
		case waits:
			words, open = append(words, "?"), true
		case fresh:
			words = append(words, "+")
		default:
			words, seen[who] = append(words, fmt.Sprint(who+1)), true
		}
	}
	var nowhere []string
	for i, k := range known {
		if !seen[i] && k.placed {
			nowhere = append(nowhere, fmt.Sprint(i+1))
		}
	}
	if len(nowhere) > 0 {
		words = append(words, map[bool]string{true: "held", false: "gone"}[open])
	}
	return strings.Join(append(words, nowhere...), " ")
}

// TestTold: while titles come one after the other, it is said only what no other one can change.
func TestTold(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		known, there string
		want         bool
	}{
		{"A B", "A B", true},
		{"A B", "- A", false},
		{"A B", "- -", false},
		{"A B", "X -", false},
		{"A B", "X Y", true},
		{"A", "A -", false}, // it may become a twin
		{"- B", "- B", true},
		{"- B", "B -", false},
		{"A A", "A -", false},
		{"db1=A db2=B", "A B", false},
		{"db1=A", "X", false},
		{"db1=A db2=B", "db1=- db2=-", true},
	} {
		if _, got := judge(seats(test.known), seats(test.there), strings.Contains(test.there, "=")); got != test.want {
			t.Errorf("%q, then %q: told %v, want %v", test.known, test.there, got, test.want)
		}
	}
}
