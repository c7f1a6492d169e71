package hint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Nearest returns what a word that is none of the known ones was most likely meant to be: one that begins with it or with
// which it begins, else one that holds it, else the one with the fewest typing errors. sure is false where it is little like
// any of them.
func Nearest(word string, known []string) (nearest string, sure bool) {
	if len(known) == 0 {
		return "", false
	}
	rank := func(other string) int {
		switch {
		case len(word) < 2 || len(other) < 2:
		case strings.HasPrefix(other, word), strings.HasPrefix(word, other):
			return 0
		case strings.Contains(other, word), strings.Contains(word, other):
			return 1
		}
		return 2
	}
	nearest = slices.MinFunc(known, func(a, b string) int {
		return cmp.Or(rank(a)-rank(b), levenshtein.ComputeDistance(word, a)-levenshtein.ComputeDistance(word, b))
	})
	return nearest, rank(nearest) < 2 || levenshtein.ComputeDistance(word, nearest) <= 1+len(word)/4
}
