package faults

import (
	"slices"
	"strings"
	"time"
)

// peer is a client with its connection.
type peer struct {
	w      *world
	name   string
	client client
	will   message
	spy    func(m message) // sees what the broker gets of this client

	session bool      // the broker has it, and so does the client
	zombie  bool      // the broker still has it, the client does not
	retry   time.Time // when the client tries to connect; zero = it does not
	exact   map[string]bool
	wild    []string
	inbox   []parcel // to the client
	outbox  []parcel // to the broker
	slow    time.Time
	twice   int               // how many of the next messages come twice
	behind  map[string]string // what it retains where it has a bridge to ours that retains nothing; nil = none
}

// parcel is something on its way over the network.
type parcel struct {
	at   time.Time
	m    message
	kind parcelKind
}

type parcelKind uint8

const (
	aMessage parcelKind = iota
	aSubscription
	anUnsubscription
	aConnection // to the client
	aGoodbye    // to the broker: DISCONNECT
	aDrop       // to the broker: the socket closes
)

func (w *world) join(name string, c client, will message) *peer {
	p := &peer{w: w, name: name, client: c, will: will}
	w.peers = append(w.peers, p)
	return p
}

func (p *peer) subscribed(topic string) bool {
	return p.exact[topic] || slices.ContainsFunc(p.wild, func(f string) bool { return matches(f, topic) })
}

// latency of the network.
func (p *peer) latency() time.Duration { return p.w.between(200*time.Microsecond, 3*time.Millisecond) }

// put adds a parcel in order.
func (p *peer) put(queue *[]parcel, m message, kind parcelKind) {
	at := p.w.now.Add(p.latency())
	if at.Before(p.slow) {
		at = p.slow
	}
	if n := len(*queue); n > 0 && (*queue)[n-1].at.After(at) {
		at = (*queue)[n-1].at
	}
	*queue = append(*queue, parcel{at, m, kind})
}

func (p *peer) deliver(m message) {
	p.put(&p.inbox, m, aMessage)
	if p.twice > 0 {
		p.twice--
		p.put(&p.inbox, m, aMessage)
	}
}

// What a client does. Without a connection it is lost.

func (p *peer) publish(m message)       { p.send(m, aMessage) }
func (p *peer) subscribe(filter string) { p.send(message{topic: filter}, aSubscription) }
func (p *peer) unsubscribe(f string)    { p.send(message{topic: f}, anUnsubscription) }

func (p *peer) send(m message, kind parcelKind) {
	if p.session {
		p.put(&p.outbox, m, kind)
	}
}

// connect lets the client try, soon.
func (p *peer) connect(after time.Duration) { p.retry = p.w.now.Add(after) }

// leave ends the connection in order, behind what is on its way.
func (p *peer) leave() {
	p.retry = time.Time{}
	p.send(message{}, aGoodbye)
	p.inbox = nil
}

// vanish ends it as the death of the process does.
func (p *peer) vanish() {
	p.retry, p.inbox, p.outbox = time.Time{}, nil, nil
	if p.session {
		p.session = false
		p.testament()
	}
}

// darken ends it as a power cut does: the broker notices late, or when the client is there again.
func (p *peer) darken() {
	p.retry = time.Time{}
	if p.session {
		p.session, p.zombie = false, true
		p.inbox, p.outbox, p.exact, p.wild = nil, nil, nil, nil
		p.mourn()
	}
}

// cut breaks the network between the two. The client notices at once and tries again; the broker notices late, or when
// the client is there again.
func (p *peer) cut() {
	if !p.session {
		return
	}
	p.session, p.zombie = false, true
	p.lose()
	p.mourn()
}

// mourn is when the broker has noticed at the latest.
func (p *peer) mourn() {
	p.w.after(45*time.Second, func() {
		if p.zombie {
			p.zombie = false
			p.testament()
		}
	})
}

// testament is what the broker does for a client that is gone without a word.
func (p *peer) testament() {
	p.exact, p.wild = nil, nil
	if p.will.topic != "" {
		p.w.broker.publish(p, p.will)
	}
}

// lose tells the client, which tries again after a while.
func (p *peer) lose() {
	known := p.retry.IsZero() && p.exact != nil
	p.inbox, p.outbox, p.exact, p.wild = nil, nil, nil, nil
	if known {
		p.retry = p.w.now.Add(p.w.between(time.Second, 10*time.Second))
		p.client.down()
	}
}

// first tells what is due first here.
func (p *peer) first(earlier func(time.Time, func())) {
	if len(p.inbox) > 0 {
		earlier(p.inbox[0].at, p.receive)
	}
	if len(p.outbox) > 0 {
		earlier(p.outbox[0].at, p.arrive)
	}
	earlier(p.retry, p.dial)
	earlier(p.client.next(), p.client.tick)
}

func (p *peer) dial() {
	if !p.w.broker.running {
		p.connect(p.w.between(time.Second, 5*time.Second))
		return
	}
	for len(p.outbox) > 0 { // what an earlier run of the client has sent at its end
		p.arrive()
	}
	if p.zombie {
		p.zombie = false
		p.testament()
	}
	p.retry, p.session = time.Time{}, true
	p.exact, p.wild = make(map[string]bool), nil
	p.inbox, p.outbox = nil, nil
	p.put(&p.inbox, message{}, aConnection)
}

// receive hands the client what has come.
func (p *peer) receive() {
	next := p.inbox[0]
	p.inbox = p.inbox[1:]
	if next.kind == aConnection {
		p.client.up()
		return
	}
	p.client.take(next.m)
}

// arrive is what reaches the broker.
func (p *peer) arrive() {
	next := p.outbox[0]
	p.outbox = p.outbox[1:]
	switch filter := next.m.topic; next.kind {
	case aMessage:
		p.w.broker.publish(p, next.m)
	case aSubscription:
		if strings.ContainsAny(filter, "+#") {
			p.wild = append(p.wild, filter)
		} else {
			p.exact[filter] = true
		}
		p.w.broker.replay(p, filter)
	case anUnsubscription:
		delete(p.exact, filter)
		p.wild = slices.DeleteFunc(p.wild, func(f string) bool { return f == filter })
	case aGoodbye:
		p.session, p.exact, p.wild, p.inbox = false, nil, nil, nil
	case aDrop:
		p.session, p.inbox = false, nil
		p.testament()
	}
}
