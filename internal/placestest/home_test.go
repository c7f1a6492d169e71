package placestest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// digest is how long Home Assistant takes from a device message to what follows from it; values of topics that it knows
// already it shows at once. A hundred sensors took it 0.07 to 0.28 s.
const digest = 300 * time.Millisecond

// home is what Home Assistant 2026.11 does with device messages, availability and states.
type home struct {
	w       *world
	pending []parcel // device messages that it has not worked through
	seen    map[string]map[string]*entity
	states  map[string][]*entity // by topic
	judges  map[string][]*entity // by topic of availability
	names   map[string]string    // of devices, by config topic
	all     []*entity            // of loadpoints, in order
}

// entity is one of Home Assistant's.
type entity struct {
	component
	id, config, key string
	state           message         // that it took last
	verdicts        map[string]bool // of its availability, by topic
	latest          bool            // of them
}

// component is what the model reads of one.
type component struct {
	Platform     string          `json:"platform"`
	UniqueID     string          `json:"unique_id"`
	StateTopic   string          `json:"state_topic"`
	CommandTopic string          `json:"command_topic"`
	QoS          int             `json:"qos"`
	Availability *[]availability `json:"availability"`
	Mode         string          `json:"availability_mode"`
}

type availability struct {
	Topic    string `json:"topic"`
	Template string `json:"value_template"`
}

func newHome(w *world) *home {
	return &home{w: w, seen: make(map[string]map[string]*entity), names: make(map[string]string)}
}

func (h *home) next() time.Time {
	if len(h.pending) == 0 {
		return time.Time{}
	}
	return h.pending[0].at
}

// take is a message that arrives while Home Assistant listens.
func (h *home) take(m message) {
	if strings.HasPrefix(m.topic, prefix+"/device/") {
		h.pending = append(h.pending, parcel{at: h.w.now.Add(digest), m: m})
		return
	}
	for _, e := range h.states[m.topic] {
		e.state = m
	}
	for _, e := range h.judges[m.topic] {
		h.judge(e, m)
	}
	if m.topic == base+"/status" && m.payload == "online" {
		h.w.oracle.sees()
	}
	for _, e := range slices.Concat(h.states[m.topic], h.judges[m.topic]) {
		h.w.oracle.look(e)
	}
}

// judge takes a payload of a topic of availability: what is neither online nor offline changes nothing.
func (h *home) judge(e *entity, m message) {
	verdict := m.payload
	for _, a := range *e.Availability {
		if a.Topic != m.topic {
			continue
		}
		switch a.Template { // of a topic that is there twice the last one counts
		case "":
			verdict = m.payload
		default:
			h.w.oracle.fault("model", "a template that this model does not know: %s", a.Template)
		}
	}
	if verdict == "online" || verdict == "offline" {
		e.latest = verdict == "online"
		e.verdicts[m.topic] = e.latest
	}
}

// available is what an entity's conditions say. Each topic counts as offline until something has come.
func (e *entity) available() bool {
	yes, no := false, false
	for _, online := range e.verdicts {
		yes, no = yes || online, no || !online
	}
	switch {
	case e.Mode == "all", len(e.verdicts) == 0:
		return !no
	case e.Mode == "any":
		return yes
	}
	return e.latest
}

// configure works through a device message.
func (h *home) configure() {
	m := h.pending[0].m
	h.pending = h.pending[1:]
	var read struct {
		Device       struct{ Name string }
		Availability []availability
		Mode         string `json:"availability_mode"`
		Components   map[string]component
	}
	if m.payload == "" {
		delete(h.seen, m.topic)
	} else if err := json.Unmarshal([]byte(m.payload), &read); err != nil {
		h.w.oracle.fault("model", "Home Assistant cannot read %s: %v", m.topic, err)
		return
	}
	h.names[m.topic] = read.Device.Name
	device := h.seen[m.topic]
	if device == nil {
		device = make(map[string]*entity)
		h.seen[m.topic] = device
	}
	for _, key := range slices.Sorted(maps.Keys(read.Components)) {
		c := read.Components[key]
		if c.UniqueID == "" {
			delete(device, key)
			continue
		}
		if c.Availability == nil {
			c.Availability = &read.Availability
		}
		if c.Mode == "" {
			c.Mode = read.Mode
		}
		if device[key] == nil {
			device[key] = &entity{id: c.Platform + " " + c.UniqueID, config: m.topic, key: key}
		}
		h.update(device[key], c)
	}
	h.index()
	for _, e := range h.all {
		if e.config == m.topic {
			h.w.oracle.look(e)
		}
	}
}

// update gives an entity its new message. It subscribes anew, and so takes what is retained, only where topic or quality of
// service is another one; until something comes it keeps its state, and a topic of availability its verdict.
func (h *home) update(e *entity, c component) {
	old, verdicts := e.component, e.verdicts
	e.component, e.verdicts = c, make(map[string]bool)
	for _, a := range *c.Availability {
		verdict, known := verdicts[a.Topic]
		if e.verdicts[a.Topic] = verdict; known && old.QoS == c.QoS {
			continue
		}
		if m, there := h.w.retained[a.Topic]; there {
			h.judge(e, m)
		}
	}
	if old.StateTopic == c.StateTopic && old.QoS == c.QoS {
		return
	}
	if m, there := h.w.retained[c.StateTopic]; there {
		e.state = m
	}
}

// index follows what has changed of entities. Those of loadpoints are looked at.
func (h *home) index() {
	h.states, h.judges, h.all = make(map[string][]*entity), make(map[string][]*entity), nil
	for _, config := range slices.Sorted(maps.Keys(h.seen)) {
		for _, key := range slices.Sorted(maps.Keys(h.seen[config])) {
			if strings.Contains(config, "_loadpoint_") {
				h.all = append(h.all, h.seen[config][key])
			}
		}
	}
	for _, e := range h.all {
		if e.StateTopic != "" {
			h.states[e.StateTopic] = append(h.states[e.StateTopic], e)
		}
		for topic := range e.verdicts {
			h.judges[topic] = append(h.judges[topic], e)
		}
	}
}
