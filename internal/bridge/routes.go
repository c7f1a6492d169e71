package bridge

import "strings"

// routes find the site that a topic concerns, at the same cost with one site and with hundreds.
type routes struct {
	base   string
	roots  map[string]*site // by evcc's root topic
	levels int              // of the longest root
	ids    map[string]*site // by the level of our own topics that names them
}

func newRoutes(sites []*site, base string) routes {
	r := routes{base: base, roots: make(map[string]*site), ids: make(map[string]*site)}
	for _, s := range sites {
		r.roots[s.Root] = s
		r.levels = max(r.levels, 1+strings.Count(s.Root, "/"))
		id, _ := below(s.Topic(), base)
		r.ids[id] = s
	}
	return r
}

// evcc returns the site under whose root a topic is, and the path below it; nil for every other topic.
func (r *routes) evcc(topic string) (s *site, path string) {
	end := 0
	for range r.levels {
		i := strings.IndexByte(topic[end:], '/')
		if i < 0 {
			return nil, ""
		}
		if s := r.roots[topic[:end+i]]; s != nil && end+i+1 < len(topic) {
			return s, topic[end+i+1:]
		}
		end += i + 1
	}
	return nil, ""
}

// own returns the site to which one of our own topics belongs, nil for every other topic.
func (r *routes) own(topic string) *site {
	rest, ok := below(topic, r.base)
	if !ok {
		return nil
	}
	id, _, _ := strings.Cut(rest, "/")
	return r.ids[id]
}

// below returns the topic's path below the root.
func below(topic, root string) (string, bool) {
	if len(topic) <= len(root) || topic[len(root)] != '/' || topic[:len(root)] != root {
		return "", false
	}
	return topic[len(root)+1:], true
}
