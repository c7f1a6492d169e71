package plan

import (
	"strings"
	"time"

	"evcc-discovery/entities"
)

// zone is the time zone of a site: evcc's own, Home Assistant's, or the process's. It is cached because finding one may read
// a file.
type zone struct {
	home  *time.Location // nil until Home Assistant has told
	local *time.Location // nil is UTC

	told, at string // what evcc and Home Assistant had told when it was found
	found    *time.Location
}

// Zone returns the zone of times that are given without one.
func (m *Machine) Zone(now time.Time) *time.Location {
	z := &m.zone
	told, home := m.world.Tree()[entities.ZonePath], ""
	if z.home != nil {
		home = z.home.String()
	}
	if z.found == nil || z.told != told || z.at != home {
		z.told, z.at, z.found = told, home, findZone(told, z.home, z.local, now)
	}
	return z.found
}

// findZone returns the zone that evcc means: a name of the time zone database, or, since evcc 0.300, the abbreviation and the
// offset of the day it was started ("CET +01:00"). Those do not tell when clocks change, so they are looked up in Home
// Assistant's zone, in the process's and in well-known ones, summer and winter. A container without a configured zone says
// "UTC": then Home Assistant knows better. home and local may be nil.
func findZone(told string, home, local *time.Location, now time.Time) *time.Location {
	abbreviation, offset, isOffset := strings.Cut(told, " ")
	if place, err := time.LoadLocation(told); err == nil && strings.Contains(told, "/") {
		return place
	}
	seconds, valid := parseOffset(offset)
	if isOffset && valid && (abbreviation != "UTC" || home == nil) {
		for _, place := range []*time.Location{home, local, wellKnown(abbreviation)} {
			if place != nil && reads(place, abbreviation, seconds, now) {
				return place
			}
		}
		return time.FixedZone(abbreviation, seconds)
	}
	for _, place := range []*time.Location{home, local} {
		if place != nil {
			return place
		}
	}
	return time.UTC
}

// parseOffset reads "+01:00".
func parseOffset(text string) (seconds int, ok bool) {
	t, err := time.Parse("-07:00", text)
	if err != nil {
		return 0, false
	}
	_, seconds = t.Zone()
	return seconds, true
}

// reads reports whether clocks in place show the abbreviation with that offset at some time of the year.
func reads(place *time.Location, abbreviation string, seconds int, now time.Time) bool {
	for _, t := range []time.Time{now, now.AddDate(0, 6, 0)} {
		if name, offset := t.In(place).Zone(); name == abbreviation && offset == seconds {
			return true
		}
	}
	return false
}

// wellKnown returns the zone that most people mean who use an abbreviation, nil for others.
func wellKnown(abbreviation string) *time.Location {
	name := map[string]string{
		"WET": "Europe/Lisbon", "WEST": "Europe/Lisbon", "GMT": "Europe/London", "BST": "Europe/London",
		"CET": "Europe/Berlin", "CEST": "Europe/Berlin", "EET": "Europe/Helsinki", "EEST": "Europe/Helsinki",
		"EST": "America/New_York", "EDT": "America/New_York", "CST": "America/Chicago", "CDT": "America/Chicago",
		"MST": "America/Denver", "MDT": "America/Denver", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
		"AEST": "Australia/Sydney", "AEDT": "Australia/Sydney", "NZST": "Pacific/Auckland", "NZDT": "Pacific/Auckland",
	}[abbreviation]
	if name == "" {
		return nil
	}
	place, err := time.LoadLocation(name)
	if err != nil {
		return nil // main has all zones in it; who uses this as a library may not
	}
	return place
}
