package simulator

// Op says what the driver has to do.
type Op int

// The operations of an [Action].
const (
	Publish     Op = iota // Topic, Payload, QoS, Retain
	Subscribe             // Filters
	Unsubscribe           // Filters
	Drop                  // close the socket without DISCONNECT: the broker sends the will
)

// Action is one thing evcc does on the connection, in order.
type Action struct {
	Op      Op
	Topic   string // with root
	Payload string // empty deletes the retained topic
	QoS     byte
	Retain  bool
	Filters []string // with root
}

// topic is a key with its root.
func (e *Evcc) topic(key string) string { return e.opt.Root + "/" + key }

// emit adds an action; without a broker it is lost, as evcc's is: it repeats
// nothing after a reconnect.
func (e *Evcc) emit(a Action) {
	if e.connected {
		e.out = append(e.out, a)
	}
}

// publish sends a value and, at most once per second, the heartbeat `updated`.
func (e *Evcc) publish(key, payload string) {
	e.shown[key] = payload
	e.emit(Action{Topic: e.topic(key), Payload: payload, QoS: 1, Retain: true})
	if e.now.Sub(e.updated) >= heartbeat {
		e.updated = e.now
		e.publish("updated", e.version.format(e.now))
	}
}

// put stores and publishes a value, unchanged or not.
func (e *Evcc) put(key string, value any) {
	payload := e.version.format(value)
	e.state[key] = payload
	e.publish(key, payload)
}

// change publishes only what differs from the last published value.
func (e *Evcc) change(key string, value any) bool {
	payload := e.version.format(value)
	if old, ok := e.shown[key]; ok && old == payload {
		return false
	}
	e.put(key, payload)
	return true
}

// known reports whether this evcc publishes the key on any object of its kind
// (pattern with `+`), judged by the tree it started from.
func (e *Evcc) known(pattern string) bool {
	known, ok := e.patterns[pattern]
	if !ok {
		known = e.origin.has(pattern)
		e.patterns[pattern] = known
	}
	return known
}
