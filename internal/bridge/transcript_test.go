package bridge

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
	"evcc-discovery/translations"

	"evcc-discovery/internal/bridge/step"
)

//go:generate go test -run TestTranscripts -update
var update = flag.Bool("update", false, "rewrite what the transcripts expect; read the difference")

// whole are the transcripts that show everything as it is sent, the start among it. The others leave out what a start
// publishes, and show messages in short: see [player.show].
var whole = []string{"first-start", "problems", "results"}

// TestTranscripts plays each testdata/*.txt. Lines:
//
//	# why
//	read_only, compatible          settings, before the first event
//	read_only off                  likewise, at a restart
//	roots, prefix, language        likewise
//	zone name                      where the process is, before the first event; otherwise UTC
//	start time                     when the first event is
//	home name                      Home Assistant tells its time zone
//	world name name …              the broker gets what testdata/worlds has under these names, where it has nothing on a topic;
//	                               connected, it replays what it has, and half a minute passes. None of that is shown. It fails
//	                               if anything is published or noted that no start of the whole transcripts has shown
//	+ name name …                  likewise, but what follows is shown, and no time passes
//	+ without topic topic …        connected, and what begins with one of these is left out of the replay
//	-                              connection lost, with the problem that it is and what was seen
//	< topic payload                arrives at the broker, and here if there is a connection
//	<r topic payload               likewise, here as retained replay
//	keeps topic payload            arrives as with <, and the broker retains it
//	late topic payload             arrives here, although the connection was lost meanwhile
//	deletes device                 in Home Assistant, which empties its config topic once for each component
//	lives 5m                       time passes, and evcc has a cycle every half minute
//	blanks                         evcc empties its tree
//	replays 15s                    time passes, and the replay goes on
//	@ 5s                           time passes, with a tick whenever the core asked for one
//	? problem on|off detail        reported by what stands around the core
//	restart                        this program starts anew; the broker keeps what it has; "restart file": so does its state file
//	end                            what an orderly end publishes
//	status                         > what is answered over HTTP
//	save / crash                   the broker writes down what it has; the connection is lost and it is back with that
//	forget                         the connection is lost and the broker is back without anything
//	limit bytes                    the broker does not keep larger messages of ours; "limit bytes close": it ends the connection on one
//	lose topic                     the broker leaves that out when it is asked for it by name next
//	forbid prefix                  the broker keeps what begins so, and lets us read nothing of it
//	slow / fast                    what we publish from now on is under way / has reached the broker; drop: it is lost
//	> topic payload                must be published; >r retained. {Garage, +1} is a device with one component more than before
//	>? topic, topic                must be looked at for what is retained there
//	>> filter, filter              must be subscribed; "everything": what a connection begins with; "ours": what we keep on the broker
//	>- topic                       the broker ends the connection on that message
//	! level text name=value …      must be noted; "> event" behind it: and the event that tells the same is published
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	starts := make(map[string]bool)
	for _, name := range whole {
		newPlayer(t, starts).play(read(t, name))
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			p := newPlayer(t, starts)
			if !slices.Contains(whole, name) {
				p.counts = make(map[string]int)
			}
			want := read(t, name)
			got := p.play(want)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// player carries a core through a transcript.
type player struct {
	t        *testing.T
	settings Settings
	core     *Core
	known    map[string]discovery.Registry
	broker   broker
	status   Status // as it was given away last
	now      time.Time
	out      *strings.Builder
	starts   map[string]bool // what a start may publish and note
	counts   map[string]int  // of what was shown last, by topic; nil = everything is shown as it is
	hidden   bool            // nothing is shown now
}

func newPlayer(t *testing.T, starts map[string]bool) *player {
	t.Helper()
	words, err := translations.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	return &player{
		t: t, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), starts: starts, out: new(strings.Builder),
		broker:   broker{retained: make(map[string]string)},
		settings: Settings{Roots: []string{"evcc"}, Base: "evcc-discovery", Prefix: "homeassistant", Instance: "me", Words: words, Version: "1.0.0"},
	}
}

// play returns the transcript with what really happened in place of what was expected.
func (p *player) play(transcript string) string {
	p.t.Helper()
	for line := range strings.Lines(transcript) {
		p.line(strings.TrimRight(line, "\n"))
	}
	return p.out.String()
}

// line does what a line says.
func (p *player) line(line string) {
	if strings.HasPrefix(line, ">") || strings.HasPrefix(line, "!") {
		return // expectations are written anew
	}
	fmt.Fprintln(p.out, line)
	verb, rest, _ := strings.Cut(line, " ")
	if verb == "" || verb == "#" {
		return
	}
	do := verbs[verb]
	if do == nil {
		p.t.Fatalf("no such line: %q", line)
	}
	if err := do(p, rest); err != nil {
		p.t.Fatalf("%s: %v", line, err)
	}
}

// pass lets time go by, with a tick whenever the core asked for one.
func (p *player) pass(d time.Duration) {
	end := p.now.Add(d)
	for range 1000 {
		next := p.core.Next()
		if next.IsZero() || next.After(end) {
			p.now = end
			p.step(step.Event{Kind: step.Tick})
			return
		}
		if next.After(p.now) {
			p.now = next
		}
		p.step(step.Event{Kind: step.Tick})
	}
	p.t.Fatalf("the core asks for a tick at %v for ever", p.core.Next())
}

// step takes one event, and what the broker does about what follows from it.
func (p *player) step(e step.Event) {
	if p.core == nil {
		p.core = New(p.settings)
	}
	b := &p.broker
	e.At, e.Busy = p.now, b.slow
	p.show(slices.Clone(p.core.Step(e)))
	for len(b.echoes) > 0 && !b.slow {
		e := b.echoes[0]
		e.At = p.now
		b.echoes = b.echoes[1:]
		p.show(slices.Clone(p.core.Step(e)))
	}
	if b.broken {
		b.broken = false
		p.step(b.lost(brokerClosed, "closed by the broker"))
	}
	if filters := b.reading; filters != nil {
		b.reading = nil
		for _, e := range b.replay(filters) {
			p.step(e)
		}
		b.without = nil
	}
}
