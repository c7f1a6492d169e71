package entities

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean returns a text without what nobody can show, which may be there to deceive (terminals, directions of writing) or
// is not taken by others (NUL by databases, control characters by Home Assistant): control characters become spaces where
// they part words, and everything else of the kind goes.
func Clean(text string) string {
	if IsClean(text) {
		return text
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.Zl, unicode.Zp), unicode.IsSpace(r):
			return ' '
		case unshown(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	return strings.Join(strings.Fields(text), " ")
}

// IsClean reports whether a text holds nothing that [Clean] takes away.
func IsClean(text string) bool { return utf8.ValidString(text) && !strings.ContainsFunc(text, unshown) }

// unshown reports whether a character cannot be shown. The joiner of emojis can.
func unshown(r rune) bool {
	switch {
	case unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp):
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff: // directions, and the mark of byte order
		return true
	}
	return r >= 0xfdd0 && r <= 0xfdef || r&0xfffe == 0xfffe // no characters
}
