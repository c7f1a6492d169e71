package packaging

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"evcc-discovery/internal/settings"
)

// options are the rules for what the app offers to set.
var options = []rule{
	{
		name: "options are settings", why: "the program reads the options as settings of the same name",
		check: optionsAreSettings,
		trials: []trial{
			finds("log_format", set("schema", `{log_level: "str?"}`)),
			finds("colour", swap("config.yaml", "  mqtt_ca: str?\n", "  mqtt_ca: str?\n  colour: str?\n")),
		},
	},
	{
		name: "choices", why: "an option that offers what the setting refuses keeps the app from working",
		check: choices,
		trials: []trial{
			finds("loud is not in the setting's description", swap("config.yaml", "list(debug|", "list(loud|debug|")),
			finds("language", swap("config.yaml", "list(auto|de|en)", "list(auto|en)")), finds("fr", write("translations/fr.yaml", "names:\n  a: x\n")),
		},
	},
	{
		name: "broker address", why: "the form must refuse what is no address, and let pass the empty text, which is what remains of an option that was cleared",
		check: brokerAddress,
		trials: []trial{
			finds(`"" is refused`, swap("config.yaml", `\S+)?$)`, `\S+)$)`)), finds(`"mqtt://a b" passes`, swap("config.yaml", `\S+`, ".+")),
		},
	},
	{
		name: "options are explained", why: "the form shows an option's bare name, or one in another place than its explanation",
		check: explained,
		trials: []trial{
			finds("fr.yaml", write("translations/fr.yaml", "names:\n  a: x\n")), finds("en.yaml", swap("translations/en.yaml", "\n  mqtt_ca:", "\n  mqtt_cafile:")),
			finds("ports", set("ports", "{8099/tcp: null}")),
		},
	},
	{
		name: "options are documented", why: "people look for an option under the name that Home Assistant shows",
		check: documentedOptions,
		trials: []trial{
			finds("mqtt_ca", swap("DOCS.md", "`mqtt_ca`", "`mqtt_cafile`")), finds("default of log_level", swap("DOCS.md", "| `log_level` | `info` |", "| `log_level` | `warn` |")),
			finds("Sprache", swap("translations/en.yaml", "    name: Language\n", "    name: Sprache\n")),
		},
	},
}

// described reads settings off the help text: description by name in lower case.
func described() map[string]string {
	all := make(map[string]string)
	for _, m := range regexp.MustCompile(`(?m)^  `+settings.Prefix+`_(\w+)\n +(.*)$`).FindAllStringSubmatch(settings.Usage(), -1) {
		all[strings.ToLower(m[1])] = m[2]
	}
	return all
}

// preset returns a setting's default.
func preset(name string) string {
	_, value, _ := strings.Cut(described()[name], "(default ")
	return strings.TrimSuffix(value, ")")
}

// noOptions are the settings that the app does not offer.
var noOptions = map[string]string{
	"mqtt_password_file": "the option for the password is kept safe by the Supervisor; there is no place for a file",
	"state_file":         "it lies in the app's own folder, which backups hold",
	"health_address":     "only the health check inside the container asks there",
}

func optionsAreSettings(c *clone) (found findings) {
	var want []string
	all := described()
	for name := range all {
		if noOptions[name] == "" {
			want = append(want, name)
		}
	}
	for name := range noOptions {
		if all[name] == "" {
			found.add("a rule names the setting %s, which does not exist any more", name)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(c.schema()))); diff != "" {
		found.add("config.yaml: other options than there are settings (-settings +options):\n%s", diff)
	}
	return found
}

// types returns what config.yaml says of options that are single values, by name.
func types(c *clone) map[string]string {
	all := make(map[string]string)
	schema, _ := c.config()["schema"].(map[string]any)
	for name, value := range schema {
		if single, ok := value.(string); ok {
			all[name] = single
		}
	}
	return all
}

func choices(c *clone) (found findings) {
	var codes []string
	for code := range c.translations() {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	if want, got := fmt.Sprintf("list(auto|%s)?", strings.Join(codes, "|")), types(c)["language"]; want != got {
		found.add("config.yaml: language: %s, want %s", got, want)
	}
	for name, single := range types(c) {
		list, ok := strings.CutPrefix(strings.TrimSuffix(single, ")?"), "list(")
		if !ok {
			continue
		}
		for word := range strings.SplitSeq(list, "|") {
			if !regexp.MustCompile(`\b` + word + `\b`).MatchString(described()[name]) {
				found.add("config.yaml: %s: %s is not in the setting's description: %s", name, word, described()[name])
			}
		}
	}
	return found
}

// brokerAddress: the pattern is looser than the program's own check, which can say what is wrong.
func brokerAddress(c *clone) (found findings) {
	m := optionPattern.FindStringSubmatch(types(c)["mqtt_url"])
	if m == nil {
		found.add("config.yaml: mqtt_url has no pattern")
		return found
	}
	pattern := regexp.MustCompile(m[1])
	for _, url := range []string{"", "mqtt://core-mosquitto:1883", "mqtt://192.168.1.2", "mqtts://broker.example:8883", "ws://[fd00::1]:9001/mqtt", "wss://b/x"} {
		if !pattern.MatchString(url) {
			found.add("config.yaml: mqtt_url: %q is refused by %s", url, pattern)
		}
	}
	for _, url := range []string{"core-mosquitto", "192.168.1.2:1883", "http://192.168.1.2", "mqtt://", "mqtt://a b", " mqtt://a"} {
		if pattern.MatchString(url) {
			found.add("config.yaml: mqtt_url: %q passes %s", url, pattern)
		}
	}
	return found
}

func explained(c *clone) (found findings) {
	ports, _ := c.config()["ports"].(map[string]any)
	for _, name := range c.translations() {
		var file struct{ Configuration, Network yaml.MapSlice }
		c.yaml(name, &file)
		var got []string
		for _, item := range file.Configuration {
			got = append(got, fmt.Sprint(item.Key))
		}
		if diff := cmp.Diff(c.schema(), got); diff != "" {
			found.add("%s: configuration differs from the schema in config.yaml (-schema +translation):\n%s", name, diff)
		}
		if len(file.Network) != len(ports) {
			found.add("%s: network has %d ports, config.yaml %d", name, len(file.Network), len(ports))
		}
	}
	return found
}

func documentedOptions(c *clone) (found findings) {
	var english struct {
		Configuration map[string]struct{ Name string }
	}
	c.yaml("translations/en.yaml", &english)
	var got, want []string
	for _, row := range table(c.read("DOCS.md"), "Option") {
		got = append(got, row[0]+" | "+row[1])
		name := strings.Trim(row[1], "`")
		if shown := strings.Trim(row[2], "`"); strings.HasPrefix(row[2], "`") && preset(name) != shown {
			found.add("DOCS.md: the default of %s is %s, the setting's description says: %s", name, row[2], described()[name])
		}
	}
	for _, name := range c.schema() {
		want = append(want, fmt.Sprintf("%s | `%s`", english.Configuration[name].Name, name))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		found.add("DOCS.md: options (-config.yaml and en.yaml +DOCS.md):\n%s", diff)
	}
	return found
}
