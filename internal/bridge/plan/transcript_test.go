package plan

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/entities"
)

//go:generate go test -run TestTranscripts -update
var update = flag.Bool("update", false, "rewrite what the transcripts expect; read the difference")

// TestTranscripts plays each testdata/*.txt on a machine alone. Lines:
//
//	# why
//	world garage        a loadpoint's values are on the broker; with e-Golf: and a vehicle's
//	=r path payload     evcc's value is on the broker
//	= path payload      evcc publishes it
//	register            the objects and their states are known
//	reconnect           evcc's values are read anew, in which the plans belong to nobody yet
//	blanked             evcc has emptied its topics
//	unavailable why     evcc is not to be believed; without a reason it is
//	home zone           Home Assistant tells where it is
//	< path payload      what evcc would get of a command for the control of that path; a local one is applied
//	@ 5s                time passes, with a tick whenever the machine asks for one
//	> path payload      must be published as a state
//	registry object …   the draft must be kept so
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
			r := newRig(t, make(entities.Tree))
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
	case ">", "registry":
		return // expectations are written anew
	}
	fmt.Fprintln(&r.out, line)
	path, payload, _ := strings.Cut(rest, " ")
	if do, ok := verbs[verb]; ok {
		do(r, path, payload)
	} else if !strings.HasPrefix(verb, "#") && verb != "" {
		r.t.Fatalf("no such line: %q", line)
	}
	r.m.Tick(r.s)
}

// verbs are what a line does.
var verbs = map[string]func(r *rig, path, payload string){
	"=r": func(r *rig, path, payload string) { r.value(path, payload) },
	"=": func(r *rig, path, payload string) {
		r.m.Live(r.s, path, payload == "")
		r.value(path, payload)
	},
	"world": func(r *rig, _, with string) {
		maps.Copy(r.tree, garage)
		if with != "" {
			maps.Copy(r.tree, golf)
		}
	},
	"register": func(r *rig, _, _ string) {
		wanted := site.Wanted(r.tree, r.registry, true)
		r.registry, r.controls = wanted.Registry, wanted.Commands
		r.m.Register(r.s, wanted.States)
	},
	"reconnect":   func(r *rig, _, _ string) { r.m.Reconnect(r.s) },
	"blanked":     func(r *rig, _, _ string) { r.m.TreeBlanked() },
	"unavailable": func(r *rig, a, b string) { r.unavailable = strings.TrimSpace(a + " " + b) },
	"home": func(r *rig, name, _ string) {
		home, err := time.LoadLocation(name)
		if err != nil {
			r.t.Fatal(err)
		}
		r.m.Locate(r.s, home)
	},
	"<": (*rig).command,
	"@": func(r *rig, text, _ string) {
		d, err := time.ParseDuration(text)
		if err != nil {
			r.t.Fatal(err)
		}
		r.pass(d)
	},
}
