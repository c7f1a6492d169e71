package e2e

// holdTopic is our topic of whether the home battery is held.
const holdTopic = "evcc-discovery/evcc/site/hold_battery/state"

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
