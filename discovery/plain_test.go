package discovery_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// Whatever evcc, or somebody in its place, publishes: no text of a device message holds what nobody can show, and no topic
// what Home Assistant refuses.
func TestMessagesArePlain(t *testing.T) {
	t.Parallel()
	const foul = "\x00\x1b[2J\n\u202e\u0085x"
	tree := readTree(t, trees[len(trees)-1])
	for path, value := range tree {
		switch {
		case strings.HasSuffix(path, "itle"), strings.HasSuffix(path, "/name"), strings.HasSuffix(path, "ersion"), strings.HasSuffix(path, "urrency"):
			tree[path] = value + foul
		}
	}
	for _, name := range []string{"car\x01", "car\u0085", "car\u202e"} {
		tree["vehicles/"+name+"/title"] = foul
		tree["vehicles/"+name+"/limitSoc"] = "1"
		tree["site/circuits/"+name+"/power"] = "1"
	}
	w := site(t).Wanted(tree, discovery.Registry{}, true)
	for _, c := range w.Configs {
		var message any
		if err := json.Unmarshal([]byte(c.Payload), &message); err != nil {
			t.Fatal(err)
		}
		plain(t, c.Topic, message)
	}
	for topic := range w.Commands {
		plain(t, "command", topic)
	}
	for _, m := range w.Messages() {
		if err := m.Check(); err != nil {
			t.Error(err)
		}
	}
	if len(w.Configs) < 8 {
		t.Errorf("only %d devices", len(w.Configs))
	}
}

func plain(t *testing.T, where string, v any) {
	switch v := v.(type) {
	case string:
		if !entities.IsClean(v) {
			t.Errorf("%s: %q", where, v)
		}
	case []any:
		for i, item := range v {
			plain(t, fmt.Sprint(where, "/", i), item)
		}
	case map[string]any:
		for key, item := range v {
			plain(t, where, key)
			plain(t, where+"/"+key, item)
		}
	}
}

// Check finds them, too.
func TestCheckFindsControlCharacters(t *testing.T) {
	t.Parallel()
	m := &discovery.Message{
		Device: discovery.Device{Identifiers: []string{"a"}, Name: "Garage\x00"}, Origin: discovery.Origin{Name: "x"}, AvailabilityMode: "all",
		Components: map[string]discovery.Component{"button_x": &discovery.Button{
			Common: discovery.Common{Platform: "button", UniqueID: "u", DefaultEntityID: "button.x", Name: "Pre\nss"}, Writer: discovery.Writer{CommandTopic: "a"}, PayloadPress: "x"}},
	}
	if err := m.Check(); err == nil || strings.Count(err.Error(), "cannot be shown") != 2 {
		t.Errorf("%v", err)
	}
}
