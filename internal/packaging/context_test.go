package packaging

import (
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"evcc-discovery/internal/repotest"
)

// ignored is a line of .dockerignore.
type ignored struct {
	pattern *regexp.Regexp
	back    bool // begins with "!": what matches is taken back in
}

func dockerignore(c *clone) (list []ignored) {
	for line := range strings.Lines(c.read(".dockerignore")) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		glob, back := strings.CutPrefix(line, "!")
		expression := regexp.QuoteMeta(glob)
		for _, r := range [][2]string{{`\*\*/`, "(?:.*/)?"}, {`\*\*`, ".*"}, {`\*`, "[^/]*"}, {`\?`, "[^/]"}} {
			expression = strings.ReplaceAll(expression, r[0], r[1])
		}
		list = append(list, ignored{regexp.MustCompile("^" + expression + "$"), back})
	}
	return list
}

// inContext reports whether BuildKit sends a file: the last line counts that matches it or one of its folders.
func inContext(list []ignored, name string) bool {
	in := true
	for _, line := range list {
		for part := name; part != "."; part = path.Dir(part) {
			if line.pattern.MatchString(part) {
				in = line.back
				break
			}
		}
	}
	return in
}

func context(c *clone) (found findings) {
	needed := needed(c)
	for _, part := range []string{"main.go", "translations/en.yaml", "translations/de.yaml", "internal/simulator/trees/"} {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(needed)), func(name string) bool { return strings.HasPrefix(name, part) }) {
			found.add("%s is not among what the build needs: this rule is blind", part)
		}
	}
	list := dockerignore(c)
	for name := range needed {
		if !inContext(list, name) {
			found.add("%s is needed for the build, and .dockerignore keeps it away", name)
		}
	}
	for _, name := range c.names() {
		if inContext(list, name) && !needed[name] {
			found.add("%s is sent to the build, which does not need it: add it to .dockerignore", name)
		}
	}
	return found
}

var (
	once  sync.Once
	built = map[string]bool{"go.mod": true, "go.sum": true}
)

// needed are the files that the program is built from, on both machines.
func needed(c *clone) map[string]bool {
	once.Do(func() {
		root := repotest.Root(c.t)
		for _, arch := range []string{"amd64", "arm64"} {
			for _, p := range repotest.List(c.t, []string{"GOOS=linux", "CGO_ENABLED=0", "GOARCH=" + arch}, "-deps", repotest.Module) {
				dir, err := filepath.Rel(root, p.Dir)
				if p.Standard || err != nil || strings.HasPrefix(dir, "..") {
					continue
				}
				for _, name := range slices.Concat(p.GoFiles, p.EmbedFiles) {
					built[filepath.ToSlash(filepath.Join(dir, name))] = true
				}
			}
		}
	})
	return built
}
