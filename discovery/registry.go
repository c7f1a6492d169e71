package discovery

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/entities"
)

// registryVersion changes when an older program could not read the registry.
const registryVersion = 1

// Registry remembers what was chosen once for the objects of one site, so that ids survive renamed titles,
// upgrades of evcc and restarts. It is a value: changes are made on copies.
type Registry struct {
	Version int              `json:"version"`
	Changes int              `json:"changes,omitempty"` // grows with each: of two copies, the one with more is newer
	Prefix  string           `json:"prefix,omitempty"`  // the discovery prefix below which objects are announced
	Objects map[string]Entry `json:"objects"`           // by scope and id: "loadpoint/1", "vehicle/db_3a7"
}

// Entry is what is remembered of one object.
type Entry struct {
	Name      string              `json:"name,omitempty"`      // evcc's stable name, once it gave one
	Index     int                 `json:"index,omitempty"`     // last position, of numbered objects
	Title     string              `json:"title,omitempty"`     // last title, of numbered objects: tells when they change positions
	Among     int                 `json:"among,omitempty"`     // how many of its kind evcc had, while some of them are not remembered
	Slug      string              `json:"slug,omitempty"`      // its part of entity ids
	Rows      []string            `json:"rows"`                // component keys that were published: they stay
	Unknown   map[string]string   `json:"other,omitempty"`     // keys of a newer evcc that were published, by component key
	Options   map[string][]string `json:"options,omitempty"`   // codes that evcc reported beyond the catalogue, by component key
	Ranges    map[string]Widened  `json:"ranges,omitempty"`    // numbers of which evcc reported more than their range, by component key
	Reads     map[string]string   `json:"reads,omitempty"`     // which values Home Assistant was last told to read, by component key: see reread
	Announced bool                `json:"announced,omitempty"` // the broker was seen to keep its message: who takes that away is its user
	Gone      bool                `json:"gone,omitempty"`      // evcc does not have it any more: its device was removed
	ReadOnly  bool                `json:"read_only,omitempty"` // published with READ_ONLY
	Switched  bool                `json:"switched,omitempty"`  // READ_ONLY was: what it has replaced may still be in Home Assistant
	Deleted   bool                `json:"deleted,omitempty"`   // its user has deleted the device in Home Assistant
	Plan      *Draft              `json:"plan,omitempty"`      // the charging plan that is being made, once there was one
	Interval  int                 `json:"interval,omitempty"`  // of a site: seconds between two of evcc's cycles, as evcc told last
	Modes     []string            `json:"modes,omitempty"`     // what evcc reported, newest first: controls return to the one before
}

// Decode reads a registry. Entries that this program cannot have written are left out. Unreadable content is an error that says why; empty content is an empty registry.
func (r *Registry) Decode(payload []byte) error {
	*r = Registry{}
	if len(payload) == 0 {
		return nil
	}
	var read Registry
	if err := json.Unmarshal(payload, &read); err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	if read.Version != registryVersion {
		return &VersionError{read.Version}
	}
	if read.Changes < 0 || read.Changes > mostChanges {
		read.Changes = 0
	}
	maps.DeleteFunc(read.Objects, func(key string, e Entry) bool { return !e.plausible(key) })
	for key, e := range read.Objects {
		if !e.Plan.plausible() {
			e.Plan = nil
			read.Objects[key] = e
		}
	}
	read.shed()
	*r = read
	return nil
}

// VersionError says that a registry is of another version.
type VersionError struct{ Version int }

// Error names both versions.
func (e *VersionError) Error() string {
	return fmt.Sprintf("registry: version %d, this program knows %d", e.Version, registryVersion)
}

// Newer reports whether the registry is one of a newer program.
func (e *VersionError) Newer() bool { return e.Version > registryVersion }

// KeptTopic is where the registry of a newer program is kept while an older one is at work, which cannot read it: the newer
// one finds its own there.
func (s Site) KeptTopic(version int) string { return s.RegistryTopic() + "_" + strconv.Itoa(version) }

// mostChanges is more than any registry sees, and fits the int of a 32-bit machine.
const mostChanges = 1 << 30

var (
	validObject = regexp.MustCompile(`^(` + objectKey(entities.Site, "") + `|` + adapterKey + `|(` + scopeNames() + `)/[a-z0-9_]{1,255})$`)
	validSlug   = regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`)
)

// scopeNames returns the scopes that have objects, as a regular expression.
func scopeNames() string {
	var names []string
	for _, s := range entities.Scopes[1:] {
		names = append(names, s.String())
	}
	return strings.Join(names, "|")
}

// Interval is the time between two of evcc's cycles as evcc told it last, 0 where it never has.
func (r Registry) Interval() time.Duration {
	return time.Duration(r.Objects[objectKey(entities.Site, "")].Interval) * time.Second
}

// plausible reports whether this program could have written the entry: anyone on the broker can write there, and
// what stands in it goes into topics, ids and templates.
func (e Entry) plausible(key string) bool {
	if e.excessive() {
		return false
	}
	for component, codes := range e.Options {
		if !validComponent.MatchString(component) || len(codes) > maxGrown || slices.ContainsFunc(codes, func(c string) bool { return !fit(c) }) {
			return false
		}
	}
	if e.Interval < 0 || e.Interval > int(entities.LongestInterval/time.Second) {
		return false
	}
	if len(e.Modes) > maxModes || slices.ContainsFunc(e.Modes, func(m string) bool { return !fit(m) }) {
		return false
	}
	for component := range e.Ranges {
		if !validComponent.MatchString(component) {
			return false
		}
	}
	for component, read := range e.Reads {
		if !validComponent.MatchString(component) || !validRead.MatchString(read) {
			return false
		}
	}
	odd := func(component string) bool { return !validComponent.MatchString(component) }
	slug := validSlug.MatchString(e.Slug) && len(e.Slug) < 256
	if key == objectKey(entities.Site, "") || key == adapterKey {
		slug = e.Slug == ""
	}
	return validObject.MatchString(key) && slug && !slices.ContainsFunc(e.Rows, odd)
}

// Encode returns the registry's bytes, always the same for the same registry.
func (r Registry) Encode() []byte {
	r.Version = registryVersion
	b, err := json.Marshal(r)
	if err != nil {
		panic(fmt.Sprintf("registry: %v", err)) // only strings and integers in it
	}
	return b
}

// clone copies what Wanted changes.
func (r Registry) clone() Registry {
	objects := maps.Clone(r.Objects)
	if objects == nil {
		objects = make(map[string]Entry)
	}
	r.Version, r.Objects = registryVersion, objects
	return r
}

// adapterKey is where the program's own device is remembered, in the registry of its first site.
const adapterKey = "adapter/"

func objectKey(s entities.Scope, id string) string { return s.String() + "/" + id }

func cutScope(key string, s entities.Scope) (id string, ok bool) {
	prefix := s.String() + "/"
	if len(key) <= len(prefix) || key[:len(prefix)] != prefix {
		return "", false
	}
	return key[len(prefix):], true
}
