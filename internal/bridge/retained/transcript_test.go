package retained

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/internal/bridge/step"
)

//go:generate go test -run TestTranscripts -update
var update = flag.Bool("update", false, "rewrite what the transcripts expect; read the difference")

// TestTranscripts plays each testdata/*.txt on a store and the model of a broker. A topic without a slash is a device's; {2}
// is a device message with two components, {2+900} one with 900 bytes more; x*900 is a text of that length. Lines:
//
//	# why
//	want device {2}     a device message is wanted
//	drop device         it is not any more
//	retain topic text   another message is wanted
//	< topic payload     somebody else writes
//	slow, fast          what is sent reaches the broker with the next fast
//	limit 900 closes    on a larger message; or drops it, or hands it on and does not keep it (hands)
//	secret topic        we may not read it
//	lost                the connection ends: what is under way is lost
//	away device {2}     so it does, and another message is wanted meanwhile
//	forgets             so it does, and the broker has no memory when it comes back
//	remember, recalls   so it does, and it comes back with the memory of that time
//	leave               it is another program's matter from here on
//	birth               Home Assistant has started
//	@ 5s                time passes, with a tick whenever the store asks for one
//	> topic payload     must be published; >> must be asked, ! must be in the log; deleted, returned: what became known
//	problems: …         must be what is wrong from here on
func TestTranscripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			o := newOwner(t)
			o.transcript = transcript{out: new(strings.Builder), short: make(map[string]string), named: "problems:"}
			for line := range strings.Lines(string(want)) {
				o.line(strings.TrimRight(line, "\n"))
			}
			if *update {
				if err := os.WriteFile(file, []byte(o.out.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), o.out.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func (o *owner) line(line string) {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case ">", ">>", "!", "deleted", "returned", "problems:":
		return // expectations are written anew
	}
	fmt.Fprintln(o.out, line)
	if strings.HasPrefix(verb, "#") || verb == "" {
		return
	}
	play, ok := verbs[verb]
	if !ok {
		o.t.Fatalf("no such line: %q", line)
	}
	word, payload, _ := strings.Cut(rest, " ")
	if !strings.Contains(word, "/") {
		word = devicePrefix + word + "/config"
	}
	play(o, word, payload)
	o.pass(0)
}

const devicePrefix = "homeassistant/device/ours/"

func brief(topic string) string {
	return strings.TrimSuffix(strings.TrimPrefix(topic, devicePrefix), "/config")
}

// verbs are what a line does.
var verbs = map[string]func(o *owner, topic, payload string){
	"want": func(o *owner, topic, payload string) {
		o.do(func() { o.devices[topic] = o.long(payload); o.want() })
	},
	"drop": func(o *owner, topic, _ string) {
		o.do(func() { delete(o.devices, topic); o.store.Drop(o.s, topic) })
	},
	"retain": func(o *owner, topic, payload string) {
		o.states[topic] = o.long(payload)
		o.do(func() { o.store.Retain(o.s, topic, o.states[topic]) })
	},
	"<":    func(o *owner, topic, payload string) { o.other(topic, o.long(payload)) },
	"slow": func(o *owner, _, _ string) { o.slow = true },
	"fast": func(o *owner, _, _ string) { o.slow = false },
	"limit": func(o *owner, topic, what string) {
		o.broker.limit = number(brief(topic))
		o.broker.tooMuch = map[string]excess{"closes": closes, "drops": drops, "hands": handsOn}[what]
	},
	"secret":   func(o *owner, topic, _ string) { o.broker.secret[topic] = true },
	"lost":     func(o *owner, _, _ string) { o.cut() },
	"away":     func(o *owner, topic, payload string) { o.cut(); o.devices[topic] = o.long(payload) },
	"forgets":  func(o *owner, _, _ string) { o.cut(); clear(o.broker.kept) },
	"remember": func(o *owner, _, _ string) { o.old = maps.Clone(o.broker.kept) },
	"recalls":  func(o *owner, _, _ string) { o.cut(); o.broker.kept = maps.Clone(o.old) },
	"leave":    func(o *owner, _, _ string) { o.do(func() { o.store.Leave(o.s) }); clear(o.devices); clear(o.states) },
	"birth":    func(o *owner, _, _ string) { o.store.Repeat(o.now.Add(BirthDelay("ours"))) },
	"@": func(o *owner, topic, _ string) {
		d, err := time.ParseDuration(brief(topic))
		if err != nil {
			o.t.Fatal(err)
		}
		o.pass(d)
	},
}

// transcript is what a store does, in text. The zero transcript writes nothing.
type transcript struct {
	out   *strings.Builder
	short map[string]string // how payloads are written
	named string            // what the problems have said last
}

// long writes a payload out.
func (tr *transcript) long(word string) string {
	long := word
	if inner, ok := strings.CutSuffix(strings.TrimPrefix(word, "{"), "}"); ok {
		components, more, _ := strings.Cut(inner, "+")
		long = deviceMessage("x", number(components), number(more))
	} else if text, n, ok := strings.Cut(word, "*"); ok {
		long = strings.Repeat(text, number(n))
	}
	tr.short[long] = word
	return long
}

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

func (tr *transcript) print(a step.Action) {
	switch {
	case tr.out == nil:
	case a.Note != nil:
		fmt.Fprintln(tr.out, "!", a.Note.Text, strings.Join(a.Note.Fields, " "))
	case a.Subscribe != nil:
		fmt.Fprintln(tr.out, ">> what it keeps")
	case a.Publish != nil:
		payload := tr.short[a.Publish.Payload]
		if payload == "" && a.Publish.Payload != "" {
			payload = "…"
		}
		fmt.Fprintln(tr.out, strings.TrimSpace("> "+brief(a.Publish.Topic)+" "+payload))
	}
}

func (tr *transcript) learned(out Outcome) {
	if tr.out == nil {
		return
	}
	for _, topic := range out.Deleted {
		fmt.Fprintln(tr.out, "deleted", brief(topic))
	}
	for _, topic := range out.Returned {
		fmt.Fprintln(tr.out, "returned", brief(topic))
	}
}

func (tr *transcript) problems(s *step.Step) {
	s.Problems.Tick(s.Now)
	if tr.out == nil {
		return
	}
	var list []string
	for _, p := range s.Problems.List(noWords{}) {
		list = append(list, strings.Join(strings.Fields(string(p.Code)+" "+brief(p.Where)+" "+p.Detail), " "))
	}
	if named := strings.TrimSpace("problems: " + strings.Join(list, "; ")); named != tr.named {
		fmt.Fprintln(tr.out, named)
		tr.named = named
	}
}

type noWords struct{}

func (noWords) Problem(string) (title, text string) { return "", "" }
