package discovery

import (
	"regexp"
	"slices"

	"evcc-discovery/entities"
)

// options returns the codes of a select or enum: the catalogue's, and what this evcc reported beyond them.
func (b *builder) options(in *entities.Instance) []string {
	if !in.Row.Grows() {
		return in.Options
	}
	key := in.Row.ComponentKey()
	more := grown(b.entry.Options[key], in.Options, in.Row.WordFor(b.tree.Tree[in.State]))
	if len(more) == 0 {
		return in.Options
	}
	if b.entry.Options == nil {
		b.entry.Options = make(map[string][]string)
	} else {
		b.entry.Options = cloneOptions(b.entry.Options)
	}
	b.entry.Options[key] = more
	options := slices.Clone(in.Options)
	for _, code := range more {
		if !slices.Contains(options, code) {
			options = append(options, code)
		}
	}
	return options
}

func cloneOptions(m map[string][]string) map[string][]string {
	c := make(map[string][]string, len(m))
	for k, v := range m {
		c[k] = slices.Clone(v)
	}
	return c
}

// safeCode is what evcc's codes look like. Nothing else may become an option, because options stand in templates.
var safeCode = regexp.MustCompile(`^[a-z0-9][a-z0-9_]{0,31}$`)

// fit reports whether a code may become an option: Home Assistant could not show "none".
func fit(code string) bool { return safeCode.MatchString(code) && code != "none" }

// maxGrown bounds how many codes of evcc's own an entity takes up.
const maxGrown = 16

// grown returns the codes beyond the catalogue, with the current one if it is new. Options never shrink.
func grown(known []string, options []string, current string) []string {
	fresh := fit(current) && !slices.Contains(options, current) && !slices.Contains(known, current)
	if !fresh || len(known) >= maxGrown {
		return known
	}
	return append(slices.Clone(known), current)
}
