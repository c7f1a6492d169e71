package entities

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Topics below the root with which evcc tells of itself.
const (
	StatusPath  = "status"     // "online" or, as its will, "offline"; the only one that evcc never blanks
	CountPath   = "loadpoints" // how many there are; empty while evcc has blanked its topics
	UpdatedPath = "updated"    // evcc's time with each cycle, in Unix seconds; old versions write it in words
	versionPath = "site/version"
	pacePath    = "site/interval"
	ZonePath    = "site/timezone"
)

// evcc's interval where it does not tell it, and the longest that is believed: a wait that never ends would be no wait.
const (
	DefaultInterval = 30 * time.Second
	LongestInterval = 24 * time.Hour
)

// oldestMinor is the minor version of the oldest evcc that was tried, 0.123.
const oldestMinor = 123

// Interval is the time between two of evcc's cycles, each of which serves one loadpoint; ok false where evcc does not tell.
func (t Tree) Interval() (interval time.Duration, ok bool) {
	seconds, err := strconv.Atoi(t[pacePath])
	if err != nil || seconds <= 0 {
		return 0, false
	}
	return time.Duration(min(seconds, int(LongestInterval/time.Second))) * time.Second, true
}

// Outdated returns the version of an evcc that is older than any that was tried, "" of others and of one that was built
// without a version, which says 0.0.0.
func (t Tree) Outdated() string {
	var major, minor int
	version := t[versionPath]
	if n, _ := fmt.Sscanf(version, "%d.%d", &major, &minor); n == 2 && major == 0 && minor > 0 && minor < oldestMinor {
		return version
	}
	return ""
}

// NamesOrCounts reports whether a topic path ends in what names objects, counts them, or goes into their devices' messages.
func NamesOrCounts(path string) bool {
	switch path[strings.LastIndexByte(path, '/')+1:] {
	case "title", "siteTitle", "name", "version", "currency", "loadpoints", "pv", "devices", "battery":
		return true
	}
	return false
}

// CompletesCycle returns the index of the loadpoint whose cycle a message ends: evcc publishes its witness with each.
func CompletesCycle(path string) (loadpoint string, ok bool) {
	scope, prefix, key := SplitPath(path)
	if scope != Loadpoint || key != scopes[Loadpoint].witness {
		return "", false
	}
	return prefix[strings.IndexByte(prefix, '/')+1:], true
}

// SplitPath cuts the topic path of a vehicle's or a loadpoint's value into its object's prefix and its key. Every other
// path is the site's, whole.
func SplitPath(path string) (scope Scope, prefix, key string) {
	switch kind, _, _ := strings.Cut(path, "/"); kind {
	case "vehicles":
		scope = Vehicle
	case "loadpoints":
		scope = Loadpoint
	default:
		return Site, "", path
	}
	first := strings.IndexByte(path, '/') + 1
	name, key, _ := strings.Cut(path[first:], "/")
	return scope, path[:first+len(name)], key
}
