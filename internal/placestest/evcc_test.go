package placestest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// interval is evcc's: each updates one loadpoint, and the site.
const interval = 10 * time.Second

// loadpoint is a place in evcc's configuration, and the charger that is really there.
type loadpoint struct {
	charger int
	name    string // "db:7" where evcc gives a lasting one; positional, or "" in versions that give none
	title   string // "" = none
}

// positional is a name that evcc makes of the place: "lp-1".
const positional = "lp-"

// stable reports whether the name outlives other places.
func (l loadpoint) stable() bool { return strings.HasPrefix(l.name, "db:") }

// at is the name as evcc publishes it at an index, counted from 1.
func (l loadpoint) at(index int) string {
	if l.name == positional {
		return positional + strconv.Itoa(index)
	}
	return l.name
}

// value is what a charger says under one of evcc's keys. Numbers tell the chargers apart.
func value(charger int, key string) string {
	n := func(base int) string { return strconv.Itoa(base + charger) }
	switch key {
	case "mode":
		return []string{"pv", "now", "off", "minpv"}[charger%4]
	case "limitSoc":
		return strconv.Itoa(50 + 5*charger)
	case "minCurrent":
		return n(6)
	case "maxCurrent":
		return n(20)
	case "chargePower":
		return n(7000)
	case "sessionEnergy":
		return n(1000)
	case "planOverrun":
		return n(100)
	case "connected", "enabled":
		return "true"
	case "charging":
		return strconv.FormatBool(charger%2 == 1)
	}
	panic("evcc has no key " + key)
}

// settings come at evcc's start, before and after the title: since 0.203 the order across topics is any.
var (
	settings = [][]string{{"mode", "limitSoc"}, {"minCurrent", "maxCurrent"}}
	live     = []string{"connected", "charging", "enabled", "mode", "sessionEnergy"} // when it is the loadpoint's turn
)

// evcc is what it publishes, in its order and with its pauses (its start: online, seconds later the old tree is emptied, a
// second later everything but the live values of all loadpoints but the first).
type evcc struct {
	w         *world
	layout    []loadpoint
	run       int  // counts starts and ends: what was planned before is void
	listening bool // to commands
	began     int  // how often it has
	turn      int
	next      time.Time // cycle
	late      bool      // titles come behind everything else of the burst
	ancient   bool      // before 0.124.7, which empties nothing
}

const (
	toBlank  = 2 * time.Second // from online
	toListen = time.Second     // from there
)

// within lets something happen later in this run.
func (e *evcc) within(d time.Duration, do func()) {
	run := e.run
	e.w.after(d, func() {
		if e.run == run {
			do()
		}
	})
}

func (e *evcc) end() {
	e.run++
	e.listening, e.next = false, time.Time{}
}

func (e *evcc) start(layout []loadpoint) {
	e.end()
	e.w.say("evcc starts with %v", layout)
	e.w.oracle.starts()
	e.say("status", "online", 0)
	if !e.ancient {
		e.within(toBlank, e.blank)
	}
	e.within(toBlank+toListen, func() { e.begin(layout) })
}

// stop empties everything; the will comes a second later.
func (e *evcc) stop() {
	if e.ancient {
		e.crash()
		return
	}
	e.w.say("evcc stops")
	e.end()
	e.blank()
	e.within(time.Second, func() { e.say("status", "offline", 0) })
}

// crash leaves everything as it is.
func (e *evcc) crash() {
	e.w.say("evcc crashes")
	e.end()
	e.say("status", "offline", 0)
}

// rename gives one another title while evcc runs.
func (e *evcc) rename(layout []loadpoint) {
	for i, l := range layout {
		if l.title != e.layout[i].title {
			e.w.say("evcc calls loadpoint %d %q", i+1, l.title)
			e.of(i, "title", l.title)
		}
	}
	e.layout = layout
}

func (e *evcc) blank() {
	for _, topic := range e.w.below(root + "/") {
		if topic != root+"/status" {
			e.w.publish(message{topic: topic, retained: true})
		}
	}
}

// begin is evcc's burst.
func (e *evcc) begin(layout []loadpoint) {
	e.layout, e.listening, e.turn, e.began = slices.Clone(layout), true, 0, e.began+1
	e.w.oracle.listens()
	e.say("loadpoints", strconv.Itoa(len(layout)), 0)
	e.say("vehicles", "0", 0)
	e.say("site/siteTitle", "Home", 0)
	e.say("site/interval", strconv.Itoa(int(interval.Seconds())), 0)
	for i := range layout {
		e.set(i, settings[0])
		if !e.late {
			e.titled(i)
		}
		e.set(i, settings[1])
		e.passing(i)
	}
	e.cycle()
	if e.late {
		for i := range layout {
			e.titled(i)
		}
	}
}

// passing is a value that a loadpoint has at times, and that is erased then: every other one in each run.
func (e *evcc) passing(i int) {
	const key = "planOverrun"
	if charger := e.layout[i].charger; (charger+e.began)%2 == 0 {
		e.set(i, []string{key})
	} else if e.began > 1 || e.ancient {
		e.of(i, key, "")
	}
}

func (e *evcc) titled(i int) {
	l := e.layout[i]
	if l.name != "" {
		e.of(i, "name", l.at(i+1))
	}
	if l.title != "" {
		e.of(i, "title", l.title)
	}
}

// cycle is that of an interval: power of all, and one loadpoint after the other.
func (e *evcc) cycle() {
	for i := range e.layout {
		e.set(i, []string{"chargePower"})
	}
	e.say("site/grid/power", "100", 0)
	e.set(e.turn%len(e.layout), live)
	e.say("updated", strconv.FormatInt(e.w.now.Unix(), 10), 0)
	e.turn++
	e.next = e.w.now.Add(interval)
}

func (e *evcc) set(i int, keys []string) {
	for _, key := range keys {
		e.of(i, key, value(e.layout[i].charger, key))
	}
}

// of publishes something of a loadpoint, counted from 0.
func (e *evcc) of(i int, key, payload string) {
	e.say("loadpoints/"+strconv.Itoa(i+1)+"/"+key, payload, e.layout[i].charger)
}

func (e *evcc) say(path, payload string, charger int) {
	e.w.publish(message{root + "/" + path, payload, true, charger})
}

// take answers commands, as evcc does: with nothing, on the same topic.
func (e *evcc) take(m message) {
	if e.listening && m.payload != "" && strings.HasPrefix(m.topic, root+"/") && strings.HasSuffix(m.topic, "/set") {
		e.w.publish(message{topic: m.topic, retained: true})
	}
}

// steered is the charger at which a command arrives, and the key; charger 0 where there is none.
func (e *evcc) steered(topic string) (charger int, key string) {
	rest, ok := strings.CutPrefix(topic, root+"/loadpoints/")
	index, key, _ := strings.Cut(strings.TrimSuffix(rest, "/set"), "/")
	if i, err := strconv.Atoi(index); ok && err == nil && e.listening && i >= 1 && i <= len(e.layout) {
		return e.layout[i-1].charger, key
	}
	return 0, key
}
