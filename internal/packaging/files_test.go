package packaging

import (
	"image/png"
	"path"
	"regexp"
	"slices"
	"strings"
)

// files are the rules for which files there are, and for those that nobody else checks.
var files = []rule{
	{
		name: "required files", why: "the Supervisor, Docker or the store look for them in the root",
		check: func(c *clone) (found findings) {
			for _, name := range []string{"config.yaml", "repository.yaml", "Dockerfile", "apparmor.txt", "README.md", "DOCS.md", "CHANGELOG.md", "icon.png", "logo.png"} {
				if !c.has(name) {
					found.add("%s is missing or ignored by git", name)
				}
			}
			return found
		},
		trials: []trial{finds("DOCS.md", remove("DOCS.md"))},
	},
	{
		name: "stray files", why: "the Supervisor searches the whole clone for apps, build settings and repositories",
		check: strays,
		trials: []trial{
			finds("e2e/config.json: the Supervisor takes it for an app", write("e2e/config.json", "")), finds("an app", write("config.example.yml", "")),
			finds("a repository", write("packaging/repository.json", "")), finds("a build configuration", write(".github/workflows/build.yml", "")),
			finds("instead of Dockerfile", write("Dockerfile.amd64", "")),
			accepts(write(".github/ISSUE_TEMPLATE/config.yml", ""), write("rootfs/config.yaml", ""), write("internal/config/site.yaml", ""), write("config.go", ""),
				write("build.sh", ""), write("myconfig.yaml", ""), write("configuration.yaml", ""), write("config.YAML", ""), write("e2e/Dockerfile.amd64", "")),
		},
	},
	{
		name: "repository.yaml", why: "the Supervisor does not take a repository without a name, nor one with keys that it does not know",
		check: func(c *clone) (found findings) {
			var keys map[string]string
			c.yaml("repository.yaml", &keys)
			if keys["name"] == "" {
				found.add("repository.yaml: name is missing")
			}
			for name := range keys {
				if !slices.Contains([]string{"name", "url", "maintainer"}, name) {
					found.add("repository.yaml: %s is no key", name)
				}
			}
			return found
		},
		trials: []trial{
			accepts(write("repository.yaml", "name: x\nurl: y\n")), finds("name is missing", write("repository.yaml", "url: y\n")),
			finds("slug is no key", write("repository.yaml", "name: x\nslug: y\n")),
		},
	},
	{
		name: "pictures", why: "the store shows them at this size, and loads them with every look",
		check: pictures,
		trials: []trial{
			finds("icon.png", write("icon.png", "GIF89a")), finds("icon.png: (250,100), want 128×128", func(c *clone) { write("icon.png", c.read("logo.png"))(c) }),
			finds("logo.png has", func(c *clone) { write("logo.png", c.read("logo.png")+strings.Repeat(" ", 30_000))(c) }),
		},
	},
	{
		name: "licence", why: "nobody may use, package or change a program without one",
		check: licence,
		trials: []trial{
			finds("LICENSE", remove("LICENSE")), finds("LICENSE", swap("LICENSE", "the evcc-discovery authors", "somebody")),
			finds("README.md", swap("README.md", "`LICENSE`", "the licence")), finds("Dockerfile", swap("Dockerfile", `licenses="MIT"`, `licenses="BSD"`)),
		},
	},
	{
		name: "AppArmor profile", why: "the Supervisor puts the app's full name into the one line that begins with profile, and the program needs these rights and no others",
		check: profile, // whether a parser takes it is .ci/apparmor's matter
		trials: []trial{
			finds("lines that begin", swap("apparmor.txt", "profile evcc_discovery", "profile other")), finds("occurs 2 times", swap("apparmor.txt", "\n\n", "\n# evcc_discovery\n")),
			finds("/data/** rwk,", swap("apparmor.txt", "/data/**", "/share/**")), finds("no such right", swap("apparmor.txt", "network inet stream,", "network inet stream,\n  capability net_admin,")),
		},
	},
}

func strays(c *clone) (found findings) {
	for _, name := range c.names() {
		if what := stray(name); what != "" && name != "config.yaml" && name != "repository.yaml" {
			found.add("%s: the Supervisor takes it for %s: give it another name", name, what)
		}
		if ok, _ := path.Match("Dockerfile.*", name); ok {
			found.add("%s: the Supervisor builds from it instead of Dockerfile", name)
		}
	}
	return found
}

// stray tells what the Supervisor would take a file for; "" = nothing.
func stray(name string) string {
	dir, file := path.Split(name)
	ext := path.Ext(file)
	if !slices.Contains([]string{".yaml", ".yml", ".json"}, ext) {
		return ""
	}
	first, _, _ := strings.Cut(strings.TrimSuffix(file, ext), ".")
	hidden := slices.ContainsFunc(strings.Split(strings.TrimSuffix(dir, "/"), "/"), func(p string) bool { return p == "rootfs" || strings.HasPrefix(p, ".") })
	switch {
	case first == "config" && !hidden:
		return "an app"
	case first == "build":
		return "a build configuration"
	case first == "repository":
		return "a repository"
	}
	return ""
}

func pictures(c *clone) (found findings) {
	for _, want := range []struct {
		name                    string
		width, height, heaviest int
	}{{"icon.png", 128, 128, 30_000}, {"logo.png", 250, 100, 30_000}} {
		content := c.read(want.name)
		picture, err := png.Decode(strings.NewReader(content))
		if err != nil {
			found.add("%s: %v", want.name, err)
			continue
		}
		if got := picture.Bounds().Size(); got.X != want.width || got.Y != want.height {
			found.add("%s: %v, want %d×%d", want.name, got, want.width, want.height)
		}
		if len(content) > want.heaviest {
			found.add("%s has %d bytes, more than %d", want.name, len(content), want.heaviest)
		}
	}
	return found
}

func licence(c *clone) (found findings) {
	for name, text := range map[string]string{
		"LICENSE":    "MIT License\n\nCopyright (c) 2026 the evcc-discovery authors\n\nPermission is hereby granted, free of charge,",
		"README.md":  "MIT, see `LICENSE`.",
		"Dockerfile": `org.opencontainers.image.licenses="MIT"`,
	} {
		if !strings.Contains(c.read(name), text) {
			found.add("%s does not say %q", name, text)
		}
	}
	return found
}

func profile(c *clone) (found findings) {
	text := c.read("apparmor.txt")
	slug, _ := c.config()["slug"].(string)
	heads := regexp.MustCompile(`(?m)^profile ([^ ]+).*$`).FindAllStringSubmatch(text, -1)
	if len(heads) != 1 || heads[0][1] != slug {
		found.add(`apparmor.txt: lines that begin with "profile": %q, want one, of %s`, heads, slug)
	}
	if n := strings.Count(text, slug); n != 1 {
		found.add("apparmor.txt: %s occurs %d times; only the first line of the profile is renamed", slug, n)
	}
	for _, right := range []string{"/evcc-discovery mrix,", "/data/** rwk,", "/ssl/** r,", "/etc/ssl/certs/{,**} r,", "network inet stream,", "network inet6 stream,"} {
		if !regexp.MustCompile(`(?m)^  ` + regexp.QuoteMeta(right)).MatchString(text) {
			found.add("apparmor.txt: the rule %q is missing", right)
		}
	}
	if m := regexp.MustCompile(`(?m)^[^#\n]*\b(?:capability|mount|ptrace|complain|unconfined|network,|file,)(?:\W|$)`).FindString(text); m != "" {
		found.add("apparmor.txt: %q: the program needs no such right", m)
	}
	return found
}
