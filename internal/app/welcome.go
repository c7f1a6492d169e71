package app

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"evcc-discovery/internal/simulator"
)

// findTree returns the captured evcc that is meant: the newest of a version, or of all.
func findTree(wanted string) (string, error) {
	trees := simulator.Trees()
	if slices.Contains(trees, wanted) {
		return wanted, nil
	}
	version := strings.TrimPrefix(strings.TrimPrefix(wanted, "evcc-"), "v")
	found := slices.DeleteFunc(slices.Clone(trees), func(name string) bool {
		rest, fits := strings.CutPrefix(name, "evcc-"+version)
		return !fits || version != "" && rest != "" && rest[0] != '.' && rest[0] != '-' // 0.31 is not 0.316
	})
	if len(found) == 0 {
		return "", fmt.Errorf("no tree %q, have %s", wanted, strings.Join(trees, ", "))
	}
	return slices.MaxFunc(found, byVersion), nil
}

// byVersion orders names of trees: "evcc-0.207.0-demo".
func byVersion(a, b string) int {
	split := func(name string) []string {
		return strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '-' })
	}
	return slices.CompareFunc(split(a), split(b), func(x, y string) int {
		m, errM := strconv.Atoi(x)
		n, errN := strconv.Atoi(y)
		if errM != nil || errN != nil {
			return strings.Compare(x, y)
		}
		return cmp.Compare(m, n)
	})
}

// welcome says what runs, and where a Home Assistant finds it.
func (a *App) welcome(tree, listen, url string) {
	fmt.Fprintf(a.Out, "A broker listens at %s, a simulated evcc (%s) publishes there.\n", url, tree)
	host, port, _ := net.SplitHostPort(listen) // it listens there: the address is right
	ip := net.ParseIP(host)
	switch {
	case host == "" || ip != nil && ip.IsUnspecified():
		_, port, _ := net.SplitHostPort(strings.TrimPrefix(url, "mqtt://"))
		fmt.Fprintf(a.Out, "In Home Assistant, add the MQTT integration with broker %s, port %s, and no user or password.\n", strings.Join(reachable(ip), " or "), port)
	case ip == nil || !ip.IsLoopback():
		fmt.Fprintf(a.Out, "In Home Assistant, add the MQTT integration with broker %s, port %s, and no user or password.\n", host, port)
	default:
		fmt.Fprintf(a.Out, "Only programs on this machine reach it; --listen 0.0.0.0:1883 lets your Home Assistant connect.\n")
	}
	fmt.Fprintf(a.Out, "Watch: mosquitto_sub -L %s/%s/# -v\nStop: Ctrl-C\n\n", url, a.Settings.EVCCTopics[0])
}

// reachable lists under which addresses others may reach what listens on all of them, 0.0.0.0 being those of IPv4.
func reachable(all net.IP) []string {
	addresses, _ := net.InterfaceAddrs()
	var list []string
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok && network.IP.IsGlobalUnicast() && (all.To4() == nil || network.IP.To4() != nil) {
			list = append(list, network.IP.String())
		}
	}
	if len(list) == 0 {
		return []string{"this machine's name or address"}
	}
	return list
}
