package discovery

// addUnknown adds what the catalogue does not know: topics of a newer evcc.
func (b *builder) addUnknown(m *Message) {
	list, fresh := b.tree.UnknownTopics(b.object, b.entry.Unknown)
	for _, in := range list {
		if _, had := b.entry.Unknown[in.Row.ComponentKey()]; had || !b.held {
			m.Components[in.Row.ComponentKey()] = b.component(&in)
		}
	}
	switch {
	case b.held:
	case len(fresh) == 0:
		b.entry.Unknown = nil
	default:
		b.entry.Unknown = fresh
	}
}
