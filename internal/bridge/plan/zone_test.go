package plan

import (
	"testing"
	"time"
)

func TestFindZone(t *testing.T) {
	t.Parallel()
	place := func(name string) *time.Location {
		if name == "" {
			return nil
		}
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return zone
	}
	winter, summer := time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC), time.Date(2026, 7, 10, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		why, told, home, local string
		now                    time.Time
		want                   string
	}{
		{"nobody tells", "", "", "", winter, "UTC"},
		{"only the process", "", "", "Europe/Vienna", winter, "Europe/Vienna"},
		{"Home Assistant before the process", "", "Europe/Zurich", "UTC", winter, "Europe/Zurich"},
		{"evcc's name before both", "Asia/Tokyo", "Europe/Zurich", "Europe/Vienna", winter, "Asia/Tokyo"},
		{"evcc's winter, Home Assistant's zone has it", "CET +01:00", "Europe/Zurich", "UTC", winter, "Europe/Zurich"},
		{"evcc started in summer, and now it is winter", "CEST +02:00", "Europe/Zurich", "UTC", winter, "Europe/Zurich"},
		{"evcc started in winter, and now it is summer", "CET +01:00", "", "Europe/Vienna", summer, "Europe/Vienna"},
		{"nobody near has it", "CET +01:00", "", "UTC", winter, "Europe/Berlin"},
		{"another place than Home Assistant", "EST -05:00", "Europe/Zurich", "Europe/Zurich", winter, "America/New_York"},
		{"a container without a zone", "UTC +00:00", "Europe/Zurich", "UTC", winter, "Europe/Zurich"},
		{"a container without a zone, and no Home Assistant", "UTC +00:00", "", "Europe/Vienna", winter, "UTC"},
		{"an offset of nowhere", "+0530 +05:30", "Europe/Zurich", "UTC", winter, "+0530"},
		{"an abbreviation with another's offset", "CET +03:00", "Europe/Zurich", "UTC", winter, "CET"},
		{"no zone at all", "soon", "Europe/Zurich", "UTC", winter, "Europe/Zurich"},
		{"an odd offset", "CET +1", "Europe/Zurich", "UTC", winter, "Europe/Zurich"},
		{"a path", "../../etc/passwd", "Europe/Zurich", "UTC", winter, "Europe/Zurich"},
	} {
		if got := findZone(test.told, place(test.home), place(test.local), test.now); got.String() != test.want {
			t.Errorf("%s: %s, want %s", test.why, got, test.want)
		}
	}
}
