package bridge

import (
	"slices"
	"strconv"
	"time"

	"evcc-discovery/discovery"
)

// How long a command may take.
const (
	answerTime = 3 * time.Second        // for evcc's acknowledgement; it takes milliseconds
	valueTime  = 500 * time.Millisecond // for the value after it
	staleTime  = time.Minute            // a command that waited longer is dropped: late is worse than never
	maxWaiting = 10000                  // commands under way at once
)

// relay hands commands to evcc. evcc answers every /set that it handles with an empty message on the same topic,
// also when it refuses; so a command was accepted when the answer came and the value is the wanted one.
type relay struct {
	commands map[string]served // by command topic
	lanes    map[string]*lane  // by /set topic, while a command is under way
	values   map[string]*lane  // the same by the topic of the value
	order    []string          // /set topics under way, oldest first, so that ticks are in order
}

// served is a command topic and whose it is.
type served struct {
	discovery.Command
	site *site
}

// lane is one /set topic with the command under way and those that wait: of each control the newest, because several
// controls may share a topic (the two halves of a plan's strategy).
type lane struct {
	topic    string // <root>/…/set
	state    string // topic of the value; "" when evcc publishes none
	current  sent
	waiting  []sent // one per control
	answered bool
	deadline time.Time
}

// sent is a command on its way.
type sent struct {
	command served
	topic   string // Home Assistant's command topic
	raw     string // as Home Assistant sent it
	payload string // for evcc, made when it is sent: it may hold a sibling's value of that moment
	since   time.Time
}

func newRelay() relay {
	return relay{commands: make(map[string]served), lanes: make(map[string]*lane), values: make(map[string]*lane)}
}

// serve takes the site's commands. Topics of objects that are gone stay known: evcc itself answers those or does not.
func (r *relay) serve(s *site) {
	for topic, command := range s.wanted.Commands {
		r.commands[topic] = served{command, s}
	}
}

// command takes what Home Assistant sent.
func (r *relay) command(c *Core, e Event) {
	if len(e.Payload) == 0 {
		return // our own clearing of a retained command, or nothing at all
	}
	if e.Retained {
		c.note(Warn, "command ignored and cleared: it was retained, and might be long past", "topic", e.Topic)
		c.publish(e.Topic, "", true)
		return
	}
	command, known := r.commands[e.Topic]
	if !known {
		c.note(Warn, "command refused", "topic", e.Topic, "reason", r.unknown(c))
		return
	}
	s := command.site
	if c.phase != running {
		r.refuse(c, e.Topic, command, "not ready yet")
		return
	}
	if !s.presence.online || s.presence.blanked {
		r.refuse(c, e.Topic, command, "evcc is not running")
		return
	}
	next := sent{command: command, topic: e.Topic, raw: string(e.Payload), since: c.now}
	if err := next.encode(c); err != nil {
		r.refuse(c, e.Topic, command, err.Error())
		return
	}
	r.send(c, next)
}

func (r *relay) unknown(c *Core) string {
	if c.settings.ReadOnly {
		return "this program only reads: EVCC_DISCOVERY_READ_ONLY is set"
	}
	if c.phase != running {
		return "not ready yet"
	}
	return "there is no such control"
}

func (r *relay) refuse(c *Core, topic string, command served, reason string) {
	c.note(Warn, "command refused", "control", command.Term, "device", command.Device, "reason", reason, "topic", topic)
}

// encode checks the command and makes its payload for evcc.
func (s *sent) encode(c *Core) (err error) {
	s.payload, err = s.command.Instance.Encode([]byte(s.raw), siblings{s.command.site, s.command}, c.now)
	return err
}

// send publishes the command, or lets it wait while another one of the same topic is under way.
func (r *relay) send(c *Core, s sent) {
	in := s.command.Instance
	topic := s.command.site.Root + "/" + in.Set + "/set"
	if l := r.lanes[topic]; l != nil {
		i := slices.IndexFunc(l.waiting, func(w sent) bool { return w.topic == s.topic })
		if i < 0 {
			l.waiting = append(l.waiting, s)
			return
		}
		r.result(c, Info, "command replaced by a newer one", l.waiting[i])
		l.waiting[i] = s
		return
	}
	if len(r.lanes) >= maxWaiting {
		r.refuse(c, s.topic, s.command, "too many commands at once")
		return
	}
	l := &lane{topic: topic}
	if path := valuePath(&in); path != "" {
		l.state = s.command.site.Root + "/" + path
		r.values[l.state] = l
	}
	r.lanes[topic] = l
	r.order = append(r.order, topic)
	l.start(c, s)
}

func (r *relay) next() time.Time {
	var next time.Time
	for _, l := range r.lanes {
		if next.IsZero() || l.deadline.Before(next) {
			next = l.deadline
		}
	}
	return next
}

func (r *relay) tick(c *Core) {
	for i := 0; i < len(r.order); {
		l := r.lanes[r.order[i]]
		if c.now.Before(l.deadline) {
			i++
			continue
		}
		if l.answered {
			r.result(c, Warn, "command refused by evcc: its value stayed", l.current)
		} else {
			r.result(c, Warn, "command unanswered: this evcc does not know the setter, or is not running", l.current)
		}
		r.proceed(c, l)
		if r.lanes[l.topic] == l {
			i++ // the next one is under way
		}
	}
}

// abandon ends what is under way when the connection is lost: nothing is executed late.
func (r *relay) abandon(c *Core) {
	for _, topic := range r.order {
		l := r.lanes[topic]
		r.result(c, Warn, "command unanswered: the connection to the broker was lost", l.current)
		for _, waiting := range l.waiting {
			r.result(c, Warn, "command dropped: the connection to the broker was lost", waiting)
		}
	}
	clear(r.lanes)
	clear(r.values)
	r.order = r.order[:0]
}

func (r *relay) result(c *Core, level Level, text string, s sent) {
	c.note(level, text, "control", s.command.Term, "device", s.command.Device, "payload", s.payload,
		"milliseconds", strconv.FormatInt(c.now.Sub(s.since).Milliseconds(), 10))
}

// siblings is what a command may need to know of its surroundings.
type siblings struct {
	site    *site
	command served
}

// VehicleName looks at the vehicles as they were when the devices were made.
func (s siblings) VehicleName(option string) (string, bool) {
	return s.site.wanted.Vehicles.Name(option)
}

// Value is what evcc has published last.
func (s siblings) Value(key string) string {
	return s.site.tree[s.command.Instance.Object.Path(key)]
}
