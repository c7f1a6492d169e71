package plan

import (
	"strings"
	"testing"
)

func TestReadHours(t *testing.T) {
	t.Parallel()
	quarter := `{"start":"2026-11-22T00:00:00Z","end":"2026-11-22T00:15:00Z","value":0.2}`
	half := `{"start":"2026-11-22T02:00:00+01:00","end":"2026-11-22T02:30:00+01:00","value":0.35}`
	for payload, want := range map[string]hours{
		"":                               {},
		"null":                           {},
		"[]":                             {},
		"(long)":                         {},
		`{"start":1}`:                    {},
		"[" + quarter + "]":              {900, "0.2000"},
		"[" + quarter + "," + half + "]": {2700, "0.3000"},
		strings.ReplaceAll("["+half+"]", "0.35", "-0.05"):                             {1800, "-0.0500"},
		strings.ReplaceAll("["+half+"]", "0.35", "0"):                                 {1800, ""},
		strings.ReplaceAll("["+half+"]", `,"value":0.35`, ""):                         {1800, ""},
		`[{"start":"2026-11-22T00:15:00Z","end":"2026-11-22T00:00:00Z","value":0.2}]`: {},
		`[{"start":"2026-11-22T00:15:00Z","end":"9999-11-22T00:00:00Z","value":0.2}]`: {},
		"[" + strings.Repeat(quarter+",", 96*7-1) + quarter + "]":                     {900 * 96 * 7, "0.2000"},
		"[" + strings.Repeat(quarter+",", 4000) + quarter + "]":                       {},
	} {
		if got := readHours([]byte(payload)); got != want {
			t.Errorf("%.60s: got %+v, want %+v", payload, got, want)
		}
	}
}
