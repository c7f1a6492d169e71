package packaging

import (
	"slices"

	"github.com/google/go-cmp/cmp"
)

// ours are our own rules for config.yaml: what the app offers and asks for.
var ours = []rule{
	{
		name: "machines", why: "these are the machines that Home Assistant supports, and the program is built for both",
		check:  wants("arch", []any{"aarch64", "amd64"}),
		trials: []trial{finds("arch", set("arch", "[amd64]"))},
	},
	{
		name: "oldest Home Assistant", why: "date and time platforms came with it",
		check:  wants("homeassistant", "2026.5.0"),
		trials: []trial{finds("homeassistant", set("homeassistant", "2026.4.0")), finds("homeassistant", set("homeassistant", ""))},
	},
	{
		name: "process 1", why: "the image has nothing but the program, no init either",
		check:  wants("init", false),
		trials: []trial{finds("init", set("init", ""))},
	},
	{
		name: "nothing preset", why: "what is preset is stored with the app and no longer follows the program's defaults",
		check:  wants("options", nil),
		trials: []trial{finds("options", set("options", "{read_only: false}"))},
	},
	{
		name: "privileges", why: "a solar display has no use for them",
		check: privileges,
		trials: []trial{
			finds("host_network", set("host_network", "true")), finds("ports", set("ports", "{8099/tcp: null}")), finds("full_access", set("full_access", "true")),
			finds("nothing but ssl, read only", set("map", "[{type: ssl}]")), finds("nothing but ssl", set("map", "[{type: share, read_only: true}]")),
		},
	},
	{
		name: "security rating", why: "users look at it before they install an app",
		check: rating,
		trials: []trial{
			accepts(set("ingress", "true"), remove("apparmor.txt")),
			finds("rated 5", remove("apparmor.txt")), finds("rated 4", set("apparmor", "false")),
			finds("rated 4", set("ingress", "true"), set("apparmor", "false"), set("host_pid", "true")),
			finds("rated 4", set("host_network", "true"), set("privileged", "[NET_ADMIN]")),
			finds("rated 5", set("auth_api", "true"), set("hassio_role", "admin")), finds("rated 5", set("hassio_role", "manager")),
			finds("rated 1", set("hassio_role", "admin"), set("host_pid", "true"), remove("apparmor.txt")),
			finds("rated 1", set("docker_api", "true")),
		},
	},
}

// wants makes the check that a key of config.yaml has this value.
func wants(name string, want any) func(*clone) findings {
	return func(c *clone) (found findings) {
		if got := c.config()[name]; !cmp.Equal(want, got) {
			found.add("config.yaml: %s: %v, want %v", name, got, want)
		}
		return found
	}
}

func privileges(c *clone) (found findings) {
	config := c.config()
	for _, name := range []string{"audio", "auth_api", "devices", "devicetree", "docker_api", "full_access", "gpio", "hassio_api",
		"hassio_role", "host_dbus", "host_ipc", "host_network", "host_pid", "host_uts", "ingress", "kernel_modules", "ports", "privileged",
		"realtime", "stdin", "uart", "udev", "usb", "video"} {
		if config[name] != nil {
			found.add("config.yaml: %s: %v", name, config[name])
		}
	}
	entries, _ := config["map"].([]any)
	for _, entry := range entries {
		if e, _ := entry.(map[string]any); e["type"] != "ssl" || e["read_only"] != true {
			found.add("config.yaml: map: %v, want nothing but ssl, read only", entry)
		}
	}
	return found
}

// rating finds an app that the Supervisor rates below 6, of 1 to 8.
func rating(c *clone) (found findings) {
	config, n := c.config(), 5
	add := func(points int, when bool) {
		if when {
			n += points
		}
	}
	rights := words(config["privileged"])
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(rights, name) })
	}
	add(1, c.has("apparmor.txt") && config["apparmor"] != false)
	add(-1, config["apparmor"] == false)
	add(2, config["ingress"] == true)
	add(1, config["ingress"] != true && config["auth_api"] == true)
	add(-1, config["host_network"] == true)
	add(-1, config["kernel_modules"] == true || has("BPF", "CHECKPOINT_RESTORE", "DAC_READ_SEARCH", "NET_ADMIN", "NET_RAW", "PERFMON", "SYS_ADMIN",
		"SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO"))
	add(-1, config["hassio_role"] == "manager")
	add(-2, config["hassio_role"] == "admin")
	add(-2, config["host_pid"] == true)
	add(-1, config["host_uts"] == true && has("SYS_ADMIN"))
	if config["docker_api"] == true || config["full_access"] == true {
		n = 1
	}
	if n = max(1, min(n, 8)); n < 6 {
		found.add("config.yaml: the app is rated %d, want at least 6", n)
	}
	return found
}
