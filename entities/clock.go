package entities

import (
	"fmt"
	"strings"
	"time"
)

// Forms of a point in time, with a zone and without: ISO 8601, also with a space for the T.
var (
	withoutZone = []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"}
	withZone    = zoned("Z07:00", "Z0700", "Z07")
	clocks      = []string{"15:04", "15:04:05"}
)

func zoned(zones ...string) (forms []string) {
	for _, form := range withoutZone {
		for _, zone := range zones {
			forms = append(forms, form+zone, form+" "+zone)
		}
	}
	return forms
}

// ParseTime reads a point in time: ISO with a zone, ISO without one as it is meant in zone, or a time of day for its next
// occurrence there. Seconds are whole, as evcc keeps them.
func ParseTime(text string, zone *time.Location, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	for _, form := range withZone {
		if t, err := time.Parse(form, text); err == nil {
			return plausible(text, t.Truncate(time.Second))
		}
	}
	for _, form := range withoutZone {
		if t, err := time.Parse(form, text); err == nil { // as UTC: where it has no gaps
			return plausible(text, earliest(t.Truncate(time.Second), zone))
		}
	}
	for _, form := range clocks {
		if t, err := time.Parse(form, text); err == nil {
			return NextClock(t.Hour(), t.Minute(), t.Second(), zone, now), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s is not a time: write 07:00, 2026-01-31T07:00 or 2026-01-31T07:00:00+01:00", quoted(text))
}

func plausible(text string, t time.Time) (time.Time, error) {
	if y := t.UTC().Year(); y < 2000 || y > 2199 {
		return time.Time{}, fmt.Errorf("%s is out of range for a plan's time", quoted(text))
	}
	return t, nil
}

// NextClock returns the next time after now at which clocks in zone show this time of day. What they skip when summer
// time begins is later by as much; what they show twice when it ends counts twice.
func NextClock(hour, minute, second int, zone *time.Location, now time.Time) time.Time {
	y, m, d := now.In(zone).Date()
	for day := 0; ; day++ {
		wall := time.Date(y, m, d+day, hour, minute, second, 0, time.UTC)
		first := earliest(wall, zone)
		if first.After(now) {
			return first
		}
		if second := latest(wall, zone); second.After(now) {
			return second
		}
	}
}

// earliest returns when clocks in zone show wall's date and time for the first time.
func earliest(wall time.Time, zone *time.Location) time.Time {
	first, second := readings(wall, zone)
	if second.Before(first) && shows(second, wall, zone) {
		return second
	}
	return first
}

func latest(wall time.Time, zone *time.Location) time.Time {
	first, second := readings(wall, zone)
	if second.After(first) && shows(second, wall, zone) {
		return second
	}
	return first
}

// readings returns wall by the offsets of the day before and the day after. The first one is right also where clocks
// skip it: they were told to go on, and it is later by as much.
func readings(wall time.Time, zone *time.Location) (before, after time.Time) {
	by := func(day int) time.Time {
		_, offset := wall.AddDate(0, 0, day).In(zone).Zone()
		return wall.Add(-time.Duration(offset) * time.Second).In(zone)
	}
	before, after = by(-1), by(1)
	if !shows(before, wall, zone) && shows(after, wall, zone) {
		return after, before
	}
	return before, after
}

func shows(t, wall time.Time, zone *time.Location) bool {
	return t.In(zone).Format(time.DateTime) == wall.Format(time.DateTime)
}
