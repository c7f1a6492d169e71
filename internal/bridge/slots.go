package bridge

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// slots is what evcc plans for a loadpoint: when it charges. With how much power it does not tell, so there is a
// duration and an average price, and no sum.
type slots struct {
	seconds int64
	price   string // per kWh, or g CO₂ per kWh where evcc plans by that; "" = without prices
}

// longestPlan is a week of quarters of an hour, with room.
const longestPlan = 128 << 10

// slot is one of evcc's: {"start":…,"end":…,"value":…}.
type slot struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	Value *float64  `json:"value"`
}

// plannedFor returns the loadpoint whose planned slots stand under a path, ok false for every other path.
func plannedFor(path string) (prefix string, ok bool) {
	prefix, ok = strings.CutSuffix(path, "/plan")
	return prefix, ok && strings.HasPrefix(path, "loadpoints/")
}

// readSlots reads evcc's payload: the word null without a plan, and what nobody can read is none either.
func readSlots(payload []byte) slots {
	var list []slot
	if len(payload) > longestPlan || json.Unmarshal(payload, &list) != nil {
		return slots{}
	}
	var seconds, weighted float64
	priced := false
	for _, s := range list {
		length := s.End.Sub(s.Start).Seconds()
		if length <= 0 || length > 7*24*60*60 {
			return slots{}
		}
		seconds += length
		if s.Value != nil {
			weighted += *s.Value * length
			priced = priced || *s.Value != 0 // an evcc without tariffs says 0 for all
		}
	}
	if seconds == 0 {
		return slots{}
	}
	read := slots{seconds: int64(seconds)}
	if priced {
		read.price = strconv.FormatFloat(weighted/seconds, 'f', 4, 64)
	}
	return read
}
