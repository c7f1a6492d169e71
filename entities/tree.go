package entities

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Tree holds the last payload of every topic under one root, keyed by the path below the root
// ("loadpoints/1/mode"). Topics whose payload is empty are absent: evcc publishes empty for "no value" and blanks
// everything at start and stop, so emptiness says nothing about existence.
type Tree map[string]string

// Get returns the payload of key on the object, and whether there is one.
func (t Tree) Get(o Object, key string) (string, bool) {
	v, ok := t[o.Path(key)]
	return v, ok
}

// Has reports whether the object's key has a payload.
func (t Tree) Has(o Object, key string) bool {
	_, ok := t.Get(o, key)
	return ok
}

// Clone returns a copy that the caller owns.
func (t Tree) Clone() Tree { return maps.Clone(t) }

// count reads a topic that evcc publishes as a number of children; -1 when it has none.
func (t Tree) count(path string) int {
	n, err := strconv.Atoi(t[path])
	if err != nil {
		return -1
	}
	return n
}

// leaves returns the last elements of all paths, by what stands above them.
func (t Tree) leaves() map[string][]string {
	found := make(map[string][]string)
	for path := range t {
		if end := strings.LastIndexByte(path, '/'); end >= 0 {
			found[path[:end]] = append(found[path[:end]], path[end+1:])
		}
	}
	return found
}

// refs finds whatever may be an object: by prefix without its "*" the elements below it that have a witness.
func refs(leaves map[string][]string) map[string][]string {
	found := make(map[string][]string)
	witness := func(leaf string) bool { return slices.Contains(witnesses, leaf) }
	for path, below := range leaves {
		if end := strings.LastIndexByte(path, '/'); end >= 0 && slices.ContainsFunc(below, witness) {
			found[path[:end]] = append(found[path[:end]], path[end+1:])
		}
	}
	return found
}
