package plan

import (
	"maps"
	"strings"
	"testing"

	"evcc-discovery/entities"
)

func TestReadSlots(t *testing.T) {
	t.Parallel()
	quarter := `{"start":"2026-11-22T00:00:00Z","end":"2026-11-22T00:15:00Z","value":0.2}`
	half := `{"start":"2026-11-22T02:00:00+01:00","end":"2026-11-22T02:30:00+01:00","value":0.35}`
	for payload, want := range map[string]slots{
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
		if got := readSlots([]byte(payload)); got != want {
			t.Errorf("%.60s: got %+v, want %+v", payload, got, want)
		}
	}
}

// What a plan costs is told only where all is known that it follows from.
func TestOutlay(t *testing.T) {
	t.Parallel()
	soc := map[string]string{"loadpoints/1/vehicleName": "db:7", "vehicles/db:7/capacity": "60", "loadpoints/1/vehicleSoc": "35", "loadpoints/1/effectivePlanSoc": "80"}
	energy := map[string]string{"loadpoints/1/planEnergy": "12", "loadpoints/1/chargedEnergy": "0"}
	for name, test := range map[string]struct {
		tree  map[string]string
		but   map[string]string
		price string
		want  string
	}{
		"45 % of 60 kWh, and what is lost":  {soc, nil, "0.2500", "7.50"},
		"half of it is charged":             {soc, map[string]string{"loadpoints/1/vehicleSoc": "57.5"}, "0.2500", "3.75"},
		"a negative price":                  {soc, nil, "-0.0100", "-0.30"},
		"no price":                          {soc, nil, "", ""},
		"by CO₂":                            {soc, map[string]string{"site/smartCostType": "co2"}, "0.2500", ""},
		"the target is reached":             {soc, map[string]string{"loadpoints/1/vehicleSoc": "80"}, "0.2500", ""},
		"no target":                         {soc, map[string]string{"loadpoints/1/effectivePlanSoc": "0"}, "0.2500", ""},
		"no capacity":                       {soc, map[string]string{"vehicles/db:7/capacity": "0"}, "0.2500", ""},
		"no state of charge":                {soc, map[string]string{"loadpoints/1/vehicleSoc": "0"}, "0.2500", ""},
		"an old energy target, no capacity": {soc, map[string]string{"vehicles/db:7/capacity": "", "loadpoints/1/planEnergy": "12"}, "0.2500", ""},
		"an old energy target, no state":    {soc, map[string]string{"loadpoints/1/vehicleSoc": "0", "loadpoints/1/planEnergy": "12"}, "0.2500", ""},
		"energy":                            {energy, nil, "0.2500", "3.00"},
		"energy, and some has been charged": {energy, map[string]string{"loadpoints/1/chargedEnergy": "1"}, "0.2500", ""},
		"nothing":                           {nil, nil, "0.2500", ""},
	} {
		tree := make(entities.Tree)
		maps.Copy(tree, test.tree)
		maps.Copy(tree, test.but)
		m := New(nil, &stub{tree: tree})
		if got := m.outlay(entities.Object{Scope: entities.Loadpoint, Prefix: "loadpoints/1"}, slots{price: test.price}); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
