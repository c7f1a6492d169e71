package packaging

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
)

// pages are the rules for what people read.
var pages = []rule{
	{
		name: "CHANGELOG.md", why: `Home Assistant's update dialog cuts it at "# 1.2.3", and offers what stands first`,
		check: changelog,
		trials: []trial{
			accepts(swap("CHANGELOG.md", "## 0.1.0", "## 0.1.0\n\nx\n\n### Fixed")),
			finds("does not begin", swap("CHANGELOG.md", "# Changelog\n", "# Changes\n")), finds(`want "## 1.2.3"`, swap("CHANGELOG.md", "## 0.1.0", "## [0.1.0]")),
			finds("has no version", write("CHANGELOG.md", "# Changelog\n\n## Unreleased\n")), finds("config.yaml has version", set("version", "0.1.1")),
			finds("newest first", swap("CHANGELOG.md", "## 0.1.0", "## 0.1.0\n\nx\n\n## 0.2.0")), finds(`"## Unreleased"`, swap("CHANGELOG.md", "## 0.1.0", "## 0.1.0\n\n## Unreleased")),
		},
	},
	{
		name: "explained messages", why: "people look for what the log says",
		check: messages,
		trials: []trial{
			finds("no connection to a broker", swap("DOCS.md", "no connection to the broker", "no connection to a broker")), finds("No evcc to see", swap("DOCS.md", "`No evcc, or no right to read its topics`", "`No evcc to see`")), finds("only 0 messages", swap("DOCS.md", "| The log says |", "| The log |")),
		},
	},
	{
		name: "automation that removes everything", why: "it leaves behind what it does not name",
		check:  removal,
		trials: []trial{finds("topics", swap("DOCS.md", "topic: evcc-discovery/#", "topic: evcc/#"))},
	},
	{
		name: "links", why: "Home Assistant shows these pages outside of the repository, where links to its files lead nowhere",
		check: links,
		trials: []trial{
			accepts(swap("README.md", "# evcc-discovery\n", "# evcc-discovery\n[a](#settings)\n")),
			finds("CONTRIBUTING.md", swap("README.md", "# evcc-discovery\n", "# evcc-discovery\n[a](CONTRIBUTING.md)\n")),
			finds("leads nowhere", swap("DOCS.md", "\n\n", "\n\n[a](https://example.com/OWNER/REPO)\n\n")),
		},
	},
}

func changelog(c *clone) (found findings) {
	text := c.read("CHANGELOG.md")
	if !strings.HasPrefix(text, "# Changelog\n") {
		found.add(`CHANGELOG.md does not begin with "# Changelog"`)
	}
	var versions [][]int
	headings := regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1)
	for i, m := range headings {
		switch {
		case i == 0 || i == 1 && m[0] == "## Unreleased" || strings.HasPrefix(m[0], "### "):
		case strings.HasPrefix(m[0], "## ") && versionPattern.MatchString(m[1]):
			versions = append(versions, numbers(m[1]))
		default:
			found.add(`CHANGELOG.md: %q: want "## 1.2.3"`, m[0])
		}
	}
	if len(versions) == 0 {
		found.add("CHANGELOG.md has no version")
		return found
	}
	if version, _ := c.config()["version"].(string); !slices.Equal(numbers(version), versions[0]) {
		found.add("config.yaml has version %s, the head of CHANGELOG.md %v", version, versions[0])
	}
	if !slices.IsSortedFunc(versions, func(a, b []int) int { return slices.Compare(b, a) }) {
		found.add("CHANGELOG.md: not the newest first: %v", versions)
	}
	return found
}

// table returns the cells of the Markdown table with this first heading.
func table(text, heading string) (rows [][]string) {
	_, text, _ = strings.Cut(text, "\n| "+heading+" |")
	for line := range strings.SplitSeq(strings.SplitN(text, "\n\n", 2)[0], "\n") {
		if cells := strings.Split(strings.Trim(line, "| "), " | "); strings.HasPrefix(line, "| ") {
			rows = append(rows, cells)
		}
	}
	return rows
}

func messages(c *clone) (found findings) {
	rows := table(c.read("DOCS.md"), "The log says")
	if len(rows) < 5 {
		found.add("DOCS.md: only %d messages are explained", len(rows))
	}
	texts := append(literals(c), titles(c)...)
	for _, row := range rows {
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[0], -1) {
			if !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, m[1]) }) {
				found.add("DOCS.md explains %q, which the program never says", m[1])
			}
		}
	}
	return found
}

// titles returns what problems are called in the log.
func titles(c *clone) (all []string) {
	var english struct {
		Problems map[string]struct{ Title string }
	}
	if err := yaml.Unmarshal([]byte(c.read("translations/en.yaml")), &english); err != nil {
		c.t.Error(err)
	}
	for _, p := range english.Problems {
		all = append(all, p.Title)
	}
	return all
}

// literals returns every text that stands in the program's sources.
func literals(c *clone) (all []string) {
	for _, name := range c.names() {
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "e2e/") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, c.read(name), parser.SkipObjectResolution)
		if err != nil {
			c.t.Error(err)
			return nil
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if text, err := strconv.Unquote(l.Value); err == nil {
					all = append(all, text)
				}
			}
			return true
		})
	}
	return all
}

func removal(c *clone) (found findings) {
	_, text, _ := strings.Cut(c.read("DOCS.md"), "```yaml\n")
	text, _, _ = strings.Cut(text, "```")
	var automation struct {
		Triggers []struct{ Trigger, Topic string }
	}
	if err := yaml.Unmarshal([]byte(text), &automation); err != nil {
		found.add("DOCS.md: %v", err)
	}
	var topics []string
	for _, trigger := range automation.Triggers {
		topics = append(topics, trigger.Topic)
	}
	base := preset("base_topic")
	if diff := cmp.Diff([]string{discovery.ConfigFilter(preset("discovery_prefix"), base), base + "/#"}, topics); diff != "" {
		found.add("DOCS.md: the automation's topics (-want +got):\n%s", diff)
	}
	return found
}

func links(c *clone) (found findings) {
	for _, name := range []string{"README.md", "DOCS.md"} {
		for _, m := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(c.read(name), -1) {
			if !strings.HasPrefix(m[1], "https://") && !strings.HasPrefix(m[1], "#") {
				found.add("%s: the link %s is not absolute", name, m[1])
			}
			if strings.Contains(m[1], "OWNER") {
				found.add("%s: the link %s leads nowhere", name, m[1])
			}
		}
	}
	return found
}
