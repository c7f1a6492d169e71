package discovery

import (
	"strings"

	"evcc-discovery/entities"
)

// Delete returns the registry with the object of a config topic marked as deleted by the user. ok is false when the
// topic belongs to none.
func (r Registry) Delete(s Site, config string) (changed Registry, ok bool) {
	key, ok := r.find(s, config)
	if config == AdapterTopic(s.Prefix, s.Base) {
		key, ok = adapterKey, true
	}
	if !ok {
		return r, false
	}
	r = r.clone()
	entry := r.Objects[key]
	entry.Deleted, entry.Announced = true, false
	r.Objects[key] = entry
	return r, true
}

// Deleted reports whether the user has deleted the device of a config topic.
func (r Registry) Deleted(s Site, config string) bool {
	key, ok := r.find(s, config)
	return ok && r.Objects[key].Deleted
}

// Lives reports whether there is the object of a config topic, and its device was neither removed nor deleted.
func (r Registry) Lives(s Site, config string) bool {
	key, ok := r.find(s, config)
	return ok && !r.Objects[key].Gone && !r.Objects[key].Deleted
}

// AdapterDeleted reports whether the user has deleted the program's own device.
func (r Registry) AdapterDeleted() bool { return r.Objects[adapterKey].Deleted }

// Undelete takes back that the user has deleted the devices of some config topics. Those of other sites are passed over.
func (r Registry) Undelete(s Site, configs ...string) Registry {
	r = r.clone()
	for _, config := range configs {
		if key, ok := r.find(s, config); ok {
			entry := r.Objects[key]
			entry.Deleted = false
			r.Objects[key] = entry
		}
	}
	return r
}

// Restore returns the registry without a memory of what the user has deleted, and of how far ranges have grown.
func (r Registry) Restore() Registry {
	r = r.clone()
	if r.AdapterDeleted() {
		delete(r.Objects, adapterKey)
	}
	for key, entry := range r.Objects {
		entry.Deleted, entry.Ranges = false, nil
		r.Objects[key] = entry
	}
	return r
}

// find returns the key of a config topic's object. It looks only where that can be, because whoever goes through a
// registry asks for each of its objects.
func (r Registry) find(s Site, config string) (key string, ok bool) {
	there := func(key string) bool {
		_, known := r.Objects[key]
		return known && config == s.ConfigTopic(key)
	}
	if there(adapterKey) {
		return adapterKey, true
	}
	object, ours := strings.CutPrefix(objectOf(config), s.id()+"_")
	for _, scope := range entities.Scopes {
		id, fits := strings.CutPrefix(object, scope.String())
		if key := objectKey(scope, strings.TrimPrefix(id, "_")); ours && fits && there(key) {
			return key, true
		}
	}
	return "", false
}

// MarkGone returns the registry with the object of a config topic marked as gone; it stays known, so that it comes back as
// it was.
func (r Registry) MarkGone(s Site, config string) Registry {
	r = r.clone()
	if key, ok := r.find(s, config); ok {
		entry := r.Objects[key]
		entry.Gone, entry.Announced = true, false
		r.Objects[key] = entry
	}
	return r
}
