package main_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"image/png"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	yamlast "github.com/goccy/go-yaml/ast"
	yamlparser "github.com/goccy/go-yaml/parser"
	yamltoken "github.com/goccy/go-yaml/token"
	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/settings"
	"evcc-discovery/translations"
)

// The tests in this file hold what Home Assistant's Supervisor and the linter for its apps accept, over the files of
// this folder, which is the app: a mistake there is otherwise seen by users first. The rules are those of the
// Supervisor (its validation of apps, options, translations and profiles, and how it searches a repository) and of
// github.com/frenck/action-addon-linter, which can be installed from nowhere.

func content(t *testing.T, name string) string {
	t.Helper()
	bytes, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes)
}

// config reads config.yaml anew, so that a test may change it.
func config(t *testing.T) map[string]any {
	t.Helper()
	var c map[string]any
	if err := yaml.Unmarshal([]byte(content(t, "config.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// schema returns the app's options in their order.
func schema(t *testing.T) (keys []string) {
	t.Helper()
	var c struct{ Schema yaml.MapSlice }
	if err := yaml.Unmarshal([]byte(content(t, "config.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	for _, item := range c.Schema {
		keys = append(keys, fmt.Sprint(item.Key))
	}
	return keys
}

// files lists the tree as a clone has it, and what is not committed yet.
func files(t *testing.T) (names []string) {
	t.Helper()
	out, err := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err == nil {
		for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
			if _, err := os.Lstat(name); err == nil { // else deleted and not committed
				names = append(names, name)
			}
		}
		return names
	}
	err = filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error { // no git, or no clone
		if err == nil && !d.IsDir() {
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
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
	folders       = []string{"addon_config", "addons", "all_addon_configs", "backup", "config", "data", "homeassistant_config", "media", "share", "ssl"}
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

// lint returns what the linter finds wrong with an app.
func lint(c map[string]any) (problems []string) {
	fail := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	for _, required := range []string{"arch", "description", "name", "slug", "version"} {
		if c[required] == nil {
			fail("%s is missing", required)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c)) {
		k, known := keys[name]
		switch {
		case !known:
			fail("%s is no key", name)
		case !isKind(k.kind, c[name]):
			fail("%s is no %s", name, k.kind)
		case k.standard != nil && cmp.Equal(k.standard, c[name]):
			fail("%s has its default: leave it out", name)
		}
		for _, word := range words(c[name]) {
			if k.oneOf != nil && !slices.Contains(k.oneOf, word) {
				fail("%s: %s is none of %s", name, word, k.oneOf)
			}
		}
	}
	for _, rule := range []struct {
		broken bool
		text   string
	}{
		{c["ingress"] == true && c["webui"] != nil, "webui beside ingress"},
		{c["ingress"] == true && c["host_network"] != true && c["ingress_port"] == uint64(0), "ingress_port 0 without host_network"},
		{c["full_access"] == true && (c["devices"] != nil || c["gpio"] != nil || c["uart"] != nil || c["usb"] != nil), "full_access beside single devices"},
		{c["full_access"] == true, "full_access"},
		{slices.ContainsFunc(words(c["devices"]), func(d string) bool { return strings.Contains(d, ":") }), "devices with a colon"},
		{c["backup"] == "cold" && (c["backup_pre"] != nil || c["backup_post"] != nil), "cold backup with commands"},
	} {
		if rule.broken {
			fail("%s", rule.text)
		}
	}
	return problems
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
		values, isList := value.([]any)
		ok = isList && len(words(value)) == len(values)
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

var (
	versionPattern = regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	slugPattern    = regexp.MustCompile(`^[-_.A-Za-z0-9]+$`)
	servicePattern = regexp.MustCompile(`^(mqtt|mysql):(provide|want|need)$`)
	imagePattern   = regexp.MustCompile(`^([a-z\-.:\d{}]+/)*?([\-a-z\d_{}]+)/([\-a-z\d_{}]+)$`) // the Supervisor takes capitals, Docker does not
	optionPattern  = regexp.MustCompile(`^(?:bool|email|url|port|device(?:\(subsystem=[a-z]+\))?|(?:str|password|int)(?:\(\d*,\d*\))?|` +
		`float(?:\([\d.]*,[\d.]*\))?|match\((.*)\)|list\((.+)\))\??$`)
)

// validate returns what the Supervisor refuses or silently drops, and what keeps an app that nobody configured from
// starting.
func validate(c map[string]any) (problems []string) {
	fail := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	for _, rule := range []struct {
		name    string
		pattern *regexp.Regexp
		missing bool // may be
	}{
		{"version", versionPattern, false}, {"homeassistant", versionPattern, true}, {"slug", slugPattern, false},
		{"services", servicePattern, true}, {"image", imagePattern, true}, {"breaking_versions", versionPattern, true},
	} {
		values := words(c[rule.name])
		if len(values) == 0 && !rule.missing {
			fail("%s is missing", rule.name)
		}
		for _, value := range values {
			if !rule.pattern.MatchString(value) {
				fail("%s: %s does not match %s", rule.name, value, rule.pattern)
			}
		}
	}
	if n, ok := c["timeout"].(uint64); ok && (n < 10 || n > 300) {
		fail("timeout: not from 10 to 300")
	}
	if stage := c["stage"]; stage != nil && stage != "stable" {
		fail("stage %s: the store hides the app from everybody without advanced mode", stage)
	}
	problems = append(problems, validateMap(c["map"])...)
	options, _ := c["options"].(map[string]any)
	types, _ := c["schema"].(map[string]any)
	for name := range options {
		if types[name] == nil {
			fail("option %s is not in the schema", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(types)) {
		problems = append(problems, validateOption(name, types[name], options[name] != nil)...)
	}
	return problems
}

func validateMap(value any) (problems []string) {
	entries, ok := value.([]any)
	if !ok && value != nil {
		return []string{"map is no list"}
	}
	for _, entry := range entries {
		e, ok := entry.(map[string]any)
		kind, _ := e["type"].(string)
		if !ok || !slices.Contains(folders, kind) {
			problems = append(problems, fmt.Sprintf("map: %v is no folder", entry))
		}
		for name, value := range e {
			if isFlag := isKind("flag", value); name != "type" && name != "path" && (name != "read_only" || !isFlag) {
				problems = append(problems, fmt.Sprintf("map: %v is not understood", entry))
			}
		}
	}
	return problems
}

func validateOption(name string, value any, preset bool) []string {
	single, ok := value.(string)
	if l, isList := value.([]any); isList && len(l) == 1 {
		single, ok = l[0].(string)
	}
	m := optionPattern.FindStringSubmatch(single)
	switch {
	case !ok:
		return []string{fmt.Sprintf("option %s: %v is more than a type or a list of one: a nested option cannot be left out", name, value)}
	case m == nil:
		return []string{fmt.Sprintf("option %s: %s is no type", name, single)}
	case !strings.HasSuffix(single, "?") && !preset:
		return []string{fmt.Sprintf("option %s is not optional and has no value", name)}
	}
	if _, err := regexp.Compile(m[1]); err != nil {
		return []string{fmt.Sprintf("option %s: %v", name, err)}
	}
	return nil
}

func TestAppConfig(t *testing.T) {
	c := config(t)
	for _, problem := range append(lint(c), validate(c)...) {
		t.Errorf("config.yaml: %s", problem)
	}
	for _, problem := range traps("config.yaml", content(t, "config.yaml")) {
		t.Error(problem)
	}
	if diff := cmp.Diff([]any{"aarch64", "amd64"}, c["arch"]); diff != "" {
		t.Errorf("arch (-want +got):\n%s", diff)
	}
	if c["homeassistant"] != "2026.5.0" {
		t.Errorf("homeassistant: %v, want 2026.5.0: date and time platforms came with it", c["homeassistant"])
	}
	if c["init"] != false {
		t.Error("init must be false: the image has nothing but the program, which is process 1")
	}
	if c["options"] != nil {
		t.Error("options: everything is optional; what is preset there is stored with the app and no longer follows our defaults")
	}
}

// What the app must not ask for: a solar display has no use for it.
func TestPrivileges(t *testing.T) {
	c := config(t)
	for _, name := range []string{"audio", "auth_api", "devices", "devicetree", "docker_api", "full_access", "gpio", "hassio_api",
		"hassio_role", "host_dbus", "host_ipc", "host_network", "host_pid", "host_uts", "ingress", "kernel_modules", "ports", "privileged",
		"realtime", "stdin", "uart", "udev", "usb", "video"} {
		if c[name] != nil {
			t.Errorf("config.yaml: %s: %v", name, c[name])
		}
	}
	for _, entry := range c["map"].([]any) {
		if e := entry.(map[string]any); e["type"] != "ssl" || e["read_only"] != true {
			t.Errorf("config.yaml: map: %v, want nothing but ssl, read only", e)
		}
	}
}

func TestLint(t *testing.T) {
	for _, test := range []struct {
		key   string
		value any
		want  string // part of a problem; "" = fine
	}{
		{"image", "registry.example/someone/evcc-discovery", ""},
		{"timeout", uint64(20), ""},
		{"backup_exclude", []any{"*.log"}, ""},
		{"ingress", true, ""},
		{"map", []any{map[string]any{"type": "ssl"}}, ""},
		{"image", "registry.example/Someone/evcc-discovery", "image"},
		{"image", "registry.example/someone/evcc-discovery:1.0.0", "image"},
		{"name", nil, "name"},
		{"version", "1.0", "version"},
		{"version", 1.0, "version is no text"},
		{"slug", "evcc discovery", "slug"},
		{"arch", []any{"armv7"}, "armv7 is none of"},
		{"init", true, "has its default"},
		{"startup", "application", "has its default"},
		{"boot", "auto", "has its default"},
		{"stage", "stable", "has its default"},
		{"stage", "experimental", "advanced mode"},
		{"ingress", false, "has its default"},
		{"ingress_port", uint64(8099), "has its default"},
		{"panel_icon", "mdi:puzzle", "has its default"},
		{"timeout", uint64(10), "has its default"},
		{"timeout", uint64(5), "not from 10"},
		{"options", map[string]any{}, "has its default"},
		{"options", map[string]any{"old": true}, "old is not in the schema"},
		{"watchdog", "http://[HOST]:[PORT:80]", "watchdog is no key"},
		{"colour", "green", "colour is no key"},
		{"services", []any{"mqtt:maybe"}, "services"},
		{"services", "mqtt:want", "services is no list"},
		{"map", []any{map[string]any{"type": "home"}}, "is no folder"},
		{"map", []any{map[string]any{"type": "ssl", "read_only": "yes"}}, "not understood"},
		{"schema", map[string]any{"mqtt_url": "match(["}, "mqtt_url"},
		{"schema", map[string]any{"mqtt_url": "text?"}, "is no type"},
		{"schema", map[string]any{"mqtt_url": "str"}, "not optional"},
		{"schema", map[string]any{"tls": map[string]any{"ca": "str?"}}, "nested"},
	} {
		c := config(t)
		c[test.key] = test.value
		if test.value == nil {
			delete(c, test.key)
		}
		got := strings.Join(append(lint(c), validate(c)...), "\n")
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s: %v: %q, want %q", test.key, test.value, got, test.want)
		}
	}
}

// rating is how the Supervisor rates an app's security, from 1 to 8.
func rating(c map[string]any, profile bool) int {
	n := 5
	add := func(points int, when bool) {
		if when {
			n += points
		}
	}
	rights := words(c["privileged"])
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(rights, name) })
	}
	add(1, profile && c["apparmor"] != false)
	add(-1, c["apparmor"] == false)
	add(2, c["ingress"] == true)
	add(1, c["ingress"] != true && c["auth_api"] == true)
	add(-1, c["host_network"] == true)
	add(-1, c["kernel_modules"] == true || has("BPF", "CHECKPOINT_RESTORE", "DAC_READ_SEARCH", "NET_ADMIN", "NET_RAW", "PERFMON", "SYS_ADMIN",
		"SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO"))
	add(-1, c["hassio_role"] == "manager")
	add(-2, c["hassio_role"] == "admin")
	add(-2, c["host_pid"] == true)
	add(-1, c["host_uts"] == true && has("SYS_ADMIN"))
	if c["docker_api"] == true || c["full_access"] == true {
		return 1
	}
	return max(1, min(n, 8))
}

func TestRating(t *testing.T) {
	_, err := os.Stat("apparmor.txt")
	if got := rating(config(t), err == nil); got < 6 {
		t.Errorf("the app is rated %d, want at least 6", got)
	}
	for _, test := range []struct {
		change  map[string]any
		profile bool
		want    int
	}{
		{nil, true, 6},
		{nil, false, 5},
		{map[string]any{"ingress": true}, true, 8},
		{map[string]any{"apparmor": false}, true, 4},
		{map[string]any{"host_network": true, "privileged": []any{"NET_ADMIN"}}, true, 4},
		{map[string]any{"hassio_role": "admin", "host_pid": true}, false, 1},
		{map[string]any{"docker_api": true}, true, 1},
	} {
		c := config(t)
		maps.Copy(c, test.change)
		if got := rating(c, test.profile); got != test.want {
			t.Errorf("%v, profile %t: rated %d, want %d", test.change, test.profile, got, test.want)
		}
	}
}

// stray tells what the Supervisor, which searches the whole clone, would take a file for; "" = nothing.
func stray(name string) string {
	dir, file := path.Split(name)
	switch ext := path.Ext(file); ext {
	case ".yaml", ".yml", ".json":
		file = strings.TrimSuffix(file, ext)
	default:
		return ""
	}
	switch {
	case strings.HasPrefix(file, "config."), file == "config":
		parts := strings.Split(strings.TrimSuffix(dir, "/"), "/")
		if slices.ContainsFunc(parts, func(p string) bool { return p == "rootfs" || strings.HasPrefix(p, ".") }) {
			return ""
		}
		return "an app"
	case strings.HasPrefix(file, "build."), file == "build":
		return "a build configuration"
	case strings.HasPrefix(file, "repository."), file == "repository":
		return "a repository"
	}
	return ""
}

func TestStrays(t *testing.T) {
	for name, want := range map[string]string{
		"config.yaml": "an app", "e2e/config.json": "an app", "config.example.yml": "an app", "packaging/repository.json": "a repository",
		".github/workflows/build.yml": "a build configuration", ".github/ISSUE_TEMPLATE/config.yml": "", "rootfs/config.yaml": "",
		"internal/config/site.yaml": "", "config.go": "", "build.sh": "", "myconfig.yaml": "", "configuration.yaml": "", "config.YAML": "",
	} {
		if got := stray(name); got != want {
			t.Errorf("%s is taken for %q, want %q", name, got, want)
		}
	}
	all := files(t)
	for _, name := range all {
		if what := stray(name); what != "" && name != "config.yaml" && name != "repository.yaml" {
			t.Errorf("%s: the Supervisor takes it for %s: give it another name", name, what)
		}
		if ok, _ := path.Match("Dockerfile.*", name); ok {
			t.Errorf("%s: the Supervisor builds from it instead of Dockerfile", name)
		}
	}
	for _, name := range []string{"config.yaml", "repository.yaml", "Dockerfile", "apparmor.txt", "README.md", "DOCS.md", "CHANGELOG.md", "icon.png", "logo.png"} {
		if !slices.Contains(all, name) {
			t.Errorf("%s is missing or ignored by git", name)
		}
	}
}

func TestRepository(t *testing.T) {
	var r map[string]string
	if err := yaml.Unmarshal([]byte(content(t, "repository.yaml")), &r); err != nil {
		t.Fatal(err)
	}
	if r["name"] == "" {
		t.Error("repository.yaml: name is missing")
	}
	for name := range r {
		if !slices.Contains([]string{"name", "url", "maintainer"}, name) {
			t.Errorf("repository.yaml: %s is no key", name)
		}
	}
}

// yaml11 are texts that the Supervisor's YAML 1.1 reads as something else unless they are quoted.
var yaml11 = regexp.MustCompile(`^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+|` +
	`[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])*\.[0-9_]*|[-+]?[0-9][0-9_]+|\d{4}-\d\d?-\d\d?(?:[Tt ].*)?|=|<<)$`)

// traps returns what the Supervisor cannot read in a file, or reads as something else than we do.
func traps(name, text string) (problems []string) {
	fail := func(node yamlast.Node, format string, args ...any) {
		problems = append(problems, fmt.Sprintf("%s:%d: ", name, node.GetToken().Position.Line)+fmt.Sprintf(format, args...))
	}
	file, err := yamlparser.ParseBytes([]byte(text), 0)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", name, err)}
	}
	if len(file.Docs) != 1 {
		return []string{fmt.Sprintf("%s: %d documents, want one", name, len(file.Docs))}
	}
	body := file.Docs[0].Body
	if body == nil {
		return nil
	}
	switch body.(type) {
	case *yamlast.MappingNode, *yamlast.MappingValueNode:
	default:
		fail(body, "not keys with values")
	}
	yamlast.Walk(visitor(func(node yamlast.Node) {
		switch n := node.(type) {
		case *yamlast.TagNode:
			fail(n, "a tag")
		case *yamlast.StringNode:
			if n.Token.Type == yamltoken.StringType && yaml11.MatchString(n.Value) {
				fail(n, "%s is not a text in YAML 1.1: quote it", n.Value)
			}
		}
	}), body)
	return problems
}

type visitor func(yamlast.Node)

func (v visitor) Visit(node yamlast.Node) yamlast.Visitor {
	v(node)
	return v
}

// validateTranslation returns why the Supervisor would drop a language.
func validateTranslation(text string) (problems []string) {
	var file map[string]any
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		return []string{err.Error()}
	}
	var entries func(where string, value any)
	entries = func(where string, value any) {
		options, ok := value.(map[string]any)
		if !ok {
			problems = append(problems, where+" has no keys")
		}
		for _, name := range slices.Sorted(maps.Keys(options)) {
			entry, _ := options[name].(map[string]any)
			if text, ok := entry["name"].(string); !ok || text == "" {
				problems = append(problems, fmt.Sprintf("%s.%s has no name that is a text", where, name))
			}
			if _, ok := entry["description"].(string); !ok && entry["description"] != nil {
				problems = append(problems, fmt.Sprintf("%s.%s: the description is no text", where, name))
			}
			if fields, ok := entry["fields"]; ok {
				entries(where+"."+name, fields)
			}
			for key := range entry {
				if !slices.Contains([]string{"name", "description", "fields"}, key) {
					problems = append(problems, fmt.Sprintf("%s.%s: %s is dropped", where, name, key))
				}
			}
		}
	}
	if value, ok := file["configuration"]; ok {
		entries("configuration", value)
	}
	if value, ok := file["network"]; ok {
		ports, ok := value.(map[string]any)
		if !ok {
			problems = append(problems, "network has no keys")
		}
		for port, value := range ports {
			if _, ok := value.(string); !ok {
				problems = append(problems, fmt.Sprintf("network.%s is no text", port))
			}
		}
	}
	return problems
}

func TestTranslationRules(t *testing.T) {
	for text, want := range map[string]string{
		"configuration:\n  a:\n    name: x\n    description:\n": "",
		"configuration:\n  a:\n    name: \"12:30\"\n":           "",
		"names:\n  a: x\n":                                                                   "",
		"configuration:\n  a:\n    name: 5\n":                                                "no name",
		"configuration:\n  a:\n    name: yes\n":                                              "quote it",
		"configuration:\n  a:\n    name: 12:30\n":                                            "quote it",
		"configuration:\n  a:\n    name: 1_000\n":                                            "no name",
		"configuration:\n  a:\n    name: 2026-01-31\n":                                       "quote it",
		"configuration:\n  on:\n    name: x\n":                                               "quote it",
		"configuration:\n  a:\n    name: x\n    text: y\n":                                   "text is dropped",
		"configuration:\n  a:\n    description: x\n":                                         "no name",
		"configuration:\n  a:\n    name: x\n    fields:\n      b:\n        description: x\n": "a.b has no name",
		"configuration:\n":                                                                   "no keys",
		"network:\n  80/tcp:\n":                                                              "no text",
		"names:\n  a: !x y\n":                                                                "a tag",
		"names:\n  a: x\n---\nnames:\n  b: y\n":                                              "2 documents",
		"- a\n":                                                                              "not keys",
		"configuration:\n  a:\n\tname: x\n":                                                  "cannot start",
		"configuration:\n  a:\n    name: x\n  a:\n    name: y":                               "already defined",
	} {
		got := strings.Join(append(traps("x.yaml", text), validateTranslation(text)...), "\n")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// languages are the codes that Home Assistant knows: other files would never be shown.
var languages = strings.Fields("af ar bg bn bs ca cs cy da de el en en-GB eo es es-419 et eu fa fi fr fy ga gl gsw he hi hr hu hy id is it " +
	"ja ka ko lb lt lv mk ml nb nl nn pl pt pt-BR ro ru sk sl sq sr sr-Latn sv ta te th tr uk ur vi zh-Hans zh-Hant")

func TestTranslations(t *testing.T) {
	const largest = 100_000 // bytes: the Supervisor reads them all whenever it looks at the store
	entries, err := os.ReadDir("translations")
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]bool)
	for _, entry := range entries {
		name := entry.Name()
		ext := path.Ext(name)
		if !slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(ext)) {
			continue
		}
		if code := strings.TrimSuffix(name, ext); ext != ".yaml" || !slices.Contains(languages, code) {
			t.Errorf("translations/%s is no language of Home Assistant with the ending .yaml", name)
		} else {
			found[code] = true
		}
		text := content(t, "translations/"+name)
		for _, problem := range traps("translations/"+name, text) {
			t.Error(problem)
		}
		for _, problem := range validateTranslation(text) {
			t.Errorf("translations/%s: %s", name, problem)
		}
		if len(text) > largest {
			t.Errorf("translations/%s has %d bytes, more than %d", name, len(text), largest)
		}
	}
	if !found["en"] {
		t.Error("translations/en.yaml is missing: it is shown where a language lacks something")
	}
}

// Every option is explained in every language, in the schema's order, and nothing else is.
func TestOptionsAreTranslated(t *testing.T) {
	ports, _ := config(t)["ports"].(map[string]any)
	for _, code := range translations.Languages() {
		var file struct{ Configuration, Network yaml.MapSlice }
		if err := yaml.Unmarshal([]byte(content(t, "translations/"+code+".yaml")), &file); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, item := range file.Configuration {
			got = append(got, fmt.Sprint(item.Key))
		}
		if diff := cmp.Diff(schema(t), got); diff != "" {
			t.Errorf("translations/%s.yaml: configuration differs from the schema in config.yaml (-schema +translation):\n%s", code, diff)
		}
		if len(file.Network) != len(ports) {
			t.Errorf("translations/%s.yaml: network has %d ports, config.yaml %d", code, len(file.Network), len(ports))
		}
	}
}

// documented reads settings off the help text: description by name in lower case.
func documented() map[string]string {
	all := make(map[string]string)
	for _, m := range regexp.MustCompile(`(?m)^  `+settings.Prefix+`_(\w+)\n +(.*)$`).FindAllStringSubmatch(settings.Usage(), -1) {
		all[strings.ToLower(m[1])] = m[2]
	}
	return all
}

// noOptions are the settings that the app does not offer.
var noOptions = map[string]string{
	"mqtt_password_file": "the option for the password is kept safe by the Supervisor; there is no place for a file",
	"state_file":         "it lies in the app's own folder, which backups hold",
	"health_address":     "only the health check inside the container asks there",
}

// Options and settings have the same names: the program reads the one as the other.
func TestOptionsAreSettings(t *testing.T) {
	var want []string
	for name := range documented() {
		if noOptions[name] == "" {
			want = append(want, name)
		}
	}
	if len(want) == 0 {
		t.Fatalf("no setting is read from the help text:\n%s", settings.Usage())
	}
	for name := range noOptions {
		if documented()[name] == "" {
			t.Errorf("a rule names the setting %s, which does not exist any more", name)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(schema(t)))); diff != "" {
		t.Errorf("config.yaml offers other options than there are settings (-settings +options):\n%s", diff)
	}
	types, _ := config(t)["schema"].(map[string]any)
	for name, value := range types {
		single, _ := value.(string)
		choice, ok := strings.CutPrefix(strings.TrimSuffix(single, ")?"), "list(")
		if !ok {
			continue
		}
		for word := range strings.SplitSeq(choice, "|") {
			if !regexp.MustCompile(`\b` + word + `\b`).MatchString(documented()[name]) {
				t.Errorf("config.yaml: %s: %s is not in the setting's description: %s", name, word, documented()[name])
			}
		}
	}
	if want, got := fmt.Sprintf("list(auto|%s)?", strings.Join(translations.Languages(), "|")), types["language"]; want != got {
		t.Errorf("config.yaml: language: %s, want %s", got, want)
	}
}

// The pattern is looser than the program's own check, which can say what is wrong. It must let the empty text pass,
// which is what remains of an option that was cleared.
func TestBrokerAddressOption(t *testing.T) {
	types, _ := config(t)["schema"].(map[string]any)
	m := optionPattern.FindStringSubmatch(types["mqtt_url"].(string))
	pattern := regexp.MustCompile(m[1])
	for _, url := range []string{"", "mqtt://core-mosquitto:1883", "mqtt://192.168.1.2", "mqtts://broker.example:8883", "ws://[fd00::1]:9001/mqtt", "wss://b/x"} {
		if !pattern.MatchString(url) {
			t.Errorf("%q is refused by %s", url, pattern)
		}
	}
	for _, url := range []string{"core-mosquitto", "192.168.1.2:1883", "http://192.168.1.2", "mqtt://", "mqtt://a b", " mqtt://a"} {
		if pattern.MatchString(url) {
			t.Errorf("%q passes %s", url, pattern)
		}
	}
}

// The update dialog of Home Assistant cuts the changelog at "# 1.2.3"; Home Assistant offers what stands first. What no
// version has yet may stand above, as Unreleased.
func TestChangelog(t *testing.T) {
	text := content(t, "CHANGELOG.md")
	if !strings.HasPrefix(text, "# Changelog\n") {
		t.Error(`CHANGELOG.md does not begin with "# Changelog"`)
	}
	var versions [][]int
	headings := regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1)[1:]
	if headings[0][0] == "## Unreleased" {
		headings = headings[1:]
	}
	for _, m := range headings {
		if !strings.HasPrefix(m[0], "### ") && !(strings.HasPrefix(m[0], "## ") && versionPattern.MatchString(m[1])) {
			t.Errorf(`CHANGELOG.md: %q: want "## 1.2.3"`, m[0])
			continue
		}
		if versionPattern.MatchString(m[1]) {
			versions = append(versions, numbers(m[1]))
		}
	}
	if len(versions) == 0 {
		t.Fatal("CHANGELOG.md has no version")
	}
	if got := config(t)["version"]; !cmp.Equal(numbers(fmt.Sprint(got)), versions[0]) {
		t.Errorf("config.yaml has version %v, the head of CHANGELOG.md %v", got, versions[0])
	}
	if !slices.IsSortedFunc(versions, func(a, b []int) int { return slices.Compare(b, a) }) {
		t.Errorf("CHANGELOG.md: not the newest first: %v", versions)
	}
}

// numbers of a version: "1.26" is 1, 26.
func numbers(version string) (list []int) {
	for part := range strings.SplitSeq(version, ".") {
		n, _ := strconv.Atoi(part)
		list = append(list, n)
	}
	return list
}

func TestPictures(t *testing.T) {
	for _, test := range []struct {
		name                    string
		width, height, heaviest int
	}{{"icon.png", 128, 128, 30_000}, {"logo.png", 250, 100, 30_000}} {
		f, err := os.Open(test.name)
		if err != nil {
			t.Error(err)
			continue
		}
		defer f.Close()
		picture, err := png.Decode(f)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if got := picture.Bounds().Size(); got.X != test.width || got.Y != test.height {
			t.Errorf("%s: %v, want %d×%d", test.name, got, test.width, test.height)
		}
		if info, err := f.Stat(); err != nil || info.Size() > int64(test.heaviest) {
			t.Errorf("%s has %d bytes, more than %d (%v)", test.name, info.Size(), test.heaviest, err)
		}
	}
}

// The Supervisor puts the app's full name into the one line that begins with "profile ", and into no other. Whether a
// host's parser takes the rest is .ci/apparmor's matter: one that it refuses makes the installation fail.
func TestProfile(t *testing.T) {
	text, c := content(t, "apparmor.txt"), config(t)
	slug := fmt.Sprint(c["slug"])
	heads := regexp.MustCompile(`(?m)^profile ([^ ]+).*$`).FindAllStringSubmatch(text, -1)
	if len(heads) != 1 || heads[0][1] != slug {
		t.Fatalf(`apparmor.txt: lines that begin with "profile": %q, want one, of %s`, heads, slug)
	}
	if n := strings.Count(text, slug); n != 1 {
		t.Errorf("apparmor.txt: %s occurs %d times; only the first line of the profile is renamed", slug, n)
	}
	entry := strings.Join(command(t, "ENTRYPOINT"), " ")
	for _, rule := range []string{entry + " mrix,", "/data/** rwk,", "/ssl/** r,", "/etc/ssl/certs/{,**} r,", "network inet stream,", "network inet6 stream,"} {
		if !regexp.MustCompile(`(?m)^  ` + regexp.QuoteMeta(rule)).MatchString(text) {
			t.Errorf("apparmor.txt: the rule %q is missing", rule)
		}
	}
	if m := regexp.MustCompile(`(?m)^[^#\n]*\b(?:capability|mount|ptrace|complain|unconfined|network,|file,)(?:\W|$)`).FindString(text); m != "" {
		t.Errorf("apparmor.txt: %q: the program needs no such right", m)
	}
}

// instruction is one of the Dockerfile, with the stage in which it stands.
type instruction struct{ stage, name, rest string }

func dockerfile(t *testing.T) (list []instruction) {
	t.Helper()
	stage := ""
	text := strings.ReplaceAll(content(t, "Dockerfile"), "\\\n", " ")
	for line := range strings.Lines(text) {
		name, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		if name == "FROM" {
			_, stage, _ = strings.Cut(rest, " AS ")
		}
		list = append(list, instruction{stage, name, strings.TrimSpace(rest)})
	}
	return list
}

// final returns what the named instructions of the image's last stage say.
func final(t *testing.T, name string) (rests []string) {
	t.Helper()
	all := dockerfile(t)
	for _, i := range all {
		if i.stage == all[len(all)-1].stage && i.name == name {
			rests = append(rests, i.rest)
		}
	}
	return rests
}

// command reads the exec form of an instruction of the last stage; there is no shell in the image.
func command(t *testing.T, name string) (words []string) {
	t.Helper()
	rests := final(t, name)
	if len(rests) != 1 {
		t.Fatalf("Dockerfile: %d times %s in the last stage, want one", len(rests), name)
	}
	start := strings.IndexByte(rests[0], '[')
	if start < 0 || json.Unmarshal([]byte(rests[0][start:]), &words) != nil {
		t.Fatalf("Dockerfile: %s %s: want the exec form", name, rests[0])
	}
	return words
}

func TestDockerfile(t *testing.T) {
	text := content(t, "Dockerfile")
	if regexp.MustCompile(`(?mi)^#\s*syntax=`).MatchString(text) {
		t.Error("Dockerfile: a syntax line makes every device fetch another image")
	}
	if diff := cmp.Diff([]string{"scratch AS final"}, final(t, "FROM")); diff != "" {
		t.Errorf("Dockerfile: the last stage (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"--from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/",
		"--from=build /out/evcc-discovery /evcc-discovery",
	}, final(t, "COPY")); diff != "" {
		t.Errorf("Dockerfile: what is in the image (-want +got):\n%s", diff)
	}
	if labels := strings.Join(final(t, "LABEL"), " "); !strings.Contains(labels, `io.hass.type="app"`) || !strings.Contains(labels, `io.hass.version="${BUILD_VERSION}"`) {
		t.Errorf("Dockerfile: labels %s lack io.hass.type or io.hass.version", labels)
	}
	entry := command(t, "ENTRYPOINT")
	if diff := cmp.Diff([]string{"/evcc-discovery"}, entry); diff != "" {
		t.Errorf("Dockerfile: ENTRYPOINT (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(append(entry, "healthcheck"), command(t, "HEALTHCHECK")); diff != "" {
		t.Errorf("Dockerfile: HEALTHCHECK (-want +got):\n%s", diff)
	}
	if strings.Contains(text, "--start-interval") {
		t.Error("Dockerfile: --start-interval needs a newer Docker than the Supervisor does")
	}
	m := regexp.MustCompile(`--interval=(\S+)`).FindStringSubmatch(final(t, "HEALTHCHECK")[0])
	if m == nil {
		t.Error("Dockerfile: HEALTHCHECK has no --interval: the app would be starting for half a minute")
	} else if interval, err := time.ParseDuration(m[1]); err != nil || interval > 10*time.Second {
		t.Errorf("Dockerfile: the HEALTHCHECK's interval is %s (%v), want at most 10s: until then the app is starting", interval, err)
	}
}

// What is built must be what go.mod asks for, statically, with the version that the Supervisor names.
func TestBuild(t *testing.T) {
	var from, run string
	for _, i := range dockerfile(t) {
		switch {
		case i.name == "FROM" && from == "":
			from = i.rest
		case i.name == "RUN":
			run = i.rest
		}
	}
	m := regexp.MustCompile(`^golang:([\d.]+)-alpine AS build$`).FindStringSubmatch(from)
	if m == nil {
		t.Fatalf("Dockerfile: FROM %s", from)
	}
	image := numbers(m[1])
	for _, m := range regexp.MustCompile(`(?m)^(?:go |toolchain go)([\d.]+)$`).FindAllStringSubmatch(content(t, "go.mod"), -1) {
		wanted := numbers(m[1])
		if len(image) < len(wanted) { // a tag without patch level is the newest patch
			wanted = wanted[:len(image)]
		}
		if slices.Compare(image, wanted) < 0 {
			t.Errorf("go.mod wants Go %s, the Dockerfile has %v and may not fetch another", m[1], image)
		}
	}
	for _, part := range []string{"CGO_ENABLED=0", `GOARCH="${TARGETARCH}"`, "-buildvcs=false", "-trimpath", "-X main.version=${BUILD_VERSION}"} {
		if !strings.Contains(run, part) {
			t.Errorf("Dockerfile: RUN %s lacks %s", run, part)
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "main.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := false
	imported := make(map[string]bool)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			imported[n.Path.Value] = true
		case *ast.ValueSpec:
			declared = declared || n.Names[0].Name == "version"
		}
		return true
	})
	if !declared {
		t.Error("main.go has no variable version for the Dockerfile to set")
	}
	if !imported[`"time/tzdata"`] {
		t.Error("main.go does not import time/tzdata, and the image has no time zones")
	}
}

// ignored is a line of .dockerignore.
type ignored struct {
	pattern *regexp.Regexp
	back    bool // begins with "!": what matches is taken back in
}

func dockerignore(t *testing.T) (list []ignored) {
	t.Helper()
	for line := range strings.Lines(content(t, ".dockerignore")) {
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

// TestContext holds that a device gets what it needs to build the program, and nothing else.
func TestContext(t *testing.T) {
	needed := map[string]bool{"go.mod": true, "go.sum": true}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, arch := range []string{"amd64", "arm64"} {
		list := exec.Command("go", "list", "-deps", "-json=Dir,Standard,GoFiles,EmbedFiles", ".")
		list.Env = append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0", "GOARCH="+arch)
		out, err := list.Output()
		if err != nil {
			t.Fatal(err)
		}
		for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
			var p struct {
				Dir                 string
				Standard            bool
				GoFiles, EmbedFiles []string
			}
			if err := d.Decode(&p); err != nil {
				t.Fatal(err)
			}
			dir, err := filepath.Rel(root, p.Dir)
			if p.Standard || err != nil || strings.HasPrefix(dir, "..") {
				continue
			}
			for _, name := range slices.Concat(p.GoFiles, p.EmbedFiles) {
				needed[filepath.ToSlash(filepath.Join(dir, name))] = true
			}
		}
	}
	for _, part := range []string{"main.go", "translations/en.yaml", "translations/de.yaml", "internal/simulator/trees/"} {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(needed)), func(name string) bool { return strings.HasPrefix(name, part) }) {
			t.Errorf("%s is not among what the build needs: this test is blind", part)
		}
	}
	list := dockerignore(t)
	for _, name := range slices.Sorted(maps.Keys(needed)) {
		if !inContext(list, name) {
			t.Errorf("%s is needed for the build, and .dockerignore keeps it away", name)
		}
	}
	for _, name := range files(t) {
		if inContext(list, name) && !needed[name] {
			t.Errorf("%s is sent to the build, which does not need it: add it to .dockerignore", name)
		}
	}
}

// literals returns every text that stands in the program's sources.
func literals(t *testing.T) (all []string) {
	t.Helper()
	for _, name := range files(t) {
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "e2e/") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
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

// table returns the cells of the Markdown table with this first heading.
func table(t *testing.T, text, heading string) (rows [][]string) {
	t.Helper()
	_, text, ok := strings.Cut(text, "\n| "+heading+" |")
	if !ok {
		t.Fatalf("DOCS.md has no table that begins with %q", heading)
	}
	for line := range strings.SplitSeq(strings.SplitN(text, "\n\n", 2)[0], "\n") {
		if cells := strings.Split(strings.Trim(line, "| "), " | "); strings.HasPrefix(line, "| ") {
			rows = append(rows, cells)
		}
	}
	return rows
}

// The documentation explains messages that the program really has.
func TestDocumentedMessages(t *testing.T) {
	texts := literals(t)
	rows := table(t, content(t, "DOCS.md"), "The log says")
	if len(rows) < 5 {
		t.Fatalf("only %d messages are explained", len(rows))
	}
	for _, row := range rows {
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[0], -1) {
			if !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, m[1]) }) {
				t.Errorf("DOCS.md explains %q, which the program never says", m[1])
			}
		}
	}
}

// Every option is documented under the name that Home Assistant shows.
func TestDocumentedOptions(t *testing.T) {
	var english struct {
		Configuration map[string]struct{ Name string }
	}
	if err := yaml.Unmarshal([]byte(content(t, "translations/en.yaml")), &english); err != nil {
		t.Fatal(err)
	}
	rows := table(t, content(t, "DOCS.md"), "Option")
	var got, want []string
	for _, row := range rows {
		got = append(got, row[0]+" | "+row[1])
		name, preset := strings.Trim(row[1], "`"), strings.Trim(row[2], "`")
		if m := regexp.MustCompile(`\(default (.*)\)$`).FindStringSubmatch(documented()[name]); strings.HasPrefix(row[2], "`") && (m == nil || m[1] != preset) {
			t.Errorf("DOCS.md: the default of %s is %s, the setting's description says: %s", name, row[2], documented()[name])
		}
	}
	for _, name := range schema(t) {
		want = append(want, fmt.Sprintf("%s | `%s`", english.Configuration[name].Name, name))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("DOCS.md: options (-config.yaml and en.yaml +DOCS.md):\n%s", diff)
	}
}

// The automation that clears everything names the topics that the program uses by default.
func TestDocumentedRemoval(t *testing.T) {
	_, text, _ := strings.Cut(content(t, "DOCS.md"), "```yaml\n")
	text, _, _ = strings.Cut(text, "```")
	var automation struct {
		Triggers []struct{ Trigger, Topic string }
	}
	if err := yaml.Unmarshal([]byte(text), &automation); err != nil {
		t.Fatal(err)
	}
	var topics []string
	for _, trigger := range automation.Triggers {
		topics = append(topics, trigger.Topic)
	}
	preset := func(name string) string {
		_, value, _ := strings.Cut(documented()[name], "(default ")
		return strings.TrimSuffix(value, ")")
	}
	prefix, base := preset("discovery_prefix"), preset("base_topic")
	if diff := cmp.Diff([]string{discovery.ConfigFilter(prefix, base), base + "/#"}, topics); diff != "" {
		t.Errorf("DOCS.md: the automation's topics (-want +got):\n%s", diff)
	}
}

// Home Assistant shows both pages outside of the repository, where links to its files lead nowhere.
func TestLinks(t *testing.T) {
	for _, name := range []string{"README.md", "DOCS.md"} {
		for _, m := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(content(t, name), -1) {
			if !strings.HasPrefix(m[1], "https://") && !strings.HasPrefix(m[1], "#") {
				t.Errorf("%s: the link %s is not absolute", name, m[1])
			}
			if strings.Contains(m[1], "OWNER") {
				t.Errorf("%s: the link %s leads nowhere", name, m[1])
			}
		}
	}
}
