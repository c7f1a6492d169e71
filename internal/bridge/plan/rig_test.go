package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

var (
	garage = entities.Tree{"loadpoints": "1", "loadpoints/1/title": "Garage", "loadpoints/1/connected": "true", "loadpoints/1/chargePower": "0",
		"loadpoints/1/vehicleDetectionActive": "false", "loadpoints/1/planEnergy": "0", "loadpoints/1/planStrategy/continuous": "false",
		"loadpoints/1/planStrategy/precondition": "0", "loadpoints/1/effectivePlanId": "0"}
	golf = entities.Tree{"vehicles/db:7/title": "e-Golf", "vehicles/db:7/capacity": "44", "vehicles/db:7/repeatingPlans": "0",
		"vehicles/db:7/planStrategy/continuous": "false", "vehicles/db:7/planStrategy/precondition": "0"}
)

// rig is a machine in a world without a bridge: topics of evcc, a registry, and time.
type rig struct {
	t           testing.TB
	m           *Machine
	s           *step.Step
	tree        entities.Tree
	registry    discovery.Registry
	controls    map[string]discovery.Command
	unavailable string
	retained    map[string]string
	out         strings.Builder
}

var (
	start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	site  = discovery.Site{Root: "evcc", Base: "ours", Prefix: "homeassistant", Words: words{}}
)

// words are the catalogue's own.
type words struct{}

func (words) Name(key string) string     { return key }
func (words) Device(scope string) string { return scope }
func (words) Model(scope string) string  { return scope }

func newRig(t testing.TB, tree entities.Tree) *rig {
	r := &rig{t: t, tree: tree, retained: make(map[string]string)}
	r.s = &step.Step{Retainer: r}
	r.s.Begin(step.Event{At: start})
	r.m = New(time.UTC, r)
	return r
}

// Unavailable and what follows are the world.
func (r *rig) Tree() entities.Tree { return r.tree }
func (r *rig) Unavailable(key string, o entities.Object) string {
	if places := r.registry.Places(r.tree.View()); slices.ContainsFunc(places.List, func(p discovery.Place) bool {
		return p.Key == key && p.Index != o.Index()
	}) {
		return "it stands elsewhere"
	}
	return r.unavailable
}
func (r *rig) Registry() discovery.Registry           { return r.registry }
func (r *rig) SetDraft(key string, d discovery.Draft) { r.registry = r.registry.WithDraft(key, d) }

func (r *rig) Remember(*step.Step) {
	for _, key := range slices.Sorted(maps.Keys(r.registry.Objects)) {
		if d := r.registry.Draft(key); d != (discovery.Draft{}) {
			fmt.Fprintf(&r.out, "registry %s %d %v past %v gone %q\n", key, d.Time, d.Target, d.Past, d.Gone)
		}
	}
}

func (r *rig) Retain(_ *step.Step, topic, payload string) {
	if r.retained[topic] != payload {
		r.retained[topic] = payload
		path := strings.TrimSuffix(strings.TrimPrefix(topic, "ours/evcc/"), "/state")
		fmt.Fprintln(&r.out, strings.TrimSpace("> "+path+" "+payload))
	}
}

// object is what stands around an object.
type object struct {
	*rig
	entities.Object
}

func (o object) VehicleName(string) (string, bool)      { return "", false }
func (o object) Value(key string) string                { return o.tree[o.Path(key)] }
func (o object) Plan() entities.Plan                    { return o.m.Plan(o.s.Now, o.Object) }
func (o object) Planned() (plan entities.Plan, ok bool) { return o.m.Planned(o.Object) }
func (o object) Zone() *time.Location                   { return o.m.Zone(o.s.Now) }
func (o object) Before(string, []string) string         { return "" }

// value changes a topic of evcc.
func (r *rig) value(path, payload string) {
	if r.tree[path] == payload {
		return
	}
	if r.tree[path] = payload; payload == "" {
		delete(r.tree, path)
	}
	r.m.Value(r.s, path, []byte(payload))
}

func (r *rig) command(path, payload string) {
	control, ok := r.controls["ours/evcc/"+path+"/set"]
	if !ok {
		fmt.Fprintln(&r.out, strings.TrimSpace("> no control: "+r.m.NoControl(path)))
		return
	}
	in := &control.Instance
	payload, strategy, local, err := r.m.Compose(r.s, in, payload, object{r, in.Object})
	switch {
	case err != nil:
		fmt.Fprintln(&r.out, "> refused:", err)
		return
	case local:
		r.m.ChangeDraft(r.s, in.Object, payload)
	default:
		fmt.Fprintln(&r.out, ">", in.Set, payload)
	}
	for _, half := range []entities.WriteKind{entities.WriteContinuous, entities.WritePrecondition} {
		if value := strategy.Value(half); value != "" {
			fmt.Fprintln(&r.out, "> beside it:", value)
		}
	}
}

// pass lets time go by with a tick whenever the machine asks for one.
func (r *rig) pass(d time.Duration) {
	end := r.s.Now.Add(d)
	for range 1000 {
		next := r.m.Next()
		if next.IsZero() || next.After(end) {
			r.s.Begin(step.Event{At: end})
			return
		}
		r.s.Begin(step.Event{At: next})
		r.m.Tick(r.s)
	}
	r.t.Fatalf("a tick is asked for at %v for ever", r.m.Next())
}
