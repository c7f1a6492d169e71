package discovery

import (
	"maps"
	"slices"
)

// maxModes bounds how many of evcc's words are remembered of an object; evcc has five.
const maxModes = 8

// RecordMode returns the registry after evcc has reported another mode of the object with this key, and whether that is news.
func (r Registry) RecordMode(object, mode string) (Registry, bool) {
	e, known := r.Objects[object]
	if !known || !fit(mode) || (len(e.Modes) > 0 && e.Modes[0] == mode) {
		return r, false
	}
	older := slices.DeleteFunc(slices.Clone(e.Modes), func(m string) bool { return m == mode })
	e.Modes = append([]string{mode}, older[:min(len(older), maxModes-1)]...)
	r.Objects = maps.Clone(r.Objects)
	r.Objects[object] = e
	return r, true
}

// Before returns the object's last mode that is none of these, "" if none is known.
func (r Registry) Before(object string, not []string) string {
	for _, mode := range r.Objects[object].Modes {
		if !slices.Contains(not, mode) {
			return mode
		}
	}
	return ""
}
