package plan

import (
	"encoding/json"
	"strconv"
	"time"
)

// hours are when evcc plans to charge at a loadpoint. It does not tell with how much power, so there is a duration and an
// average price, and no sum.
type hours struct {
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

// readHours reads evcc's payload: the word null without a plan. An unreadable one counts as none.
func readHours(payload []byte) hours {
	var list []slot
	if len(payload) > longestPlan || json.Unmarshal(payload, &list) != nil {
		return hours{}
	}
	var seconds, weighted float64
	priced := false
	for _, s := range list {
		length := s.End.Sub(s.Start).Seconds()
		if length <= 0 || length > 7*24*60*60 {
			return hours{}
		}
		seconds += length
		if s.Value != nil {
			weighted += *s.Value * length
			priced = priced || *s.Value != 0 // an evcc without tariffs says 0 for all
		}
	}
	if seconds == 0 {
		return hours{}
	}
	read := hours{seconds: int64(seconds)}
	if priced {
		read.price = strconv.FormatFloat(weighted/seconds, 'f', 4, 64)
	}
	return read
}
