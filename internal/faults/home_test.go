package faults

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// home is what Home Assistant does with discovery messages, availability and states, as facts about 2026.11 have it.
type home struct {
	w       *world
	peer    *peer
	running bool
	since   time.Time // connected
	birth   time.Time

	seen     map[string]map[string]component // config topic → components, of this run
	registry map[string]entity               // by platform and unique id; survives
	verdicts map[string]string               // availability topic → online, offline
	values   map[string]string               // state topic → payload, of this run
	names    map[string]string               // config topic → device's name, of this run

	charging map[string]string // states of the entities that tell whether a car charges, by unique id, of this run
	spanned  int               // how often one was on, then none of the two, then on again
}

// entity is a line of the registry.
type entity struct {
	config, key string
	component   component
}

// component is what we read of one.
type component struct {
	Platform     string          `json:"platform"`
	UniqueID     string          `json:"unique_id"`
	StateTopic   string          `json:"state_topic"`
	CommandTopic string          `json:"command_topic"`
	Options      []string        `json:"options"`
	Min          float64         `json:"min"`
	Max          float64         `json:"max"`
	PayloadOn    string          `json:"payload_on"`
	PayloadPress string          `json:"payload_press"`
	Availability *[]availability `json:"availability"`
	shared       []availability
}

type availability struct {
	Topic    string `json:"topic"`
	Template string `json:"value_template"`
}

func newHome(w *world) *home {
	h := &home{w: w, registry: make(map[string]entity)}
	h.peer = w.join("home", h, message{prefix + "/status", "offline", false})
	h.forget()
	return h
}

// forget is what the end of the process does.
func (h *home) forget() {
	h.seen, h.names = make(map[string]map[string]component), make(map[string]string)
	h.verdicts, h.values = make(map[string]string), make(map[string]string)
	h.charging = make(map[string]string)
}

func (h *home) start() {
	if h.running {
		return
	}
	h.running = true
	h.forget()
	h.peer.connect(4 * time.Second)
}

func (h *home) stop() {
	if h.running {
		h.peer.publish(message{prefix + "/status", "offline", false})
		h.running, h.birth = false, time.Time{}
		h.peer.leave()
	}
}

func (h *home) kill() {
	h.running, h.birth = false, time.Time{}
	h.peer.vanish()
}

func (h *home) darken() {
	h.running, h.birth = false, time.Time{}
	h.peer.darken()
}

func (h *home) up() {
	h.since = h.w.now
	h.peer.subscribe(prefix + "/device/+/+/config")
	for _, topic := range slices.Sorted(maps.Keys(h.topics())) {
		h.peer.subscribe(topic)
	}
	h.birth = h.w.now.Add(5 * time.Second)
	h.automate()
}

func (h *home) down() {
	h.birth = time.Time{}
	h.automate()
}

func (h *home) next() time.Time { return h.birth }

func (h *home) tick() {
	h.birth = time.Time{}
	h.peer.publish(message{prefix + "/status", "online", false})
}

// topics are those that entities listen to.
func (h *home) topics() map[string]bool {
	all := make(map[string]bool)
	for _, components := range h.seen {
		for _, c := range components {
			c.listen(all)
		}
	}
	return all
}

func (c *component) listen(topics map[string]bool) {
	if c.StateTopic != "" {
		topics[c.StateTopic] = true
	}
	for _, a := range c.conditions() {
		topics[a.Topic] = true
	}
}

func (c *component) conditions() []availability {
	if c.Availability != nil {
		return *c.Availability
	}
	return c.shared
}

func (h *home) take(m message) {
	if strings.HasPrefix(m.topic, prefix+"/device/") {
		if !h.birth.IsZero() {
			h.birth = h.w.now.Add(5 * time.Second) // it waits until discovery is quiet
		}
		h.discover(m.topic, m.payload)
		h.automate()
		return
	}
	if m.payload == "online" || m.payload == "offline" {
		h.verdicts[m.topic] = m.payload
	}
	h.values[m.topic] = m.payload
	if !strings.Contains(m.topic, "/site/") {
		h.automate()
	}
	if m.topic == root+"/status" {
		h.w.stale()
	}
}

// deletes is what a user does to a device: its topic is emptied once for each component.
func (h *home) deletes(topic string) {
	h.w.deleted[topic] = true
	for range h.seen[topic] {
		h.peer.publish(message{topic, "", true})
	}
	for key, c := range maps.Clone(h.seen[topic]) {
		h.remove(topic, key, c)
	}
	delete(h.seen, topic)
}

// available is what the entity's conditions say, all of which must hold.
func (h *home) available(c *component) bool {
	if !h.running || !h.peer.session {
		return false
	}
	for _, a := range c.conditions() {
		switch a.Template {
		case "":
			if h.verdicts[a.Topic] != "online" {
				return false
			}
		default:
			h.w.fault("a template that this model does not know: %s", a.Template)
		}
	}
	return true
}

// devices are those that Home Assistant has and the broker still knows of.
func (h *home) devices() map[string]map[string]component {
	known := maps.Clone(h.seen)
	maps.DeleteFunc(known, func(topic string, _ map[string]component) bool { return h.w.broker.retained[topic] == "" })
	return known
}

// controls are the entities that take commands, in order.
func (h *home) controls() []component {
	var all []component
	for _, topic := range slices.Sorted(maps.Keys(h.devices())) {
		for _, key := range slices.Sorted(maps.Keys(h.seen[topic])) {
			if c := h.seen[topic][key]; c.CommandTopic != "" && !strings.HasPrefix(c.CommandTopic, base+"/adapter/") {
				all = append(all, c)
			}
		}
	}
	return all
}
