package bridge

import (
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/bridge/trust"
)

// world is what a site's machines see of the core.
type world struct {
	core *Core
	site *site
}

// Running reports whether anything may be published.
func (w world) Running() bool { return w.core.phase == running }

// Unavailable returns why evcc takes no commands, and its topics mean nothing, now; "" if they do. With a key it also tells why
// that object of the registry is not where it was found; a zero o is any place.
func (w world) Unavailable(key string, o entities.Object) (reason string) {
	switch {
	case w.core.phase != running:
		return "not ready yet"
	case w.site.trust.Value() < trust.Silent:
		return "evcc is not running"
	}
	return w.site.displaced(key, o)
}

// Value returns what evcc has published last on a topic path below its root.
func (w world) Value(path string) string { return w.site.tree[path] }

// Tree returns what evcc has published.
func (w world) Tree() entities.Tree { return w.site.tree }

// ListeningSince returns when Home Assistant has subscribed to the topics of a device message, zero while that is unknown.
func (w world) ListeningSince(config string) time.Time { return w.core.store.Heard(config) }

// Registry returns the site's registry.
func (w world) Registry() discovery.Registry { return w.site.registry }

// SetDraft changes the draft of an object in the registry.
func (w world) SetDraft(key string, d discovery.Draft) {
	w.site.registry = w.site.registry.WithDraft(key, d)
}

// Remember publishes and stores the registry.
func (w world) Remember(*step.Step) { w.site.remember(w.core) }

// Siblings returns what a command for the object may depend on.
func (w world) Siblings(o entities.Object) entities.Siblings { return objectWorld{w, o} }

// objectWorld is the world of one object.
type objectWorld struct {
	world
	object entities.Object
}

// VehicleName looks at the vehicles as they were when the options were published.
func (w objectWorld) VehicleName(option string) (string, bool) {
	return w.site.wanted.Vehicles.Name(option)
}

// Value returns what evcc has published last.
func (w objectWorld) Value(key string) string { return w.site.tree[w.object.Path(key)] }

// Before looks at the modes that evcc had.
func (w objectWorld) Before(key string, not []string) string {
	return w.site.registry.Before(w.site.wanted.Modes[w.object.Path(key)], not)
}

// Planned returns the plan that evcc has.
func (w objectWorld) Planned() (entities.Plan, bool) { return w.site.plans.Planned(w.object) }

// Plan returns what switching the plan on applies.
func (w objectWorld) Plan() entities.Plan { return w.site.plans.Plan(w.core.step.Now, w.object) }

// Zone is the zone of times that are given without one.
func (w objectWorld) Zone() *time.Location { return w.site.plans.Zone(w.core.step.Now) }

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
