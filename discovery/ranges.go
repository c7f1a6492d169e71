package discovery

import (
	"maps"

	"evcc-discovery/entities"
)

// Widened is how far the range of a number has grown.
type Widened struct {
	Unit  string          `json:"unit,omitempty"` // in another one it is another number
	Shown entities.Beyond `json:"shown"`          // for what evcc has reported
	Taken entities.Beyond `json:"taken"`          // what evcc has had for two rounds: commands reach as far
}

// Ranged is a number whose range widens for what evcc reports.
type Ranged struct {
	Object   string // the registry's key of whose it is
	Instance entities.Instance
}

// Widens reports whether another value of evcc's widens what the number shows.
func (r Ranged) Widens(value string) bool {
	return r.Instance.Tell(r.Instance.Told, value) != r.Instance.Told
}

// Extends reports whether commands would reach further, had evcc this value for long enough.
func (r Ranged) Extends(value string) bool {
	return r.Instance.Hold(r.Instance.Held, value) != r.Instance.Held
}

// Hold returns the registry after evcc has had a value for long enough. What is not shown yet is not taken either.
func (r Registry) Hold(of Ranged, value string) Registry {
	key := of.Instance.Row.ComponentKey()
	widened, shown := r.Objects[of.Object].Ranges[key]
	if !shown {
		return r
	}
	widened.Taken = of.Instance.Hold(widened.Taken, value)
	r = r.clone()
	entry := r.Objects[of.Object]
	entry.Ranges = maps.Clone(entry.Ranges)
	entry.Ranges[key] = widened
	r.Objects[of.Object] = entry
	return r
}

// widen gives a number what evcc has reported beyond its range, the current values among it. It never shrinks.
func (b *builder) widen(in *entities.Instance) {
	if in.Row.Range == entities.NoRange {
		return
	}
	key, unit := in.Row.ComponentKey(), in.Row.Quantity(in.Context).Unit
	known := b.entry.Ranges[key]
	if known.Unit != unit || !in.CanTell(known.Shown, known.Taken) {
		known = Widened{Unit: unit}
	}
	now := known
	for _, path := range in.Tells() {
		now.Shown = in.Tell(now.Shown, b.tree.Tree[path])
	}
	if now != known {
		b.entry.Ranges = maps.Clone(b.entry.Ranges) // the one before is what the broker has
		if b.entry.Ranges == nil {
			b.entry.Ranges = make(map[string]Widened)
		}
		b.entry.Ranges[key] = now
	}
	in.Told, in.Held = now.Shown, now.Taken
	for _, path := range in.Tells() {
		b.wanted.Ranges[path] = append(b.wanted.Ranges[path], Ranged{Object: objectKey(in.Row.Scope, b.id), Instance: *in})
	}
}
