package discovery

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"evcc-discovery/entities"
)

// choose picks the id of an object that was never seen: evcc's stable name, or the position.
func (r Registry) choose(o entities.Object, name string) string {
	id := strconv.Itoa(o.Index())
	if name != "" {
		id = bounded(Escape(name))
	}
	for {
		if _, taken := r.Objects[objectKey(o.Scope, id)]; !taken {
			return id
		}
		id += "_" // never part of an escaped name's end
	}
}

// What is chosen goes into topics and entity ids. Home Assistant takes no entity id beyond 255 characters, and what
// else stands in it is a platform, the site and a row.
const (
	longestID   = 48
	longestSlug = 100
)

// bounded cuts an escaped name that is too long, and keeps it different from others that begin alike.
func bounded(id string) string {
	if len(id) <= longestID {
		return id
	}
	tail := fnv.New32a()
	tail.Write([]byte(id))
	return fmt.Sprintf("%s_%08x", id[:longestID], tail.Sum32())
}

// shortened cuts a slug that is too long where a word ends.
func shortened(slug string) string {
	if len(slug) <= longestSlug {
		return slug
	}
	slug = slug[:longestSlug+1]
	if end := strings.LastIndexByte(slug, '_'); end > 0 {
		return slug[:end]
	}
	return slug[:longestSlug]
}

// chooseSlug picks the object's part of entity ids: from its first title, with its id appended where another object
// has the same; meters count from 0, as in the ha-evcc integration; circuits say what they are.
func (r Registry) chooseSlug(o entities.Object, id, title string) string {
	slug := shortened(Slug(title))
	switch {
	case o.Scope == entities.Site:
		return ""
	case o.Scope == entities.Circuit: // its title is often that of the loadpoint behind it
		slug = shortened(o.Scope.String() + "_" + Slug(cmp.Or(title, o.Ref)))
	case o.Scope.Meter():
		slug = o.Scope.String() + "_" + strconv.Itoa(o.Index()-1)
	case slug == "unknown":
		slug = o.Scope.String() + "_" + Slug(id)
	}
	for slug == "discovery" || meetsSite(o.Scope, slug) || r.hasSlug(slug) {
		slug += "_" + Slug(id)
	}
	return slug
}

func (r Registry) hasSlug(slug string) bool {
	for _, e := range r.Objects {
		if e.Slug == slug {
			return true
		}
	}
	return false
}

// meetsSite reports whether an object of that slug would have an entity id of the site: a loadpoint called "Battery"
// and the site's battery mode.
func meetsSite(s entities.Scope, slug string) bool {
	for _, row := range entities.ByScope(s) {
		for _, other := range entities.ByScope(entities.Site) {
			if row.Platform == other.Platform && slug+"_"+row.ID == other.ID {
				return true
			}
		}
	}
	return false
}
