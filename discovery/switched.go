package discovery

import "evcc-discovery/entities"

// READ_ONLY replaces controls by values, and back. What is replaced has to be taken out of Home Assistant, for which the broker
// keeps it; one that loses its memory before leaves entities that nobody knows of. So an entry says until then that it was
// switched, and what it had can be made anew from the tree.

// Switched reports whether what READ_ONLY has replaced in a device may still be in Home Assistant.
func (r Registry) Switched(s Site, config string) bool {
	key, ok := r.find(s, config)
	return ok && r.Objects[key].Switched
}

// Settled returns the registry as it is when Home Assistant does not have that any more.
func (r Registry) Settled(s Site, config string) Registry {
	r = r.clone()
	if key, ok := r.find(s, config); ok {
		entry := r.Objects[key]
		entry.Switched = false
		r.Objects[key] = entry
	}
	return r
}

// OtherKind returns the device messages by config topic as they would be with READ_ONLY switched, the program's own among them.
func (s Site) OtherKind(tree entities.Tree, registry Registry) map[string]string {
	s.ReadOnly = !s.ReadOnly
	adapter := s.Adapter()
	messages := map[string]string{adapter.Topic: adapter.Payload}
	for _, config := range s.Wanted(tree, registry, true).Configs {
		messages[config.Topic] = config.Payload
	}
	return messages
}
