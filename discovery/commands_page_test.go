package discovery_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"evcc-discovery/entities"
	"evcc-discovery/internal/topicstest"
	"evcc-discovery/translations"
)

// TestCommandsPage holds the tables of docs/commands.md against the rows and the documented list of evcc's setters.
//
//go:generate go test -run TestCommandsPage -update
func TestCommandsPage(t *testing.T) {
	holdPart(t, "../docs/commands.md", "commands", commandTables(t))
}

func commandTables(t *testing.T) string {
	t.Helper()
	words, err := translations.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	documented := documentedSetters(t)
	var b strings.Builder
	for _, scope := range entities.Scopes {
		head := fmt.Sprintf("### %s\n\n| Control | Topic | Takes | Since | Off |\n|---|---|---|---|---|\n", words.Model(scope.String()))
		for _, r := range entities.ByScope(scope) {
			if r.Write == nil || r.Write.Kind == entities.WriteOfVehicle || r.Applies.Needs&entities.Compatible != 0 {
				continue // the others are second forms of these
			}
			b.WriteString(head)
			head = ""
			fmt.Fprintf(&b, "| %s | `%s/set` | %s | %s | %s |\n", words.Name(r.TermKey()), topicBelowSite(r), takes(t, r), since(t, r, documented), off(r))
		}
		if head == "" {
			b.WriteString("\n")
		}
	}
	return b.String()
}

func topicBelowSite(r *entities.Row) string {
	object := map[entities.Scope]string{entities.Loadpoint: "<n>/", entities.Vehicle: "<name>/"}[r.Scope]
	return r.Scope.String() + "/" + object + r.Word()
}

// takes says what a command may be. A new kind is described here.
func takes(t *testing.T, r *entities.Row) string {
	t.Helper()
	switch r.Write.Kind {
	case entities.WriteFloat, entities.WriteInt, entities.WritePercent:
		return numbers(r)
	case entities.WriteBool, entities.WriteContinuous, entities.WriteToggle, entities.WriteReturn:
		return "`true`, `false`"
	case entities.WriteWord, entities.WritePrecondition:
		return optionList(r)
	case entities.WriteMode:
		return "`off`, `smart`, `pv`, `minpv`, `now`, whatever this evcc calls them: before 0.316 `smart` is `pv`; since then `pv` " +
			"and `minpv` are `smart` without and with *Always charge*"
	case entities.WriteClear:
		return "`-`"
	case entities.WriteNoPlan:
		return "`-`"
	case entities.WriteVehicle:
		return "a vehicle's title or name, `-`"
	case entities.WritePlan:
		target := "10}` with 0.1 to 1000 kWh"
		if r.Scope == entities.Vehicle {
			target = "80}` with 1 to 100 %"
		}
		return "`true`, `false`, `{\"time\":\"07:00\",\"value\":" + target + ", with `continuous` and `precondition` (seconds) if wanted; [plans](plans.md)"
	case entities.WriteInstant:
		return "`2026-01-31T07:00:00+01:00`, without its zone, or `07:00`"
	}
	t.Fatalf("%s.%s: say what a command of kind %d may be", r.Scope, r.ComponentKey(), r.Write.Kind)
	return ""
}

// numbers are the ranges that there are, each with its unit; what differs only in the currency is told once.
func numbers(r *entities.Row) string {
	var list []string
	for _, have := range []entities.Capability{0, entities.Heating, entities.CO2} {
		c := entities.Context{Capabilities: have}
		b, unit := r.Range.In(c), r.Quantity(c).Unit
		text := strings.TrimSpace(fmt.Sprintf("%s to %s %s", short(b.Min), short(b.Max), unit))
		if len(list) > 0 && text == list[0] || have == entities.Heating && r.Scope != entities.Loadpoint {
			continue
		}
		if have == entities.Heating {
			text += " (at most to the end of evcc's slider)"
		}
		list = append(list, text)
	}
	text := strings.Join(list, ", or ")
	if r.Write.Kind == entities.WriteInt {
		text += "; whole"
	}
	if strings.Contains(text, "€") {
		text += "; other currencies more"
	}
	return text
}

func short(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// optionList names the options; some are only there on some objects or versions.
func optionList(r *entities.Row) string {
	var list []string
	for _, o := range r.Options {
		text := "`" + o.Code + "`"
		if o.Needs|o.Except != 0 {
			text += "\\*"
		}
		list = append(list, text)
	}
	text := strings.Join(list, ", ")
	if strings.Contains(text, "*") {
		text += " (\\* where evcc and the device have it)"
	}
	return text
}

func off(r *entities.Row) string {
	if r.Write.Off != "" {
		return "`" + r.Write.Off + "`"
	}
	switch r.Write.Kind {
	case entities.WriteVehicle:
		return "`-`"
	case entities.WritePlan:
		return "`false`, `{}`"
	}
	for _, other := range entities.ByScope(r.Scope) {
		if other.Platform == entities.Button && other.ID == r.ID && r.Platform != entities.Button {
			return "button"
		}
	}
	return ""
}

// documentedSetters reads the list of evcc's topics, by scope and setter.
func documentedSetters(t *testing.T) map[string]topicstest.Topic {
	t.Helper()
	setters := make(map[string]topicstest.Topic)
	for _, d := range topicstest.Read(t, facts) {
		if name, ok := strings.CutSuffix(d.Set, "/set"); ok {
			setters[d.Kind()+" "+name] = d
		}
	}
	return setters
}

// since is when evcc takes the row's commands, under each name that it has had.
func since(t *testing.T, r *entities.Row, documented map[string]topicstest.Topic) string {
	t.Helper()
	names := r.Write.Sets
	if len(names) == 0 {
		names = r.Keys
	}
	var list []string
	for i := len(names) - 1; i >= 0; i-- { // oldest first
		d, ok := documented[r.Scope.String()+" "+names[i].Path]
		if !ok {
			t.Fatalf("%s.%s: the list of evcc's topics has no setter %s", r.Scope, r.ComponentKey(), names[i].Path)
		}
		from := d.SetSince
		if r.Write.Kind == entities.WriteClear && older(from, clearsSince) {
			from = clearsSince
		}
		text := from
		switch first, last, gap := d.Gap(); {
		case gap && older(d.SetSince, from): // the button came after it
		case gap:
			text += ", not " + first + ".." + last
		case d.SetUntil != "":
			text += " to " + d.SetUntil + " as `" + names[i].Path + "`"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

// clearsSince is the evcc that knows a word for "none".
const clearsSince = "0.131.6"

func older(a, b string) bool { return topicstest.Compare(a, b) < 0 }
