package packaging

import (
	"maps"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// linter are the rules of the linter for apps.
var linter = []rule{
	{
		name: "required keys", why: "the Supervisor does not show an app without them",
		check:  requiredKeys,
		trials: []trial{finds("name is missing", set("name", ""))},
	},
	{
		name: "known keys", why: "the linter rejects others, and the Supervisor drops them without a word",
		check: knownKeys,
		trials: []trial{
			accepts(set("backup_exclude", `["*.log"]`)),
			finds("watchdog is no key", set("watchdog", `"http://[HOST]:[PORT:80]"`)), finds("colour is no key", set("colour", "green")),
		},
	},
	{
		name: "kinds of values", why: "the Supervisor rejects the app",
		check: kinds,
		trials: []trial{
			accepts(set("timeout", "30")), finds("version is no text", set("version", "1.0")), finds("services is no list", set("services", "mqtt:want")),
		},
	},
	{
		name: "no defaults", why: "the linter rejects a key that says what holds without it",
		check: noDefaults,
		trials: []trial{
			accepts(set("ingress", "true")),
			finds("init has its default", set("init", "true")), finds("startup has its default", set("startup", "application")),
			finds("boot has its default", set("boot", "auto")), finds("stage has its default", set("stage", "stable")),
			finds("ingress has its default", set("ingress", "false")), finds("ingress_port has its default", set("ingress_port", "8099")),
			finds("panel_icon has its default", set("panel_icon", "mdi:puzzle")), finds("timeout has its default", set("timeout", "10")),
			finds("options has its default", set("options", "{}")),
		},
	},
	{
		name: "values of keys", why: "the linter rejects others",
		check: values,
		trials: []trial{
			accepts(set("startup", "services")),
			finds("armv7 is none of", set("arch", "[armv7]")), finds("sometimes is none of", set("boot", "sometimes")),
		},
	},
	{
		name: "keys that exclude each other", why: "the linter rejects them together",
		check: exclusions,
		trials: []trial{
			accepts(set("ingress", "true")),
			finds("webui beside ingress", set("ingress", "true"), set("webui", `"http://[HOST]:[PORT:80]"`)),
			finds("ingress_port 0", set("ingress", "true"), set("ingress_port", "0")),
			finds("full_access beside single devices", set("full_access", "true"), set("usb", "true")),
			finds("a colon", set("devices", `["/dev/a:/dev/b"]`)),
			finds("cold backup", set("backup", "cold"), set("backup_pre", "sync")),
		},
	},
}

// key is what the linter's schema says of one key.
type key struct {
	kind     string   // flag, text, number, list or map; "" = checked elsewhere
	standard any      // its value when left out, which must not be written; nil = none
	oneOf    []string // of a text or of a list's texts
}

var (
	flagKey = key{kind: "flag", standard: false}
	textKey = key{kind: "text"}
	listKey = key{kind: "list"}

	architectures = []string{"aarch64", "amd64"} // the others are accepted and out of support
)

// keys are all that the linter knows. Missing on purpose, because it rejects or warns of them in any case: advanced,
// auto_uart, codenotary, legacy, watchdog.
var keys = map[string]key{
	"apparmor": {kind: "flag", standard: true}, "arch": {kind: "list", oneOf: architectures}, "audio": flagKey, "auth_api": flagKey,
	"backup": {kind: "text", standard: "hot", oneOf: []string{"hot", "cold"}}, "backup_exclude": listKey, "backup_post": textKey, "backup_pre": textKey,
	"boot": {kind: "text", standard: "auto", oneOf: []string{"auto", "manual", "manual_only"}}, "breaking_versions": listKey,
	"description": textKey, "devices": listKey, "devicetree": flagKey, "discovery": listKey, "docker_api": flagKey, "environment": {kind: "map"},
	"full_access": flagKey, "gpio": flagKey, "hassio_api": flagKey,
	"hassio_role":   {kind: "text", standard: "default", oneOf: []string{"admin", "backup", "default", "homeassistant", "manager"}},
	"homeassistant": textKey, "homeassistant_api": flagKey, "host_dbus": flagKey, "host_ipc": flagKey, "host_network": flagKey, "host_pid": flagKey, "host_uts": flagKey,
	"image": textKey, "ingress": flagKey, "ingress_entry": textKey, "ingress_port": {kind: "number", standard: uint64(8099)}, "ingress_stream": flagKey,
	"init": {kind: "flag", standard: true}, "journald": flagKey, "kernel_modules": flagKey, "machine": listKey, "map": {}, "name": textKey,
	"options": {kind: "map", standard: map[string]any{}}, "panel_admin": {kind: "flag", standard: true},
	"panel_icon": {kind: "text", standard: "mdi:puzzle"}, "panel_title": textKey, "ports": {kind: "map"}, "ports_description": {kind: "map"},
	"privileged": {kind: "list", oneOf: []string{"BPF", "DAC_READ_SEARCH", "IPC_LOCK", "NET_ADMIN", "NET_RAW", "PERFMON", "SYS_ADMIN",
		"SYS_MODULE", "SYS_NICE", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME"}},
	"realtime": flagKey, "schema": {kind: "map", standard: map[string]any{}}, "services": listKey, "slug": textKey,
	"stage":   {kind: "text", standard: "stable", oneOf: []string{"deprecated", "experimental", "stable"}},
	"startup": {kind: "text", standard: "application", oneOf: []string{"application", "initialize", "once", "services", "system"}},
	"stdin":   flagKey, "timeout": {kind: "number", standard: uint64(10)}, "tmpfs": flagKey, "uart": flagKey, "udev": flagKey,
	"ulimits": {kind: "map", standard: map[string]any{}}, "url": textKey, "usb": flagKey, "version": textKey, "video": flagKey, "webui": textKey,
}

func requiredKeys(c *clone) (found findings) {
	config := c.config()
	for _, name := range []string{"arch", "description", "name", "slug", "version"} {
		if config[name] == nil {
			found.add("config.yaml: %s is missing", name)
		}
	}
	return found
}

func knownKeys(c *clone) (found findings) {
	for _, name := range slices.Sorted(maps.Keys(c.config())) {
		if _, ok := keys[name]; !ok {
			found.add("config.yaml: %s is no key", name)
		}
	}
	return found
}

func kinds(c *clone) (found findings) {
	for name, value := range c.config() {
		if kind := keys[name].kind; !isKind(kind, value) {
			found.add("config.yaml: %s is no %s", name, kind)
		}
	}
	return found
}

func noDefaults(c *clone) (found findings) {
	for name, value := range c.config() {
		if standard := keys[name].standard; standard != nil && cmp.Equal(standard, value) {
			found.add("config.yaml: %s has its default: leave it out", name)
		}
	}
	return found
}

func values(c *clone) (found findings) {
	for name, value := range c.config() {
		for _, word := range words(value) {
			if oneOf := keys[name].oneOf; oneOf != nil && !slices.Contains(oneOf, word) {
				found.add("config.yaml: %s: %s is none of %s", name, word, oneOf)
			}
		}
	}
	return found
}

func exclusions(c *clone) (found findings) {
	k := c.config()
	for _, pair := range []struct {
		together bool
		text     string
	}{
		{k["ingress"] == true && k["webui"] != nil, "webui beside ingress"},
		{k["ingress"] == true && k["host_network"] != true && k["ingress_port"] == uint64(0), "ingress_port 0 without host_network"},
		{k["full_access"] == true && (k["devices"] != nil || k["gpio"] != nil || k["uart"] != nil || k["usb"] != nil), "full_access beside single devices"},
		{slices.ContainsFunc(words(k["devices"]), func(d string) bool { return strings.Contains(d, ":") }), "devices with a colon"},
		{k["backup"] == "cold" && (k["backup_pre"] != nil || k["backup_post"] != nil), "cold backup with commands"},
	} {
		if pair.together {
			found.add("config.yaml: %s", pair.text)
		}
	}
	return found
}

func isKind(kind string, value any) bool {
	ok := true
	switch kind {
	case "flag":
		_, ok = value.(bool)
	case "text":
		_, ok = value.(string)
	case "number":
		_, ok = value.(uint64)
	case "list":
		list, isList := value.([]any)
		ok = isList && len(words(value)) == len(list)
	case "map":
		_, ok = value.(map[string]any)
	}
	return ok
}

// words returns a text, or the texts of a list.
func words(value any) (texts []string) {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		for _, item := range v {
			if text, ok := item.(string); ok {
				texts = append(texts, text)
			}
		}
	}
	return texts
}
