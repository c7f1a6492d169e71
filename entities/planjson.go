package entities

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// longestPrecondition is a week: evcc's own word for "always".
const longestPrecondition = 7 * 24 * 60 * 60

// planJSON is what a script may send; nil is what it leaves out, or says null of.
type planJSON struct {
	keys         []string // that it has
	value        *float64
	time         *string
	continuous   *bool
	precondition *float64 // 900.0 is 900 to JSON
}

// readPlan reads a plan key by key: a decoder of its own would take "Value" for "value" and the last of two.
func readPlan(text string) (p planJSON, err error) {
	strange := fmt.Errorf(`%s is not a plan: write {"value":80,"time":"07:00"}, or {} to delete it; continuous and precondition (seconds) may be added`, excerpt(text))
	if !strings.HasPrefix(text, "{") || !json.Valid([]byte(text)) {
		return p, strange
	}
	d := json.NewDecoder(strings.NewReader(text))
	_, _ = d.Token() // all of it is valid
	for d.More() {
		token, _ := d.Token()
		key, _ := token.(string)
		target, known := map[string]any{"value": &p.value, "time": &p.time, "continuous": &p.continuous, "precondition": &p.precondition}[key]
		switch {
		case !known || d.Decode(target) != nil:
			return p, strange
		case slices.Contains(p.keys, key):
			return p, fmt.Errorf("%s given twice", key)
		}
		p.keys = append(p.keys, key)
	}
	return p, nil
}

// deletes reports whether it says to delete the plan and nothing else: who gives a zero target a time has made a mistake.
func (p *planJSON) deletes() bool {
	return len(p.keys) == 0 || len(p.keys) == 1 && p.value != nil && *p.value == 0 && !math.Signbit(*p.value)
}
