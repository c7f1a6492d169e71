package discovery

import (
	"maps"

	"evcc-discovery/entities"
)

// Widened is how far the range of a number has grown.
type Widened struct {
	Unit  string          `json:"unit,omitempty"` // in another one it is another number
	Shown entities.Beyond `json:"shown"`          // what evcc has reported
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

// widen gives a number what evcc has reported beyond its range, the current values among it. It never shrinks.
func (b *builder) widen(in *entities.Instance) {
	if in.Row.Range == entities.NoRange {
		return
	}
	key, unit := in.Row.ComponentKey(), in.Row.Quantity(in.Context).Unit
	known := b.entry.Ranges[key]
	if known.Unit != unit || !in.CanTell(known.Shown) {
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
	in.Told = now.Shown
	for _, path := range in.Tells() {
		b.wanted.Ranges[path] = append(b.wanted.Ranges[path], Ranged{Object: objectKey(in.Row.Scope, b.id), Instance: *in})
	}
}
