package bridge

import (
	"encoding/json"
	"strings"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/problem"

	"evcc-discovery/internal/bridge/step"
)

// mostShown bounds what Home Assistant has to keep as attributes.
const mostShown = 20

// problems ends each step: what has lasted long enough is shown.
func (c *Core) problems() {
	lines, changed := c.step.Problems.Tick(c.step.Now)
	for _, line := range lines {
		title, text := c.settings.Words.LoggedProblem(string(line.Code))
		if line.Over {
			c.step.Note(step.Info, "resolved: "+title, line.Fields...)
		} else {
			c.step.Note(step.Warn, title, append(line.Fields, "hint", text)...)
		}
	}
	if changed || c.untold && c.phase == running {
		c.showProblems()
	}
}

// showProblems tells Home Assistant, where there is one to tell, and the health endpoint.
func (c *Core) showProblems() {
	list := c.step.Problems.List(c.settings.Words)
	c.reporter.due = true
	c.untold = c.phase != running
	if c.untold {
		return
	}
	if len(list) > mostShown {
		list = list[:mostShown]
	}
	topic, attributes := discovery.ProblemAttributesTopic(c.settings.Base), named(list)
	for n := len(list) - 1; n > 0 && c.store.Withholds(topic, attributes); n-- {
		attributes = named(list[:n]) // better the first few than none
	}
	c.step.Retain(topic, attributes)
	c.step.Retain(discovery.ProblemTopic(c.settings.Base), word(len(list) > 0, "true", "false"))
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
