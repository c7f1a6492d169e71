package packaging

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"evcc-discovery/internal/repotest"
)

// clone is the repository as somebody gets it.
type clone struct {
	t     *testing.T
	files map[string]*string // contents by name; nil = not read yet
}

func open(t *testing.T) *clone {
	c := &clone{t, make(map[string]*string)}
	for _, name := range repotest.Files(t) {
		c.files[name] = nil
	}
	return c
}

func (c *clone) names() []string { return slices.Sorted(maps.Keys(c.files)) }

func (c *clone) has(name string) bool {
	_, ok := c.files[name]
	return ok
}

// read returns a file's content, "" for one that is missing.
func (c *clone) read(name string) string {
	content, ok := c.files[name]
	if !ok {
		return ""
	}
	if content == nil {
		text := repotest.Read(c.t, name)
		content = &text
		c.files[name] = content
	}
	return *content
}

// yaml reads a file into target. What cannot be read stays empty: the rule "YAML 1.1" names it.
func (c *clone) yaml(name string, target any) { _ = yaml.Unmarshal([]byte(c.read(name)), target) }

func (c *clone) config() (keys map[string]any) {
	c.yaml("config.yaml", &keys)
	return keys
}

// schema returns the app's options in their order.
func (c *clone) schema() (names []string) {
	var config struct{ Schema yaml.MapSlice }
	c.yaml("config.yaml", &config)
	for _, item := range config.Schema {
		names = append(names, fmt.Sprint(item.Key))
	}
	return names
}

// translations returns the files of words by language.
func (c *clone) translations() map[string]string {
	all := make(map[string]string)
	for _, name := range c.names() {
		if file, ok := strings.CutPrefix(name, "translations/"); ok && !strings.Contains(file, "/") && strings.HasSuffix(file, ".yaml") {
			all[strings.TrimSuffix(file, ".yaml")] = name
		}
	}
	return all
}

// change is something done to a clone.
type change func(*clone)

func (c *clone) with(t *testing.T, changes []change) *clone {
	changed := &clone{t, maps.Clone(c.files)}
	for _, change := range changes {
		change(changed)
	}
	return changed
}

func write(name, content string) change {
	return func(c *clone) { c.files[name] = &content }
}

func remove(name string) change {
	return func(c *clone) { delete(c.files, name) }
}

// swap replaces a text that must be there.
func swap(name, old, replacement string) change {
	return func(c *clone) {
		text := c.read(name)
		if !strings.Contains(text, old) {
			c.t.Fatalf("%s has no %q for a trial to replace", name, old)
		}
		write(name, strings.Replace(text, old, replacement, 1))(c)
	}
}

// set gives a key of config.yaml another value, in YAML; "" takes it out.
func set(key, value string) change {
	return func(c *clone) {
		var text strings.Builder
		inside := false
		for line := range strings.Lines(c.read("config.yaml")) {
			inside = strings.HasPrefix(line, key+":") || inside && strings.HasPrefix(line, " ")
			if !inside {
				text.WriteString(line)
			}
		}
		if value != "" {
			fmt.Fprintf(&text, "%s: %s\n", key, value)
		}
		write("config.yaml", text.String())(c)
	}
}
