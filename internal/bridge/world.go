package bridge

import (
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/bridge/trust"
)

// world is what a site's machines see of it.
type world struct {
	core *Core
	site *site
}

// Running reports whether anything may be published.
func (w world) Running() bool { return w.core.phase == running }

// Closed returns why evcc takes no commands now, "" if it does.
func (w world) Closed() string {
	switch {
	case w.core.phase != running:
		return "not ready yet"
	case w.site.trust.Value() < trust.Silent:
		return "evcc is not running"
	}
	return ""
}

// Value is what evcc has published last on a topic path below its root.
func (w world) Value(path string) string { return w.site.tree[path] }

// Tree is what evcc has published.
func (w world) Tree() entities.Tree { return w.site.tree }

// Heard returns since when Home Assistant hears what is sent to the entities of a device message.
func (w world) Heard(config string) time.Time { return w.core.store.Heard(config) }

// Registry is the site's.
func (w world) Registry() discovery.Registry { return w.site.registry }

// SetDraft changes a draft in the registry.
func (w world) SetDraft(key string, d discovery.Draft) {
	w.site.registry = w.site.registry.WithDraft(key, d)
}

// Remember keeps the registry.
func (w world) Remember(*step.Step) { w.site.remember(w.core) }

// Around is what a command for an object may need to know.
func (w world) Around(o entities.Object) entities.Siblings { return around{w, o} }

// around is what stands around an object.
type around struct {
	world
	object entities.Object
}

// VehicleName looks at the vehicles as they were when the devices were made.
func (a around) VehicleName(option string) (string, bool) {
	return a.site.wanted.Vehicles.Name(option)
}

// Value is what evcc has published last.
func (a around) Value(key string) string { return a.site.tree[a.object.Path(key)] }

// Before looks at the modes that evcc had.
func (a around) Before(key string, not []string) string {
	return a.site.registry.Before(a.site.wanted.Modes[a.object.Path(key)], not)
}

// Planned returns the plan that evcc has, as it says it.
func (a around) Planned() (entities.Plan, bool) { return a.site.plans.Planned(a.object) }

// Plan returns what turning on the plan applies.
func (a around) Plan() entities.Plan { return a.site.plans.Plan(a.core.step.Now, a.object) }

// Zone is where times without a zone are meant.
func (a around) Zone() *time.Location { return a.site.plans.Zone(a.core.step.Now) }

// shown is what states of our own follow from.
type shown struct{ world }

// Value returns evcc's payload of a topic, or one that we have retained.
func (s shown) Value(topic string) string {
	if path, ok := below(topic, s.site.Root); ok {
		return s.site.tree[path]
	}
	return s.core.store.Have(topic)
}

// Announced reports whether a device message is not one that still has to be sent.
func (s shown) Announced(config string) bool { return !s.core.store.Due(config) }
