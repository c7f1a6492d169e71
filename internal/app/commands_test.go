package app_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"evcc-discovery/internal/simulator"
)

// control is a component that Home Assistant can set.
type control struct {
	key     string // platform_row
	device  string
	Command string   `json:"command_topic"`
	Options []string `json:"options"`
	Press   string   `json:"payload_press"`
	State   string   `json:"state_topic"`
	Min     float64  `json:"min"`
	Max     float64  `json:"max"`
	Step    float64  `json:"step"`
}

// controls returns all of them, those first that others depend on.
func controls(t *testing.T, configs map[string]string) []control {
	t.Helper()
	var all []control
	for topic, payload := range configs {
		var m struct {
			Device     struct{ Name string }
			Components map[string]control
		}
		if !strings.HasSuffix(topic, "/config") {
			continue
		}
		if err := json.Unmarshal([]byte(payload), &m); err != nil {
			t.Fatal(topic, err)
		}
		for key, c := range m.Components {
			plan := strings.Contains(key, "_plan") && !strings.Contains(key, "_strategy_") // TestPlans
			if c.Command != "" && !plan && m.Device.Name != "evcc-discovery" {             // its own are not for evcc
				c.key, c.device = key, m.Device.Name
				all = append(all, c)
			}
		}
	}
	slices.SortFunc(all, func(a, b control) int {
		return cmp.Or(cmp.Compare(a.turn(), b.turn()), strings.Compare(a.Command, b.Command))
	})
	return all
}

// turn puts first what makes room for others, and last the mode of a device that then allows no battery boost.
func (c control) turn() int {
	switch {
	case c.key == "select_mode" && !slices.Contains(c.Options, "minpv"):
		return 2
	case c.key == "select_mode", c.key == "number_buffer_soc":
		return 0
	}
	return 1
}

// value returns a valid command that is not what evcc has, as far as there is another.
func (c control) value(now string) string {
	switch {
	case c.Press != "":
		return c.Press
	case c.key == "select_mode" && now != "minpv" && slices.Contains(c.Options, "minpv"):
		return "minpv" // allows the battery boost
	case len(c.Options) > 0:
		for _, o := range c.Options {
			if o != now && o != "-" && o != "unknown" {
				return o
			}
		}
		return c.Options[0]
	case strings.HasPrefix(c.key, "switch_"):
		return strconv.FormatBool(now != "true")
	case c.key == "number_buffer_soc":
		return "80" // room for the levels below and above it
	case c.key == "number_buffer_start_soc":
		return "90"
	}
	v, _ := strconv.ParseFloat(now, 64)
	if v+c.Step <= c.Max {
		v += c.Step
	} else {
		v -= c.Step
	}
	return strconv.FormatFloat(max(v, c.Min), 'f', -1, 64)
}

// Every control that Home Assistant is offered reaches evcc, is acknowledged and has its effect.
func TestEveryControl(t *testing.T) {
	t.Parallel()
	everyProfile(t, func(t *testing.T, tree string) {
		w := newWorld(t, tree)
		w.up(t)
		_, log := w.published(t)
		if w.topic("evcc/loadpoints/2/alwaysCharge") != "" { // there is but one mode that allows the battery boost
			w.evcc.Do(simulator.Message{Topic: "evcc/loadpoints/2/mode/set", Payload: "smart"})
			w.wait(t, "evcc/loadpoints/2/mode", "smart")
		}
		list := controls(t, ours(t, w.broker))
		if len(list) < 20 {
			t.Fatalf("only %d controls: %+v", len(list), list)
		}
		for i, c := range list {
			command := c.value(w.topic(c.State))
			if command == w.topic(c.State) {
				t.Errorf("%s %s: %q changes nothing", c.device, c.key, command)
			}
			from := len(w.messages(0))
			w.send(t, c.Command, command)
			log.until(t, "the result of "+c.Command, func() bool { return log.count(`"command `) > i })
			if line := log.last(); !strings.Contains(line, "command accepted") {
				t.Errorf("%s %s %q: %s", c.device, c.key, command, line)
				continue
			}
			w.has(t, c, w.relayed(t, c, from), from)
		}
		t.Logf("%d controls of %s", len(list), tree)
	})
}

// relayed waits for what evcc is sent and for its acknowledgement, and returns the /set topic.
func (w *world) relayed(t *testing.T, c control, from int) (set string) {
	t.Helper()
	w.until(t, "evcc's acknowledgement of "+c.Command, func() bool {
		for _, m := range w.messages(from) {
			switch {
			case !strings.HasPrefix(m.Topic, "evcc/"):
			case len(m.Payload) > 0:
				set = m.Topic
			case m.Topic == set:
				return true
			}
		}
		return false
	})
	return set
}

// has checks evcc's value against what it was sent.
func (w *world) has(t *testing.T, c control, set string, from int) {
	t.Helper()
	sent := ""
	for _, m := range w.messages(from) {
		if m.Topic == set && len(m.Payload) > 0 {
			sent = string(m.Payload)
		}
	}
	key := strings.TrimPrefix(c.State, "evcc/")
	if key == c.State { // a state of ours, made of evcc's
		key = strings.TrimSuffix(strings.TrimPrefix(set, "evcc/"), "/set")
		if _, itself := w.evcc.Value(key); !itself && strings.HasPrefix(key, "site/") { // what all loadpoints have
			key = "loadpoints/1/" + strings.TrimPrefix(key, "site/")
		} else if !itself && c.Press == "" {
			key += "Name" // of the vehicle
		}
	}
	var got string
	w.until(t, c.device+" "+c.key+": evcc's "+key+" as sent: "+sent, func() bool {
		got, _ = w.evcc.Value(key)
		return got == wanted(t, key, sent)
	})
}

// wanted is the value that follows from a set payload; evcc shows a limit that is not set as nothing.
func wanted(t *testing.T, key, sent string) string {
	t.Helper()
	if sent == "-" {
		return ""
	}
	if !strings.HasPrefix(sent, "{") {
		return sent
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(sent), &fields); err != nil {
		t.Fatal(err)
	}
	value, _ := json.Marshal(fields[key[strings.LastIndexByte(key, '/')+1:]])
	return string(value)
}

// last returns the newest line.
func (l *logs) last() (last string) {
	for line := range strings.Lines(l.String()) {
		last = line
	}
	return last
}
