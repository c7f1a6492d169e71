package plan

import (
	"maps"
	"testing"

	"evcc-discovery/entities"
)

// What a plan costs is told only where all is known that it follows from.
func TestCost(t *testing.T) {
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
		m := newRig(t, tree).m
		if got := m.cost(entities.Object{Scope: entities.Loadpoint, Prefix: "loadpoints/1"}, hours{price: test.price}); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
