package simulator

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A parser reads a payload as evcc does: nothing is trimmed.
type parser func(string) (any, error)

func float(s string) (any, error) {
	x, err := strconv.ParseFloat(s, 64)
	if err == nil && (math.IsNaN(x) || math.IsInf(x, 0)) {
		err = errRefused
	}
	return x, err
}

func integer(s string) (any, error) {
	x, err := strconv.Atoi(s)
	return x, err
}

func boolean(s string) (any, error) {
	x, err := strconv.ParseBool(s)
	return x, err
}

func text(s string) (any, error) { return s, nil }

// seconds: whole ones only; `1m30s` is an error.
func seconds(s string) (any, error) {
	x, err := strconv.Atoi(s)
	return time.Duration(x) * time.Second, err
}

// enum ignores case.
func enum(words ...string) parser {
	return func(s string) (any, error) {
		if s = strings.ToLower(s); !slices.Contains(words, s) {
			return nil, errRefused
		}
		return s, nil
	}
}

// planMessage is the JSON of a plan; missing fields are zero.
type planMessage[T int | float64] struct {
	Time         time.Time `json:"time"`
	Value        T         `json:"value"`
	Precondition int       `json:"precondition"` // seconds; read by 0.203.4..0.300.1
}

func planOf[T int | float64](s string) (any, error) {
	var p planMessage[T]
	err := json.Unmarshal([]byte(s), &p)
	return p, err
}

type strategyMessage struct {
	Continuous   bool `json:"continuous"`
	Precondition int  `json:"precondition"` // seconds
}

func strategy(s string) (any, error) {
	var p strategyMessage
	err := json.Unmarshal([]byte(s), &p)
	return p, err
}

// isClearWord: exactly these, in lower case.
func isClearWord(s string) bool {
	return slices.Contains([]string{"-", "nil", "null", "none"}, s)
}
