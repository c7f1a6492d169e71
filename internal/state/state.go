// Package state keeps the registries in a small file, for the day the broker loses its memory: Home Assistant's own
// registry outlives that, and ids must too. Without a path nothing is kept.
package state

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"sync"

	"evcc-discovery/discovery"
)

// version changes when an older program could not read the file.
const version = 1

// File is the state file of one base topic. Its methods may be called from any goroutine.
type File struct {
	path string
	base string

	mu         sync.Mutex
	registries map[string]json.RawMessage // by evcc's root topic
	waits      bool                       // they are not in the file yet
	held       *os.File                   // locked; nil while it is missing, or another program's
}

// content is what the file holds.
type content struct {
	Version    int                        `json:"version"`
	Base       string                     `json:"base"` // registries of another base topic are not ours
	Registries map[string]json.RawMessage `json:"registries"`
}

// Open returns the file at path; an empty path is one that forgets with the process. It reads what is there: an error
// means that this was unusable, the File works all the same. It never waits.
func Open(path, base string) (*File, error) {
	f := &File{path: path, base: base, registries: make(map[string]json.RawMessage)}
	if path == "" {
		return f, nil
	}
	read, err := f.read()
	problems := []error{err}
	for root, payload := range read {
		var r discovery.Registry
		if err := r.Decode(payload); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", root, err))
			continue
		}
		f.registries[root] = payload
	}
	if err := errors.Join(problems...); err != nil {
		return f, &Error{path, err}
	}
	return f, nil
}

// read takes the file and reads it. What is another program's is read as well: it may be one of our base topic.
func (f *File) read() (map[string]json.RawMessage, error) {
	used := f.take()
	if errors.Is(used, fs.ErrNotExist) {
		return nil, nil
	}
	if used != nil && !errors.Is(used, errUsed) {
		return nil, used
	}
	b, err := readBounded(f.path)
	if err != nil || len(b) == 0 { // made for us, as containers need it
		return nil, cmp.Or(err, used)
	}
	var c content
	if err := json.Unmarshal(b, &c); err != nil {
		return nil, err
	}
	switch {
	case c.Version != version:
		return nil, fmt.Errorf("version %d, this program knows %d", c.Version, version)
	case c.Base != f.base:
		return nil, used
	}
	return c.Registries, used
}

// Known returns the registries as they are now, by evcc's root topic.
func (f *File) Known() map[string]discovery.Registry {
	f.mu.Lock()
	defer f.mu.Unlock()
	known := make(map[string]discovery.Registry)
	for root, payload := range f.registries {
		var r discovery.Registry
		if r.Decode(payload) == nil { // it was decoded or encoded by us before
			known[root] = r
		}
	}
	return known
}

// Save keeps a site's registry. The file is replaced as a whole, so that a power cut leaves the old or the new one, where
// the directory allows that. What could not be written is kept for [File.Retry].
func (f *File) Save(root string, registry []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.registries = maps.Clone(f.registries) // Known may have been asked
	f.registries[root] = registry
	f.waits = f.path != ""
	return f.write()
}

// Retry writes what could not be written, and takes a file that was another program's; nil means that all is well.
func (f *File) Retry() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.write()
}

// Close lets others have the file.
func (f *File) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.release()
}

// write brings the file up to date.
func (f *File) write() error {
	if f.path == "" {
		return nil
	}
	if err := f.take(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &Error{f.path, err}
	}
	if !f.waits {
		return nil
	}
	b, err := json.Marshal(content{Version: version, Base: f.base, Registries: f.registries})
	if err == nil {
		err = f.replace(b)
	}
	if err != nil {
		return &Error{f.path, err}
	}
	f.waits = false
	return nil
}
