package entities_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"evcc-discovery/entities"
)

// FuzzEncode holds that whatever is accepted is well-formed for evcc, for every control of the catalogue.
func FuzzEncode(f *testing.F) {
	for i, command := range []string{"80", "true", "minpv", "-", "e-Golf", `{"value":80,"time":"2026-11-23T06:00:00Z"}`, "900", "1e-7", "0x1p4", "\xff", "07:00", `{"value":80,"time":"02:30","continuous":true,"precondition":900}`, "2026-11-23T06:00"} {
		f.Add(uint16(i), uint16(0), []byte(command), "900")
	}
	var controls []*entities.Row
	for _, r := range entities.All {
		if r.Write != nil {
			controls = append(controls, r)
		}
	}
	f.Fuzz(func(t *testing.T, which, have uint16, command []byte, sibling string) {
		row := controls[int(which)%len(controls)]
		c := entities.Context{Capabilities: entities.Capability(have)}
		in := entities.Instance{Row: row, Context: c, Options: row.Codes(c.Capabilities), Clears: have%2 == 1}
		in.Held = in.Hold(entities.Beyond{}, sibling)
		s := garage(map[string]string{"planStrategy/continuous": sibling, "planStrategy/precondition": sibling, "mode": sibling})
		s.modes = []string{sibling, "now", "off", "smart"}
		payload, err := in.Encode(command, s, noon)
		switch {
		case err != nil && (payload != "" || err.Error() == "" || !utf8.ValidString(err.Error())):
			t.Errorf("%s %q: refused with payload %q and error %q", row.ComponentKey(), command, payload, err)
		case err == nil:
			if err := wellFormed(&in, payload); err != nil {
				t.Errorf("%s %q: %q: %v", row.ComponentKey(), command, payload, err)
			}
		}
	})
}

// wellFormed says what is wrong with a payload that evcc is to get.
func wellFormed(in *entities.Instance, payload string) error {
	ok, kind := false, in.Row.Write.Kind
	switch kind {
	case entities.WriteFloat, entities.WriteInt:
		v, err := strconv.ParseFloat(payload, 64)
		_, decimals, _ := strings.Cut(payload, ".")
		plain := strings.Trim(payload, "-.0123456789") == "" && len(decimals) <= 3
		whole := kind == entities.WriteFloat || v == math.Trunc(v) && decimals == ""
		ok = err == nil && plain && whole && in.Takes().Covers(v) && in.Row.Measure.Limits(in.Context).Covers(v) || in.Clears && payload == entities.Clear
	case entities.WritePercent:
		v, err := strconv.ParseFloat(payload, 64)
		ok = err == nil && in.Takes().Covers(math.Round(1e5*v)/1e3) && v <= 10 || in.Clears && payload == entities.Clear
	case entities.WriteBool:
		ok = payload == "true" || payload == "false"
	case entities.WriteWord, entities.WriteToggle, entities.WriteReturn:
		ok = slices.Contains(in.Options, payload) || in.Row.Own == entities.Requested && payload == entities.Automatic
	case entities.WriteMode: // the words before evcc 0.316 and since
		ok = slices.Contains([]string{"off", "smart", "pv", "minpv", "now"}, payload)
	case entities.WriteOfVehicle: // read again by the vehicle's own control
		ok = payload == "-" || slices.Contains(in.Options, payload)
	case entities.WriteClear:
		ok = payload == "-"
	case entities.WriteNoPlan:
		ok = payload == "{}"
	case entities.WriteVehicle:
		ok = slices.Contains([]string{"-", "db:1", "db:2", "db:3", "db:4", "db:5", "model3"}, payload)
	case entities.WriteContinuous, entities.WritePrecondition:
		return onlyKeys(payload, "continuous", "precondition")
	case entities.WriteInstant:
		t, err := time.Parse(time.RFC3339, payload)
		ok = err == nil && !t.IsZero() && strings.HasSuffix(payload, "Z")
	case entities.WritePlan:
		if payload == "{}" {
			return nil
		}
		return onlyKeys(payload, "value", "time")
	}
	if !ok {
		return errors.New("not what evcc takes")
	}
	return nil
}

func onlyKeys(payload string, keys ...string) error {
	var object map[string]any
	if err := json.Unmarshal([]byte(payload), &object); err != nil {
		return err
	}
	for _, k := range keys {
		if _, ok := object[k]; !ok {
			return fmt.Errorf("no %s", k)
		}
		delete(object, k)
	}
	if len(object) > 0 {
		return fmt.Errorf("unknown keys %v", object)
	}
	return nil
}
