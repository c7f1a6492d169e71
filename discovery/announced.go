package discovery

import (
	"slices"
	"strings"

	"evcc-discovery/entities"
)

// A user who deletes a device in Home Assistant while this program is away leaves nothing but a config topic that is
// empty. So is one whose message the broker has lost, never kept, or never got. They are told apart by what the registry
// says of itself: an entry is announced once the broker was seen to keep its device message, and is not any more before
// we take that message away. Then the registry, which the broker keeps like the message, cannot say announced without the
// message being there, unless somebody else has taken it away.

// AdapterTopic is the config topic of the program's own device.
func AdapterTopic(prefix, base string) string { return configTopic(prefix, base, "adapter") }

// Announce returns the registry as it is when the broker keeps the messages on these config topics, and no others.
func (r Registry) Announce(s Site, kept func(config string) bool) Registry {
	r = r.clone()
	r.Prefix = ""
	if _, known := r.Objects[adapterKey]; !known {
		r.Objects[adapterKey] = Entry{}
	}
	for key, e := range r.Objects {
		e.Announced = !e.Deleted && !e.Gone && kept(s.ConfigTopic(key))
		r.Objects[key] = e
		if e.Announced {
			r.Prefix = s.Prefix
		}
	}
	if e := r.Objects[adapterKey]; !e.Announced && !e.Deleted {
		delete(r.Objects, adapterKey) // it has no other reason to be there
	}
	return r
}

// Withdraw returns the registry as it must be before all messages of its site are taken away, and whether that is a change.
func (r Registry) Withdraw() (changed Registry, ok bool) {
	if r.Prefix == "" {
		return r, false
	}
	r = r.clone()
	r.Prefix = ""
	r.Changes++
	for key, e := range r.Objects {
		e.Announced = false
		r.Objects[key] = e
	}
	return r, true
}

// Announced reports whether the broker was seen to keep the message of a config topic.
func (r Registry) Announced(s Site, config string) bool {
	key, ok := r.find(s, config)
	return ok && r.Prefix == s.Prefix && r.Objects[key].Announced
}

// Absent returns the config topics of those devices that were announced and that the broker does not keep any more, and
// which nobody is taking away. The site's own device must be there, or be all that is missing, and no more may be missing
// than is there: else the broker has lost something. So has one with another discovery prefix.
func (r Registry) Absent(s Site, kept, going func(config string) bool) (absent []string) {
	if r.Prefix != s.Prefix {
		return nil
	}
	present, site := 0, s.ConfigTopic(objectKey(entities.Site, ""))
	for key, e := range r.Objects {
		switch config := s.ConfigTopic(key); {
		case !e.Announced || e.Deleted || e.Gone || going(config):
		case kept(config):
			present++
		default:
			absent = append(absent, config)
		}
	}
	alone := len(absent) == 1 && absent[0] == site
	if len(absent) > present || !kept(site) && !alone {
		return nil
	}
	slices.Sort(absent)
	return absent
}

// ConfigTopic returns the config topic of a registry's key.
func (s Site) ConfigTopic(key string) string {
	if key == adapterKey {
		return AdapterTopic(s.Prefix, s.Base)
	}
	scope, id, _ := strings.Cut(key, "/")
	object := s.id() + "_" + scope
	if id != "" {
		object += "_" + id
	}
	return configTopic(s.Prefix, s.Base, object)
}
