package bridge

import (
	"maps"
	"slices"
	"strconv"

	"evcc-discovery/discovery"

	"evcc-discovery/internal/bridge/step"
)

// removeAll takes everything of ours off the broker, as the user has asked for before uninstalling: Home Assistant then
// removes the devices. It does nothing more after that, whatever happens: the next start brings everything back.
func (c *Core) removeAll() {
	for _, s := range c.sites {
		s.commands.Remove(c.step)
		s.wanted = discovery.Wanted{}
	}
	devices := 0
	for _, topic := range slices.SortedFunc(maps.Keys(c.retained), discovery.RemovalOrder) {
		if discovery.IsConfig(c.settings.Prefix, c.settings.Base, topic) {
			devices++
		}
		c.step.Send(topic, "")
	}
	c.step.Note(step.Info, "everything is removed, as asked for: nothing is published and no command is taken until this program is restarted, which brings everything back",
		"devices", strconv.Itoa(devices))
	c.phase = removed
}
