package packaging

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	yamlast "github.com/goccy/go-yaml/ast"
	yamlparser "github.com/goccy/go-yaml/parser"
	yamltoken "github.com/goccy/go-yaml/token"
)

// languages are the rules for what two readers share: the program its words, the Supervisor its explanations of options.
var languages = []rule{
	{
		name: "YAML 1.1", why: "the Supervisor reads YAML 1.1, and drops a file that it cannot read",
		check: eachTranslation(traps, "config.yaml"),
		trials: []trial{
			french("configuration:\n  a:\n    name: \"12:30\"\n", ""),
			french("configuration:\n  a:\n    name: yes\n", "quote it"), french("configuration:\n  a:\n    name: 12:30\n", "quote it"),
			french("configuration:\n  a:\n    name: 2026-01-31\n", "quote it"), french("configuration:\n  on:\n    name: x\n", "quote it"),
			french("names:\n  a: !x y\n", "a tag"), french("names:\n  a: x\n---\nnames:\n  b: y\n", "2 documents"), french("- a\n", "not keys"),
			french("configuration:\n  a:\n\tname: x\n", "cannot start"), finds("quote it", set("name", "on")),
		},
	},
	{
		name: "explanations", why: "the Supervisor drops the whole language otherwise",
		check: eachTranslation(entries),
		trials: []trial{
			french("names:\n  a: x\n", ""), french("configuration:\n  a:\n    name: x\n    description:\n", ""),
			french("configuration:\n  a:\n    name: 5\n", "no name"), french("configuration:\n  a:\n    name: 1_000\n", "no name"),
			french("configuration:\n  a:\n    name: x\n    text: y\n", "text is dropped"), french("configuration:\n  a:\n    description: x\n", "no name"),
			french("configuration:\n  a:\n    name: x\n    description: 5\n", "description is no text"),
			french("configuration:\n  a:\n    name: x\n    fields:\n      b:\n        description: x\n", "a.b has no name"),
			french("configuration:\n", "no keys"), french("network:\n  80/tcp:\n", "no text"), french("network: x\n", "no keys"),
			french("configuration:\n  a:\n    name: x\n  a:\n    name: y", "already defined"),
		},
	},
	{
		name: "codes of languages", why: "Home Assistant shows no others, and en where a language lacks something",
		check: codes,
		trials: []trial{
			accepts(write("translations/pt-BR.yaml", "")), finds("no.yaml", write("translations/no.yaml", "")), finds("fr.yml", write("translations/fr.yml", "")),
			finds("en.JSON", write("translations/en.JSON", "{}")), finds("en.yaml is missing", remove("translations/en.yaml")),
		},
	},
	{
		name: "size of languages", why: "the Supervisor reads them all whenever it looks at the store",
		check: func(c *clone) (found findings) {
			const largest = 100_000 // bytes
			for _, name := range c.translations() {
				if n := len(c.read(name)); n > largest {
					found.add("%s has %d bytes, more than %d", name, n, largest)
				}
			}
			return found
		},
		trials: []trial{finds("fr.yaml", write("translations/fr.yaml", strings.Repeat("#", 100_001)))},
	},
}

// french tries a file of words in another language.
func french(text, want string) trial {
	return trial{want, []change{write("translations/fr.yaml", text)}}
}

// eachTranslation makes a check of each file of words, and more files.
func eachTranslation(check func(name, text string) findings, more ...string) func(*clone) findings {
	return func(c *clone) (found findings) {
		for _, name := range slices.Concat(slices.Sorted(maps.Values(c.translations())), more) {
			found = append(found, check(name, c.read(name))...)
		}
		return found
	}
}

// yaml11 are texts that the Supervisor's YAML 1.1 reads as something else unless they are quoted.
var yaml11 = regexp.MustCompile(`^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+|` +
	`[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])*\.[0-9_]*|[-+]?[0-9][0-9_]+|\d{4}-\d\d?-\d\d?(?:[Tt ].*)?|=|<<)$`)

// traps finds what the Supervisor cannot read in a file, or reads as something else than we do.
func traps(name, text string) (found findings) {
	file, err := yamlparser.ParseBytes([]byte(text), 0)
	if err != nil {
		found.add("%s: %v", name, err)
		return found
	}
	if len(file.Docs) != 1 {
		found.add("%s: %d documents, want one", name, len(file.Docs))
		return found
	}
	body := file.Docs[0].Body
	if body == nil {
		return nil
	}
	at := func(node yamlast.Node) string { return fmt.Sprintf("%s:%d", name, node.GetToken().Position.Line) }
	switch body.(type) {
	case *yamlast.MappingNode, *yamlast.MappingValueNode:
	default:
		found.add("%s: not keys with values", at(body))
	}
	yamlast.Walk(visitor(func(node yamlast.Node) {
		switch n := node.(type) {
		case *yamlast.TagNode:
			found.add("%s: a tag", at(n))
		case *yamlast.StringNode:
			if n.Token.Type == yamltoken.StringType && yaml11.MatchString(n.Value) {
				found.add("%s: %s is not a text in YAML 1.1: quote it", at(n), n.Value)
			}
		}
	}), body)
	return found
}

type visitor func(yamlast.Node)

func (v visitor) Visit(node yamlast.Node) yamlast.Visitor {
	v(node)
	return v
}

// entries finds why the Supervisor would drop a language.
func entries(name, text string) (found findings) {
	var file map[string]any
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		found.add("%s: %v", name, err)
		return found
	}
	if value, ok := file["configuration"]; ok {
		found = append(found, explanations(name+": configuration", value)...)
	}
	if value, ok := file["network"]; ok {
		ports, ok := value.(map[string]any)
		if !ok {
			found.add("%s: network has no keys", name)
		}
		for port, value := range ports {
			if _, ok := value.(string); !ok {
				found.add("%s: network.%s is no text", name, port)
			}
		}
	}
	return found
}

// explanations are those of options, and of their fields.
func explanations(where string, value any) (found findings) {
	options, ok := value.(map[string]any)
	if !ok {
		found.add("%s has no keys", where)
	}
	for name, option := range options {
		entry, _ := option.(map[string]any)
		if text, ok := entry["name"].(string); !ok || text == "" {
			found.add("%s.%s has no name that is a text", where, name)
		}
		if _, ok := entry["description"].(string); !ok && entry["description"] != nil {
			found.add("%s.%s: the description is no text", where, name)
		}
		if fields, ok := entry["fields"]; ok {
			found = append(found, explanations(where+"."+name, fields)...)
		}
		for key := range entry {
			if !slices.Contains([]string{"name", "description", "fields"}, key) {
				found.add("%s.%s: %s is dropped", where, name, key)
			}
		}
	}
	return found
}

// known are the languages that Home Assistant has.
var known = strings.Fields("af ar bg bn bs ca cs cy da de el en en-GB eo es es-419 et eu fa fi fr fy ga gl gsw he hi hr hu hy id is it " +
	"ja ka ko lb lt lv mk ml nb nl nn pl pt pt-BR ro ru sk sl sq sr sr-Latn sv ta te th tr uk ur vi zh-Hans zh-Hant")

func codes(c *clone) (found findings) {
	for _, name := range c.names() {
		ext := path.Ext(name)
		if path.Dir(name) != "translations" || !slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(ext)) {
			continue
		}
		if code := strings.TrimSuffix(path.Base(name), ext); ext != ".yaml" || !slices.Contains(known, code) {
			found.add("%s is no language of Home Assistant with the ending .yaml", name)
		}
	}
	if !c.has("translations/en.yaml") {
		found.add("translations/en.yaml is missing")
	}
	return found
}
