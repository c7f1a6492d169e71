package plan

import (
	"strings"
	"time"
)

// zone is where the times of a site are meant that have no zone: evcc's own, Home Assistant's, or the process's. It is
// kept because finding one may read a file.
type zone struct {
	told, home string // what it was found by
	place      *time.Location
}

// zone returns the site's time zone.
func (m *Machine) zone(now time.Time) *time.Location {
	told, home := m.tree()["site/timezone"], ""
	if m.home != nil {
		home = m.home.String()
	}
	if m.here.place == nil || m.here.told != told || m.here.home != home {
		m.here = zone{told, home, findZone(told, m.home, m.local, now)}
	}
	return m.here.place
}

// findZone finds the zone behind what evcc says: a name of the time zone database, or, as evcc does since 0.300, the
// abbreviation and the offset of the day it was started ("CET +01:00"). Those do not tell when clocks change; so they are
// looked for in Home Assistant's zone, in the process's and in well-known ones, summer and winter. "UTC" is what a container
// says that was not told where it is: there Home Assistant knows better. home and local may be nil.
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
