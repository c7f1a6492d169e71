package packaging

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// supervisor are the Supervisor's own rules for config.yaml.
var supervisor = []rule{
	{
		name: "patterns", why: "the Supervisor rejects the app, or Docker its image",
		check: patterns,
		trials: []trial{
			accepts(set("image", "registry.example/someone/evcc-discovery")),
			finds("version", set("version", `"1.0"`)), finds("slug", set("slug", "evcc discovery")), finds("homeassistant", set("homeassistant", `"2026"`)),
			finds("image", set("image", "registry.example/Someone/evcc-discovery")), finds("image", set("image", "registry.example/someone/evcc-discovery:1.0.0")),
			finds("services", set("services", `["mqtt:maybe"]`)),
		},
	},
	{
		name: "timeout", why: "the Supervisor takes 10 to 300 seconds",
		check: func(c *clone) (found findings) {
			if n, ok := c.config()["timeout"].(uint64); ok && (n < 10 || n > 300) {
				found.add("config.yaml: timeout: %d is not from 10 to 300", n)
			}
			return found
		},
		trials: []trial{accepts(set("timeout", "10")), finds("not from 10", set("timeout", "5")), finds("not from 10", set("timeout", "301"))},
	},
	{
		name: "stage", why: "the store hides other stages from everybody without advanced mode",
		check: func(c *clone) (found findings) {
			if stage := c.config()["stage"]; stage != nil && stage != "stable" {
				found.add("config.yaml: stage: %v", stage)
			}
			return found
		},
		trials: []trial{finds("experimental", set("stage", "experimental"))},
	},
	{
		name: "folders", why: "the Supervisor rejects the app",
		check: folders,
		trials: []trial{
			accepts(set("map", "[{type: ssl}]")),
			finds("map is no list", set("map", "ssl")), finds("is no folder", set("map", "[{type: home}]")),
			finds("not understood", set("map", `[{type: ssl, read_only: "yes"}]`)), finds("not understood", set("map", "[{type: ssl, write: true}]")),
		},
	},
	{
		name: "types of options", why: "the Supervisor rejects the app, or does not start one that nobody has configured",
		check: optionTypes,
		trials: []trial{
			finds("old is not in the schema", set("options", "{old: true}")),
			finds("mqtt_url", set("schema", `{mqtt_url: "match(["}`)), finds("is no type", set("schema", `{mqtt_url: "text?"}`)),
			finds("not optional", set("schema", "{mqtt_url: str}")), finds("nested", set("schema", `{tls: {ca: "str?"}}`)),
			accepts(set("schema", "{mqtt_url: str}"), set("options", "{mqtt_url: x}")),
		},
	},
}

var (
	versionPattern = regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	slugPattern    = regexp.MustCompile(`^[-_.A-Za-z0-9]+$`)
	servicePattern = regexp.MustCompile(`^(mqtt|mysql):(provide|want|need)$`)
	imagePattern   = regexp.MustCompile(`^([a-z\-.:\d{}]+/)*?([\-a-z\d_{}]+)/([\-a-z\d_{}]+)$`) // the Supervisor takes capitals, Docker does not
	optionPattern  = regexp.MustCompile(`^(?:bool|email|url|port|device(?:\(subsystem=[a-z]+\))?|(?:str|password|int)(?:\(\d*,\d*\))?|` +
		`float(?:\([\d.]*,[\d.]*\))?|match\((.*)\)|list\((.+)\))\??$`)
)

func patterns(c *clone) (found findings) {
	config := c.config()
	for name, pattern := range map[string]*regexp.Regexp{
		"version": versionPattern, "homeassistant": versionPattern, "slug": slugPattern,
		"services": servicePattern, "image": imagePattern, "breaking_versions": versionPattern,
	} {
		for _, value := range words(config[name]) {
			if !pattern.MatchString(value) {
				found.add("config.yaml: %s: %s does not match %s", name, value, pattern)
			}
		}
	}
	return found
}

// mapped are the folders that an app may ask for.
var mapped = []string{"addon_config", "addons", "all_addon_configs", "backup", "config", "data", "homeassistant_config", "media", "share", "ssl"}

func folders(c *clone) (found findings) {
	value := c.config()["map"]
	entries, ok := value.([]any)
	if !ok && value != nil {
		found.add("config.yaml: map is no list")
	}
	for _, entry := range entries {
		e, ok := entry.(map[string]any)
		kind, _ := e["type"].(string)
		if !ok || !slices.Contains(mapped, kind) {
			found.add("config.yaml: map: %v is no folder", entry)
		}
		for name, value := range e {
			if isFlag := isKind("flag", value); name != "type" && name != "path" && (name != "read_only" || !isFlag) {
				found.add("config.yaml: map: %v is not understood", entry)
			}
		}
	}
	return found
}

func optionTypes(c *clone) (found findings) {
	config := c.config()
	presets, _ := config["options"].(map[string]any)
	types, _ := config["schema"].(map[string]any)
	for name := range presets {
		if types[name] == nil {
			found.add("config.yaml: option %s is not in the schema", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(types)) {
		if problem := optionType(types[name], presets[name] != nil); problem != "" {
			found.add("config.yaml: option %s: %s", name, problem)
		}
	}
	return found
}

func optionType(value any, preset bool) (problem string) {
	single, ok := value.(string)
	if l, isList := value.([]any); isList && len(l) == 1 {
		single, ok = l[0].(string)
	}
	m := optionPattern.FindStringSubmatch(single)
	switch {
	case !ok:
		return fmt.Sprintf("%v is more than a type or a list of one: a nested option cannot be left out", value)
	case m == nil:
		return single + " is no type"
	case !strings.HasSuffix(single, "?") && !preset:
		return "it is not optional and has no value"
	}
	if _, err := regexp.Compile(m[1]); err != nil {
		return err.Error()
	}
	return ""
}
