// Package state keeps the registries in a small file, for the day the broker loses its memory: Home Assistant's own
// registry outlives that, and ids must too. Without a path nothing is kept.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
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
}

// content is what the file holds.
type content struct {
	Version    int                        `json:"version"`
	Base       string                     `json:"base"` // registries of another base topic are not ours
	Registries map[string]json.RawMessage `json:"registries"`
}

// Error says what is wrong with the file. The program goes on without what it held.
type Error struct {
	Path string
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("state file %s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Hint says what that means for the user.
func (e *Error) Hint() string {
	return "ids are remembered on the broker as well; the file is written anew with the next change"
}

// Open returns the file at path; an empty path is one that forgets with the process. It reads what is there: an error
// means that this was unusable, the File works all the same.
func Open(path, base string) (*File, error) {
	f := &File{path: path, base: base, registries: make(map[string]json.RawMessage)}
	if path == "" {
		return f, nil
	}
	read, err := f.read()
	if err != nil {
		return f, &Error{path, err}
	}
	var problems []error
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

func (f *File) read() (map[string]json.RawMessage, error) {
	b, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var c content
	if err := json.Unmarshal(b, &c); err != nil {
		return nil, err
	}
	switch {
	case c.Version != version:
		return nil, fmt.Errorf("version %d, this program knows %d", c.Version, version)
	case c.Base != f.base:
		return nil, nil
	}
	return c.Registries, nil
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

// Save keeps a site's registry. The file is replaced as a whole, so that a power cut leaves the old or the new one.
func (f *File) Save(root string, registry []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	registries := maps.Clone(f.registries)
	registries[root] = registry
	if f.path == "" {
		f.registries = registries
		return nil
	}
	b, err := json.Marshal(content{Version: version, Base: f.base, Registries: registries})
	if err != nil {
		return &Error{f.path, err}
	}
	if err := replace(f.path, b); err != nil {
		return &Error{f.path, err}
	}
	f.registries = registries
	return nil
}

// replace writes beside the file and renames.
func replace(path string, b []byte) error {
	t, err := os.CreateTemp(filepath.Dir(path), ".state-*")
	if err != nil {
		return err
	}
	_, err = t.Write(b)
	err = errors.Join(err, t.Sync(), t.Close())
	if err == nil {
		err = os.Rename(t.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(t.Name()))
	}
	return nil
}
