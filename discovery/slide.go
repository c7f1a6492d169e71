package discovery

import "slices"

// slid returns the entries, by registry key, of which nobody can tell whether they are where they were: one of several
// with the same title, or without any, was removed, and those behind it may have taken its place. Which one it was is
// seen only where the titles between them allow no other: of A, B, A only the last can be missing when A, B are left.
//
// Two of the same title that merely change places look as before; nothing tells of that.
func (p places) slid(counted bool) map[string]bool {
	known := slices.DeleteFunc(slices.Clone(p), func(at place) bool { return at.key == "" })
	if !counted || !slices.ContainsFunc(known, func(at place) bool { return !at.there }) {
		return nil
	}
	slid := make(map[string]bool)
	last := len(known) - 1 // the hindmost entry that may stand where we look, if only removals have happened
	for _, at := range slices.Backward(p) {
		if !at.there {
			continue
		}
		if at.key == "" {
			return nil
		}
		title := known.stood(at)
		for last >= 0 && known[last].was != title {
			last--
		}
		if last < 0 {
			return slid
		}
		if known[last].key != at.key && at.was == title {
			slid[at.key] = true
		}
		last--
	}
	return slid
}

// stood is the title to look for: that of what stands there; where it has none yet, or a new one, that of its place.
func (p places) stood(at place) string {
	if at.now != "" && slices.ContainsFunc(p, func(other place) bool { return other.was == at.now }) {
		return at.now
	}
	return at.was
}
