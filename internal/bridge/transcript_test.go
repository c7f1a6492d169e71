package bridge

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/translations"
)

//go:generate go test -run TestTranscripts -update
var update = flag.Bool("update", false, "rewrite what the transcripts expect; read the difference")

// TestTranscripts plays each testdata/*.txt. Lines:
//
//	# why
//	read_only                      settings, before the first event
//	+ / -                          connected / connection lost
//	< topic payload                arrives; <r as retained replay
//	@ 5s                           time passes, with a tick whenever the core asked for one
//	> topic payload                must be published; >r retained. Device messages are shown as {name, components}
//	>> filter, filter              must be subscribed
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
	t        *testing.T
	settings Settings
	core     *Core
	now      time.Time
	out      strings.Builder
}

// play returns the transcript with what really happened in place of what was expected.
func play(t *testing.T, transcript string) string {
	t.Helper()
	words, err := translations.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	p := &player{t: t, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	p.settings = Settings{Roots: []string{"evcc"}, Base: "evcc-discovery", Prefix: "homeassistant", Words: words, Version: "1.0.0"}
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
		p.settings.ReadOnly = true
	case "roots":
		p.settings.Roots = strings.Split(rest, ",")
	case "+":
		p.step(Event{Kind: Connected})
	case "-":
		p.step(Event{Kind: Lost})
	case "<", "<r":
		topic, payload, _ := strings.Cut(rest, " ")
		p.step(Event{Kind: Received, Topic: topic, Payload: []byte(payload), Retained: verb == "<r"})
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
			p.step(Event{Kind: Tick})
			return
		}
		if next.After(p.now) {
			p.now = next
		}
		p.step(Event{Kind: Tick})
	}
	p.t.Fatalf("the core asks for a tick at %v for ever", p.core.Next())
}

func (p *player) step(e Event) {
	if p.core == nil {
		p.core = New(p.settings)
	}
	e.At = p.now
	for _, a := range p.core.Step(e) {
		switch {
		case a.Note != nil:
			fmt.Fprintf(&p.out, "! %s %s%s\n", [...]string{"debug", "info", "warn", "error"}[a.Note.Level], a.Note.Text, fields(a.Note.Fields))
		case a.Publish != nil:
			verb := ">"
			if a.Publish.Retain {
				verb = ">r"
			}
			fmt.Fprintln(&p.out, strings.TrimRight(verb+" "+a.Publish.Topic+" "+summary(a.Publish), " "))
		case a.Store != nil: // the registry's own topic shows it
		default:
			fmt.Fprintln(&p.out, ">>", strings.Join(a.Subscribe, ", "))
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
func summary(p *Publish) string {
	var m struct {
		Device     struct{ Name string }
		Components map[string]any
		Objects    map[string]any
	}
	if !strings.HasPrefix(p.Payload, "{") || json.Unmarshal([]byte(p.Payload), &m) != nil {
		return p.Payload
	}
	switch {
	case m.Components != nil:
		return fmt.Sprintf("{%s, %d}", m.Device.Name, len(m.Components))
	case m.Objects != nil:
		return fmt.Sprintf("{registry of %d}", len(m.Objects))
	}
	return p.Payload
}
