package faults

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// unnamed are devices that have no title in evcc, or one that does not matter here.
var unnamed = regexp.MustCompile("^(evcc|barn) (Battery|Hausbatterie|PV|Grid)")

// inspect holds what must be right after everything.
func (w *world) inspect() {
	w.quiesce()
	if w.worker() == nil {
		w.fault("nobody is at work")
		return
	}
	w.devices()
	w.entities()
	w.values()
	w.rootOfEvcc()
	w.commands()
	w.idempotent()
	w.deaths()
}

// quiesce waits until nothing is on its way: evcc's values of this very instant may be.
func (w *world) quiesce() {
	for range 1000 {
		if !slices.ContainsFunc(w.peers, func(p *peer) bool { return len(p.inbox) > 0 || len(p.outbox) > 0 }) {
			return
		}
		w.pass(time.Millisecond)
	}
	w.fault("messages are on their way all the time")
}

// devices: exactly those that evcc has, on the broker and in Home Assistant.
func (w *world) devices() {
	want := map[string]bool{"adapter evcc-discovery": true}
	for _, e := range w.evccs() {
		if e == w.barn && w.roots == root {
			continue
		}
		want[e.root+" "+e.value("site/siteTitle")] = true
		for i := range e.titles {
			want[e.root+" "+e.titles[i]] = true
		}
		for key, value := range e.core.Tree() {
			if strings.HasPrefix(key, "vehicles/") && strings.HasSuffix(key, "/title") && value != "" {
				want[e.root+" "+value] = true
			}
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
		site, _, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(topic, prefix+"/device/"+base+"/"), "/config"), "_")
		name := site + " " + m.Device.Name
		if have[name] {
			w.fault("two devices are named %s", name)
		}
		have[name] = true
		if !want[name] && !unnamed.MatchString(name) {
			w.fault("a device that evcc does not have: %s (%s)", name, topic)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
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
	orphans := make(map[string][]string)
	for _, id := range slices.Sorted(maps.Keys(w.home.registry)) {
		if e := w.home.registry[id]; !wanted[id] && !w.gone[e.config] {
			orphans[e.config] = append(orphans[e.config], e.key)
		}
	}
	for _, config := range slices.Sorted(maps.Keys(orphans)) {
		w.fault("%d orphans in Home Assistant of %s: %s …", len(orphans[config]), config, orphans[config][0])
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
			if _, said := w.broker.retained[c.StateTopic]; !said || !evccs(c.StateTopic) {
				continue
			}
			if got, want := w.home.values[c.StateTopic], w.owner(c.StateTopic).value(c.StateTopic); got != want {
				w.fault("%s %s reads %q on %s, evcc says %q", topic, key, got, c.StateTopic, want)
			}
		}
	}
}

// evccs reports whether it is a topic of an evcc.
func evccs(topic string) bool {
	return strings.HasPrefix(topic, root+"/") || strings.HasPrefix(topic, barn+"/")
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
		if evccs(topic) && !w.owner(topic).published[topic] {
			w.fault("retained below evcc's root, and not by evcc: %s", topic)
		}
	}
}

// commands: each of this run of the program has ended, and new ones are accepted.
func (w *world) commands() {
	for _, a := range []*adapter{w.adapter, w.second} {
		if a.core != nil && a.asked != a.answered {
			w.fault("%s: %d commands, %d answers", a.name, a.asked, a.answered)
		}
	}
	if w.readOnly {
		w.controls()
		return
	}
	for _, c := range w.home.controls() {
		if c.Platform != "select" || !strings.HasSuffix(c.CommandTopic, "/mode/set") || !strings.Contains(c.CommandTopic, "/loadpoint/") {
			continue
		}
		for _, mode := range []string{"now", "off"} {
			w.home.peer.publish(message{c.CommandTopic, mode, false})
			w.pass(5 * time.Second)
			if got, said := w.owner(c.StateTopic).value(c.StateTopic), w.worker().lastEnd; got != mode || said != "command accepted" {
				w.fault("%s = %s: %s, and evcc's mode is %q", c.CommandTopic, mode, said, got)
			}
		}
	}
}

// controls: with READ_ONLY there are none.
func (w *world) controls() {
	for topic, payload := range w.broker.retained {
		if strings.HasPrefix(topic, prefix+"/device/") && strings.Contains(payload, `"command_topic"`) {
			w.fault("nothing can be told, and there are controls in %s", topic)
		}
	}
}

// idempotent: another start of the program changes nothing of what is retained.
func (w *world) idempotent() {
	forgotten := []string{"/command_problem/", "/hold_battery/", "/site/battery_mode/"} // by a stop
	before := w.ours()
	if strings.Contains(before[base+"/adapter/problem/attributes"], `"code":"command_failed"`) {
		forgotten = append(forgotten, "/adapter/problem/")
	}
	a := w.worker()
	a.stop() // should there be a second one, it takes over
	w.pass(2 * time.Second)
	a.start()
	w.pass(time.Minute)
	after := w.ours()
	if w.second.core != nil && (w.gone[base+"/"+root+"/registry"] || w.gone[base+"/"+barn+"/registry"]) {
		return // the broker had forgotten it, and the one that knew less was first: the other, that knows more, puts that right
	}
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
	for _, e := range w.evccs() {
		e.kill()
	}
	w.pass(2 * time.Second)
	for topic, components := range w.home.devices() {
		for key, c := range components {
			if evccs(c.StateTopic) && !strings.HasSuffix(c.StateTopic, "/status") && w.home.available(&c) {
				w.fault("evcc is dead and %s %s is available", topic, key)
			}
		}
	}
}
