package simulator

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// derivation makes a tree from another one.
type derivation struct {
	from, name string
	change     func(Tree)
}

// derivations are the trees of versions that nobody has captured: what is documented of them, on top of the newest
// capture.
var derivations = []derivation{
	{"evcc-0.313.2-demo", "evcc-0.314.1-demo", become314}, // 0.314.0 had exploded its forecasts
	{"evcc-0.314.1-demo", "evcc-0.316.0-demo", become316},
}

// TestDerived: the derived trees are the derivation, to the byte.
func TestDerived(t *testing.T) {
	for _, d := range derivations {
		tree := readFile(t, d.from)
		d.change(tree)
		var text strings.Builder
		for _, key := range tree.keys() {
			fmt.Fprintln(&text, strings.TrimSuffix("evcc/"+key+" "+tree[key], " "))
		}
		file := "trees/" + d.name + ".txt"
		if *update {
			if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		have, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(text.String(), string(have)); diff != "" {
			t.Errorf("%s (-derived +committed); run go generate ./...\n%.2000s", file, diff)
		}
	}
}

func readFile(t *testing.T, name string) Tree {
	t.Helper()
	f, err := os.Open("trees/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tree, err := ReadTree(f)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// become314: forecasts are arrays with unix seconds, and there is a new setting.
func become314(t Tree) {
	for key, payload := range t {
		if strings.HasPrefix(payload, `[{"start":`) && strings.HasPrefix(key, "site/forecast/") {
			t[key] = compact(payload, "start", "end", "value")
		}
		if strings.HasPrefix(payload, `[{"ts":`) {
			t[key] = compact(payload, "ts", "val")
		}
	}
	t["site/gridExportLimit"] = "0"
}

// become316: pv is smart, minpv is smart that always charges. Beside that its home is paid by the hour, as no captured one.
func become316(t Tree) {
	t["site/smartFeedInPriorityAvailable"] = "true"
	for _, lp := range loadpointsOf(t) {
		t[lp+"alwaysCharge"] = "off"
		switch t[lp+"mode"] {
		case "minpv":
			t[lp+"alwaysCharge"] = "on"
			t[lp+"mode"] = "smart"
		case "pv":
			t[lp+"mode"] = "smart"
		}
	}
	for _, name := range t.vehicles() {
		t["vehicles/"+name+"/alwaysCharge"] = "" // as its mode: nothing is set
	}
}

func loadpointsOf(t Tree) (prefixes []string) {
	for key := range t {
		if match("loadpoints/+/title", key) {
			prefixes = append(prefixes, strings.TrimSuffix(key, "title"))
		}
	}
	return prefixes
}

// compact writes slots as evcc 0.314 does: an array per slot, times as unix seconds.
func compact(payload string, fields ...string) string {
	var slots []map[string]any
	d := json.NewDecoder(strings.NewReader(payload))
	d.UseNumber()
	if err := d.Decode(&slots); err != nil {
		panic(err)
	}
	rows := make([][]any, len(slots))
	for i, slot := range slots {
		for _, f := range fields {
			v := slot[f]
			if s, ok := v.(string); ok {
				at, err := time.Parse(time.RFC3339, s)
				if err != nil {
					panic(err)
				}
				v = at.Unix()
			}
			rows[i] = append(rows[i], v)
		}
	}
	b, err := json.Marshal(rows)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// The difference of a derived tree to the one before, key by key: what is documented of that version and no more.
func TestDerivedDifference(t *testing.T) {
	slots := " RFC 3339 objects → unix arrays"
	for name, want := range map[string][]string{
		"evcc-0.314.1-demo": {
			"+site/gridExportLimit 0", "site/forecast/co2" + slots, "site/forecast/feedIn" + slots, "site/forecast/grid" + slots,
			"site/forecast/planner" + slots, "site/forecast/solar/timeseries" + slots, "site/forecast/temperature" + slots,
		},
		"evcc-0.316.0-demo": {
			"+loadpoints/1/alwaysCharge off", "+loadpoints/2/alwaysCharge off", "+loadpoints/3/alwaysCharge off",
			"+vehicles/vehicle_1/alwaysCharge ", "+vehicles/vehicle_2/alwaysCharge ", "+vehicles/vehicle_3/alwaysCharge ",
			"+vehicles/vehicle_4/alwaysCharge ", "loadpoints/1/mode pv → smart", "loadpoints/3/mode pv → smart",
			"site/smartFeedInPriorityAvailable false → true",
		},
	} {
		i := slices.IndexFunc(derivations, func(d derivation) bool { return d.name == name })
		if diff := cmp.Diff(want, difference(readFile(t, derivations[i].from), readFile(t, name))); diff != "" {
			t.Errorf("%s (-documented +derived):\n%s", name, diff)
		}
	}
}

func difference(before, after Tree) (lines []string) {
	for _, key := range after.keys() {
		old, known := before[key]
		switch payload := after[key]; {
		case !known:
			lines = append(lines, "+"+key+" "+payload)
		case old != payload && strings.HasPrefix(old, "[{") && strings.HasPrefix(payload, "[["):
			lines = append(lines, key+" RFC 3339 objects → unix arrays")
		case old != payload:
			lines = append(lines, key+" "+old+" → "+payload)
		}
	}
	for _, key := range before.keys() {
		if _, ok := after[key]; !ok {
			lines = append(lines, "-"+key)
		}
	}
	slices.Sort(lines)
	return lines
}
