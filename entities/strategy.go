package entities

import (
	"encoding/json"
	"strconv"
)

// planStrategy is evcc's JSON for both halves of a strategy.
type planStrategy struct {
	Continuous   bool  `json:"continuous"`
	Precondition int64 `json:"precondition"` // seconds
}

func encodeStrategy(continuous, precondition string) (string, error) {
	if _, err := boolean(continuous); err != nil {
		return "", err
	}
	seconds, _ := strconv.ParseInt(precondition, 10, 64) // none yet = 0, evcc's own default
	return marshal(planStrategy{Continuous: continuous == "true", Precondition: max(0, seconds)}), nil
}

func (in *Instance) precondition(text, continuous string) (string, error) {
	if _, err := in.word(text); err != nil {
		return "", err
	}
	if continuous != "true" {
		continuous = "false"
	}
	return encodeStrategy(continuous, text)
}

func marshal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain structs of ours always encode; a time was decoded from JSON
	}
	return string(b)
}
