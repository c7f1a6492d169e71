package entities

// existence is what decides whether a row is an entity of an object, and whether the read-only twin of a control is. What
// was published stays for as long as the object does, because dropping it costs its user the entity. It is given up only
// when the catalogue has no such row any more, and where READ_ONLY makes a control and its twin take turns. The twin of
// a control that a newer evcc has brought stays beside it.
type existence struct {
	applies        bool // evcc has it
	possible       bool // it is only read, or it can be set
	kept, twinKept bool // it, or its twin, was published before
	released       bool // it was published with READ_ONLY, and that is over
}

// itself reports whether the row is an entity.
func (p existence) itself() bool {
	return p.possible && (p.applies || p.kept || p.twinKept && p.released)
}

// twin reports whether the row's read-only twin is an entity.
func (p existence) twin() bool {
	if p.itself() {
		return p.twinKept && !p.released
	}
	return p.applies || p.kept || p.twinKept
}
