package placestest

import (
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"evcc-discovery/internal/problem"
)

// result is what a part of a case has come to.
type result struct {
	name   string
	faults []fault
}

// game is a case while it is played.
type game struct {
	*world
	s       script
	homes   map[int]string      // config topic by charger, as it was before anything changed
	shown   map[string][]string // keys of entities that were available then, by config topic
	results []result

	confirmed bool // the user has let entities follow their titles
}

func newGame(s script, tell bool) *game {
	g := &game{world: newWorld(), s: s, homes: make(map[int]string), shown: make(map[string][]string)}
	g.tell = tell
	return g
}

// play carries out a case: the change, the user's word where something is held, and everything put back.
func play(s script, tell bool) *game {
	g := newGame(s, tell)
	h := fnv.New32a()
	h.Write([]byte(s.name))
	g.evcc.late = h.Sum32()%2 == 0 // of any
	g.evcc.ancient = s.naming == "ancient"
	g.settle()
	g.comeAbout()
	if s.way == "confirmed at once" {
		g.pass(toBurst + 15*time.Second)
		g.follow()
		g.done("")
		g.putBack()
		return g
	}
	v := judge(s.before, s.after)
	if s.way == "up" {
		g.pass(toBurst + time.Duration(len(s.after))*interval + 5*time.Second)
		g.soon(v)
	}
	g.rounds(s.after)
	g.inspect(v, s.after)
	g.done("")
	if s.way == "up" && slices.Contains(v.fates, held) {
		g.follow()
		g.done(", then follow")
	}
	if s.way == "up" || s.way == "restarted" {
		g.putBack()
	}
	return g
}

// putBack lets evcc go back to what it had.
func (g *game) putBack() {
	g.evcc.stop()
	g.pass(3 * time.Second)
	g.evcc.start(g.s.before)
	g.rounds(g.s.before)
	g.back()
	g.done(", then back")
}

func (g *game) done(part string) {
	g.results = append(g.results, result{g.s.name + part, g.oracle.faults})
	g.oracle.faults = nil
}

// settle lets everything run as before.
func (g *game) settle() {
	g.evcc.start(g.s.before)
	g.pass(toBurst + time.Duration(len(g.s.before))*interval)
	g.program.start()
	g.pass(12 * time.Second)
	if slices.ContainsFunc(g.s.before, func(l loadpoint) bool { return l.title == "" }) {
		g.pass(time.Minute) // a loadpoint without a title is waited for
	}
	g.remember()
}

// remember notes which entities every charger has.
func (g *game) remember() {
	for _, e := range g.home.all {
		if charger := g.oracle.owner[e.config]; charger > 0 && e.available() {
			g.homes[charger] = e.config
			g.shown[e.config] = append(g.shown[e.config], e.key)
		}
	}
	if len(g.homes) != len(g.s.before) {
		g.oracle.fault("at first", "%d loadpoints, and Home Assistant has %v", len(g.s.before), g.homes)
	}
}

// toBurst is when evcc begins to publish, from its start.
const toBurst = toBlank + toListen

// away are the ways in which the program is not there when evcc starts with the change.
var away = map[string]struct {
	program, evcc func(*game)   // how they end
	back          time.Duration // when the program starts, from evcc's start
	rounds        int           // and so many rounds later
}{
	"stopped":                 {(*game).stopProgram, (*game).stopEvcc, toBurst + 5*time.Second, 1},
	"killed and crash":        {(*game).killProgram, (*game).crashEvcc, toBurst + 5*time.Second, 1},
	"started before blanking": {(*game).killProgram, (*game).crashEvcc, 500 * time.Millisecond, 0},
	"started after blanking":  {(*game).stopProgram, (*game).stopEvcc, toBlank + 500*time.Millisecond, 0},
	"started early":           {(*game).stopProgram, (*game).stopEvcc, toBurst + time.Second, 0},
}

func (g *game) stopProgram() { g.program.stop() }
func (g *game) killProgram() { g.program.kill() }
func (g *game) stopEvcc()    { g.evcc.stop() }
func (g *game) crashEvcc()   { g.evcc.crash() }

// comeAbout is the change.
func (g *game) comeAbout() {
	switch g.s.way {
	case "live":
		g.evcc.rename(g.s.after)
	case "live and stopped":
		g.program.stop()
		g.evcc.rename(g.s.after)
		g.pass(5 * time.Second)
		g.program.start()
	case "up", "confirmed at once":
		g.restart((*game).stopEvcc)
	case "crash":
		g.restart((*game).crashEvcc)
	case "restarted":
		g.program.stop()
		g.pass(2 * time.Second)
		g.program.start()
		g.pass(15 * time.Second)
		g.restart((*game).stopEvcc)
	case "killed amid":
		g.restart((*game).stopEvcc)
		g.pass(toBurst + 500*time.Millisecond)
		g.program.kill()
		g.pass(2 * time.Second)
		g.program.start()
	default:
		way := away[g.s.way]
		way.program(g)
		g.restart(way.evcc)
		g.pass(way.back + time.Duration(way.rounds*len(g.s.after))*interval)
		g.program.start()
	}
}

// restart ends evcc and starts it with what it has after.
func (g *game) restart(end func(*game)) {
	end(g)
	g.pass(3 * time.Second)
	g.evcc.start(g.s.after)
}

// rounds is two full ones, and what it takes to see them.
func (g *game) rounds(layout []loadpoint) {
	g.pass(toBurst + time.Duration(2*len(layout)+2)*interval + 20*time.Second)
}

// inspect holds that everything has come to what the table says.
func (g *game) inspect(v verdict, after []loadpoint) {
	for i, l := range g.s.before {
		config := g.homes[l.charger]
		switch v.fates[i] {
		case followed:
			g.own(l.charger)
			if title := after[v.to[i]].title; title != "" && g.home.names[config] != title && !strings.HasPrefix(g.home.names[config], title+" ") {
				g.oracle.fault("not called by its title", "charger %d is called %q, want %q", l.charger, g.home.names[config], title)
			}
		case gone:
			if n := len(g.home.seen[config]); n > 0 {
				g.oracle.fault("not gone", "charger %d: %d entities of %s", l.charger, n, config)
			}
		case held:
			g.held(l.charger)
		}
	}
	for j, l := range after {
		if v.fresh[j] && !slices.ContainsFunc(g.home.all, func(e *entity) bool {
			_, known := g.shown[e.config]
			return g.oracle.owner[e.config] == l.charger && e.available() && !known
		}) {
			g.oracle.fault("new, and not there", "charger %d, loadpoint %d", l.charger, j+1)
		}
	}
	switch named := g.program.problems[problem.OrderChanged]; {
	case slices.Contains(v.fates, held) && !named:
		g.oracle.fault("no problem is named", "fates %d", v.fates)
	case !slices.Contains(v.fates, held) && !slices.Contains(v.fates, open) && named:
		g.oracle.fault("a problem is named, and there is none", "fates %d", v.fates)
	}
}

// soon holds that a round after evcc's start whatever can be told apart is there: it waits for nobody else.
func (g *game) soon(v verdict) {
	for i, l := range g.s.before {
		if v.fates[i] == followed && (l.stable() || l.title != "") {
			g.own(l.charger)
		}
	}
}

// own holds that a charger has all its entities.
func (g *game) own(charger int) {
	config := g.homes[charger]
	for _, key := range g.shown[config] {
		if e := g.home.seen[config][key]; e == nil || !e.available() {
			g.oracle.fault("not available", "charger %d: %s of %s", charger, key, config)
			return
		}
	}
}

// held holds that a charger's entities are there and unavailable, and take no commands.
func (g *game) held(charger int) {
	config := g.homes[charger]
	if len(g.home.seen[config]) == 0 {
		g.oracle.fault("not held", "charger %d: %s is not there", charger, config)
	}
	for _, e := range g.home.all {
		if e.config != config {
			continue
		}
		if e.available() {
			g.oracle.fault("not held", "charger %d: %s is available", charger, e.id)
		}
		if key := commands[e.key]; key != "" && g.program.connected {
			sent := g.oracle.sent
			g.program.receive(message{topic: e.CommandTopic, payload: value(charger, key)}) // by an automation's mistake
			if g.oracle.sent > sent {
				g.oracle.fault("not held", "charger %d: %s takes commands", charger, e.id)
			}
		}
	}
}

// follow is the user's word that entities go with their titles. Then nothing is held any more, and whatever can be told
// apart is there.
func (g *game) follow() {
	g.say("the user lets entities follow their titles")
	g.confirmed = true
	g.publish(message{topic: base + "/adapter/follow_titles/set", payload: "PRESS"})
	g.pass(25 * time.Second)
	for _, e := range g.home.all {
		if key, owner := commands[e.key], g.oracle.owner[e.config]; key != "" && owner > 0 {
			g.program.receive(message{topic: e.CommandTopic, payload: value(owner, key)}) // by an automation, whether it is available or not
		}
	}
	for j, l := range g.s.after {
		if (l.stable() || once(g.s.after, l.title)) && !slices.ContainsFunc(g.home.all, func(e *entity) bool {
			return g.oracle.owner[e.config] == l.charger && e.available()
		}) {
			g.oracle.fault("not available", "charger %d, loadpoint %d, after the user's word", l.charger, j+1)
		}
	}
	if g.program.problems[problem.OrderChanged] {
		g.oracle.fault("a problem is named, and there is none", "after the user's word")
	}
}

// back holds that whoever can be told apart has the entities that it had, after everything was put back.
func (g *game) back() {
	apart := func(l loadpoint) bool { return l.stable() || once(g.s.before, l.title) }
	for _, l := range g.s.before {
		if apart(l) {
			g.own(l.charger)
		}
	}
	if !g.confirmed && !slices.ContainsFunc(g.s.before, func(l loadpoint) bool { return !apart(l) }) && g.program.problems[problem.OrderChanged] {
		g.oracle.fault("a problem is named, and there is none", "everything is where it was")
	}
}
