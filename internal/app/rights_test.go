package app_test

import (
	"context"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/internal/app"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/mqtt/mosquitto"
	"evcc-discovery/internal/simulator"
	"evcc-discovery/translations"
)

// rights returns the access list of docs/broker.md, without the lines of this program that are named.
func rights(t *testing.T, without ...string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/broker.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(text), "\n```\n")
	list, _, ok := strings.Cut(block, "\n```\n")
	before, ours, found := strings.Cut(list, "user evcc-discovery\n")
	ours, after, more := strings.Cut(ours, "user homeassistant\n")
	if !ok || !found || !more {
		t.Fatal("docs/broker.md has no access list for the three")
	}
	for _, line := range without {
		if !strings.Contains(ours, "topic "+line+"\n") {
			t.Fatalf("this program has no right %q", line)
		}
		ours = strings.Replace(ours, "topic "+line+"\n", "", 1)
	}
	return before + "user evcc-discovery\n" + ours + "user homeassistant\n" + after + "\nuser test\ntopic readwrite #\n"
}

// limited is a world where everybody has the rights of docs/broker.md, and the tests see all.
type limited struct {
	*world
	broker mqtt.Options
}

func newLimited(t *testing.T, list string, settings ...string) *limited {
	t.Helper()
	file := filepath.Join(t.TempDir(), "acl")
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	broker := mqtt.Options{URL: mosquitto.Start(t, "", "", append(settings, "acl_file "+file)...)}
	l := &limited{broker: broker}
	l.world = worldOn(t, l.as("test"), newest)
	background(t, func(ctx context.Context) error { return app.RunEvccOn(ctx, l.as("evcc"), l.evcc) })
	l.cycle(t)
	return l
}

func (l *limited) as(user string) mqtt.Options {
	o := l.broker
	o.Username = user
	return o
}

// TestRights: with exactly the rights of docs/broker.md everything works.
func TestRights(t *testing.T) {
	t.Parallel()
	l := newLimited(t, rights(t))
	a, log := newApp(l.as("evcc-discovery"))
	adapter := background(t, a.Run)
	l.devices(t, log)
	l.wait(t, ready, "online")

	home := newObserver()
	home.client = connect(t, l.as("homeassistant"), home.see)
	if err := home.client.Subscribe(0, "homeassistant/#", "evcc/#", "evcc-discovery/#"); err != nil {
		t.Fatal(err)
	}
	home.until(t, "all devices", func() bool { return home.configs() == l.configs() })
	home.wait(t, "evcc-discovery/status", "online")
	home.wait(t, "evcc/status", "online")

	say := func(topic, payload string) {
		t.Helper()
		if err := home.client.Publish(mqtt.Message{Topic: topic, Payload: []byte(payload), QoS: 1}); err != nil {
			t.Fatal(err)
		}
	}
	for _, command := range [][3]string{
		{"evcc-discovery/evcc/site/residual_power/set", "120", "site.residual_power"},
		{"evcc-discovery/evcc/loadpoint/1/mode/set", "off", "loadpoint.mode"},
		{"evcc-discovery/evcc/vehicle/vehicle_5f1/min_soc/set", "20", "vehicle.min_soc"},
	} {
		say(command[0], command[1])
		log.wait(t, "command accepted", command[2])
	}
	say("homeassistant/status", "online")
	log.wait(t, "Home Assistant started")
	say("evcc-discovery/adapter/rediscover/set", "PRESS")
	log.wait(t, "publishing every device again, including")
	l.wait(t, "evcc-discovery/adapter/problem/state", "false")
	if n := log.count(`"level":"warn"`) + log.count(`"level":"error"`); n > 0 {
		t.Errorf("something is wrong with these rights:\n%s", log)
	}
	adapter.stop()
	if err := a.Remove(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if left := ours(t, l.as("test")); len(left) > 0 {
		t.Errorf("left after remove: %v", slices.Sorted(maps.Keys(left)))
	}
}

// TestMissingRights: each right that is missing is named as what it is, as docs/broker.md says.
func TestMissingRights(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		missing  string
		settings []string
		command  string   // that is sent
		says     []string // parts of a line of the log
		not      string
	}{
		"our topics":   {missing: "readwrite evcc-discovery/#", says: []string{"broker_drops", "does not return our messages"}, not: "message_too_large"},
		"devices":      {missing: "readwrite homeassistant/device/evcc-discovery/+/config", says: []string{"message_too_large", "allow our user to write and read", "evcc-discovery/adapter/config"}},
		"evcc":         {missing: "read evcc/#", says: []string{"evcc_missing", "or allow our user to read it"}},
		"commands":     {missing: "write evcc/loadpoints/+/+/set", command: "evcc-discovery/evcc/loadpoint/1/mode/set off", says: []string{"command unanswered", "the broker did not return it", "evcc/loadpoints/1/mode/set"}, not: "too old"},
		"closes":       {missing: "readwrite homeassistant/device/evcc-discovery/+/config", settings: []string{"max_queued_messages 0"}, says: []string{"broker_closes", "it may deny one of our messages"}, not: "client id"},
		"our own, too": {missing: "readwrite evcc-discovery/#", settings: []string{"max_queued_messages 0"}, says: []string{"broker_closes", "it may deny one of our messages"}, not: "client id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLimited(t, rights(t, tt.missing), tt.settings...)
			a, log := newApp(l.as("evcc-discovery"))
			background(t, a.Run)
			if topic, payload, ok := strings.Cut(tt.command, " "); ok {
				l.devices(t, log)
				l.wait(t, ready, "online")
				l.send(t, topic, payload)
			}
			log.wait(t, tt.says...)
			if tt.not != "" && log.count(tt.not) > 0 {
				t.Errorf("the log says %q:\n%s", tt.not, log)
			}
		})
	}
}

// TestRightsOfSetters: what is sent to any evcc is in the access list, and nothing of evcc's is but what is sent.
func TestRightsOfSetters(t *testing.T) {
	t.Parallel()
	_, list, _ := strings.Cut(rights(t), "user evcc-discovery\n")
	list, _, _ = strings.Cut(list, "user ")
	words, err := translations.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	setters := make(map[string]bool)
	for _, name := range simulator.Trees() {
		captured, err := simulator.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		tree := entities.Tree(captured)
		for _, compatible := range []bool{false, true} {
			site := discovery.Site{Root: "evcc", Base: "evcc-discovery", Prefix: "homeassistant", Compatible: compatible, Words: words}
			for _, control := range site.Wanted(tree, discovery.Registry{}, true).Commands {
				setters["evcc/"+control.Instance.Set+"/set"] = true
			}
		}
	}
	if len(setters) < 50 {
		t.Errorf("only %d setters are known", len(setters))
	}
	used := make(map[string]bool)
	for setter := range setters {
		allowed := false
		for line := range strings.Lines(list) {
			filter, write := strings.CutPrefix(strings.TrimSpace(line), "topic write ")
			if fits, _ := path.Match(strings.ReplaceAll(filter, "+", "*"), setter); write && fits {
				allowed, used[filter] = true, true
			}
		}
		if !allowed {
			t.Errorf("docs/broker.md does not let this program write %s", setter)
		}
	}
	if n := strings.Count(list, "topic write "); n != len(used) {
		t.Errorf("docs/broker.md lets this program write to %d filters, and it needs %d", n, len(used))
	}
}
