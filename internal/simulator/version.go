package simulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// version is evcc's minor and patch number: 0.313.2 is 313_02.
type version int

func v(minor, patch int) version { return version(minor*100 + patch) }

func (v version) String() string { return fmt.Sprintf("0.%d.%d", v/100, v%100) }

// markers are topics whose presence tells the version, oldest first. The
// version string is no help: own builds report 0.0.0, old ones nothing.
// Where one release changed names only, its marker counts as the last patch
// that looks alike (0.301.0 and 0.301.2 differ in a setter alone).
var markers = []struct {
	pattern string
	version version
}{
	{"vehicles/+/capacity", v(124, 0)},
	{"loadpoints/+/chargerPhases1p3p", v(124, 2)},
	{"loadpoints/+/smartCostActive", v(124, 5)},
	{"site/interval", v(126, 0)},
	{"loadpoints/+/vehicleWelcomeActive", v(128, 4)},
	{"site/batteryGridChargeActive", v(130, 0)},
	{"site/statistics/thisYear/avgPrice", v(130, 3)},
	{"loadpoints/+/batteryBoost", v(131, 0)},
	{"vehicles/+/repeatingPlans", v(131, 9)},
	{"site/grid/power", v(133, 0)},
	{"loadpoints/+/chargerSinglePhase", v(200, 0)},
	{"loadpoints/+/offeredCurrent", v(203, 0)},
	{"loadpoints/+/planPrecondition", v(203, 4)},
	{"site/smartCostAvailable", v(205, 0)},
	{"loadpoints/+/plan", v(211, 1)},
	{"site/battery/devices", v(301, 2)},
	{"loadpoints/+/planStrategy/continuous", v(301, 2)},
	{"loadpoints/+/minSocNotReached", v(303, 0)},
	{"loadpoints/+/chargerFeatureSwitchDevice", v(306, 3)},
	{"loadpoints/+/name", v(307, 1)},
	{"site/optimizerChargingStrategy", v(309, 2)},
	{"loadpoints/+/minSoc", v(312, 0)},
	{"site/batteryGridDischarge", v(313, 0)},
	{"site/gridExportLimit", v(314, 0)},
	{"loadpoints/+/alwaysCharge", v(316, 0)},
}

// versionOf is the oldest version that publishes all the topics of the tree.
func versionOf(t Tree) version {
	level := v(123, 0)
	for _, m := range markers {
		if m.version > level && t.has(m.pattern) {
			level = m.version
		}
	}
	return level
}

func (v version) blanksAtStart() bool { return v >= 124_07 }
func (v version) blanksAtStop() bool  { return v >= 203_00 }

// parallel: each publish runs on its own, so the acknowledgement may come
// before the value.
func (v version) parallel() bool { return v >= 203_00 }

// nilZero: an optional field of value 0 is published empty, before as 0.
func (v version) nilZero() bool { return v >= 133_00 }

// blankQoS is the QoS of the deletions at start and stop.
func (v version) blankQoS() byte {
	if v >= 307_01 {
		return 0
	}
	return 1
}

// format is the payload for a Go value in this version: nil and the zero time
// are empty, times are unix seconds, durations whole seconds.
func (v version) format(value any) string {
	switch x := value.(type) {
	case nil:
		return ""
	case string:
		return x
	case bool:
		return strconv.FormatBool(x)
	case int:
		return strconv.Itoa(x)
	case time.Duration:
		return strconv.FormatInt(int64(x/time.Second), 10)
	case time.Time:
		if x.IsZero() {
			return ""
		}
		return strconv.FormatInt(x.Unix(), 10)
	case float64:
		return v.number(x)
	}
	panic(fmt.Sprintf("no payload for %T", value)) // a row's parser is wrong
}

// number: at most 3 places since 0.300.8, five significant digits (large ones
// with an exponent) before. The 3 fixed places of 0.300.7 are left out.
func (v version) number(x float64) string {
	if v < 300_08 {
		return strconv.FormatFloat(x, 'g', 5, 64)
	}
	s := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(x, 'f', 3, 64), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}
