package command

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

//go:generate go test -run TestTranscripts -update
var update = flag.Bool("update", false, "rewrite what the transcripts expect; read the difference")

// TestTranscripts plays each testdata/*.txt on a machine alone. Lines:
//
//	# why
//	register / unregister topic    the site's controls become known / all but these are given up
//	read_only                      nothing is written
//	resume                         the retained messages have been read
//	< path payload                 a command for the control of that path
//	= path payload                 evcc publishes a value
//	lose path                      the broker has lost a value
//	0 path                         evcc acknowledges what was set on that path
//	plan value time                evcc has that plan
//	unavailable why                evcc takes no commands; without a reason it does
//	stop / run                     nothing may be published / it may
//	deny / allow                   the broker drops what is published / it does not
//	deaf / listen                  Home Assistant has not subscribed yet / it has
//	blanked, forgot, release, abandon, discard, remove
//	@ 5s                           time passes, with a tick whenever the machine asks for one
//	sleep 5s                       time passes without a tick
//	status                         how the last command ended, and how many have failed or have no end yet
//	> topic payload                must be published; >r retained
//	! level text name=value …      must be noted
//	? detail                       must be said of failed commands
//	draft object payload           the draft must be changed
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
			r := newRig(t)
			for line := range strings.Lines(string(want)) {
				r.line(strings.TrimRight(line, "\n"))
			}
			if *update {
				if err := os.WriteFile(file, []byte(r.out.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), r.out.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func (r *rig) line(line string) {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case ">", ">r", "!", "?", "draft":
		return // expectations are written anew
	}
	fmt.Fprintln(&r.out, line)
	path, payload, _ := strings.Cut(rest, " ")
	if do, ok := verbs[verb]; ok {
		do(r, path, payload)
	} else if !strings.HasPrefix(verb, "#") && verb != "" {
		r.t.Fatalf("no such line: %q", line)
	}
	if !r.stopped {
		r.m.Tick(r.s)
	}
	r.show()
}

// verbs are what a line does.
var verbs = map[string]func(r *rig, path, payload string){
	"register":  func(r *rig, _, _ string) { r.m.Register(r.s, &r.wanted) },
	"displaced": func(r *rig, a, b string) { r.displaced = strings.TrimSpace(a + " " + b) },
	"read_only": func(r *rig, _, _ string) { r.m.site.ReadOnly = true },
	"resume":    func(r *rig, _, _ string) { r.m.Resume(r.s) },
	"<":         (*rig).commands,
	"=":         (*rig).publishes,
	"lose":      func(r *rig, path, _ string) { delete(r.tree, path) },
	"0":         func(r *rig, path, _ string) { r.m.Acknowledge(r.s, "evcc/"+path+"/set") },
	"plan": func(r *rig, value, at string) {
		r.plan.Value, r.plan.Time = 80, time.Time{}
		fmt.Sscan(value, &r.plan.Value)
		r.plan.Time, _ = time.Parse(time.RFC3339, at)
	},
	"unavailable": func(r *rig, a, b string) { r.reason = strings.TrimSpace(a + " " + b) },
	"stop":        func(r *rig, _, _ string) { r.stopped = true },
	"run":         func(r *rig, _, _ string) { r.stopped = false },
	"deny":        func(r *rig, _, _ string) { r.denied = true },
	"allow":       func(r *rig, _, _ string) { r.denied = false },
	"deaf":        func(r *rig, _, _ string) { r.listening = time.Time{} },
	"listen":      func(r *rig, _, _ string) { r.listening = r.s.Now },
	"blanked":     func(r *rig, _, _ string) { r.m.TreeBlanked(r.s) },
	"forgot":      func(r *rig, _, _ string) { r.m.BrokerForgot() },
	"release":     func(r *rig, _, _ string) { r.m.Release(r.s) },
	"abandon":     func(r *rig, _, _ string) { r.m.Abandon(r.s) },
	"discard":     func(r *rig, _, _ string) { r.m.Discard(r.s) },
	"remove":      func(r *rig, _, _ string) { r.m.RemoveAll(r.s) },
	"@":           func(r *rig, d, _ string) { r.pass(r.duration(d)) },
	"sleep":       func(r *rig, d, _ string) { r.s.Now = r.s.Now.Add(r.duration(d)) },
	"status": func(r *rig, _, _ string) {
		last, failed := r.m.Status()
		outcome := "none"
		if last != nil {
			outcome = string(last.Result)
		}
		fmt.Fprintf(&r.out, "> status %s, %d failed, %d pending, changed %v\n", outcome, len(failed), r.m.Pending(), r.m.StatusChanged())
	},
}

func (r *rig) duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		r.t.Fatal(err)
	}
	return d
}
