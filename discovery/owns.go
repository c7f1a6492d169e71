package discovery

import (
	"cmp"
	"strings"

	"evcc-discovery/entities"
)

// Owns returns the scope of a config topic that belongs to an object of the site.
func (s Site) Owns(config string) (scope entities.Scope, ok bool) {
	object := objectOf(config)
	rest, ok := strings.CutPrefix(object, s.id()+"_")
	if !ok || config != configTopic(s.Prefix, s.Base, object) {
		return 0, false
	}
	return scopeOf(rest)
}

// OwnTopics is what the topics of a site under the base begin with, for a config topic of any site.
func OwnTopics(prefix, base, config string) (own string, ok bool) {
	object := objectOf(config)
	if config != configTopic(prefix, base, object) {
		return "", false
	}
	for i := 2; i < len(object); i++ {
		if _, ok := scopeOf(object[i:]); ok && object[i-1] == '_' {
			return base + "/" + object[:i-1] + "/", true
		}
	}
	return "", false
}

// ObjectTopics is what the topics under the base begin with that are the config topic's own object's.
func ObjectTopics(prefix, base, config string) (own string, ok bool) {
	site, ok := OwnTopics(prefix, base, config)
	if !ok {
		return "", false
	}
	object := (base + "/" + objectOf(config))[len(site):]
	if scope, id, named := strings.Cut(object, "_"); named {
		object = scope + "/" + id
	}
	return site + object + "/", true
}

// scopeOf reads "loadpoint_1", or "site".
func scopeOf(object string) (entities.Scope, bool) {
	name, id, named := strings.Cut(object, "_")
	for _, scope := range entities.Scopes {
		if name == scope.String() && named == (scope != entities.Site) && (id != "") == named {
			return scope, true
		}
	}
	return 0, false
}

// RemovalOrder orders topics of ours for their removal: devices before our own topics, and sites behind what hangs on
// them. Registries come before everything: should that be interrupted, nobody takes devices that are gone for deleted by
// the user.
func RemovalOrder(a, b string) int {
	rank := func(topic string) int {
		switch {
		case strings.HasSuffix(topic, "/registry"):
			return -1
		case !strings.HasSuffix(topic, "/config"):
			return 2
		case IsSite(topic):
			return 1
		}
		return 0
	}
	return cmp.Or(rank(a)-rank(b), strings.Compare(a, b))
}

// IsSite reports whether a topic of ours is the config topic of a site's own device.
func IsSite(topic string) bool { return strings.HasSuffix(topic, "_site/config") }
