package placestest

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// inserted is a loadpoint that is put before another one, as it was seen at a real evcc: in its own words and times.
const inserted = "testdata/inserted-loadpoint.txt"

// chargers of that story, by title.
var chargers = map[string]int{"Rechts": 1, "Links": added}

// playFile plays a story from a file:
//
//	# why
//	topic payload    evcc publishes, retained
//	empty            evcc empties everything but its status; behind it stands what its next run has
//	@ 6s             time passes
func playFile(file string, tell bool) (*game, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	before, after, _ := strings.Cut(string(content), "\nempty\n")
	g := newGame(script{name: file, before: titled(before), after: titled(after)}, tell)
	g.program.start()
	g.lines(before, g.s.before)
	g.remember()
	g.evcc.end()
	g.evcc.blank()
	g.lines(after, g.s.after)
	g.inspect(judge(g.s.before, g.s.after), g.s.after)
	g.done("")
	return g, nil
}

// titled is the layout that a part of a story has.
func titled(part string) (layout []loadpoint) {
	for line := range strings.Lines(part) {
		if topic, title, _ := strings.Cut(strings.TrimSpace(line), " "); strings.HasSuffix(topic, "/title") {
			layout = append(layout, loadpoint{charger: chargers[title], title: title})
		}
	}
	return layout
}

func (g *game) lines(part string, layout []loadpoint) {
	for line := range strings.Lines(part) {
		topic, payload, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case topic == "#", topic == "":
		case topic == "@":
			pause, err := time.ParseDuration(payload)
			if err != nil {
				panic(err)
			}
			g.pass(pause)
		default:
			if !g.evcc.listening {
				g.evcc.layout, g.evcc.listening = layout, true
				g.oracle.listens()
			}
			charger := 0
			if rest, ok := strings.CutPrefix(topic, root+"/loadpoints/"); ok {
				index, _, _ := strings.Cut(rest, "/")
				i, err := strconv.Atoi(index)
				if err != nil {
					panic(err)
				}
				charger = layout[i-1].charger
			}
			g.publish(message{topic, payload, true, charger})
		}
	}
}
