package bridge

import (
	"slices"
	"strconv"
	"strings"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/bridge/command"
	"evcc-discovery/internal/bridge/step"
)

// adapterButtons is what the program's own device can be told.
var adapterButtons = map[string]func(*Core){
	discovery.FollowTitles: (*Core).followTitles,
	discovery.Rediscover:   (*Core).rediscover,
	discovery.ResetIDs:     (*Core).resetIDs,
	discovery.RemoveAll:    (*Core).removeAll,
}

// adapter takes a command for the program itself, and reports whether it was one.
func (c *Core) adapter(e step.Event) bool {
	if !strings.HasPrefix(e.Topic, c.settings.Base+"/adapter/") {
		return false
	}
	for id, press := range adapterButtons {
		if e.Topic != discovery.AdapterCommand(c.settings.Base, id) {
			continue
		}
		switch {
		case c.settings.ReadOnly:
			c.step.Note(step.Warn, "command refused", "topic", e.Topic, "reason", command.ReadOnlyReason)
		case c.phase != running:
			c.step.Note(step.Warn, "command refused", "topic", e.Topic, "reason", "not ready yet")
		default:
			press(c)
		}
		return true
	}
	return false
}

// ownDevice returns the message of the program's own device.
func (c *Core) ownDevice() []discovery.Retained {
	return []discovery.Retained{c.sites[0].Adapter()}
}

// deleted respects that the user has deleted a device in Home Assistant, and says so.
func (c *Core) deleted(config, text string) {
	c.removal.Drop(c.step, config)
	c.store.Drop(c.step, config)
	for _, s := range c.sites {
		registry, ours := s.registry.Delete(s.Site, config)
		if !ours {
			continue
		}
		c.step.Note(step.Info, text, "device", config)
		s.registry = registry
		s.remember(c)
		s.dirty(c.step.Now)
		c.touch(s)
		return
	}
}

// returned brings back devices that counted as deleted, and were emptied by a program that clears everything.
func (c *Core) returned(configs []string) {
	if len(configs) == 0 {
		return
	}
	c.step.Note(step.Warn, "another program cleared our topics; restoring devices that had counted as deleted", "devices", strconv.Itoa(len(configs)))
	for _, s := range c.sites {
		s.registry = s.registry.Undelete(s.Site, configs...)
		s.remember(c)
		if s.complete() {
			s.dirty(c.step.Now)
			c.touch(s)
		}
	}
}

// rediscover brings back what was deleted in Home Assistant, devices and single entities.
func (c *Core) rediscover() {
	c.step.Note(step.Info, "publishing every device again, including those deleted in Home Assistant")
	for _, s := range c.sites {
		s.registry, s.ranges = s.registry.Restore(), ranges{}
		s.remember(c)
		if s.complete() {
			s.dirty(c.step.Now)
			c.touch(s)
		}
	}
	c.store.Repeat(c.step.Now)
}

// resetIDs gives entities the ids that they were meant to have.
func (c *Core) resetIDs() {
	if !c.ids.Reset(c.step, c.removal) {
		c.step.Note(step.Warn, "command refused", "control", discovery.ResetIDs, "reason", "a reset is already in progress")
	}
}

// removeAll takes everything of ours off the broker, as the user has asked for before uninstalling: Home Assistant then
// removes the devices. It does nothing more after that, whatever happens: the next start brings everything back.
func (c *Core) removeAll() {
	for _, s := range c.sites {
		s.commands.RemoveAll(c.step)
		s.wanted = discovery.Wanted{}
	}
	devices := 0
	for _, topic := range slices.SortedFunc(slices.Values(c.store.Topics()), discovery.RemovalOrder) {
		if discovery.IsConfig(c.settings.Prefix, c.settings.Base, topic) {
			devices++
		}
		c.step.Send(topic, "")
	}
	c.step.Send(discovery.StatusTopic(c.settings.Base), "")
	c.step.Note(step.Info, "everything removed on request; idle until this program is restarted, which restores everything",
		"devices", strconv.Itoa(devices))
	c.phase = removed
}
