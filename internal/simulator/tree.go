package simulator

import (
	"archive/zip"
	"bufio"
	"bytes"
	_ "embed" // for the trees
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// archive holds trees/*.txt, which would make the program a megabyte larger.
// After a change there: go generate ./...
//
//go:embed trees/trees.zip
var archive []byte

// trees opens the archive; TestArchive holds that it can be read.
func trees() *zip.Reader {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		panic(err) // it was embedded when the program was built
	}
	return r
}

// Tree is the last payload of every topic below evcc's root; keys have no root
// (`loadpoints/1/mode`). An empty payload is a topic that evcc published empty:
// its presence tells the version, although no later subscriber sees it.
type Tree map[string]string

// Trees lists the embedded trees, oldest evcc first. Those of 0.314 and 0.316
// are no captures: they are the newest capture with the documented differences.
func Trees() []string {
	var names []string
	for _, f := range trees().File {
		names = append(names, strings.TrimSuffix(f.Name, ".txt"))
	}
	return names
}

// Open reads an embedded tree, one of [Trees].
func Open(name string) (Tree, error) {
	f, err := trees().Open(name + ".txt")
	if err != nil {
		return nil, fmt.Errorf("no tree %q, have %s", name, strings.Join(Trees(), ", "))
	}
	defer f.Close()
	return ReadTree(f)
}

// ReadTree reads a capture: `topic payload` per line, the payload may be
// missing. The root is taken from the shortest topic that ends in `/status`.
func ReadTree(r io.Reader) (Tree, error) {
	lines := map[string]string{}
	root := ""
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20) // forecasts are long lines
	for s.Scan() {
		topic, payload, _ := strings.Cut(s.Text(), " ")
		if topic == "" {
			continue
		}
		lines[topic] = payload
		if r, ok := strings.CutSuffix(topic, "/status"); ok && (root == "" || len(r) < len(root)) {
			root = r
		}
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("read tree: %w", err)
	}
	if root == "" {
		return nil, errors.New("read tree: no topic ends in /status, so this is no tree of an evcc")
	}
	tree := Tree{}
	for topic, payload := range lines {
		if key, ok := strings.CutPrefix(topic, root+"/"); ok {
			tree[key] = payload
		}
	}
	return tree, nil
}

// keys returns the keys in a fixed order, so that runs are repeatable.
func (t Tree) keys() []string { return slices.Sorted(maps.Keys(t)) }

// has reports whether a key matches the pattern, in which `+` is one level.
func (t Tree) has(pattern string) bool {
	if !strings.Contains(pattern, "+") {
		_, ok := t[pattern]
		return ok
	}
	for key := range t {
		if match(pattern, key) {
			return true
		}
	}
	return false
}

// match: `+` is one level, a `*` at the end all that begins so.
func match(pattern, key string) bool {
	for {
		p, restP, moreP := strings.Cut(pattern, "/")
		if start, ok := strings.CutSuffix(p, "*"); ok && !moreP {
			return strings.HasPrefix(key, start)
		}
		k, restK, moreK := strings.Cut(key, "/")
		if (p != "+" && p != k) || moreP != moreK {
			return false
		}
		if !moreP {
			return true
		}
		pattern, key = restP, restK
	}
}

// vehicles returns the names of all vehicles in order.
func (t Tree) vehicles() []string {
	var names []string
	for key := range t {
		if match("vehicles/+/title", key) {
			names = append(names, strings.Split(key, "/")[1])
		}
	}
	slices.Sort(names)
	return names
}
