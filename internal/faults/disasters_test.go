package faults

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// blackout: everything loses power at once, and starts again in any order.
func (w *world) blackout() {
	w.broker.kill()
	for _, e := range w.evccs() {
		e.darken()
		w.after(w.between(20*time.Second, 3*time.Minute), e.start)
	}
	w.home.darken()
	w.after(w.between(20*time.Second, 2*time.Minute), w.home.start)
	w.adapter.darken()
	w.after(w.between(20*time.Second, 2*time.Minute), w.adapter.start)
	w.after(w.between(10*time.Second, 30*time.Second), func() { w.broker.start(true) })
}

// wipe: somebody who follows a forum's advice against ghosts clears the whole discovery prefix.
func (w *world) wipe() {
	if !w.broker.running {
		return
	}
	var topics []string
	for topic := range w.broker.retained {
		if strings.HasPrefix(topic, prefix+"/") {
			topics = append(topics, topic)
		}
	}
	slices.Sort(topics)
	for _, p := range w.peers {
		p.twice = 0 // twice emptied is deleted by the user
	}
	for _, topic := range topics {
		w.broker.publish(nil, message{topic, "", true})
		w.robbed(topic)
	}
}

// reorder: two loadpoints change places in evcc's configuration.
func (w *world) reorder() {
	if n := len(w.evcc.pending); n > 1 {
		i := w.rnd.IntN(n - 1)
		w.evcc.pending = slices.Clone(w.evcc.pending)
		w.evcc.pending[i], w.evcc.pending[i+1] = w.evcc.pending[i+1], w.evcc.pending[i]
		w.restartEvcc()
	}
}

// bridge: evcc has a broker of its own from then on, and a bridge to ours that retains nothing, or no longer.
func (w *world) bridge() {
	if p := w.some().peer; p.behind == nil {
		w.broker.part(p)
	} else {
		w.broker.join(p)
	}
}

// part: what the client retains is behind the bridge.
func (b *broker) part(p *peer) {
	p.behind = make(map[string]string)
	for topic, payload := range b.retained {
		if b.w.owner(topic).peer == p && evccs(topic) {
			p.behind[topic] = payload
			delete(b.retained, topic)
		}
	}
}

// join: the bridge sends all of that, to be retained here.
func (b *broker) join(p *peer) {
	behind := p.behind
	p.behind = nil
	for _, topic := range slices.Sorted(maps.Keys(behind)) {
		b.publish(nil, message{topic, behind[topic], true})
	}
}
