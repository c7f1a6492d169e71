package bridge

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/problem"
)

// problems follows what is wrong. Whoever finds something says so with set, again and again if that is easier; a problem
// is told when it has lasted as long as its declaration wants and nothing hides it, once, and once more when it is over.
type problems struct {
	there   map[place]*trouble
	changed bool // what is shown
	unsent  bool // Home Assistant does not know yet
}

// place is a problem and where it is: one code can be there for several evccs.
type place struct {
	code  problem.Code
	where string
}

// trouble is a problem that is there.
type trouble struct {
	*problem.Problem
	detail string
	since  time.Time // when it began, or when what has hidden it was over
	hidden bool
	shown  bool
	told   bool // in the log
}

// mostShown bounds what Home Assistant has to keep as attributes.
const mostShown = 20

func newProblems() problems { return problems{there: make(map[place]*trouble), changed: true} }

// forget: whoever has found a problem says when it is over. What the broker knows of them is not known.
func (p *problems) forget(*Core) { p.unsent = true }

// set says whether a problem is there.
func (p *problems) set(c *Core, code problem.Code, where string, on bool, detail string) {
	at := place{code, where}
	now, there := p.there[at]
	switch {
	case on && !there:
		p.there[at] = &trouble{Problem: problem.Of(code), detail: detail, since: c.now}
	case on && now.detail != detail:
		now.detail, p.changed = detail, p.changed || now.shown
	case !on && there:
		delete(p.there, at)
		p.changed = p.changed || now.shown
		if now.told && now.Over != "" {
			now.detail = ""
			c.note(Info, now.Over, now.fields(where)...)
		}
	}
}

// fields are what the log says beside the words.
func (t *trouble) fields(where string) []string {
	fields := []string{"problem", string(t.Code)}
	if where != "" {
		fields = append(fields, "where", where)
	}
	if t.detail != "" {
		fields = append(fields, "detail", t.detail)
	}
	return fields
}

// hides reports whether something is there from which the problem only follows.
func (p *problems) hides(t *trouble, where string) bool {
	return slices.ContainsFunc(t.HiddenBy, func(code problem.Code) bool {
		return p.there[place{code, ""}] != nil || p.there[place{code, where}] != nil
	})
}

// next returns when a problem will have lasted long enough.
func (p *problems) next() (next time.Time) {
	for _, t := range p.there {
		if due := t.since.Add(t.Grace); !t.shown && !t.hidden && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	return next
}

// tick shows what has lasted long enough.
func (p *problems) tick(c *Core) {
	if len(p.there) > 0 {
		p.judge(c)
	}
	if p.changed || p.unsent && c.phase == running {
		p.publish(c)
	}
}

func (p *problems) judge(c *Core) {
	fresh := false
	for at, t := range p.there {
		switch hidden := p.hides(t, at.where); {
		case hidden != t.hidden:
			p.changed = p.changed || t.shown
			t.hidden, t.shown, t.since = hidden, false, c.now
		case hidden || t.shown || c.now.Before(t.since.Add(t.Grace)):
		default:
			t.shown, p.changed, fresh = true, true, true
		}
	}
	if !fresh {
		return
	}
	for _, at := range p.order() {
		if t := p.there[at]; t.shown && !t.told {
			t.told = true
			if t.Log != "" {
				c.note(Warn, t.Log, t.fields(at.where)...)
			}
		}
	}
}

// order lists problems as they are declared.
func (p *problems) order() []place {
	rank := func(code problem.Code) int {
		return slices.IndexFunc(problem.All, func(d problem.Problem) bool { return d.Code == code })
	}
	return slices.SortedFunc(maps.Keys(p.there), func(a, b place) int {
		return cmp.Or(rank(a.code)-rank(b.code), strings.Compare(a.where, b.where))
	})
}

// list returns what is shown, in the user's words.
func (p *problems) list(words Words) []problem.Shown {
	list := []problem.Shown{}
	for _, at := range p.order() {
		if t := p.there[at]; t.shown {
			title, text := words.Problem(string(at.code))
			list = append(list, problem.Shown{Code: at.code, Severity: t.Severity, Title: title, Text: text,
				Where: at.where, Detail: t.detail, Since: t.since.UTC().Truncate(time.Second)})
		}
	}
	return list
}

// publish tells Home Assistant, where there is one to tell, and the health endpoint.
func (p *problems) publish(c *Core) {
	list := p.list(c.settings.Words)
	c.reporter.due = true
	p.changed, p.unsent = false, c.phase != running
	if p.unsent {
		return
	}
	if len(list) > mostShown {
		list = list[:mostShown]
	}
	topic, attributes := discovery.ProblemAttributesTopic(c.settings.Base), named(list)
	for n := len(list) - 1; n > 0 && c.ledger.refuses(topic, attributes); n-- {
		attributes = named(list[:n]) // better the first few than none
	}
	c.retain(topic, attributes)
	c.retain(discovery.ProblemTopic(c.settings.Base), word(len(list) > 0, "true", "false"))
}

// named puts problems into attributes of an entity.
func named(list []problem.Shown) string {
	var attributes strings.Builder
	e := json.NewEncoder(&attributes)
	e.SetEscapeHTML(false)
	if err := e.Encode(map[string]any{"problems": list}); err != nil {
		panic(err) // only strings and times in it
	}
	return strings.TrimSuffix(attributes.String(), "\n")
}

// problem says which controls have failed.
func (r *results) problem(c *Core, s *site) {
	detail := ""
	if len(r.fails) > 0 {
		var list []string
		for i, res := range r.failing() {
			if i == mostNamed {
				list = append(list, "…")
				break
			}
			list = append(list, shorten(res.device, mostTitle)+": "+c.settings.Words.Name(res.control))
		}
		detail = strings.Join(list, ", ")
	}
	c.problems.set(c, problem.CommandFailed, s.Root, detail != "", detail)
}
