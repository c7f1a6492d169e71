package discovery

// Draft is a charging plan that is being made: it outlives the plan that evcc has.
type Draft struct {
	Time   int64   `json:"time,omitempty"`   // Unix seconds; 0 = nobody has chosen one
	Target float64 `json:"target,omitempty"` // % or kWh; 0 = nobody has chosen one
	Past   bool    `json:"past,omitempty"`   // its time was past when it was set: it does not move on
	Gone   string  `json:"gone,omitempty"`   // what evcc left on the broker of a deleted plan
}

// plausible reports whether the draft can be shown.
func (d *Draft) plausible() bool {
	return d == nil || d.Time >= 0 && d.Time < 1<<37 && d.Target >= 0 && d.Target <= 1000 && len(d.Gone) < 32
}

// Draft returns the draft of an object, a zero one if it has none.
func (r Registry) Draft(object string) Draft {
	if d := r.Objects[object].Plan; d != nil {
		return *d
	}
	return Draft{}
}

// WithDraft returns the registry with another draft of one of its objects.
func (r Registry) WithDraft(object string, d Draft) Registry {
	e, known := r.Objects[object]
	if !known {
		return r
	}
	changed := r.clone()
	e.Plan = &d
	changed.Objects[object] = e
	return changed
}
