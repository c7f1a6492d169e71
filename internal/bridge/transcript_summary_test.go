package bridge

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"evcc-discovery/internal/bridge/step"
)

// summary shows long payloads short: goldens hold their bytes.
func (p *player) summary(m *step.Publish) string {
	var is struct {
		Device     struct{ Name string }
		Components map[string]any
		Objects    map[string]any
		Message    struct{ Device struct{ Name string } }
	}
	if !strings.HasPrefix(m.Payload, "{") || json.Unmarshal([]byte(m.Payload), &is) != nil {
		return p.told(m.Payload)
	}
	switch {
	case is.Message.Device.Name != "":
		return fmt.Sprintf("{tombstone of %s}", is.Message.Device.Name)
	case is.Components != nil && is.Device.Name == "":
		return fmt.Sprintf("{tombstone of %d}", len(is.Components))
	case is.Components != nil:
		parts := []string{is.Device.Name, p.count(m.Topic, len(is.Components))}
		if !strings.Contains(m.Payload, `"unique_id"`) {
			parts = append(parts, "reduced")
		}
		return list(parts)
	case is.Objects != nil:
		return list([]string{"registry", p.count(m.Topic, len(is.Objects))})
	}
	return p.told(m.Payload)
}

// told shows problems and results short.
func (p *player) told(payload string) string {
	var is struct {
		Problems       []struct{ Code, Where string }
		Failed         []struct{ Control, Result string }
		Result         string
		Event          string `json:"event_type"`
		Control, Value string
	}
	if p.counts == nil || !strings.HasPrefix(payload, "{") || json.Unmarshal([]byte(payload), &is) != nil {
		return payload
	}
	parts := []string{}
	switch {
	case is.Problems != nil:
		for _, problem := range is.Problems {
			parts = append(parts, strings.TrimSuffix(problem.Code+"@"+problem.Where, "@"))
		}
	case is.Failed != nil:
		for _, failure := range is.Failed {
			parts = append(parts, failure.Control+" "+failure.Result)
		}
	case is.Result+is.Event != "":
		parts = append(parts, strings.Join([]string{is.Result + is.Event, is.Control, is.Value}, " "))
	default:
		return payload
	}
	return list(parts)
}

func list(parts []string) string {
	return "{" + strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ", ") + "}"
}
