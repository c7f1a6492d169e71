package discovery

// addUnknown adds what the catalogue does not know: topics of a newer evcc.
func (b *builder) addUnknown(m *Message) {
	list, fresh := b.tree.UnknownTopics(b.object, b.entry.Unknown)
	for _, in := range list {
		m.Components[in.Row.ComponentKey()] = b.component(&in)
	}
	if b.entry.Unknown = fresh; len(fresh) == 0 {
		b.entry.Unknown = nil
	}
}
