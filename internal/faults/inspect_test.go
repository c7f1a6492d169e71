package faults

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// heal lets everything run again, in any order, and settle.
func (w *world) heal() {
	w.say("everything runs again")
	w.broker.start(true)
	for _, p := range w.peers {
		p.slow, p.twice = time.Time{}, 0
	}
	w.pass(3 * time.Second) // an evcc that stops, stops
	starts := []func(){w.evcc.start, w.home.start, w.adapter.start}
	w.rnd.Shuffle(len(starts), func(i, j int) { starts[i], starts[j] = starts[j], starts[i] })
	for _, start := range starts {
		start()
		if w.rnd.IntN(3) == 0 {
			w.pass(settling)
		}
	}
	w.pass(settling)
	if w.evcc.forgotten { // the remedy that the program names
		w.say("evcc is restarted")
		w.evcc.stop()
		w.pass(5 * time.Second)
		w.evcc.start()
		w.pass(settling)
	}
	w.home.peer.publish(message{base + "/adapter/rediscover/set", "PRESS", false}) // should the user have deleted something
	w.pass(30 * time.Second)
	if w.moved() { // so is this
		w.say("the user lets entities follow their titles")
		w.home.peer.publish(message{base + "/adapter/follow_titles/set", "PRESS", false})
		w.pass(settling)
	}
	if w.rnd.IntN(2) == 0 {
		w.home.stop()
		w.pass(5 * time.Second)
		w.home.start()
		w.pass(settling)
	}
}

// moved reports whether the program says that loadpoints have changed places.
func (w *world) moved() bool {
	for _, n := range slices.Backward(w.adapter.notes) {
		if n.Text == "every loadpoint and meter has its place" || n.Text == "entities go with their titles" {
			return false
		}
		if strings.HasPrefix(n.Text, "other loadpoints or meters stand where") {
			return true
		}
	}
	return false
}

// inspect holds what must be right after everything.
func (w *world) inspect() {
	w.pass(20 * time.Millisecond) // evcc's values of this very instant are still on their way
	w.devices()
	w.entities()
	w.values()
	w.rootOfEvcc()
	w.commands()
	w.idempotent()
	w.deaths()
}

// devices: exactly those that evcc has, on the broker and in Home Assistant.
func (w *world) devices() {
	want := map[string]bool{"evcc-discovery": true, w.evcc.value("site/siteTitle"): true}
	for i := range w.evcc.titles {
		want[w.evcc.titles[i]] = true
	}
	for key, value := range w.evcc.core.Tree() {
		if strings.HasPrefix(key, "vehicles/") && strings.HasSuffix(key, "/title") && value != "" {
			want[value] = true
		}
	}
	have := make(map[string]bool)
	for topic, payload := range w.broker.retained {
		if !strings.HasPrefix(topic, prefix+"/device/") {
			continue
		}
		var m struct{ Device struct{ Name string } }
		if err := json.Unmarshal([]byte(payload), &m); err != nil {
			w.fault("retained on %s: %v", topic, err)
		}
		name := m.Device.Name
		if have[name] {
			w.fault("two devices are named %s", name)
		}
		have[name] = true
		if !want[name] && !strings.HasPrefix(name, "Battery") && !strings.HasPrefix(name, "PV") && !strings.HasPrefix(name, "Grid") {
			w.fault("a device that evcc does not have: %s (%s)", name, topic)
		}
	}
	for name := range want {
		if !have[name] {
			w.fault("there is no device %q", name)
		}
	}
}

// entities: Home Assistant has those of the retained messages and no others.
func (w *world) entities() {
	wanted := make(map[string]bool)
	for topic, payload := range w.broker.retained {
		if !strings.HasPrefix(topic, prefix+"/device/") {
			continue
		}
		var m struct{ Components map[string]component }
		if err := json.Unmarshal([]byte(payload), &m); err != nil {
			continue
		}
		for key, c := range m.Components {
			id := c.Platform + " " + c.UniqueID
			wanted[id] = true
			if _, ok := w.home.registry[id]; !ok {
				w.fault("Home Assistant does not have %s %s", topic, key)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(w.home.registry)) {
		if e := w.home.registry[id]; !wanted[id] && !w.adapter.gone[e.config] {
			w.fault("an orphan in Home Assistant: %s of %s", id, e.config)
		}
	}
}

// values: every entity is available, and what it reads is what evcc says. What evcc does not say any more Home Assistant
// keeps in its memory if it was away when evcc emptied it; nobody can tell it then.
func (w *world) values() {
	for topic, components := range w.home.devices() {
		for key, c := range components {
			if !w.home.available(&c) {
				w.fault("%s %s is unavailable: %v", topic, key, w.verdict(&c))
			}
			if _, said := w.broker.retained[c.StateTopic]; !said || !strings.HasPrefix(c.StateTopic, root+"/") {
				continue
			}
			if got, want := w.home.values[c.StateTopic], w.evcc.value(c.StateTopic); got != want {
				w.fault("%s %s reads %q on %s, evcc says %q", topic, key, got, c.StateTopic, want)
			}
		}
	}
}

func (w *world) verdict(c *component) (list []string) {
	for _, a := range c.conditions() {
		list = append(list, a.Topic+"="+w.home.values[a.Topic])
	}
	return list
}

// rootOfEvcc: below it is what evcc has published, and nothing else.
func (w *world) rootOfEvcc() {
	for topic := range w.broker.retained {
		if strings.HasPrefix(topic, root+"/") && !w.evcc.published[topic] {
			w.fault("retained below evcc's root, and not by evcc: %s", topic)
		}
	}
}

// commands: each of this run of the program has ended, and new ones are accepted.
func (w *world) commands() {
	if w.adapter.asked != w.adapter.answered {
		w.fault("%d commands, %d answers", w.adapter.asked, w.adapter.answered)
	}
	for _, c := range w.home.controls() {
		if c.Platform != "select" || !strings.HasSuffix(c.CommandTopic, "/mode/set") || !strings.Contains(c.CommandTopic, "/loadpoint/") {
			continue
		}
		for _, mode := range []string{"now", "off"} {
			w.home.peer.publish(message{c.CommandTopic, mode, false})
			w.pass(5 * time.Second)
			if got, said := w.evcc.value(c.StateTopic), w.adapter.lastEnd; got != mode || said != "command accepted" {
				w.fault("%s = %s: %s, and evcc's mode is %q", c.CommandTopic, mode, said, got)
			}
		}
	}
}

// idempotent: another start of the program changes nothing of what is retained.
func (w *world) idempotent() {
	forgotten := []string{"/command_problem/", "/hold_battery/"} // by a stop
	before := w.ours()
	if strings.Contains(before[base+"/adapter/problem/attributes"], `"code":"command_failed"`) {
		forgotten = append(forgotten, "/adapter/problem/")
	}
	w.adapter.stop()
	w.pass(2 * time.Second)
	w.adapter.start()
	w.pass(time.Minute)
	after := w.ours()
	for _, topic := range slices.Sorted(maps.Keys(merged(before, after))) {
		if before[topic] != after[topic] && !slices.ContainsFunc(forgotten, func(part string) bool { return strings.Contains(topic, part) }) {
			w.fault("a restart of the program changes %s\n\tfrom %s\n\tto   %s", topic, before[topic], after[topic])
		}
	}
}

func merged(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// ours is what the program retains.
func (w *world) ours() map[string]string {
	kept := make(map[string]string)
	for topic, payload := range w.broker.retained {
		if strings.HasPrefix(topic, prefix+"/device/") || strings.HasPrefix(topic, base+"/") {
			kept[topic] = payload
		}
	}
	return kept
}

// stale: while a crashed evcc starts again, what it left on the broker is not shown as current. It is asked whenever
// availability changes.
func (w *world) stale() {
	if !w.evcc.on || !w.evcc.watched || w.evcc.value(root+"/loadpoints") != "" || w.evcc.value(root+"/status") != "online" {
		return
	}
	for topic, components := range w.home.devices() {
		for key, c := range components {
			if strings.HasPrefix(c.StateTopic, root+"/loadpoints/") && w.home.available(&c) {
				w.fault("evcc has crashed and only just starts, and %s %s is available", topic, key)
				return
			}
		}
	}
}

// deaths: what reads evcc is unavailable as soon as evcc is dead, and what we control as soon as we are.
func (w *world) deaths() {
	w.evcc.kill()
	w.pass(2 * time.Second)
	for topic, components := range w.home.devices() {
		for key, c := range components {
			if strings.HasPrefix(c.StateTopic, root+"/") && c.StateTopic != root+"/status" && w.home.available(&c) {
				w.fault("evcc is dead and %s %s is available", topic, key)
			}
		}
	}
}
