package discovery

// addOthers adds what the catalogue does not know: topics of a newer evcc.
func (b *builder) addOthers(m *Message) {
	list, fresh := b.tree.Others(b.object, b.entry.Other)
	for _, in := range list {
		if _, had := b.entry.Other[in.Row.Key()]; had || !b.held {
			m.Components[in.Row.Key()] = b.component(&in)
		}
	}
	switch {
	case b.held:
	case len(fresh) == 0:
		b.entry.Other = nil
	default:
		b.entry.Other = fresh
	}
}
