package bridge

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/step"
)

// house is an evcc of two loadpoints that runs, as the broker retains it.
const house = `<r evcc/status online
<r evcc/loadpoints 2
<r evcc/loadpoints/1/title Garage
<r evcc/loadpoints/1/chargePower 0
<r evcc/loadpoints/1/connected false
<r evcc/loadpoints/1/mode pv
<r evcc/loadpoints/2/title Carport
<r evcc/loadpoints/2/chargePower 0
<r evcc/loadpoints/2/connected false
<r evcc/loadpoints/2/mode pv
@ 10s
`

// blank is how it empties its tree.
const blank = `< evcc/loadpoints
< evcc/loadpoints/1/title
< evcc/loadpoints/2/title
`

// flood are more topics than are looked at.
func flood(below string) string {
	var b strings.Builder
	for i := range mostTopics + 1 {
		fmt.Fprintf(&b, "%s/%d 1\n", below, i)
	}
	return b.String()
}

// causes is how each problem comes to be there: lines of a transcript after the connection.
var causes = map[problem.Code]string{
	problem.BrokerUnreachable: house + "- broker_unreachable connection refused",
	problem.BrokerLogin:       house + "- broker_login not authorized",
	problem.BrokerTLS:         house + "- broker_tls certificate has expired",
	problem.BrokerProtocol:    house + "- broker_protocol unacceptable protocol version",
	problem.BrokerCloses:      strings.Repeat("- broker_closes closed by the broker\n+\n@ 5s\n", mostShort),
	problem.BrokerDrops:       "forbid evcc-discovery/status\n" + house,
	problem.BrokerForbids:     house + "? broker_forbids on evcc/site/#",
	problem.SlowConnection:    house + "slow\n< evcc/site/homePower 1",
	problem.MessageTooLarge:   "limit 2000\n" + house,
	problem.Standby:           house + "< evcc-discovery/adapter/presence here another",
	problem.OtherSettings:     "< evcc-discovery/adapter/presence here another 1234\n@ 11m",
	problem.OtherBase:         house + `< homeassistant/device/second/evcc_site/config {"device":{}}`,
	problem.ForeignConfig: house + `< homeassistant/device/evcc-discovery/evcc_site/config {"components":{}}
@ 10s
< homeassistant/device/evcc-discovery/evcc_site/config {"components":{}}
@ 20s
< homeassistant/device/evcc-discovery/evcc_site/config {"components":{}}`,
	problem.HomeWithoutMQTT: house + "? home_without_mqtt on",
	problem.StateFile:       house + "? state_file on",
	problem.EvccMissing:     "@ 1s",
	problem.EvccOffline:     house + blank + "< evcc/status offline",
	problem.EvccStarting:    "<r evcc/status online",
	problem.EvccForgotten:   "<r evcc/status online\n<r evcc/site/homePower 500\n<r evcc/loadpoints/1/chargePower 0",
	problem.EvccSilent:      house,
	problem.EvccOld:         house + "< evcc/site/version 0.114.0",
	problem.Flood:           house + flood("< evcc/site/unknown"),
	problem.OrderChanged:    house + blank + "@ 1s\n< evcc/loadpoints 2\n< evcc/loadpoints/1/title Carport\n< evcc/loadpoints/2/title Stellplatz",
	problem.ClockWrong:      house + "< evcc/updated 1795340000",
	problem.CommandFailed:   house + "< evcc-discovery/evcc/loadpoint/1/mode/set now",
}

// TestCauses: what really causes a problem is told when it has lasted for as long as is declared, and not a millisecond
// before. Those that are not seen at once are waited for, while evcc lives, where that is not the matter.
func TestCauses(t *testing.T) {
	t.Parallel()
	for _, declared := range problem.All {
		t.Run(string(declared.Code), func(t *testing.T) {
			p := newPlayer(t, make(map[string]bool))
			p.now = start
			lines := causes[declared.Code]
			if lines == "" {
				t.Fatal("nothing is known to cause it")
			}
			p.line("+")
			for line := range strings.Lines(lines) {
				p.line(strings.TrimRight(line, "\n"))
			}
			until := func(end time.Time) {
				for p.now.Before(end) {
					if p.now = p.now.Add(5 * time.Second); p.now.After(end) {
						p.now = end
					}
					p.step(step.Event{Kind: step.Tick})
					if declared.Code == problem.ClockWrong { // a silent evcc would hide it
						p.step(step.Event{Kind: step.Received, Topic: "evcc/loadpoints/1/connected", Payload: []byte("false")})
					}
				}
			}
			find := func() (since time.Time, shown, present bool) { return p.core.step.Problems.Find(declared.Code) }
			for range 100 {
				if _, _, present := find(); !present {
					until(p.now.Add(5 * time.Second))
				}
			}
			since, _, present := find()
			if !present {
				t.Fatal("it is not noticed")
			}
			due := since.Add(declared.Grace)
			if declared.Grace > 0 {
				until(due.Add(-time.Millisecond))
				if _, shown, present := find(); !present || shown {
					t.Errorf("a millisecond before its time: present %v, shown %v", present, shown)
				}
			}
			until(due)
			if _, shown, _ := find(); !shown {
				t.Error("not shown when its time has come")
			}
		})
	}
}
