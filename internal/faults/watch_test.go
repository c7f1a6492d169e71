package faults

import (
	"strings"
	"time"
)

// space: Home Assistant loses components when a device's messages come too soon after each other.
func (a *adapter) space(topic string) {
	if !strings.HasPrefix(topic, prefix+"/device/") {
		return
	}
	if last, ok := a.sent[topic]; ok && a.w.now.Sub(last) < 5*time.Second {
		a.w.fault("two messages within %v for %s", a.w.now.Sub(last), topic)
	}
	a.sent[topic] = a.w.now
}

// watch holds what the program may never publish.
func (a *adapter) watch(m message) {
	w := a.w
	switch {
	case strings.HasPrefix(m.topic, root+"/"), strings.HasPrefix(m.topic, barn+"/"):
		if m.retained || m.payload == "" || !strings.HasSuffix(m.topic, "/set") {
			w.fault("published under evcc's root: %s %q, retained %t", m.topic, m.payload, m.retained)
		}
	case strings.HasPrefix(m.topic, prefix+"/device/"+base+"/"), strings.HasPrefix(m.topic, base+"/"):
	default:
		w.fault("published outside its own topics: %s", m.topic)
	}
}
