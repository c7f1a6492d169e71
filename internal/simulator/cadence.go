package simulator

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// cadence is when evcc publishes a key without being asked.
type cadence int

const (
	atStart      cadence = iota // and on change: settings, names, features
	perInterval                 // site values and the power of all loadpoints
	perLoadpoint                // when it is the loadpoint's turn
	whenChanged                 // as perLoadpoint, but not repeated
)

// cadences holds the exceptions from atStart; the first matching row counts.
var cadences = []struct {
	pattern string
	cadence cadence
}{
	{"loadpoints/+/chargeCurrents*", perInterval},
	{"loadpoints/+/chargePower", perInterval},
	{"loadpoints/+/suggestion", perInterval},
	{"loadpoints/+/chargeRemaining*", whenChanged},
	{"loadpoints/+/chargerStatusReason", whenChanged},
	{"loadpoints/+/connectedDuration", whenChanged},
	{"loadpoints/+/chargeCurrent", perLoadpoint},
	{"loadpoints/+/chargeDuration", perLoadpoint},
	{"loadpoints/+/chargeTotalImport", perLoadpoint},
	{"loadpoints/+/chargeVoltages*", perLoadpoint},
	{"loadpoints/+/chargedEnergy", perLoadpoint},
	{"loadpoints/+/charging", perLoadpoint},
	{"loadpoints/+/connected", perLoadpoint},
	{"loadpoints/+/effective*", perLoadpoint},
	{"loadpoints/+/enabled", perLoadpoint},
	{"loadpoints/+/last24hEnergy", perLoadpoint},
	{"loadpoints/+/last7dEnergy", perLoadpoint},
	{"loadpoints/+/minSocNotReached", perLoadpoint},
	{"loadpoints/+/offeredCurrent", perLoadpoint},
	{"loadpoints/+/plan", perLoadpoint},
	{"loadpoints/+/planOverrun", perLoadpoint},
	{"loadpoints/+/planProjected*", perLoadpoint},
	{"loadpoints/+/session*", perLoadpoint},
	{"loadpoints/+/smartCostActive", perLoadpoint},
	{"loadpoints/+/smartCostNextStart", perLoadpoint},
	{"loadpoints/+/smartFeedInPriorityActive", perLoadpoint},
	{"loadpoints/+/smartFeedInPriorityNextStart", perLoadpoint},
	{"loadpoints/+/todayEnergy", perLoadpoint},
	{"loadpoints/+/vehicleLimitSoc", perLoadpoint},
	{"loadpoints/+/vehicleRange", perLoadpoint},
	{"loadpoints/+/vehicleSoc", perLoadpoint},
	{"loadpoints/+/vehicleTargetSoc", perLoadpoint},
	{"loadpoints/+/vehicleWelcomeActive", perLoadpoint},

	{"site/aux", perInterval},
	{"site/aux/+/*", perInterval},
	{"site/auxPower", perInterval},
	{"site/battery", perInterval},
	{"site/battery/+/*", perInterval},
	{"site/battery/*", perInterval},
	{"site/batteryCapacity", perInterval},
	{"site/batteryEnergy", perInterval},
	{"site/batteryGridChargeActive", perInterval},
	{"site/batteryPower", perInterval},
	{"site/batterySoc", perInterval},
	{"site/circuits/+/*", perInterval},
	{"site/consumers", perInterval},
	{"site/consumers/+/*", perInterval},
	{"site/ext", perInterval},
	{"site/ext/+/*", perInterval},
	{"site/forecast*", perInterval},
	{"site/greenShare*", perInterval},
	{"site/grid/*", perInterval},
	{"site/gridCurrents*", perInterval},
	{"site/gridEnergy", perInterval},
	{"site/gridPower", perInterval},
	{"site/gridPowers*", perInterval},
	{"site/homePower", perInterval},
	{"site/pv", perInterval},
	{"site/pv/+/*", perInterval},
	{"site/pvEnergy", perInterval},
	{"site/pvPower", perInterval},
	{"site/smartCostActive", perInterval},
	{"site/tariffCo2*", perInterval},
	{"site/tariffFeedIn", perInterval},
	{"site/tariffGrid", perInterval},
	{"site/tariffPrice*", perInterval},
	{"site/tariffSolar", perInterval},
	{"site/tariffTemperature", perInterval},
}

// deletedAtStart are topics of old versions that evcc empties once.
var deletedAtStart = regexp.MustCompile(`^site/(pv|battery)(/[0-9])?$`)

// cadence of a key, remembered because each cycle asks for all keys.
func (e *Evcc) cadence(key string) cadence {
	c, ok := e.cadences[key]
	if !ok {
		if e.origin[key] != "" || !deletedAtStart.MatchString(key) {
			c = cadenceOf(key)
		}
		e.cadences[key] = c
	}
	return c
}

func cadenceOf(key string) cadence {
	for _, c := range cadences {
		if match(c.pattern, key) {
			return c.cadence
		}
	}
	return atStart
}

// firstValues are published in the burst at start, before the real value.
var firstValues = []struct {
	pattern      string
	payload      string
	since, until version
}{
	{"site/aux", "0", v(133, 0), 0},
	{"site/consumers", "0", v(133, 0), 0},
	{"site/ext", "0", v(133, 0), 0},
	{"site/pv", "0", v(133, 0), 0},
	{"site/smartCostType", "", 0, v(124, 0)},
	{"loadpoints/+/vehicleCapacity", "0", 0, 0},
	{"loadpoints/+/vehicleLimitSoc", "0", 0, 0},
	{"loadpoints/+/vehicleName", "", 0, 0},
	{"loadpoints/+/vehiclePresent", "false", 0, 0},
	{"loadpoints/+/vehicleRange", "0", 0, 0},
	{"loadpoints/+/vehicleSoc", "0", 0, 0},
	{"loadpoints/+/vehicleTargetSoc", "0", 0, 0},
	{"loadpoints/+/vehicleTitle", "", 0, 0},
}

var (
	dates = regexp.MustCompile(`\b\d{4}-\d\d-\d\dT`)
	// of a slot [start,end,value] or [ts,value], as evcc writes them since 0.314
	seconds314 = regexp.MustCompile(`(\[|,)(\d{10})\b`)
)

// redate moves all times of a captured forecast by whole days, so that its
// first day is today.
func redate(payload string, now time.Time) string {
	today := now.UTC().Truncate(24 * time.Hour)
	if strings.HasPrefix(payload, "[[") {
		return redateSeconds(payload, today)
	}
	first := dates.FindString(payload)
	if first == "" {
		return payload
	}
	day, err := time.Parse(time.DateOnly, first[:10])
	if err != nil {
		return payload
	}
	days := int(today.Sub(day).Hours()) / 24
	return dates.ReplaceAllStringFunc(payload, func(s string) string {
		t, err := time.Parse(time.DateOnly, s[:10])
		if err != nil {
			return s
		}
		return t.AddDate(0, 0, days).Format(time.DateOnly) + "T"
	})
}

func redateSeconds(payload string, today time.Time) string {
	first := seconds314.FindStringSubmatch(payload)
	if first == nil {
		return payload
	}
	start, _ := strconv.ParseInt(first[2], 10, 64) // ten digits
	const day = 24 * 60 * 60
	shift := today.Unix() - start/day*day
	return seconds314.ReplaceAllStringFunc(payload, func(s string) string {
		at, _ := strconv.ParseInt(s[1:], 10, 64)
		return s[:1] + strconv.FormatInt(at+shift, 10)
	})
}
