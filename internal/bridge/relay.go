package bridge

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/bridge/trust"
)

// How long a command may take.
const (
	answerTime = 3 * time.Second        // for evcc's acknowledgement; it takes milliseconds
	valueTime  = 500 * time.Millisecond // for the value after it, or for it after the value
	pairTime   = 500 * time.Millisecond // for the related command that makes room for this one
	staleTime  = time.Minute            // a command that waited longer is dropped: late is worse than never
)

// relay hands commands to evcc. evcc answers every /set that it handles with an empty message on the same topic,
// also when it refuses; so a command was accepted when the answer came and the value is the wanted one. Every
// supported evcc answers; where the answer is lost, a value that has come since tells as well.
type relay struct {
	commands map[string]served    // by command topic
	lanes    map[string]*lane     // by name, while a command is under way or waits
	setters  map[string]*lane     // the same by the /set topic under way
	owed     map[string]time.Time // until when an answer of evcc may be one that was given up, by /set topic
	order    []*lane              // oldest first, so that ticks are in order
}

// served is a command topic and whose it is.
type served struct {
	discovery.Command
	site *site
}

// sent is a command on its way.
type sent struct {
	command served
	topic   string // Home Assistant's command topic
	raw     string // as Home Assistant sent it
	payload string // for evcc, made when it is sent: it may hold a sibling's value of that moment
	local   bool   // nothing for evcc: it changes a plan that is being made
	quiet   bool   // nobody waits for its end: it repeats what was accepted
	handed  bool   // to evcc
	since   time.Time
	beside  entities.Strategy // what a plan command wants beside the plan
}

func newRelay() relay {
	return relay{commands: make(map[string]served), lanes: make(map[string]*lane), setters: make(map[string]*lane), owed: make(map[string]time.Time)}
}

// serve takes the site's commands. Topics of objects that are gone stay known: evcc itself answers those or does not.
func (r *relay) serve(s *site) {
	for topic, command := range s.wanted.Commands {
		r.commands[topic] = served{command, s}
	}
}

// command takes what Home Assistant sent.
func (r *relay) command(c *Core, e step.Event) {
	if len(e.Payload) == 0 {
		return // our own clearing of a retained command, or nothing at all
	}
	if e.Retained {
		c.step.Note(step.Warn, "command ignored and cleared: it was retained, and might be long past", "topic", e.Topic)
		c.step.Send(e.Topic, "")
		return
	}
	command, known := r.commands[e.Topic]
	if !known {
		r.unknown(c, e)
		return
	}
	next := sent{command: command, topic: e.Topic, raw: string(e.Payload), since: c.step.Now}
	if command.Instance.Row.Write.Kind == entities.WriteOfVehicle {
		r.hand(c, e, next)
		return
	}
	err := next.encode(c) // first, so that it is known what evcc would have to show
	if err == nil {
		next.site().battery.ask(&next)
	}
	if reason := next.site().closed(c); reason != "" {
		r.end(c, refused, next, reason)
		return
	}
	if err != nil {
		r.end(c, refused, next, err.Error())
		return
	}
	strategies, err := next.strategies(c)
	if err != nil {
		r.end(c, refused, next, err.Error())
		return
	}
	for _, strategy := range strategies {
		r.send(c, strategy)
	}
	r.send(c, next)
}

// closed returns why the site takes no commands now, "" if it does.
func (s *site) closed(c *Core) string {
	switch {
	case c.phase != running:
		return "not ready yet"
	case s.trust.Value() < trust.Silent:
		return "evcc is not running"
	}
	return ""
}

// readsOnly is why nothing at all can be told.
const readsOnly = "this program only reads: EVCC_DISCOVERY_READ_ONLY is set"

// unknown refuses what is no control, in the name of the site below whose topic it stands.
func (r *relay) unknown(c *Core, e step.Event) {
	var site *site
	path := ""
	for _, s := range c.sites {
		if below, ok := below(e.Topic, s.Topic()); ok {
			site, path = s, below
		}
	}
	reason := "there is no such control"
	switch {
	case c.settings.ReadOnly:
		reason = readsOnly
	case c.phase != running:
		reason = "not ready yet"
	case site != nil && !site.reconciled:
		reason = cmp.Or(site.closed(c), "not ready yet") // there may be one: nobody has looked yet
	case site != nil:
		reason = cmp.Or(site.unplanned(path), reason)
	}
	reason = shorten(reason, cause)
	c.step.Note(step.Warn, "command refused", "topic", e.Topic, "reason", reason)
	if site != nil {
		site.results.add(c, site, result{verdict: refused, control: short(strings.TrimSuffix(path, "/set")),
			value: short(string(e.Payload)), reason: reason, at: c.step.Now})
	}
}

func (s *sent) site() *site { return s.command.site }

// encode checks the command and makes its payload for evcc.
func (s *sent) encode(c *Core) (err error) {
	around := s.siblings(c)
	if s.command.Instance.Row.Own.Plans() {
		s.payload, err = s.compose(c, around)
	} else {
		s.payload, err = s.command.Instance.Encode([]byte(s.raw), around, c.step.Now)
	}
	return err
}

// fulfilled reports whether evcc shows what was wanted.
func (s *sent) fulfilled(c *Core) bool {
	in := &s.command.Instance
	return s.payload != "" && len(in.Watches()) > 0 && in.Fulfilled(s.raw, s.payload, s.siblings(c))
}

// texts of the log, by verdict; reasons stand beside them.
var texts = map[verdict]string{
	accepted: "command accepted", refused: "command refused", replaced: "command replaced by a newer one",
	unanswered: "command unanswered", dropped: "command dropped",
}

// end tells how a command ended, if anybody wants to know. It is called once for each.
func (r *relay) end(c *Core, v verdict, s sent, reason string) {
	if s.quiet {
		return
	}
	reason = shorten(reason, cause)
	level, took := step.Info, c.step.Now.Sub(s.since)
	if v.failed() {
		level = step.Warn
	}
	payload := s.payload
	if payload == "" {
		payload = short(s.raw)
	}
	list := []string{"control", s.command.Term, "device", s.command.Device, "payload", payload}
	if reason != "" {
		list = append(list, "reason", reason)
	}
	c.step.Note(level, texts[v], append(list, "milliseconds", strconv.FormatInt(took.Milliseconds(), 10))...)
	s.site().results.add(c, s.site(), result{verdict: v, control: s.command.Term, device: s.command.Device,
		value: short(s.raw), reason: reason, took: took, at: c.step.Now, sent: s})
}

// world is what states of our own follow from.
type world struct {
	site *site
	core *Core
}

// Value returns evcc's payload of a topic, or one that we have retained.
func (w world) Value(topic string) string {
	if path, ok := below(topic, w.site.Root); ok {
		return w.site.tree[path]
	}
	return w.core.retained[topic]
}

// Siblings returns what evcc has published around an object.
func (w world) Siblings(o entities.Object) entities.Siblings {
	return siblings{site: w.site, object: o, core: w.core}
}

// Announced reports whether a device message is not one that still has to be sent.
func (w world) Announced(config string) bool { return !w.core.outbox.due[config] }

// siblings is what a command may need to know of its surroundings.
type siblings struct {
	site   *site
	object entities.Object
	core   *Core
}

func (s *sent) siblings(c *Core) siblings {
	return siblings{site: s.site(), object: s.command.Instance.Object, core: c}
}

// VehicleName looks at the vehicles as they were when the devices were made.
func (s siblings) VehicleName(option string) (string, bool) {
	return s.site.wanted.Vehicles.Name(option)
}

// Value is what evcc has published last.
func (s siblings) Value(key string) string { return s.site.tree[s.object.Path(key)] }

// Before looks at the modes that evcc had.
func (s siblings) Before(key string, not []string) string {
	return s.site.registry.Before(s.site.wanted.Modes[s.object.Path(key)], not)
}
