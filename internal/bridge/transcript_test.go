package bridge

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/problem"
	"evcc-discovery/translations"

	"evcc-discovery/internal/bridge/retained"
	"evcc-discovery/internal/bridge/step"
)

//go:generate go test -run TestTranscripts -update
var update = flag.Bool("update", false, "rewrite what the transcripts expect; read the difference")

// TestTranscripts plays each testdata/*.txt. Lines:
//
//	# why
//	read_only, compatible          settings, before the first event
//	read_only off                  likewise, at a restart
//	roots, prefix                  likewise
//	zone name                      where the process is, before the first event; otherwise UTC
//	start time                     when the first event is
//	home name                      Home Assistant tells its time zone
//	+ / -                          connected / connection lost, with the problem that it is and what was seen
//	? problem on|off detail        reported by what stands around the core
//	language code                  of names, at a restart
//	limit bytes                    the broker does not keep larger messages of ours; "limit bytes close": it ends the connection on one
//	lose topic                     the broker leaves that out when it is asked for it by name next
//	forbid prefix                  the broker keeps what begins so, and lets us read nothing of it
//	slow / fast                    what we publish from now on is under way / has reached the broker; drop: it is lost
//	restart                        this program starts anew; the broker keeps what it has; "restart file": so does its state file
//	save / crash                   the broker writes down what it has of ours; the connection is lost and it is back with that
//	+r                             connected, and the broker replays what it has of ours; "+r without topic": but for that one
//	end                            what an orderly end publishes
//	status                         > what is answered over HTTP
//	< topic payload                arrives; <r as retained replay
//	@ 5s                           time passes, with a tick whenever the core asked for one
//	> topic payload                must be published; >r retained. Device messages are shown as {name, components}
//	>> filter, filter              must be subscribed
//	>- topic                       the broker ends the connection on that message
//	! level text name=value …      must be noted
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// player carries a core through a transcript.
type player struct {
	t         *testing.T
	settings  Settings
	core      *Core
	retained  map[string]string // what the broker has of ours
	known     map[string]discovery.Registry
	saved     map[string]string // the same when it was written down last
	echoes    []step.Event      // that are on their way back
	limit     int               // bytes of a message that it keeps; 0 = all
	closes    bool              // it ends the connection on a larger one
	broken    bool              // it has
	slow      bool              // what we publish has not reached it
	status    Status            // as it was given away last
	now       time.Time
	out       strings.Builder
	forbidden string // what begins so does not come back
	lost      string // the broker has no room for this topic when it is asked for it next
	acked     int    // size of the largest message that the broker has acknowledged over this connection
	unacked   []step.Sent
}

// play returns the transcript with what really happened in place of what was expected.
func play(t *testing.T, transcript string) string {
	t.Helper()
	words, err := translations.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	p := &player{t: t, retained: make(map[string]string), now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	p.settings = Settings{Roots: []string{"evcc"}, Base: "evcc-discovery", Prefix: "homeassistant", Instance: "me", Words: words, Version: "1.0.0"}
	for line := range strings.Lines(transcript) {
		p.line(strings.TrimRight(line, "\n"))
	}
	return p.out.String()
}

func (p *player) line(line string) {
	if strings.HasPrefix(line, ">") || strings.HasPrefix(line, "!") {
		return // expectations are written anew
	}
	fmt.Fprintln(&p.out, line)
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "", "#":
	case "read_only":
		p.settings.ReadOnly = rest != "off"
	case "language":
		words, err := translations.Load(rest)
		if err != nil {
			p.t.Fatal(err)
		}
		p.settings.Words = words
	case "limit":
		bytes, close, _ := strings.Cut(rest, " ")
		p.limit, _ = strconv.Atoi(bytes)
		p.closes = close != ""
	case "lose":
		p.lost = rest
	case "forbid":
		p.forbidden = rest
	case "slow":
		p.slow = true
	case "drop":
		p.echoes = nil
	case "fast":
		p.slow = false
		for _, e := range p.echoes {
			p.keep(e)
		}
		p.step(step.Event{Kind: step.Tick})
	case "status":
		status, err := json.Marshal(p.status)
		if err != nil {
			p.t.Fatal(err)
		}
		fmt.Fprintln(&p.out, ">", string(status))
	case "save":
		p.saved = maps.Clone(p.retained)
	case "crash":
		p.retained = make(map[string]string)
		maps.Copy(p.retained, p.saved)
		p.step(step.Event{Kind: step.Lost})
	case "restart":
		p.core, p.settings.Known = nil, nil
		if rest == "file" {
			p.settings.Known = p.known
		}
		p.retained["evcc-discovery/status"] = "offline" // by its will
	case "+r":
		p.step(step.Event{Kind: step.Connected})
		for _, topic := range slices.Sorted(maps.Keys(p.retained)) {
			if rest != "without "+topic && !p.forbids(topic) {
				p.step(step.Event{Kind: step.Received, Topic: topic, Payload: []byte(p.retained[topic]), Retained: true})
			}
		}
	case "zone":
		zone, err := time.LoadLocation(rest)
		if err != nil {
			p.t.Fatalf("%s: %v", line, err)
		}
		p.settings.Zone = zone
	case "home":
		p.step(step.Event{Kind: step.Located, Payload: []byte(rest)})
	case "start":
		start, err := time.Parse(time.RFC3339, rest)
		if err != nil {
			p.t.Fatalf("%s: %v", line, err)
		}
		p.now = start
	case "compatible":
		p.settings.Compatible = true
	case "roots":
		p.settings.Roots = strings.Split(rest, ",")
	case "prefix":
		p.settings.Prefix = rest
	case "+":
		p.step(step.Event{Kind: step.Connected})
	case "end":
		p.show(p.core.Goodbye())
	case "-":
		code, detail, _ := strings.Cut(rest, " ")
		lost := step.Event{Kind: step.Lost, Problem: problem.Code(code), Detail: detail, Acked: p.acked}
		for _, e := range p.echoes { // what is under way
			if !e.Retained {
				lost.Unacked = append(lost.Unacked, step.Sent{Topic: e.Topic, Size: retained.Size(e.Topic, string(e.Payload))})
			}
		}
		p.acked = 0
		p.step(lost)
	case "?":
		code, rest, _ := strings.Cut(rest, " ")
		on, detail, _ := strings.Cut(rest, " ")
		p.step(step.Event{Kind: step.Reported, Problem: problem.Code(code), On: on == "on", Detail: detail})
	case "<", "<r":
		topic, payload, _ := strings.Cut(rest, " ")
		if payload == "" && !strings.HasPrefix(topic, "evcc/") {
			delete(p.retained, topic)
		}
		p.step(step.Event{Kind: step.Received, Topic: topic, Payload: []byte(payload), Retained: verb == "<r"})
	case "@":
		d, err := time.ParseDuration(rest)
		if err != nil {
			p.t.Fatalf("%s: %v", line, err)
		}
		p.pass(d)
	default:
		p.t.Fatalf("no such line: %q", line)
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

func (p *player) step(e step.Event) {
	if p.core == nil {
		p.core = New(p.settings)
	}
	e.At, e.Busy = p.now, p.slow
	p.show(slices.Clone(p.core.Step(e)))
	for len(p.echoes) > 0 && !p.slow {
		e := p.echoes[0]
		e.At = p.now
		p.echoes = p.echoes[1:]
		p.show(slices.Clone(p.core.Step(e)))
	}
	if p.broken {
		p.broken = false
		p.step(step.Event{Kind: step.Lost, Problem: problem.BrokerUnreachable, Detail: "closed by the broker", Acked: p.acked, Unacked: p.unacked})
		p.acked, p.unacked = 0, nil
	}
}

func (p *player) show(actions []step.Action) {
	if status := p.core.Status(); status != nil {
		p.status = *status
	}
	for _, a := range actions {
		switch {
		case a.Note != nil:
			fmt.Fprintf(&p.out, "! %s %s%s\n", [...]string{"debug", "info", "warn", "error"}[a.Note.Level], a.Note.Text, fields(a.Note.Fields))
		case a.Publish != nil:
			verb := ">"
			if a.Publish.Retain {
				verb = ">r"
			}
			fmt.Fprintln(&p.out, strings.TrimRight(verb+" "+a.Publish.Topic+" "+summary(a.Publish), " "))
			p.broker(a.Publish)
		case a.Store != nil: // the registry's own topic shows it
			var r discovery.Registry
			if err := r.Decode(a.Store.Registry); err != nil {
				p.t.Error(err)
			}
			p.known = map[string]discovery.Registry{a.Store.Root: r}
		default:
			fmt.Fprintln(&p.out, ">>", strings.Join(append(a.Subscribe, a.Ask...), ", "))
			p.replay(append(a.Subscribe, a.Ask...))
		}
	}
}

// broker remembers what is retained and sends it back, as a broker does to everyone who has subscribed.
func (p *player) broker(m *step.Publish) {
	switch large := p.limit > 0 && len(m.Payload) > p.limit; {
	case !m.Retain:
	case p.broken, large && p.closes:
		p.unacked = append(p.unacked, step.Sent{Topic: m.Topic, Size: retained.Size(m.Topic, m.Payload)})
		if p.broken {
			return
		}
		p.broken = true
		fmt.Fprintln(&p.out, ">-", m.Topic)
	case large:
	default:
		p.acked = max(p.acked, retained.Size(m.Topic, m.Payload))
		e := step.Event{Kind: step.Received, Topic: m.Topic, Payload: []byte(m.Payload)}
		if p.forbids(m.Topic) {
			p.keep(e)
			return
		}
		if p.echoes = append(p.echoes, e); !p.slow {
			p.keep(e)
		}
	}
}

// forbids reports whether we may not read a topic.
func (p *player) forbids(topic string) bool {
	return p.forbidden != "" && strings.HasPrefix(topic, p.forbidden)
}

func (p *player) keep(e step.Event) {
	p.retained[e.Topic] = string(e.Payload)
	if len(e.Payload) == 0 {
		delete(p.retained, e.Topic)
	}
}

// replay sends what is retained once more, when the core asks for its devices while it is connected, all or by name.
func (p *player) replay(filters []string) {
	if slices.Contains(filters, p.settings.Base+"/#") {
		return // what is there at first the transcript says
	}
	if slices.Contains(filters, discovery.ConfigFilter(p.settings.Prefix, p.settings.Base)) {
		filters = slices.Sorted(maps.Keys(p.retained))
	}
	for _, topic := range filters {
		lasting := strings.HasSuffix(topic, "/registry") || strings.Contains(topic, "/removal/")
		switch {
		case topic == p.lost:
			p.lost = ""
		case (lasting || discovery.IsConfig(p.settings.Prefix, p.settings.Base, topic)) && p.retained[topic] != "" && !p.forbids(topic):
			p.echoes = append(p.echoes, step.Event{Kind: step.Received, Topic: topic, Payload: []byte(p.retained[topic]), Retained: true})
		}
	}
}

func fields(f []string) string {
	var b strings.Builder
	for i := 0; i+1 < len(f); i += 2 {
		fmt.Fprintf(&b, " %s=%s", f[i], f[i+1])
	}
	return b.String()
}

// summary shows long payloads short: goldens hold their bytes.
func summary(p *step.Publish) string {
	var m struct {
		Device     struct{ Name string }
		Components map[string]any
		Objects    map[string]any
		Message    struct{ Device struct{ Name string } }
	}
	if !strings.HasPrefix(p.Payload, "{") || json.Unmarshal([]byte(p.Payload), &m) != nil {
		return p.Payload
	}
	switch {
	case m.Message.Device.Name != "":
		return fmt.Sprintf("{tombstone of %s}", m.Message.Device.Name)
	case m.Components != nil && m.Device.Name == "":
		return fmt.Sprintf("{tombstone of %d}", len(m.Components))
	case m.Components != nil && !strings.Contains(p.Payload, `"unique_id"`):
		return fmt.Sprintf("{%s, %d reduced}", m.Device.Name, len(m.Components))
	case m.Components != nil:
		return fmt.Sprintf("{%s, %d}", m.Device.Name, len(m.Components))
	case m.Objects != nil:
		return fmt.Sprintf("{registry of %d}", len(m.Objects))
	}
	return p.Payload
}
