package bridge

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"evcc-discovery/discovery"

	"evcc-discovery/internal/bridge/step"
)

// show writes what the core does, and tells the broker. Outside of the whole transcripts this is short, so that a row more in
// the catalogue, or a word in a problem, does not change every transcript:
//
//   - what a connection and a start begin with, always the same, is left out but for "status online";
//   - the number of components, objects and controls is shown where it changes, as a difference;
//   - the JSON of problems and results is a summary and shares a line with the state that goes with it;
//   - that the broker is asked for retained commands is shown where it has one;
//   - notes that differ in their last field only are one line, and so are the note about a command and its event.
func (p *player) show(actions []step.Action) {
	if status := p.core.Status(); status != nil {
		p.status = *status
	}
	for len(actions) > 0 {
		a := actions[0]
		n := p.short(actions)
		switch {
		case n > 0:
		case a.Note != nil:
			p.write(level(a.Note)+a.Note.Text, p.fields(a.Note.Fields))
		case a.Publish != nil:
			p.write(verb(a.Publish)+a.Publish.Topic, p.summary(a.Publish))
		case a.Store != nil: // the registry's own topic shows it
			var r discovery.Registry
			if err := r.Decode(a.Store.Registry); err != nil {
				p.t.Error(err)
			}
			p.known = map[string]discovery.Registry{a.Store.Root: r}
		case a.Look != nil && p.counts != nil && !slices.ContainsFunc(a.Look, p.broker.keeps):
		case a.Look != nil:
			p.write(">?", strings.Join(a.Look, ", "))
		default:
			p.write(">>", p.filters(append(a.Subscribe, a.Ask...)))
		}
		n = max(n, 1)
		for _, done := range actions[:n] {
			p.reaches(done)
		}
		actions = actions[n:]
	}
}

// reaches tells the broker.
func (p *player) reaches(a step.Action) {
	switch {
	case a.Publish != nil:
		if p.broker.published(a.Publish) {
			p.write(">- "+a.Publish.Topic, "")
		}
	case a.Look != nil:
		p.broker.subscribed(a.Look, false)
	case a.Note == nil && a.Store == nil:
		p.broker.subscribed(append(a.Subscribe, a.Ask...), p.everything(a))
	}
}

// short writes actions that are shown as one line or not at all, and returns how many.
func (p *player) short(actions []step.Action) int {
	if p.counts == nil {
		return 0
	}
	message := func(i int) *step.Publish {
		if i >= len(actions) || actions[i].Publish == nil {
			return new(step.Publish)
		}
		return actions[i].Publish
	}
	peers := func(m *step.Publish, word string) bool {
		return m.Topic == discovery.PeerTopic(p.settings.Base) && m.Payload == word+" "+p.settings.Instance && !m.Retain
	}
	first, second := message(0), message(1)
	attributes, has := strings.CutSuffix(first.Topic, "/attributes")
	note := actions[0].Note
	switch {
	case note != nil && note.Text == "connected to the broker" && len(actions) > 2 && p.everything(actions[1]) && peers(message(2), "who?"):
		return 3
	case note != nil && tells(second, note):
		p.write(level(note)+note.Text, p.fields(note.Fields)+" > event")
		return 2
	case note != nil:
		return p.alike(actions)
	case p.everything(actions[0]) && peers(second, "who?"):
		p.write(">>", "everything")
		return 2
	case first.Topic == discovery.StatusTopic(p.settings.Base) && peers(second, "here"):
		p.write(verb(first)+first.Topic, first.Payload)
		return 2
	case has && second.Topic == attributes+"/state" && first.Payload != "":
		p.write(verb(first)+attributes, p.summary(first)+" "+second.Payload)
		return 2
	}
	return 0
}

// tells reports whether a message is the event of the command that a note is about.
func tells(m *step.Publish, n *step.Note) bool {
	var event struct {
		Type    string `json:"event_type"`
		Control string
	}
	return strings.HasSuffix(m.Topic, "/command/event") && json.Unmarshal([]byte(m.Payload), &event) == nil &&
		strings.HasPrefix(n.Text, "command "+event.Type) &&
		slices.ContainsFunc(n.Fields, func(field string) bool { return strings.Contains(field, event.Control) })
}

// alike writes notes that differ in their last field only as one.
func (p *player) alike(actions []step.Action) int {
	first := actions[0].Note
	last := len(first.Fields) - 1
	values := []string{}
	for _, a := range actions {
		if n := a.Note; n == nil || last < 3 || n.Text != first.Text || !slices.Equal(n.Fields[:len(n.Fields)-1], first.Fields[:last]) {
			break
		}
		values = append(values, a.Note.Fields[last])
	}
	if len(values) < 2 {
		return 0
	}
	p.write(level(first)+first.Text, p.fields(append(slices.Clone(first.Fields[:last]), strings.Join(values, ","))))
	return len(values)
}

func level(n *step.Note) string {
	return "! " + [...]string{"debug", "info", "warn", "error"}[n.Level] + " "
}

func verb(m *step.Publish) string {
	if m.Retain {
		return ">r "
	}
	return "> "
}

// everything reports whether a subscription is what reading the broker begins with.
func (p *player) everything(a step.Action) bool {
	return slices.Contains(a.Subscribe, p.settings.Base+"/#")
}

func (p *player) filters(filters []string) string {
	switch ours := discovery.ConfigFilter(p.settings.Prefix, p.settings.Base); {
	case p.counts != nil && slices.Contains(filters, p.settings.Base+"/#"):
		return "everything"
	case p.counts != nil && slices.Contains(filters, ours):
		return "ours"
	}
	return strings.Join(filters, ", ")
}

// write shows a line, or compares what it is with what starts show.
func (p *player) write(what, how string) {
	shape := general(what)
	switch {
	case !p.hidden:
		fmt.Fprintln(p.out, strings.TrimRight(what+" "+how, " "))
		if p.counts == nil {
			p.starts[shape] = true
		}
	case !p.starts[shape]:
		p.t.Errorf("%q is published or noted, and no start in %v shows it; show this one with + in place of world", what, whole)
	}
}

var device = regexp.MustCompile(`/\w+?_(site|loadpoint|vehicle|pv|battery|meter|circuit)(_\w+)?/config$`)

// general is a topic or a note of any site and object.
func general(what string) string {
	what = device.ReplaceAllString(what, "/$1/config")
	levels := strings.Split(strings.TrimSuffix(strings.TrimSuffix(what, "/attributes"), "/state"), "/")
	if len(levels) > 2 && strings.HasPrefix(what, ">r evcc-discovery/") && levels[1] != "adapter" {
		levels[1] = "+"
		if len(levels) == 5 {
			levels[3] = "+"
		}
	}
	return strings.Join(levels, "/")
}

func (p *player) fields(fields []string) string {
	var b strings.Builder
	for i := 0; i+1 < len(fields); i += 2 {
		name, value := fields[i], fields[i+1]
		if controls, err := strconv.Atoi(value); err == nil && name == "controls" {
			if value = p.count("controls of "+fields[1], controls); value == "" {
				continue
			}
		}
		fmt.Fprintf(&b, " %s=%s", name, value)
	}
	return strings.TrimPrefix(b.String(), " ")
}

// count shows a number: how it differs from the last one of the same.
func (p *player) count(of string, n int) string {
	if p.counts == nil {
		return strconv.Itoa(n)
	}
	last, known := p.counts[of]
	if p.counts[of] = n; !known || last == n {
		return ""
	}
	return fmt.Sprintf("%+d", n-last)
}
